import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Browser, Locator, Page } from 'playwright-core';
import type { RequestId } from '../../core/ids.ts';
import { hasChromium, openBrowser } from '../../sandbox/test/browser/chromium.fixture.ts';
import { rowsOf } from '../ledger/ledger.fixture.ts';
import {
  answered,
  approvedWithoutWorkflow,
  asked,
  granted,
  openedWithoutWorkflow,
  questioned,
} from '../requests/steps.fixture.ts';
import { lineDecided, reviewOpened } from '../requests/reviews.fixture.ts';
import { type ConsoleFixture, startConsoleFixture } from './console.fixture.ts';
import { serve, type ServedConsole } from './in-browser.fixture.ts';

type Place = Readonly<{ x: number; y: number }>;

const inBrowser = hasChromium ? describe : describe.skip;

inBrowser('the forms of a page that is updated while it is open (I11)', () => {
  let fixture: ConsoleFixture;
  let served: ServedConsole;
  let browser: Browser;
  beforeAll(async () => {
    fixture = await startConsoleFixture();
    served = await serve(fixture);
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await served?.stop();
    await fixture?.stop();
  });

  async function opened(person: string, path: string): Promise<Page> {
    const page = await (await served.as(browser, person)).newPage();
    page.on('request', (request) => {
      if (request.method() === 'POST')
        posts.push(new URLSearchParams(request.postData() ?? '').get('kind') ?? '');
    });
    await page.goto(`${served.origin}${path}`);
    await updated(page);
    expect(await page.locator('main form[method=post]:not([id^=act-])').count()).toBe(0);
    return page;
  }

  /** The page is read again now, and not only at the next time. */
  async function updated(page: Page): Promise<void> {
    await Promise.all([
      page.waitForResponse(page.url()),
      page.evaluate("document.dispatchEvent(new Event('visibilitychange'))"),
    ]);
  }

  /** Presses the mouse at a place where a button was, whatever is there now. */
  const press = (page: Page, { x, y }: Place) => page.mouse.click(x + 5, y + 5);

  async function placeOf(button: Locator): Promise<Place> {
    const box = await button.boundingBox();
    if (!box) throw new Error('the button cannot be seen');
    return box;
  }

  /** The forms that the browser has sent since the test began, by what they do. */
  let posts: string[] = [];
  beforeEach(() => void (posts = []));
  async function sent(page: Page): Promise<readonly string[]> {
    await page.evaluate('0'); // What the browser sent before is known after it answered.
    return posts;
  }

  async function active(entitlement = 'thing'): Promise<RequestId> {
    const request = await approvedWithoutWorkflow(fixture.requests, { entitlement });
    await granted(fixture.requests, request);
    return request;
  }

  test('an ending does not become an approval of what the requester wants in that moment', async () => {
    const request = await active();
    const page = await opened('bo', `/requests/${request}`);
    await page.getByText('End the access now…').click();
    const place = await placeOf(page.getByRole('button', { name: 'End it now' }));
    await asked(fixture.requests, request);
    await updated(page);
    await page.getByText('Approve…').waitFor();
    expect(await page.locator('details.action[open]').count()).toBe(0);
    await press(page, place);
    expect(await sent(page)).toEqual([]);
    await page.context().close();
    await answered(fixture.requests, request, { kind: 'end', by: 'ana' });
  });

  test('an approval does not become an ending when somebody else approves', async () => {
    const request = await openedWithoutWorkflow(fixture.requests);
    const page = await opened('bo', `/requests/${request}`);
    await page.getByText('Approve…').click();
    const place = await placeOf(page.getByRole('button', { name: 'Approve exactly this' }));
    await answered(fixture.requests, request, { kind: 'approve', by: 'cy' });
    await updated(page);
    await page.getByText('End the access now…').waitFor();
    expect(await page.locator('details.action[open]').count()).toBe(0);
    await press(page, place);
    expect(await sent(page)).toEqual([]);
    await page.context().close();
    await answered(fixture.requests, request, { kind: 'end', by: 'ana' });
  });

  test('what was written to a form stays while the form does the same', async () => {
    const request = await openedWithoutWorkflow(fixture.requests, { entitlement: 'other' });
    const page = await opened('bo', `/requests/${request}`);
    await page.getByText('Deny…').click();
    const note = page.getByLabel('Why? The requester reads it.');
    await note.fill('not on a Friday');
    await questioned(fixture.requests, request, 'ask', 'cy', 'Which incident?');
    await updated(page);
    await page.getByText('Which incident?').first().waitFor();
    expect([await note.isVisible(), await note.inputValue()]).toEqual([true, 'not on a Friday']);
    await page.context().close();
    await answered(fixture.requests, request, { kind: 'withdraw', by: 'ana' });
  });

  describe('a review', () => {
    let path: string;
    let decide: (position: number) => Promise<unknown>;
    beforeEach(async () => {
      const requests = [await active('thing'), await active('other'), await active('look')];
      const { id } = await reviewOpened(fixture.requests);
      path = `/reviews/${id}?show=waiting`;
      decide = async (position) => {
        const line = `select line_id as id from review_line where review_id = '${id}' and position = ${position}`;
        const [found] = await rowsOf<{ id: string }>(fixture.requests.url, line);
        return lineDecided(fixture.requests, id, found?.id ?? '', { by: 'cy' });
      };
      for (const request of requests) await answered(fixture.requests, request, { kind: 'end', by: 'ana' });
    });

    test('an objection stays with its line', async () => {
      const page = await opened('cy', path);
      const lines = page.locator('tbody tr');
      await lines.nth(0).getByText('Object…').click();
      await lines.nth(1).getByText('Object…').click();
      await lines
        .nth(1)
        .getByLabel(/^Why\?/)
        .fill('about the second line');
      const place = await placeOf(lines.nth(0).getByRole('button', { name: 'Object' }));
      await decide(1);
      await updated(page);
      await page.getByRole('button', { name: 'Certify (line 1)' }).waitFor({ state: 'detached' });
      expect(
        await lines
          .nth(0)
          .getByLabel(/^Why\?/)
          .inputValue(),
      ).toBe('about the second line');
      expect(await lines.nth(1).locator('details').getAttribute('open')).toBeNull();
      await press(page, place);
      expect(await sent(page)).toEqual([]);
      await page.context().close();
    });

    test('a button that has just moved under the pointer sends nothing, and says so', async () => {
      const page = await opened('cy', path);
      await page.clock.install();
      await page.reload();
      await page.clock.pauseAt(Date.now() + 60_000);
      const [first, second] = [1, 2].map((line) =>
        page.getByRole('button', { name: `Certify (line ${line})` }),
      ) as [Locator, Locator];
      const place = await placeOf(first);
      await decide(1);
      await updated(page);
      await first.waitFor({ state: 'detached' });
      expect((await placeOf(second)).y).toBe(place.y);
      await press(page, place);
      await page.getByText('The page had just changed, so nothing was sent.').waitFor();
      expect(await sent(page)).toEqual([]);
      await page.clock.runFor(1000);
      await press(page, place);
      await page.waitForURL(/click=/);
      expect(await sent(page)).toEqual(['certify']);
      await page.context().close();
    });
  });
});
