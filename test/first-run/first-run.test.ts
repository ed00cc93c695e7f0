import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { hasChromium, openBrowser } from '../../sandbox/test/browser/chromium.fixture.ts';
import { type Visitor, visitor } from '../../sandbox/test/browser/walk.fixture.ts';
import { until } from '../until.fixture.ts';
import { freshClone, INSTALLS, killAll, npmStart, processesOf } from './clone.fixture.ts';

const DM = /^Curfew (not )?connected/;
const INSTALLING_MS = 480_000;

if (hasChromium && existsSync('/proc/self/cmdline'))
  describe('the first run of a fresh clone, in another folder and without root', () => {
    let clone: ReturnType<typeof freshClone>;
    let browser: Browser;
    let page: Page;
    let me: Visitor;

    beforeAll(async () => {
      clone = freshClone();
      browser = await openBrowser();
    });
    afterAll(async () => {
      await browser?.close();
      killAll(clone.folder);
      await until('no process runs in the clone', () => processesOf(clone.folder).length === 0);
      clone.remove();
    });

    async function ready(run: ReturnType<typeof npmStart>): Promise<void> {
      const [, url = ''] = (await run.said(/Open {2}(http:\S+)/)) ?? [];
      page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
      page.setDefaultTimeout(60_000);
      me = visitor(page, url);
      await me.arrive();
    }

    async function grantedFor(length: string, reason: string): Promise<void> {
      await me.become('Ana');
      await me.goTo(/^access-requests/);
      await me.type(`/access orders-oncall ${length} ${reason}`);
      await me.sees(reason);
      await me.become('Cy');
      await me.goTo(DM);
      await me.approve(/^Approve .*: On call for orders/);
      await me.sees(/Active until/);
    }

    test(
      `npm start ${INSTALLS ? 'installs, ' : ''}starts and says what to do; one request works in the page`,
      async () => {
        const run = npmStart(clone.folder);
        await ready(run);
        expect(run.text()).toContain('Curfew is running.');
        expect(run.text().includes('Installing')).toBe(INSTALLS);
        await grantedFor('5m', 'first day');
        await me.sees(/Ana Ferreira.*member of the team orders-oncall/);
        await me.become('Ana');
        await me.goTo(DM);
        await me.button(/^I'm done/).click();
        await me.sees(/Ended by/);

        await grantedFor('1m', 'killed meanwhile');
        await page.close();
        killAll(clone.folder);
        await run.ended;
        await until('every process has ended', () => processesOf(clone.folder).length === 0);
      },
      INSTALLING_MS,
    );

    test(
      'npm start after a SIGKILL of every process continues, and live access ends (F40); Ctrl-C leaves no process',
      async () => {
        const run = npmStart(clone.folder);
        await ready(run);
        await me.become('Ana');
        await me.goTo(DM);
        await me.sees('killed meanwhile');
        await until(
          'the access expires',
          () =>
            page
              .getByText(/^Expired .* at /)
              .first()
              .isVisible(),
          150_000,
        );
        await me.sees(/gone since/); // the page reads this from GitHub and shows it beside the chat
        run.interrupt();
        await run.ended;
        expect(run.text()).toContain('Stopped.');
        await until('no process is left', () => processesOf(clone.folder).length === 0);
      },
      INSTALLING_MS,
    );
  });
else test.skip('the first run (it needs Chromium, and Linux to list processes)', () => undefined);
