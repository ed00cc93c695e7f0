import { readFile } from 'node:fs/promises';
import { afterAll, expect, test } from '@jest/globals';
import type { BrowserContext, Page } from 'playwright-core';
import type { Stage } from './stage.fixture.ts';

/** No question takes more pages than this, from the first page of the console on. */
const MOST_PAGES = 4;

/** `answered` checks that the question took few pages, and notes how long it took from the first page on. */
type Asking = Readonly<{ page: Page; answered: (most?: number) => void }>;

/** People with a question open the console for the first time, and answer it. */
export function consoleQuestions(stage: Stage): void {
  const contexts: BrowserContext[] = [];
  const times: string[] = [];
  afterAll(async () => {
    await Promise.all(contexts.map((each) => each.close()));
    console.info(`From the first page of the console to the answer, by a script:\n${times.join('\n')}`);
  });

  /** The console for a person who signed in. It counts the pages that they open from then on, and the time. */
  async function opened(name: string): Promise<Asking> {
    const address = await stage.page.locator('#console-link').getAttribute('href');
    const context = await stage.browser.newContext();
    contexts.push(context);
    const page = await context.newPage();
    page.setDefaultTimeout(60_000);
    page.on('console', (message) => message.type() === 'error' && stage.complaints.push(message.text()));
    page.on('pageerror', (error) => stage.complaints.push(String(error)));
    await page.goto(String(address));
    await page.getByRole('button', { name: new RegExp(`^${name}`) }).click();
    await page.getByRole('heading', { level: 1, name: 'Now' }).waitFor();
    let pages = 0;
    const start = performance.now();
    page.on('framenavigated', (frame) => (pages += frame === page.mainFrame() ? 1 : 0));
    const answered = (most = MOST_PAGES): void => {
      const seconds = ((performance.now() - start) / 1000).toFixed(1);
      times.push(`${seconds} s, ${pages} pages: ${expect.getState().currentTestName}`);
      expect(pages).toBeLessThanOrEqual(most);
    };
    return { page, answered };
  }

  test('Ada answers who could read orders ten seconds ago, who approved it, and proves it', async () => {
    const { page, answered } = await opened('Ada');
    await page.getByRole('link', { name: 'Access', exact: true }).click();
    await page.getByLabel('Entitlement').fill('orders-db');
    await page.getByLabel('At', { exact: true }).fill('10s ago');
    await page.getByLabel('Picture from').fill('10m ago');
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    await stage.pictureOfPage('console-access', page);
    const row = page.getByRole('table').first().getByRole('row').filter({ hasText: 'Ana Ferreira' });
    expect(await row.innerText()).toMatch(/Orders database.*still held.*Cy Okafor/s);
    await row.getByRole('cell').last().getByRole('link').click();
    const approved = page.getByRole('listitem').filter({ hasText: 'Cy Okafor approved' }).first();
    await approved.getByRole('button', { name: 'Check the proof here' }).click();
    await approved.getByText(/^Right: it is in the log of \d+ entries/).waitFor();
    await stage.pictureOfPage('console-request', page);
    answered();
  });

  test('Ada finds the grants of a week that ended, with their approvers, and downloads them', async () => {
    const { page, answered } = await opened('Ada');
    await page.getByLabel('Search requests').fill('ending:ended since:7d');
    await page.getByRole('button', { name: 'Search' }).click();
    const ended = page.getByRole('row').filter({ hasText: 'closed: ended' }).first();
    expect(await ended.innerText()).toMatch(/Ana Ferreira.*Cy Okafor/s);
    const download = page.waitForEvent('download');
    await page.getByRole('link', { name: 'CSV' }).click();
    const [, ...rows] = (await readFile(await (await download).path(), 'utf8')).trimEnd().split('\n');
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) expect(row).toMatch(/,closed,ended,cy,.*,\d{4}-\d\d-\d\dT[^,]+,[0-9a-f]{64}$/); // Its digest is last.
    answered();
  });

  test('Ada downloads the evidence for a control, with proofs', async () => {
    const { page, answered } = await opened('Ada');
    await page.getByRole('link', { name: 'Evidence' }).click();
    await page.getByRole('link', { name: 'CC6.1' }).click();
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download the folder' }).click();
    expect((await download).suggestedFilename()).toMatch(/^curfew-evidence-CC6\.1-.*\.zip$/);
    answered();
  });

  test('Cy finds what he approved, and whether it was used', async () => {
    const { page, answered } = await opened('Cy');
    await page.getByLabel('Search requests').fill('approver:cy since:30d');
    await page.getByRole('button', { name: 'Search' }).click();
    await page.getByRole('table').getByRole('row').last().getByRole('link').last().click();
    await page.getByRole('heading', { name: 'What was done with it' }).waitFor();
    answered();
  });

  test('Ana finds why she was refused, and what she may request', async () => {
    const { page, answered } = await opened('Ana');
    await page.getByLabel('Search requests').fill('refused:yes');
    await page.getByRole('button', { name: 'Search' }).click();
    await page.getByRole('table').getByRole('row').last().getByRole('link').last().click();
    await page
      .getByText(/was refused/)
      .first()
      .waitFor();
    await page.getByRole('link', { name: 'Ana Ferreira' }).first().click();
    await page.getByRole('heading', { name: 'What you may request, and who could approve it' }).waitFor();
    answered();
  });

  test('Ada sees without scrolling that nothing is past its end, and that no part reports a problem', async () => {
    const { page, answered } = await opened('Ada');
    const summary = page.getByText('Nothing is past its end. No part of Curfew reports a problem.');
    const box = await summary.boundingBox();
    expect((box?.y ?? Infinity) + (box?.height ?? 0)).toBeLessThan(page.viewportSize()?.height ?? 0);
    expect(await page.getByText(/^verified The newest checkpoint of the audit log covers/).count()).toBe(1);
    await stage.pictureOfPage('console-now', page);
    answered(0);
  });

  test('Sam ends everything that Ana has', async () => {
    const { page, answered } = await opened('Sam');
    await page.getByLabel('Search requests').fill('ana');
    await page.getByRole('button', { name: 'Search' }).click();
    await page.getByRole('link', { name: 'End everything of Ana Ferreira…' }).click();
    await page.getByText(/^This ends everything of Ana Ferreira: \d+ requests of 1 person/).waitFor();
    await page.getByLabel('Why?').fill('the laptop of Ana was stolen');
    await page.getByRole('button', { name: 'End all of it now' }).click();
    // The workers revoke all of it at the vendors meanwhile.
    const ended = page.getByText(
      /^All \d+ requests are ended(, and their access is|\. The access of \d+ is) revoked and verified\./,
    );
    await ended.waitFor({ timeout: 120_000 });
    answered();
  }, 240_000);
}
