import type { Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { pageRoutes } from '../../slack/page/routes.tsx';
import type { AccessRow } from '../../world/access-row.ts';
import { watchVendors, type VendorWatcher } from '../../world/vendor-watcher.ts';
import { hasChromium, openBrowser } from '../browser/chromium.fixture.ts';
import { simulatedWorkspace, type SimulatedWorkspace } from './workspace.fixture.ts';
import { ANA, BO, card, CY, modal, REQUESTS, runApp } from './app.fixture.ts';

const REASON = 'Incident 4312: orders stuck since 09:10';

let browser: Browser;
let page: Page;
let server: Server;
let workspace: SimulatedWorkspace;
let world: VendorWatcher;
let rows: readonly AccessRow[];
let base = '';
let complaints: string[];

async function serve(): Promise<void> {
  rows = [];
  workspace = simulatedWorkspace();
  const granted = (): void => {
    rows = [
      {
        id: 'p',
        who: 'Ana Ferreira',
        what: 'reads orders',
        state: { kind: 'open', until: Date.now() + 3_600_000 },
      },
    ];
    world.readNow();
  };
  runApp(workspace, { approved: granted });
  const read = async () => ({ rows, empty: 'Nobody has a login that was created for a lease.' });
  world = watchVendors([{ name: 'postgres', title: 'Postgres', where: 'Roles', read }], { everyMs: 300 });
  const made = createAdaptorServer({ fetch: pageRoutes({ workspace, world }).fetch });
  server = made as Server;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  base = typeof address === 'object' && address ? `http://127.0.0.1:${address.port}` : '';
}

async function stop(): Promise<void> {
  world.stop();
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await closed;
}

const open = async (query = ''): Promise<void> => {
  await page.goto(`${base}/${query}`);
  await page.getByText('Loading…').waitFor({ state: 'detached' });
};
const text = (selector: string) => page.locator(selector).innerText();
/** Polls until the condition holds. The test's timeout ends the wait. */
const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await holds())) await page.waitForTimeout(20);
};
const seen = (words: string) => page.getByText(words, { exact: false }).first().waitFor();
const fillAndSubmit = async (reason: string): Promise<void> => {
  await page.getByRole('combobox', { name: 'What do you need?' }).click();
  await page.getByRole('option', { name: /Orders database/ }).click();
  await page.getByRole('textbox', { name: 'Why?' }).fill(reason);
  await page.getByRole('button', { name: 'Send request' }).click();
};

