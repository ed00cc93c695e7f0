import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Browser, Locator, Page } from 'playwright-core';
import { hasChromium, openBrowser } from '../browser/chromium.fixture.ts';
import { ANA, BO, card, CY, modal, REQUESTS } from './app.fixture.ts';
import { servePage, type PageServer } from './page-server.fixture.ts';
import type { SimulatedWorkspace } from './workspace.fixture.ts';

const REASON = 'Incident 4312: orders stuck since 09:10';

let browser: Browser;
let page: Page;
let served: PageServer;
let workspace: SimulatedWorkspace;
let complaints: string[];

const open = async (query = ''): Promise<void> => {
  await page.goto(`${served.url}/${query}`);
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
      served = await servePage();
      workspace = served.workspace;
      await page.context().clearCookies(); // The port is another one, and cookies belong to all ports.
      await page.setViewportSize({ width: 1440, height: 900 });
    });
    afterEach(async () => {
      await page.goto('about:blank');
      await served.stop();
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
      served.show([]);
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

    test('a phone shows the conversation first, and the parts beside it behind buttons', async () => {
      workspace.post({ user: BO, channel: workspace.openDm(ANA), text: 'hello', at: Date.now() + 1000 });
      await page.setViewportSize({ width: 390, height: 844 });
      await open(`?as=${ANA}&in=${REQUESTS}`);
      const conversation = page.getByLabel('Messages, newest last');
      const boxOf = async (what: Locator) => (await what.boundingBox()) ?? { width: 0, height: 0 };
      const isNarrow = async () =>
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
      expect((await boxOf(conversation)).width).toBe(390);
      expect((await boxOf(conversation)).height).toBeGreaterThan(400);
      await isNarrow();
      for (const [name, panel] of [
        [/^Channels and messages/, page.getByRole('navigation', { name: /channels/ })],
        [/^You are Ana Ferreira/, page.getByRole('navigation', { name: 'You are' })],
        ['Access at the providers', page.getByRole('complementary', { name: 'Access at the providers' })],
      ] as const) {
        const button = page.getByRole('button', { name, expanded: false });
        await button.click();
        expect((await boxOf(panel)).width).toBe(390);
        expect(await conversation.isVisible()).toBe(false);
        await isNarrow();
        expect(await panel.evaluate((box) => box.contains(box.ownerDocument.activeElement))).toBe(true);
        await page.keyboard.press('Escape');
        await conversation.waitFor();
        expect(await button.evaluate((each) => each === each.ownerDocument.activeElement)).toBe(true);
      }
      await page.getByRole('button', { name: 'Channels and messages, with new messages' }).click();
      await page.getByRole('link', { name: /^Curfew connected/ }).click();
      await seen('hello');
      expect(await page.getByRole('navigation').count()).toBe(0);
    });

    test('on a phone a person switches, and reads and answers a thread', async () => {
      const ts = workspace.post({ user: BO, channel: REQUESTS, text: 'Root' });
      await page.setViewportSize({ width: 390, height: 844 });
      await open(`?as=${ANA}&in=${REQUESTS}&thread=${ts}`);
      expect((await page.getByLabel('Thread, newest last').boundingBox())?.width).toBe(390);
      await page.getByRole('textbox', { name: 'Reply…' }).fill('Here');
      await page.getByRole('button', { name: 'Send' }).click();
      await page.getByRole('button', { name: /^You are Ana/ }).click();
      await page.getByRole('link', { name: /^Cy Okafor/ }).click();
      await page.getByRole('button', { name: /^You are Cy/, expanded: false }).waitFor();
      await page.getByRole('link', { name: '1 reply 1 new' }).click();
      await page.getByLabel('Thread, newest last').getByText('Here').waitFor();
      await page.getByRole('link', { name: 'Close the thread' }).click();
      await page.getByRole('link', { name: '1 reply', exact: false }).waitFor();
      expect(await page.getByText('1 new').count()).toBe(0);
    });

    test('the colours are those of the system until the person chooses others, which stay', async () => {
      const paper = () => page.evaluate("getComputedStyle(document.querySelector('.pane')).backgroundColor");
      await page.emulateMedia({ colorScheme: 'dark' });
      await open();
      expect(await paper()).toBe('rgb(26, 29, 33)');
      await page.emulateMedia({ colorScheme: 'light' });
      expect(await paper()).toBe('rgb(255, 255, 255)');
      await page.getByRole('button', { name: 'Use dark colours' }).click();
      expect(await paper()).toBe('rgb(26, 29, 33)');
      await page.reload();
      expect(await paper()).toBe('rgb(26, 29, 33)');
      await page.getByRole('button', { name: 'Use light colours' }).click();
      expect(await paper()).toBe('rgb(255, 255, 255)');
    });

    test('a message shortcut is used with the keyboard only', async () => {
      const ts = workspace.post({ user: BO, channel: REQUESTS, text: 'Who can look?' });
      await open(`?as=${ANA}&in=${REQUESTS}`);
      await page
        .getByRole('article')
        .getByText('More actions')
        .or(page.getByLabel('More actions'))
        .first()
        .focus();
      await page.keyboard.press('Enter');
      const item = page.getByRole('menuitem', { name: 'Request access Curfew' });
      await item.and(page.locator(':focus')).waitFor();
      await page.keyboard.press('Escape');
      await item.waitFor({ state: 'hidden' });
      await page.keyboard.press('Enter');
      await item.and(page.locator(':focus')).waitFor();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await until(() => workspace.received.some(({ kind }) => kind === 'shortcut'));
      expect(workspace.received.find(({ kind }) => kind === 'shortcut')).toMatchObject({
        person: ANA,
        detail: { callback_id: 'request-access-from-message', channel: REQUESTS, ts },
      });
      await item.waitFor({ state: 'hidden' });
    });

    test('emoji are pictures of this server, which load', async () => {
      workspace.post({ user: BO, channel: REQUESTS, text: ':white_check_mark: done 🔥' });
      await open(`?as=${ANA}&in=${REQUESTS}`);
      const pictures = page.locator('#messages img.emoji');
      await until(async () => (await pictures.count()) === 2);
      const sizes = () =>
        pictures.evaluateAll((all) => all.map((each) => Number(Reflect.get(each, 'naturalWidth'))));
      await until(async () => (await sizes()).every((width) => width > 0));
      expect(await pictures.evaluateAll((all) => all.map((each) => each.getAttribute('src')))).toEqual([
        '/emoji/2705.svg',
        '/emoji/1f525.svg',
      ]);
    });

    test('Escape closes one thing at a time: the menu, then the modal, then the thread', async () => {
      const ts = workspace.post({ user: BO, channel: REQUESTS, text: 'Root' });
      await open(`?as=${ANA}&in=${REQUESTS}&thread=${ts}`);
      workspace.open(ANA, modal);
      const form = page.getByRole('dialog');
      const options = page.getByRole('option', { name: /Orders database/ });
      await form.getByRole('combobox', { name: 'What do you need?' }).click();
      await options.waitFor();
      await page.keyboard.press('Escape');
      await options.waitFor({ state: 'hidden' });
      await form.waitFor();
      await page.keyboard.press('Escape');
      await form.waitFor({ state: 'detached' });
      const thread = page.getByRole('complementary', { name: 'Thread' });
      await thread.getByLabel('More actions').first().focus();
      await page.keyboard.press('Enter');
      await thread.getByRole('menuitem').waitFor();
      await page.keyboard.press('Escape');
      await thread.getByRole('menuitem').waitFor({ state: 'hidden' });
      await page.keyboard.press('Escape');
      await thread.waitFor({ state: 'detached' });
    });

    test('Enter in a field of one line submits the modal, and every control on the way shows the focus', async () => {
      await open(`?as=${ANA}`);
      const element = { type: 'plain_text_input', action_id: 'reason' } as const;
      const label = { type: 'plain_text', text: 'Why?' } as const;
      workspace.open(ANA, { ...modal, blocks: [{ type: 'input', block_id: 'why', label, element }] });
      await page.getByRole('textbox', { name: 'Why?' }).pressSequentially('incident');
      await page.keyboard.press('Enter');
      await until(() => workspace.received.some(({ kind }) => kind === 'submit'));
      const reached: string[] = [];
      for (const key of ['Tab', 'Tab', 'Shift+Tab', 'Shift+Tab', 'Shift+Tab']) {
        await page.keyboard.press(key);
        const focused = page.locator(':focus');
        reached.push((await focused.getAttribute('aria-label')) ?? (await focused.innerText()));
        const outline = await page.evaluate('getComputedStyle(document.activeElement).outlineStyle');
        expect(outline).not.toBe('none');
      }
      expect(reached).toEqual(['Cancel', 'Send request', 'Cancel', '', 'Close']);
    });
  });
} else test.skip('skipped: no /usr/bin/chromium', () => undefined);
