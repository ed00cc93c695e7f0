import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { SECTIONS } from '../../console/pages/findings/sections.ts';
import { barriers } from '../../sandbox/test/browser/axe.fixture.ts';
import { hasChromium } from '../../sandbox/test/browser/chromium.fixture.ts';
import { type InBrowser, startInBrowser } from './world-in-browser.fixture.ts';

const inBrowser = hasChromium ? describe : describe.skip;

/** The pages of the auditor, with their headings. Each list of findings has the same markup: three are looked at in every way, and the others below. */
const PAGES = [
  ['/', 'Now'],
  ['/access', 'Who had access'],
  ['/access?entitlement=thing', 'Who had The thing'],
  ['/access?at=nonsense', 'Access'],
  ['/requests', 'Requests'],
  ['/requests?q=nonsense:', 'Requests'],
  ['/requests/{request}', 'The thing'],
  ['/requests/nothing', 'There is no such request that you can see'],
  ['/people/ana', 'Ana'],
  ['/people/ana/end', 'End everything of Ana'],
  ['/entitlements/thing', 'The thing'],
  ['/providers/fake', 'fake'],
  ['/evidence', 'Evidence'],
  ['/evidence/soc2/CC6.3', 'CC6.3: Least access, and duties that are separated'],
  ['/evidence/soc2/CC6.3?from=nonsense', 'CC6.3: Least access, and duties that are separated'],
  ['/numbers', 'Numbers'],
  ['/findings', 'Findings'],
  ['/findings?from=nonsense', 'Findings'],
  ['/findings/open', 'Open findings'],
  ['/findings/overstays', 'Overstays'],
  ['/findings/readings', 'Who looked at what'],
  ['/reviews', 'Reviews'],
  ['/reviews/{review}', 'The autumn review'],
  ['/signed-out', 'You are signed out'],
  ['/sign-in/return', 'You are not signed in'],
] as const;

/** Pages on which somebody else has forms. Each is opened. */
const FORMS = [
  ['bo', '/requests/{pending}', ['Approve exactly this', 'Deny', 'Ask']],
  ['ana', '/requests/{pending}', ['Withdraw']],
  ['ana', '/requests/{request}', ['Request the later end', 'End it now']],
  ['cy', '/reviews/{review}', ['Certify', 'Object']],
  ['dee', '/reviews', ['Open the review']],
] as const;

const WIDTHS = [390, 1024, 1600];

inBrowser('without a barrier', () => {
  let world: InBrowser;
  beforeAll(async () => {
    world = await startInBrowser();
  });
  afterAll(() => world?.stop());
  const pathOf = (path: string): string =>
    path.replace(/\{(request|pending|review)\}/, (_, name: 'request' | 'pending' | 'review') => world[name]);

  /** What is wrong with a page in light and dark, on a phone and on wide screens. The elements are the same in both colours and widths. */
  async function problemsOf(page: Page): Promise<readonly unknown[]> {
    const found: unknown[] = [];
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      found.push(...(await barriers(page, colorScheme === 'light' ? 'all' : 'colours')));
    }
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 800 });
      if ((await page.evaluate('document.documentElement.scrollWidth - window.innerWidth')) !== 0)
        found.push(`wider than ${width} pixels`);
      if (width === 390) found.push(...(await barriers(page, 'elements')));
    }
    return [...found, ...world.errors.splice(0)];
  }

  test.each(PAGES)('is %s', async (path, title) => {
    const page = await world.opened(pathOf(path));
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe(title);
    expect(await problemsOf(page)).toEqual([]);
    await page.context().close();
  });

  test.each(FORMS)('are the forms of %s on %s', async (person, path, buttons) => {
    const page = await world.opened(pathOf(path), { person });
    for (const closed of await page.locator('main details.action > summary').all()) await closed.click();
    for (const name of buttons)
      expect([name, await page.getByRole('button', { name }).first().isVisible()]).toEqual([name, true]);
    expect(await problemsOf(page)).toEqual([]);
    await page.context().close();
  });

  test('are the other lists of findings', async () => {
    const page = await world.opened('/findings', { viewport: { width: 390, height: 800 } });
    for (const { id, title } of SECTIONS) {
      await page.goto(new URL(`/findings/${id}`, page.url()).href);
      expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe(title);
      expect([id, await barriers(page), world.errors.splice(0)]).toEqual([id, [], []]);
    }
    await page.context().close();
  });

  test('is a page on paper: nothing is cut, and nothing that can only be sent is there', async () => {
    for (const path of [
      '/',
      '/access?entitlement=thing',
      '/requests/{request}',
      '/numbers',
      '/reviews/{review}',
    ]) {
      const page = await world.opened(pathOf(path), { viewport: { width: 720, height: 1000 } });
      await page.emulateMedia({ media: 'print' });
      const cut = await page.evaluate(
        "[...document.querySelectorAll('main .scrolls')].filter((box) => box.scrollWidth > box.clientWidth + 1).length",
      );
      const buttons = await page.locator('main form[method=post] button').filter({ visible: true }).count();
      expect([path, cut, buttons, await page.locator('.top').isVisible()]).toEqual([path, 0, 0, false]);
      await page.context().close();
    }
  });

  test('and each page is smaller than 60 KB', async () => {
    for (const [path] of PAGES) {
      const answer = await (await world.fixture.as('dee')).get(pathOf(path));
      expect([path, (await answer.text()).length < 60_000]).toEqual([path, true]);
    }
  });
});