if (hasChromium) {
  describe('the page in a browser', () => {
    beforeAll(async () => {
      browser = await openBrowser();
      page = await browser.newPage();
      page.setDefaultTimeout(60_000);
      page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
      page.on('pageerror', (error) => complaints.push(String(error)));
    });
    afterAll(() => browser.close());
    beforeEach(async () => {
      complaints = [];
      await serve();
      await page.context().clearCookies(); // The port is another one, and cookies belong to all ports.
      await page.setViewportSize({ width: 1440, height: 900 });
    });
    afterEach(async () => {
      await page.goto('about:blank');
      await stop();
      expect(complaints).toEqual([]);
    });

    test('a whole request: requested with the keyboard, approved by another person, shown in the panel', async () => {
      await open();
      await page.getByRole('button', { name: 'Try it' }).click();
      await page.keyboard.press('Enter');
      await page.getByRole('dialog', { name: 'Request access' }).waitFor();
      await fillAndSubmit('short');
      await seen('Write at least 10 characters');
      expect(await page.getByRole('textbox', { name: 'Why?' }).inputValue()).toBe('short');
      await fillAndSubmit(REASON);
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await seen('Ana Ferreira requests Orders database');
      await page.locator(`#person-${CY} .badge`).waitFor();
      await page.locator('#messages').focus();
      await page.keyboard.press('3');
      await page.getByRole('button', { name: 'Approve 1 h of Orders database for Ana Ferreira' }).click();
      await seen('Approved by @Cy Okafor');
      await seen('active until');
      expect(await text('.countdown')).toMatch(/\(in (60|59) min\)/);
      rows = [];
      world.readNow();
      await seen('gone since');
      await page.locator(`#person-${ANA}`).click();
      await page.getByRole('button', { name: 'Use in terminal' }).click();
      expect(await page.getByLabel('Connection string').inputValue()).toMatch(/^postgres:/);
      await page.getByRole('button', { name: 'Run' }).click();
      await seen('The database does not answer.');
      expect(workspace.received.filter(({ kind }) => kind === 'submit').at(-1)?.detail).toMatchObject({
        values: {
          what: { entitlement: { value: 'orders-db' } },
          length: { minutes: '60' },
          why: { reason: REASON },
        },
      });
    });

    test('a message of another person appears without a reload, and keeps the focus and the draft', async () => {
      await open(`?as=${ANA}&in=${REQUESTS}`);
      const box = page.getByRole('textbox', { name: 'Message #access-requests' });
      await box.pressSequentially('half a sent');
      workspace.post({ user: BO, channel: REQUESTS, text: 'Hello *Ana*' });
      await seen('Hello Ana');
      await page.keyboard.type('ence');
      expect(await box.inputValue()).toBe('half a sentence');
    });

    test('an updated modal keeps what was typed and the cursor', async () => {
      await open(`?as=${ANA}`);
      workspace.open(ANA, { ...modal, id: 'V77' });
      await page.getByRole('textbox', { name: 'Why?' }).pressSequentially('inci');
      const route = {
        type: 'section',
        block_id: 'route',
        text: { type: 'plain_text', text: 'Now goes to Sam' },
      } as const;
      workspace.open(ANA, { ...modal, id: 'V77', blocks: [...modal.blocks.slice(0, -1), route] });
      await seen('Now goes to Sam');
      await page.keyboard.type('dent');
      expect(await page.getByRole('textbox', { name: 'Why?' }).inputValue()).toBe('incident');
    });

    test('a choice with dispatch_action is sent at once, and works with the keyboard only', async () => {
      await open(`?as=${ANA}`);
      workspace.open(ANA, modal);
      const what = page.getByRole('combobox', { name: 'What do you need?' });
      await what.pressSequentially('deploy');
      await page.getByRole('option', { name: /Orders deploy/, selected: true }).waitFor();
      await page.keyboard.press('Enter');
      await until(async () => (await what.inputValue()) === 'Orders deploy');
      await until(() => workspace.received.some(({ kind }) => kind === 'click'));
      expect(workspace.received.find(({ kind }) => kind === 'click')?.detail).toMatchObject({
        action_id: 'entitlement',
        block_id: 'what',
        chosen: { value: 'orders-deploy' },
      });
    });

    test('while the app is slow, the button says Working, even when the page is updated', async () => {
      let finish = (): void => undefined;
      workspace.answer(
        'submit',
        () =>
          new Promise(
            (resolve) =>
              (finish = () =>
                resolve({ kind: 'failed', code: 'operation_timeout', warning: 'No answer in time.' })),
          ),
      );
      await open(`?as=${ANA}`);
      workspace.open(ANA, modal);
      await page.getByRole('button', { name: 'Send request' }).click();
      await page.getByRole('button', { name: 'Working…' }).waitFor();
      workspace.post({ user: BO, channel: workspace.openDm(ANA), text: 'meanwhile', at: Date.now() + 1000 });
      await page.locator(`#person-${ANA} .badge`).waitFor({ state: 'attached' });
      expect(await page.getByRole('button', { name: 'Working…' }).isDisabled()).toBe(true);
      finish();
      await page.getByRole('alert').filter({ hasText: '⚠ No answer in time.' }).waitFor();
      expect(await page.getByRole('button', { name: 'Send request' }).isEnabled()).toBe(true);
    });

    test('a search without results says so and chooses nothing', async () => {
      await open(`?as=${ANA}`);
      workspace.open(ANA, modal);
      const what = page.getByRole('combobox', { name: 'What do you need?' });
      await what.pressSequentially('zzz');
      await seen('No results');
      await page.keyboard.press('Tab');
      expect(await what.inputValue()).toBe('');
    });

    test('when the app does not respond, the page shows a warning and the button works again', async () => {
      const app = { user: 'U0CURFEWBT', bot_id: 'B0CURFEW01' };
      workspace.post({ ...app, channel: REQUESTS, text: 'x', blocks: card(REASON, undefined) });
      await open(`?as=${CY}&in=${REQUESTS}`);
      await page.getByRole('button', { name: 'Deny…' }).click();
      await page.getByRole('alert').filter({ hasText: 'Curfew did not answer in time' }).waitFor();
      workspace.post({ user: BO, channel: REQUESTS, text: 'meanwhile' });
      await seen('meanwhile');
      expect(await page.getByRole('alert').filter({ hasText: 'did not answer' }).count()).toBe(1);
      expect(await page.getByRole('button', { name: 'Deny…' }).isEnabled()).toBe(true);
    });

    test('a click is sent only after the confirmation dialog', async () => {
      const app = { user: 'U0CURFEWBT', bot_id: 'B0CURFEW01' };
      workspace.post({ ...app, channel: REQUESTS, text: 'x', blocks: card(REASON, undefined) });
      await open(`?as=${CY}&in=${REQUESTS}`);
      await page.getByRole('button', { name: 'End now' }).click();
      await page
        .getByRole('dialog', { name: 'End it now?' })
        .getByRole('button', { name: 'Keep it' })
        .click();
      expect(workspace.received.filter(({ kind }) => kind === 'click')).toEqual([]);
      await page.getByRole('button', { name: 'End now' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'End now' }).click();
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await until(() => workspace.received.some(({ kind }) => kind === 'click'));
    });

    test('threads, Home, the guide and the panel open and close', async () => {
      const ts = workspace.post({ user: BO, channel: REQUESTS, text: 'Root' });
      workspace.post({ user: CY, channel: REQUESTS, text: 'An answer', thread_ts: ts });
      await open(`?as=${ANA}&in=${REQUESTS}`);
      await page.getByRole('link', { name: '1 reply' }).click();
      await page.getByRole('textbox', { name: 'Reply…' }).fill('Another');
      await page.keyboard.press('Enter');
      await page.getByLabel('Thread, newest last').getByText('Another').waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('complementary', { name: 'Thread' }).waitFor({ state: 'detached' });
      await page.getByRole('link', { name: 'Curfew Home' }).click();
      await seen('No request waits for you.');
      await page.getByRole('link', { name: 'access-requests' }).click();
      await page.getByRole('button', { name: 'Dismiss the guide' }).click();
      await page.getByRole('region', { name: 'Getting started' }).waitFor({ state: 'detached' });
      await page.getByRole('button', { name: 'Hide the access at the providers' }).click();
      await page
        .getByRole('complementary', { name: 'Access at the providers' })
        .waitFor({ state: 'detached' });
      await page.reload();
      expect(await page.getByRole('complementary', { name: 'Access at the providers' }).count()).toBe(0);
    });

    test('the newest message is scrolled into view, unless the person has scrolled up', async () => {
      for (let n = 0; n < 60; n += 1) workspace.post({ user: BO, channel: REQUESTS, text: `Line ${n}` });
      await open(`?as=${ANA}&in=${REQUESTS}`);
      await page.getByText('Line 59').waitFor();
      const distance = () =>
        page.locator('#messages').evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight);
      expect(await distance()).toBeLessThan(3);
      workspace.post({ user: BO, channel: REQUESTS, text: 'Newer' });
      await seen('Newer');
      expect(await distance()).toBeLessThan(3);
      await page.locator('#messages').evaluate((box) => box.scrollTo(0, 0));
      workspace.post({ user: BO, channel: REQUESTS, text: 'Newest' });
      await page.getByText('Newest').waitFor({ state: 'attached' });
      expect(await page.locator('#messages').evaluate((box) => box.scrollTop)).toBe(0);
    });

    test('hostile text runs no script', async () => {
      const hostile = '<img src=x onerror="document.title=1"><script>document.title=1</script>';
      workspace.post({ user: BO, channel: REQUESTS, text: hostile });
      await open(`?as=${ANA}&in=${REQUESTS}`);
      workspace.post({ user: BO, channel: REQUESTS, text: `${hostile} again` });
      await seen('again');
      expect(await page.title()).toContain('Lantern');
      expect(await page.locator('#messages img, #messages script').count()).toBe(0);
    });

    test.each([1440, 1024, 390])('nothing is wider than the page at %d pixels', async (width) => {
      const app = { user: 'U0CURFEWBT', bot_id: 'B0CURFEW01' };
      workspace.post({ ...app, channel: REQUESTS, text: 'x', blocks: card('w'.repeat(600), undefined) });
      await page.setViewportSize({ width, height: 768 });
      await open(`?as=${CY}&in=${REQUESTS}`);
      const wide = await page
        .locator('.pane__scroll, .sidebar, .world__scroll, .topbar, body')
        .evaluateAll((boxes) =>
          boxes.filter((box) => box.scrollWidth > box.clientWidth + 1).map((box) => box.className),
        );
      expect(wide).toEqual([]);
    });

    test('a phone shows one column: the messages are as wide as the screen, and everything can be closed', async () => {
      const ts = workspace.post({ user: BO, channel: REQUESTS, text: 'Root' });
      await page.setViewportSize({ width: 390, height: 844 });
      await open(`?as=${ANA}&in=${REQUESTS}`);
      const widthOf = async (label: string) => (await page.getByLabel(label).first().boundingBox())?.width;
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
      expect([await widthOf('Messages, newest last'), await widthOf('Access at the providers')]).toEqual([
        390, 390,
      ]);
      await page.getByRole('link', { name: /^Cy Okafor/ }).click();
      await page.getByRole('button', { name: 'Hide the access at the providers' }).click();
      await page
        .getByRole('complementary', { name: 'Access at the providers' })
        .waitFor({ state: 'detached' });
      await open(`?as=${ANA}&in=${REQUESTS}&thread=${ts}`);
      expect(await widthOf('Thread, newest last')).toBe(390);
      expect(await page.getByRole('textbox', { name: 'Reply…' }).isVisible()).toBe(true);
    });
  });
} else test.skip('skipped: no /usr/bin/chromium', () => undefined);
