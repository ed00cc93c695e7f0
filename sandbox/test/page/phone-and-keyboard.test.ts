import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Locator, Page } from 'playwright-core';
import { hasChromium } from '../browser/chromium.fixture.ts';
import { ANA, BO, modal, REQUESTS } from './app.fixture.ts';
import { pageInBrowser } from './page-in-browser.fixture.ts';
import type { SimulatedWorkspace } from './workspace.fixture.ts';

let page: Page;
let workspace: SimulatedWorkspace;

if (hasChromium) {
  const { parts, open, seen, until } = pageInBrowser();
  beforeEach(() => void ({ page, workspace } = parts()));

  describe('on a phone', () => {
    beforeEach(() => page.setViewportSize({ width: 390, height: 844 }));

    test('the conversation comes first, and the parts beside it behind buttons', async () => {
      workspace.post({ user: BO, channel: workspace.openDm(ANA), text: 'hello', at: Date.now() + 1000 });
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

    test('a person switches, and reads and answers a thread', async () => {
      const ts = workspace.post({ user: BO, channel: REQUESTS, text: 'Root' });
      await open(`?as=${ANA}&in=${REQUESTS}&thread=${ts}`);
      expect((await page.getByLabel('Thread, newest last').boundingBox())?.width).toBe(390);
      await page.getByRole('textbox', { name: 'Reply…' }).fill('Here');
      await page.getByRole('button', { name: 'Send' }).click();
      await page.getByLabel('Thread, newest last').getByText('Here').waitFor();
      await page.getByRole('button', { name: /^You are Ana/ }).click();
      await page.getByRole('link', { name: /^Cy Okafor/ }).click();
      await page.getByRole('button', { name: /^You are Cy/, expanded: false }).waitFor();
      await page.getByRole('link', { name: '1 reply 1 new' }).click();
      await page.getByLabel('Thread, newest last').getByText('Here').waitFor();
      await page.getByRole('link', { name: 'Close the thread' }).click();
      await page.getByRole('link', { name: '1 reply', exact: false }).waitFor();
      await page.getByRole('link', { name: '1 reply 1 new' }).waitFor({ state: 'detached' });
    });

    test('a credential is used in the terminal, which takes the place of the conversation', async () => {
      const app = { user: 'U0CURFEWBT', bot_id: 'B0CURFEW01' };
      workspace.post({ ...app, channel: REQUESTS, text: 'Your login: `postgres://u:p@127.0.0.1:1/orders`' });
      await open(`?as=${ANA}&in=${REQUESTS}`);
      await page.getByRole('button', { name: 'Use in terminal' }).click();
      await page.getByRole('button', { name: 'Run' }).click();
      await seen('The database does not answer.');
      await page.getByRole('button', { name: 'Hide the access at the providers' }).click();
      await page.getByRole('button', { name: 'Use in terminal' }).waitFor();
      await page.getByRole('button', { name: 'Show it' }).click();
      await page.getByRole('button', { name: 'Run' }).waitFor();
    });
  });

  describe('with the keyboard', () => {
    test('the first stop leads past everything to the message box', async () => {
      await open(`?as=${ANA}&in=${REQUESTS}`);
      await page.keyboard.press('Tab');
      await page.getByRole('link', { name: 'Write a message' }).and(page.locator(':focus')).waitFor();
      await page.keyboard.press('Enter');
      await page.keyboard.type('half a sentence');
      const box = page.getByRole('textbox', { name: 'Message #access-requests' });
      expect(await box.inputValue()).toBe('half a sentence');
    });

    test('a message shortcut is used with the keyboard only', async () => {
      const ts = workspace.post({ user: BO, channel: REQUESTS, text: 'Who can look?' });
      await open(`?as=${ANA}&in=${REQUESTS}`);
      await page.getByLabel('More actions').first().focus();
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
      await thread.getByLabel('More actions').first().and(page.locator(':focus')).waitFor();
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
