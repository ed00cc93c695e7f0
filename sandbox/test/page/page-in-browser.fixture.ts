import { afterAll, afterEach, beforeAll, beforeEach, expect } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { openBrowser } from '../browser/chromium.fixture.ts';
import { servePage, type PageServer } from './page-server.fixture.ts';

/** The page of a new workspace for each test, in one browser. A test fails when the page logs an error. */
export function pageInBrowser() {
  let browser: Browser;
  let page: Page;
  let served: PageServer;
  let complaints: string[];

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
    await page.context().clearCookies(); // The port is another one, and cookies belong to all ports.
    await page.emulateMedia({ colorScheme: 'light' });
    await page.setViewportSize({ width: 1440, height: 900 });
  });
  afterEach(async () => {
    await page.goto('about:blank');
    await served.stop();
    expect(complaints).toEqual([]);
  });

  const open = async (query = ''): Promise<void> => {
    await page.goto(`${served.url}/${query}`);
    await page.getByText('Loading…').waitFor({ state: 'detached' });
  };
  /** Polls until the condition holds. The test's timeout ends the wait. */
  const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
    while (!(await holds())) await page.waitForTimeout(20);
  };
  /** What the hooks made for the test that runs. */
  const parts = () => ({ page, served, workspace: served.workspace });
  const seen = (words: string) => page.getByText(words, { exact: false }).first().waitFor();
  return { parts, open, seen, until };
}
