import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect } from '@jest/globals';
import type { Browser, Locator, Page } from 'playwright-core';
import { barriers } from './axe.fixture.ts';
import { openBrowser } from './chromium.fixture.ts';
import { type Demo, startDemoProcess } from './demo.fixture.ts';
import { type Visitor, visitor } from './walk.fixture.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const PICTURES = join(ROOT, '.curfew/pictures');
/** With PICTURES=1 each view is saved in `.curfew/pictures`, for people. No test reads a picture. */
const saves = Boolean(process.env['PICTURES'] ?? process.env['UPDATE_IMAGES']);
/** With UPDATE_IMAGES=1 these are replaced in docs/images, for the README and docs/audit.md. */
const OF_DOCS = ['card', 'active', 'sandbox', 'console-now', 'console-access', 'console-request'];
const folderOf = (name: string): string =>
  process.env['UPDATE_IMAGES'] && OF_DOCS.includes(name) ? join(ROOT, 'docs/images') : PICTURES;

const SIZES = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } } as const;
/** How each look is taken, and which barriers are looked for there. */
const LOOKS = [
  ['phone', 'light', 'elements'],
  ['phone', 'dark', 'colours'],
  ['desktop', 'dark', 'colours'],
  ['desktop', 'light', 'all'], // last, because the stories continue in this one
] as const;

/** The names of the bot's direct messages, its Home and the channel in the side bar. */
export const DM = /^Curfew (not )?connected/;
export const HOME = /^Curfew Home/;
export const CHANNEL = /^access-requests/;

export type Stage = ReturnType<typeof openStage>;

/** One demo and one browser for all stories of a test file, with what is needed to look at them. */
export function openStage() {
  let demo: Demo;
  let browser: Browser;
  let page: Page;
  let me: Visitor;
  const complaints: string[] = [];

  beforeAll(async () => {
    if (saves) mkdirSync(PICTURES, { recursive: true });
    [demo, browser] = await Promise.all([startDemoProcess(), openBrowser()]);
    // Without motion, so that no picture shows a colour that is half changed.
    const context = {
      viewport: SIZES.desktop,
      deviceScaleFactor: saves ? 1.5 : 1,
      reducedMotion: 'reduce',
    } as const;
    page = await browser.newPage(context);
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

  const save = async (name: string, what: Page | Locator): Promise<void> => {
    if (!saves) return;
    await what.screenshot({
      path: join(folderOf(name), `${name}.png`),
      scale: what === page ? 'css' : 'device',
    });
  };
  /** Dark colours are the same in every view. What only a phone shows is in every view too, so one look at it is enough. */
  let hasSeenDarkPhone = false;
  const isSeen = (size: string, colorScheme: string): boolean => {
    const isDarkPhone = size === 'phone' && colorScheme === 'dark';
    const seen = isDarkPhone && hasSeenDarkPhone && !saves;
    hasSeenDarkPhone ||= isDarkPhone;
    return seen;
  };

  return {
    complaints,
    get demo() {
      return demo;
    },
    get page() {
      return page;
    },
    get browser() {
      return browser;
    },
    get me() {
      return me;
    },
    lastCard: () => page.getByRole('article').last(),

    /** Takes a picture of the whole screen, when no notice covers a part of it. */
    async picture(name: string): Promise<void> {
      await page.locator('#toasts > *').first().waitFor({ state: 'detached' });
      await save(name, page);
    },

    /** Takes a picture of a page of the console. */
    pictureOfPage: async (name: string, shown: Page): Promise<void> => {
      if (saves) await shown.screenshot({ path: join(folderOf(name), `${name}.png`), fullPage: true });
    },

    /** Takes a picture of one message, on a screen that is high enough for all of it. */
    async portrait(name: string): Promise<void> {
      if (!saves) return;
      await page.setViewportSize({ ...SIZES.desktop, height: 1_800 });
      await save(name, page.getByRole('article').last());
      await page.setViewportSize(SIZES.desktop);
    },

    /**
     * Looks at the screen on a desktop and on a phone, light and dark, and expects no barriers and nothing that is wider
     * than the screen. With `newest`, the conversation is scrolled to its end. The elements are the same in both colours.
     */
    async looks(name: string, part?: 'newest'): Promise<void> {
      for (const [size, colorScheme, which] of LOOKS) {
        if (isSeen(size, colorScheme)) continue;
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize(SIZES[size]);
        if (part === 'newest') await page.evaluate("document.querySelector('.pane__scroll').scrollTop = 1e6");
        await save(`${name}-${size}-${colorScheme}`, page);
        expect(await barriers(page, which)).toEqual([]);
        expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
      }
    },
  };
}
