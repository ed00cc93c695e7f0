import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { KnownBlock } from '@slack/types';
import type { Browser, Page } from 'playwright-core';
import type { AccessRow } from '../../world/access-row.ts';
import { barriers } from '../browser/axe.fixture.ts';
import { hasChromium, openBrowser } from '../browser/chromium.fixture.ts';
import { ANA, card, CY, modal, REQUESTS } from './app.fixture.ts';
import { servePage, type PageServer } from './page-server.fixture.ts';

const SIZES = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } } as const;
type Size = keyof typeof SIZES;

const ROWS: readonly AccessRow[] = [
  { id: 'a', who: 'Ana', what: 'reads orders', state: { kind: 'open', until: Date.now() + 3_600_000 } },
  {
    id: 'b',
    who: 'Bo',
    what: 'reads logs',
    state: { kind: 'ended', at: Date.now() - 60_000 },
    detail: 'role x',
  },
  { id: 'c', who: 'Cy', what: 'writes', state: { kind: 'waiting', text: 'invited, not accepted yet' } },
  { id: 'd', who: 'Sam', what: 'member of administrators', state: { kind: 'open' } },
];

/** Everything that rich text can have, so that each of its colours is on the screen. */
const RICH = {
  type: 'rich_text',
  block_id: 'rich',
  elements: [
    {
      type: 'rich_text_section',
      elements: [
        { type: 'text', text: 'bold', style: { bold: true } },
        { type: 'text', text: 'arn:aws:logs:*', style: { code: true } },
        { type: 'user', user_id: ANA },
        { type: 'user', user_id: CY },
        { type: 'broadcast', range: 'here' },
        { type: 'link', url: 'https://example.com/4312', text: 'incident' },
        { type: 'emoji', name: 'white_check_mark' },
      ],
    },
    { type: 'rich_text_quote', elements: [{ type: 'text', text: 'quoted' }] },
    { type: 'rich_text_preformatted', elements: [{ type: 'text', text: 'postgres://u:p@127.0.0.1/orders' }] },
    {
      type: 'rich_text_list',
      style: 'ordered',
      indent: 1,
      elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: 'one' }] }],
    },
  ],
} as unknown as KnownBlock;

if (hasChromium)
  describe('axe finds nothing wrong, and nothing scrolls sideways', () => {
    let browser: Browser;
    let page: Page;
    let served: PageServer;

    beforeAll(async () => {
      browser = await openBrowser();
      page = await browser.newPage({ reducedMotion: 'reduce' });
      page.setDefaultTimeout(60_000);
      served = await servePage();
      const { workspace } = served;
      const app = { user: 'U0CURFEWBT', bot_id: 'B0CURFEW01', channel: REQUESTS };
      workspace.post({ user: ANA, channel: REQUESTS, text: 'Who can look at `orders`? :eyes: 🔥 &gt; 1 h' });
      workspace.post({ ...app, text: 'only you', ephemeralFor: CY });
      workspace.post({ ...app, text: 'x', blocks: [RICH] });
      const root = workspace.post({ ...app, text: 'x', blocks: card('Incident 4312', undefined) });
      workspace.post({ ...app, text: `Approved by <@${CY}>.`, thread_ts: root, at: Date.now() + 1000 });
      await page.goto(`${served.url}/?as=${CY}&in=${REQUESTS}`);
    });
    afterAll(async () => {
      await browser?.close();
      await served?.stop();
    });

    const button = (name: string) => page.getByRole('button', { name, exact: true });
    const box = () => page.getByRole('textbox', { name: /^Message/ });

    /** Each puts the page into one state. Before it, the page shows Cy the channel. */
    const STATES: readonly [string, (size: Size) => Promise<void>][] = [
      [
        'the conversation, with the list of commands',
        async () => {
          await page.getByText('Last reply').waitFor();
          await box().fill('/');
          await page.getByRole('option', { name: /access/ }).waitFor();
        },
      ],
      [
        'the menu of a message',
        async () => {
          const message = page.getByRole('article').first();
          await message.hover();
          await message.getByLabel('More actions').first().click();
          await page.getByRole('menuitem', { name: /Request access/ }).waitFor();
        },
      ],
      [
        'a thread',
        async () => {
          await page.getByRole('link', { name: '1 reply' }).click();
          await page.getByLabel('Thread, newest last').waitFor();
        },
      ],
      [
        'a modal with an error and a list of options',
        async () => {
          served.workspace.open(CY, modal);
          await button('Send request').click();
          await page.getByText('Choose what you need.').waitFor();
          await page.getByRole('combobox', { name: 'What do you need?' }).click();
          await page.getByRole('option', { name: /Orders database/ }).waitFor();
        },
      ],
      [
        'a confirmation',
        async () => {
          await button('End now').click();
          await page.getByRole('dialog', { name: 'End it now?' }).waitFor();
        },
      ],
      [
        'Home',
        async (size) => {
          if (size === 'phone') await page.locator('#side-toggle').click();
          await page.getByRole('link', { name: 'Curfew Home' }).click();
          await page.getByText('No request waits for you.').waitFor();
        },
      ],
      [
        'the side bar',
        async (size) => {
          if (size === 'phone') await page.locator('#side-toggle').click();
          await page.getByRole('link', { name: 'general' }).waitFor();
        },
      ],
      [
        'the switch of people, with the guests',
        async (size) => {
          if (size === 'phone') await page.locator('#people-toggle').click();
          await page.getByText('Guests').click();
          await page.getByRole('link', { name: /Zoe Park/ }).waitFor();
        },
      ],
      [
        'access at the providers',
        async (size) => {
          served.show(ROWS);
          if (size === 'phone') await page.locator('#world-toggle').click();
          await page.getByText('ended').waitFor();
        },
      ],
      [
        'a button that failed, and an app that is not connected',
        async () => {
          await button('Deny…').click();
          await page.getByRole('alert').filter({ hasText: 'did not answer' }).waitFor();
          served.workspace.connect(0);
          await page.getByText('is not connected. You can').waitFor();
        },
      ],
    ];

    /** The parts of the page that could be scrolled sideways. */
    const tooWide = () =>
      page
        .locator('html, body, .shell, .topbar, .sidebar, .pane__scroll, .world__scroll, .modal__body')
        .evaluateAll((all) =>
          all.filter((box) => box.scrollWidth > box.clientWidth).map((box) => box.className || box.localName),
        );

    /** Back to the channel, without a new load of the page. */
    const reset = async () => {
      await page.keyboard.press('Escape');
      served.workspace.closeModals(CY);
      served.workspace.connect(1);
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await page.locator(`#item-${REQUESTS}`).dispatchEvent('click');
      await box().fill('');
      await page.getByLabel('Thread, newest last').waitFor({ state: 'detached' });
    };

    test.each(STATES)('%s', async (_state, reach) => {
      const found: string[] = [];
      for (const size of ['desktop', 'phone'] as const) {
        await page.setViewportSize(SIZES[size]);
        await reset();
        await reach(size);
        found.push(...(await tooWide()).map((each) => `${size}: wider than its place: ${each}`));
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme });
          const here = await barriers(page, colorScheme === 'light' ? 'all' : 'colours');
          found.push(...here.map((each) => `${size}, ${colorScheme}: ${each}`));
        }
      }
      expect(found).toEqual([]);
    });
  });
else test.skip('axe (skipped: no /usr/bin/chromium)', () => undefined);
