import { mkdirSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, Locator, Page } from 'playwright-core';
import { until } from '../../../test/until.fixture.ts';
import { barriers } from './axe.fixture.ts';
import { hasChromium, openBrowser } from './chromium.fixture.ts';
import { type Demo, startDemoProcess } from './demo.fixture.ts';
import { type Visitor, visitor } from './walk.fixture.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const PICTURES = join(ROOT, '.curfew/pictures');
/** With UPDATE_IMAGES=1 these are replaced in docs/images, for the README. */
const OF_README = ['card', 'sandbox'];
const folderOf = (name: string): string =>
  process.env['UPDATE_IMAGES'] && OF_README.includes(name) ? join(ROOT, 'docs/images') : PICTURES;
/** The names of the bot's direct messages and its Home in the side bar. */
const DM = /^Curfew (not )?connected/;
const HOME = /^Curfew Home/;
const REASON = 'Incident 4312: the brass lantern is stuck since 09:10';

/** The files below a folder that contain this text. A file that disappears meanwhile contains nothing. */
async function filesWith(folder: string, text: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((each) => each.isFile()).map((each) => join(each.parentPath, each.name));
  const found = await Promise.all(
    files.map((file) =>
      readFile(file).then(
        (bytes) => bytes.includes(text),
        () => false,
      ),
    ),
  );
  return files.filter((_file, index) => found[index]);
}

