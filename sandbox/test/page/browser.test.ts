import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { hasChromium } from '../browser/chromium.fixture.ts';
import { ANA, BO, card, CY, modal, REQUESTS } from './app.fixture.ts';
import { pageInBrowser } from './page-in-browser.fixture.ts';
import type { PageServer } from './page-server.fixture.ts';
import type { SimulatedWorkspace } from './workspace.fixture.ts';

const REASON = 'Incident 4312: orders stuck since 09:10';

let page: Page;
let served: PageServer;
let workspace: SimulatedWorkspace;

const text = (selector: string) => page.locator(selector).innerText();
const fillAndSubmit = async (reason: string): Promise<void> => {
  await page.getByRole('combobox', { name: 'What do you need?' }).click();
  await page.getByRole('option', { name: /Orders database/ }).click();
  await page.getByRole('textbox', { name: 'Why?' }).fill(reason);
  await page.getByRole('button', { name: 'Send request' }).click();
};

if (hasChromium) {
  describe('the page in a browser', () => {
    const { parts, open, seen, until } = pageInBrowser();
    beforeEach(() => void ({ page, served, workspace } = parts()));

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
  });
} else test.skip('skipped: no /usr/bin/chromium', () => undefined);
