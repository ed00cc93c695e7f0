import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { RequestId } from '../../core/ids.ts';
import { openLedger } from '../../ledger/index.ts';
import { hasChromium } from '../../sandbox/test/browser/chromium.fixture.ts';
import { publishAll } from '../audit/published.fixture.ts';
import { asAdmin } from '../ledger/database.fixture.ts';
import { answered, openedWithoutWorkflow } from '../requests/steps.fixture.ts';
import { type ConsoleFixture, textOf } from './console.fixture.ts';
import { type InBrowser, KEY, startInBrowser } from './world-in-browser.fixture.ts';

const inBrowser = hasChromium ? describe : describe.skip;

inBrowser('the console in a browser', () => {
  let world: InBrowser;
  let fixture: ConsoleFixture;
  let request: RequestId;
  let errors: string[];
  let opened: InBrowser['opened'];
  beforeAll(async () => {
    world = await startInBrowser();
    ({ fixture, request, errors, opened } = world);
  });
  afterAll(() => world?.stop());

  test('a long key is not cut on a phone', async () => {
    const page = await opened('/');
    await page.setViewportSize({ width: 390, height: 800 });
    await page.getByText(KEY).waitFor();
    expect(
      await page.evaluate(
        '[...document.querySelectorAll(".scrolls")].filter((box) => box.scrollWidth > box.clientWidth).length',
      ),
    ).toBe(0);
    await page.context().close();
  });

  test('on paper, each sheet of evidence says of which control, period and checkpoint it is', async () => {
    const page = await opened('/evidence/soc2/CC6.2?from=2026-11-01T00:00:00.000Z');
    const head = page.locator('.printed-head');
    const display = () => page.evaluate("getComputedStyle(document.querySelector('.printed-head')).display");
    expect(await display()).toBe('none');
    await page.emulateMedia({ media: 'print' });
    expect(await display()).toBe('table-header-group'); // A browser repeats it on every sheet.
    expect(textOf(await head.innerHTML())).toMatch(
      /^SOC 2, common criteria CC6, CC6\.2\. From 2026-11-01 00:00:00 until .*Log curfew\.example\.com\/log, \d+ entries, root \S+=\.$/,
    );
    expect(await page.locator('.top').isVisible()).toBe(false);
    await page.context().close();
  });

  test('a proof is checked in the browser, and a wrong one is not right', async () => {
    const page = await opened(`/requests/${request}`);
    const check = page.getByRole('button', { name: 'Check the proof here' }).first();
    await check.click();
    await page.getByText(/^Right: it is in the log of \d+ entries that curfew\.example\.com\/log/).waitFor();
    // Somebody changes a word of the entry on its way.
    await page.route('**/proofs/*', async (route) => {
      const answer = await route.fetch();
      const proof = JSON.parse(await answer.text()) as { entry: string };
      await route.fulfill({
        body: `${JSON.stringify({ ...proof, entry: proof.entry.replace('ana', 'eve') })}\n`,
      });
    });
    await check.click();
    await page.getByText('Not proved: the entry is not at this place of the log.').waitFor();
    await page.unroute('**/proofs/*');
    await page.route('**/proofs/*', async (route) => {
      const answer = await route.fetch();
      const proof = JSON.parse(await answer.text()) as { note: string };
      await route.fulfill({
        body: `${JSON.stringify({ ...proof, note: proof.note.replace(/\n\d+\n/, '\n9\n') })}\n`,
      });
    });
    await check.click();
    await page.getByText('Not proved: no key of this page signed the checkpoint.').waitFor();
    await page.unroute('**/proofs/*');
    await page.route('**/proofs/*', async (route) => {
      const path = route.request().url();
      await route.fulfill({ response: await route.fetch({ url: path.replace(/\/\d+$/, '/2') }) });
    });
    await check.click();
    await page.getByText('Not proved: it proves another event.').waitFor();
    await page.context().close();
  });

  test('with a script, a page that is open shows what is new, and keeps what the reader opened and checked', async () => {
    const pending = await openedWithoutWorkflow(fixture.requests, { entitlement: 'other' });
    const page = await opened(`/requests/${pending}`);
    await page.getByText('The same answer without this page').click();
    const check = page.getByRole('button', { name: 'Check the proof here' });
    expect(await check.count()).toBe(0); // No published checkpoint covers it.
    await answered(fixture.requests, pending, { kind: 'withdraw', by: 'ana' });
    const owner = openLedger(fixture.requests.url);
    await publishAll(owner);
    await owner.close();
    await page.getByText('The request is closed').waitFor();
    await page.getByText('curfew audit story').waitFor();
    expect(await page.getByText('curfew audit story').isVisible()).toBe(true);
    expect(errors.splice(0)).toEqual([]);
    await page.context().close();
  });

  test('with a script, a page that is open says that it may be out of date, until it can be read again', async () => {
    const page = await opened(`/requests/${request}`);
    const look = () => page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
    await Promise.all([page.waitForResponse(page.url()), look()]); // So nothing is new in the page when it can be read again.
    const notice = page.getByText('This page could not be updated');
    for (const answer of ['none', 503] as const) {
      await page.route('**/requests/*', (route) =>
        answer === 'none' ? route.abort() : route.fulfill({ status: answer }),
      );
      await look();
      await notice.waitFor();
      expect(await notice.count()).toBe(1);
      await page.unroute('**/requests/*');
      await look();
      await notice.waitFor({ state: 'detached' });
    }
    await page.context().close();
    errors.splice(0); // The browser reports each answer that is missing.
  });

  test('with a script, the menu of a page that is open loses the pages of a role that ended', async () => {
    const page = await opened('/');
    const evidence = page.getByRole('link', { name: 'Evidence', exact: true });
    await evidence.waitFor();
    const restore = await fixture.requests.edit(
      'catalogue.yaml',
      'auditors: [person:dee]',
      'auditors: [person:bo]',
    );
    try {
      await evidence.waitFor({ state: 'detached' });
      expect(await page.getByRole('link', { name: 'Reviews', exact: true }).count()).toBe(1);
    } finally {
      await restore();
    }
    expect(errors.splice(0)).toEqual([]);
    await page.context().close();
  });

  test('with a script, the search suggests what can be typed', async () => {
    const page = await opened('/requests');
    await page.keyboard.press('/');
    await page.keyboard.type('state:ac');
    await page.locator('#suggestions option[value="state:active"]').waitFor({ state: 'attached' });
    await page.keyboard.type('tive');
    await page.keyboard.press('Enter');
    await page.waitForURL(/q=state%3Aactive/);
    expect(errors.splice(0)).toEqual([]);
    await page.context().close();
  });

  test('with a script, the moment of the picture can be dragged, and is in the address', async () => {
    const page = await opened('/access?entitlement=thing');
    const picture = page.getByRole('group', { name: 'Access over time' });
    const [start, end] = [
      Number(await picture.getAttribute('data-from')),
      Number(await picture.getAttribute('data-to')),
    ];
    const [box, line] = [await picture.boundingBox(), await page.locator('.moment').boundingBox()];
    if (!box || !line) throw new Error('there is no picture with a moment');
    await page.mouse.move(line.x, box.y + 5);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 2, box.y + 5, { steps: 3 });
    await page.mouse.up();
    await page.waitForURL(/[?&]at=/);
    const at = Date.parse(new URL(page.url()).searchParams.get('at') ?? '');
    expect(Math.abs(at - (start + end) / 2)).toBeLessThan(((end - start) / box.width) * 2 + 1000);
    expect(errors.splice(0)).toEqual([]);
    await page.context().close();
  });

  test('without a script everything is there but the check of a proof', async () => {
    const page = await opened(`/requests/${request}`, { javaScriptEnabled: false });
    expect(await page.getByRole('button', { name: 'Check the proof here' }).count()).toBe(0);
    expect(await page.getByRole('link', { name: 'Proof' }).count()).toBeGreaterThan(5);
    await page.getByRole('link', { name: 'Access' }).click();
    await page.getByLabel('Entitlement').fill('thing');
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    await page.getByRole('heading', { name: 'Who had The thing' }).waitFor();
    await page.getByRole('button', { name: 'Show UTC' }).click();
    await page.getByText('Times are in UTC.').waitFor();
    expect(new URL(page.url()).searchParams.get('entitlement')).toBe('thing');
    await page.getByRole('link', { name: 'Findings' }).click();
    await page.getByLabel('From').fill('yesterday 14:00');
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    await page.getByRole('link', { name: 'Fast approvals' }).click();
    await page.getByRole('heading', { name: 'Fast approvals' }).waitFor();
    expect(new URL(page.url()).search).toMatch(/^\?from=\d{4}-\d\d-\d\dT14%3A00%3A00.000Z$/);
    await page.context().close();
  });

  test('by keyboard alone, who had something is found and proved', async () => {
    const page = await opened('/');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the content');
    const focus = async (name: string): Promise<void> => {
      for (let keys = 0; keys < 60; keys += 1) {
        await page.keyboard.press('Tab');
        const label = await page.evaluate<string>(
          '(document.activeElement.labels?.[0] ?? document.activeElement).textContent',
        );
        if (label.trim() === name) return;
      }
      throw new Error(`the keyboard does not reach ${name}`);
    };
    await focus('Access');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Who had access' }).waitFor();
    await focus('Entitlement');
    await page.keyboard.type('thing');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Who had The thing' }).waitFor();
    await focus(request.slice(-8));
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'What happened' }).waitFor();
    await focus('Check the proof here');
    await page.keyboard.press('Enter');
    await page.getByText(/^Right: /).waitFor();
    expect(errors.splice(0)).toEqual([]);
    await page.context().close();
  });

  test('a page that is open shows nothing any more when its session has ended, and does not sign in by itself', async () => {
    const before = fixture.errors.length;
    const page = await opened('/');
    await asAdmin(
      async (admin) => void (await admin.query('update console_session set ended_at = ledger_now()')),
      fixture.requests.url,
    );
    await page.getByText('Your session has ended.').waitFor();
    expect(textOf(await page.locator('main').innerHTML()).trim()).toBe(
      'Your session has ended. Sign in, and load the page again',
    );
    expect(fixture.errors.length).toBe(before); // This console has no provider, and would report that one is asked.
    await page.context().close();
  });

  test('a session that ended sends the browser to sign in', async () => {
    const page = await opened('/access'); // No script of this page loads it again meanwhile.
    await asAdmin(
      async (admin) => void (await admin.query('update console_session set ended_at = ledger_now()')),
      fixture.requests.url,
    );
    const answer = await page.goto(page.url(), { waitUntil: 'commit' });
    expect(answer?.status()).toBe(503); // This console has no provider.
    await page.context().close();
  });
});