if (hasChromium)
  describe('the demo in a browser', () => {
    let demo: Demo;
    let browser: Browser;
    let page: Page;
    let me: Visitor;
    const complaints: string[] = [];
    let password = '';

    beforeAll(async () => {
      mkdirSync(PICTURES, { recursive: true });
      [demo, browser] = await Promise.all([startDemoProcess(), openBrowser()]);
      page = await browser.newPage({ viewport: { width: 1440, height: 900 }, deviceScaleFactor: 1.5 });
      page.setDefaultTimeout(60_000);
      page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
      page.on('pageerror', (error) => complaints.push(String(error)));
      me = visitor(page, demo.url);
      await me.arrive();
    }, 180_000);

    afterAll(async () => {
      await browser?.close();
      await demo?.stop();
    }, 60_000);

    const picture = (name: string, what: Page | Locator = page) =>
      what.screenshot({ path: join(folderOf(name), `${name}.png`) });
    const lastCard = () => page.getByRole('article').last();

    test('Ana requests access in a form that shows errors and keeps what she typed', async () => {
      await me.become('Ana');
      await me.type('/access orders-db');
      await me.sees('Approvers: ');
      await me.ask('9h', REASON);
      await me.sees('The longest is 8 h');
      expect(await page.getByRole('textbox', { name: 'Why?' }).inputValue()).toBe(REASON);
      await picture('form');
      expect(await barriers(page)).toEqual([]);
      await page.getByRole('button', { name: /^30 min · half/ }).click();
      const length = page.getByRole('textbox', { name: 'For how long?' });
      await until('the length is filled in', async () => (await length.inputValue()) === '30 min');
      expect(await page.getByRole('textbox', { name: 'Why?' }).inputValue()).toBe(REASON);
      await me.ask('1h', REASON);
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await me.sees(REASON);
    });

    test('Ana cannot approve her own request', async () => {
      await me.button(/^Approve .*: Orders database/).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
      await me.sees('This is your own request. Somebody else has to decide it.');
    });

    test('Cy sees the request, why he is asked and when it lapses, and approves it', async () => {
      await me.become('Cy');
      await me.goTo(DM);
      await me.sees('You are an approver because you own Orders database, read only.');
      await me.sees(/lapses .* and no access is granted/);
      await picture('card', lastCard());
      await me.approve(/^Approve .*: Orders database/);
      await me.sees(/Active until/);
      expect(
        await lastCard()
          .getByRole('button', { name: /^Approve/ })
          .count(),
      ).toBe(0);
    });

    test('Ana can show her password once, and it works', async () => {
      await me.become('Ana');
      await me.goTo(DM);
      await me.button(/^Show my password/).click();
      await me.sees('It stops working');
      await me.button('Use in terminal').click();
      const address = await until('the terminal has the address', async () => {
        const typed = await page.getByLabel('Connection string').inputValue();
        return typed.startsWith('postgres://') && typed;
      });
      password = new URL(address).password;
      await me.query('select item, state from orders where id = 4312');
      await me.sees('lantern, brass');
      expect(await page.getByRole('button', { name: /^Show my password/ }).count()).toBe(0);
      await picture('sandbox');
      expect(await barriers(page)).toEqual([]);
    });

    test('Ana’s Home shows her access and a button to end it', async () => {
      await me.goTo(HOME);
      await me.sees('You have access to');
      await me.sees(/Active until/);
      await me.button(/^I'm done/).waitFor();
      await picture('home');
      expect(await barriers(page)).toEqual([]);
    });

    test('Ana ends her access: the login is revoked, and the password is refused', async () => {
      await me.button(/^I'm done/).click();
      await me.sees(/gone since/);
      await me.query('select 1');
      await me.sees(/password authentication failed|is not permitted to log in|does not exist/);
      await me.goTo(DM);
      await me.sees(/Ended by/);
    });

    test('Bo denies a request, and Ana reads his reason', async () => {
      await me.goTo(/^access-requests/);
      await me.type('/access orders-logs 30m I would like to look around');
      await me.sees('I would like to look around');
      await me.become('Bo');
      await me.goTo(DM);
      await me.button(/^Deny Orders service logs/).click();
      const form = page.getByRole('dialog');
      await form.getByRole('textbox', { name: 'Why not?' }).fill('Ask Cy for the dashboard instead');
      await form.getByRole('button', { name: 'Deny', exact: true }).click();
      await form.waitFor({ state: 'detached' });
      await me.become('Ana');
      await me.goTo(DM);
      await me.sees('Ask Cy for the dashboard instead');
    });

    test('the end at AWS that the panel reads is the end on the card', async () => {
      const aws = page.locator('#vendor-aws');
      if ((await aws.count()) === 0)
        return console.log('skipped: no AWS in this demo, because it needs Python');
      await me.type('/access orders-logs 30m Look for the stuck lantern');
      await me.sees('Look for the stuck lantern');
      await me.become('Cy');
      await me.goTo(DM);
      await me.button(/^Approve .*: Orders service logs/).click();
      await aws.getByText(/active until .*\d\d:\d\d/).waitFor(); // the date too, when it is another day
      await me.sees(/Active until/);
      const timeIn = async (what: Locator) => /until \D*(\d\d:\d\d)/.exec(await what.innerText())?.[1];
      const end = await timeIn(aws);
      expect(end).toMatch(/^\d\d:\d\d$/);
      expect(await timeIn(lastCard())).toBe(end);
      await me.become('Ana');
    });

    test('a request for an unknown entitlement gets an ephemeral message', async () => {
      await me.goTo(/^access-requests/);
      await me.type('/access ordres-db 1h typing fast');
      await me.sees(/Did you mean orders-db\?/);
      await me.sees('Only visible to you');
    });

    test.each([
      ['desktop', 'dark'],
      ['phone', 'light'],
      ['phone', 'dark'],
    ] as const)('the same conversation on a %s, %s', async (size, colorScheme) => {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize(
        size === 'phone' ? { width: 390, height: 844 } : { width: 1440, height: 900 },
      );
      for (const [name, place] of [
        ['channel', /^access-requests/],
        ['messages', DM],
        ['home', HOME],
      ] as const) {
        await me.goTo(place);
        await picture(`${size}-${colorScheme}-${name}`);
        expect(await barriers(page)).toEqual([]);
        expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
      }
    });

    test('the password that was shown is in no file of the folder of the demo (T22)', async () => {
      expect(password).toMatch(/^\S{20,}$/);
      expect(await filesWith(demo.home, password)).toEqual([]);
    });

    test('the page logged no errors', () => expect(complaints).toEqual([]));
  });
else test.skip('the demo in a browser (no Chromium on this machine)', () => undefined);
