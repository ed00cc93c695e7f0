import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { pathAfterSignIn } from '../../console/sign-in/path.ts';
import type { RequestId } from '../../core/ids.ts';
import type { ReviewId } from '../../core/reviews/review.ts';
import { asAdmin } from '../ledger/database.fixture.ts';
import { rowsOf } from '../ledger/ledger.fixture.ts';
import { reviewOpened } from '../requests/reviews.fixture.ts';
import { approvedWithoutWorkflow, granted, openedWithoutWorkflow } from '../requests/steps.fixture.ts';
import { browserWith, type ConsoleFixture, ORIGIN, startConsoleFixture } from './console.fixture.ts';

const HOSTILE = `"><script>alert(1)</script>' onmouseover=alert(1) javascript:alert(1) {{7*7}} \u202eevil`;
let fixture: ConsoleFixture;
let request: RequestId;
let review: ReviewId;
beforeAll(async () => {
  fixture = await startConsoleFixture();
  await granted(fixture.requests, await approvedWithoutWorkflow(fixture.requests));
  review = (await reviewOpened(fixture.requests, { title: HOSTILE })).id;
  request = await openedWithoutWorkflow(fixture.requests, { reason: HOSTILE });
});
afterAll(() => fixture?.stop());

const PAGES = ['/', '/access', '/requests/x', '/people/ana', '/entitlements/thing', '/reviews', '/reviews/x'];
const stranger = () => browserWith(fixture.app, '');
const inDatabase = (sql: string, values: readonly unknown[] = []) =>
  asAdmin(async (admin) => void (await admin.query(sql, [...values])), fixture.requests.url);

describe('somebody who is not signed in (T27)', () => {
  test.each(PAGES)('is sent from %s to the sign-in, and then back', async (path) => {
    const answer = await stranger().get(path);
    expect([answer.status, answer.headers.get('location')]).toEqual([
      303,
      `/sign-in?path=${encodeURIComponent(path)}`,
    ]);
  });
  test('changes nothing with a form', async () =>
    expect((await stranger().post('/zone', { zone: 'UTC' })).status).toBe(401));
  test('is not signed in by an id that somebody planted in the browser (fixation)', async () => {
    const planted = browserWith(fixture.app, '__Host-curfew-session=planted-by-somebody');
    expect((await planted.get('/')).status).toBe(303);
  });
  test('is not signed in by the second of two cookies of one name', async () => {
    const id = await fixture.session('dee');
    const browser = browserWith(fixture.app, `__Host-curfew-session=x; __Host-curfew-session=${id}`);
    expect((await browser.get('/')).status).toBe(303);
  });
});

describe('a session ends', () => {
  test('when its person signs out', async () => {
    const browser = await fixture.as('dee');
    expect((await browser.get('/')).status).toBe(200);
    const answer = await browser.post('/sign-out', {});
    expect(answer.headers.get('set-cookie')).toMatch(
      /__Host-curfew-session=; Max-Age=0; Path=\/; HttpOnly; Secure; SameSite=Lax/,
    );
    expect((await browser.get('/')).status).toBe(303);
  });
  test.each([
    ['30 minutes after its last page', 'seen_at', '31 minutes'],
    ['10 hours after it began, whatever was read', 'begun_at', '10 hours 1 minute'],
  ])('%s', async (_name, column, ago) => {
    const browser = await fixture.as('dee');
    await inDatabase(`update console_session set ${column} = ledger_now() - interval '${ago}'`);
    expect((await browser.get('/')).status).toBe(303);
  });
  test('also while a page of it stays open, whose script reads it again', async () => {
    const browser = await fixture.as('dee');
    await inDatabase(`update console_session set seen_at = ledger_now() - interval '29 minutes'`);
    expect((await browser.get('/', { 'curfew-refresh': '1' })).status).toBe(200);
    await inDatabase(`update console_session set seen_at = seen_at - interval '2 minutes'`);
    expect((await browser.get('/', { 'curfew-refresh': '1' })).status).toBe(303);
  });
  test('when its account belongs to somebody else, or to nobody', async () => {
    const browser = await fixture.as('dee', 'id|gone');
    expect((await browser.get('/')).status).toBe(303);
  });
  test('when its person has left', async () => {
    const browser = await fixture.as('cy');
    const restore = await fixture.requests.edit(
      'people.yaml',
      'id: cy, name: Cy,',
      'id: cy, name: Cy, active: false,',
    );
    try {
      expect((await browser.get('/')).status).toBe(303);
    } finally {
      await restore();
    }
  });
  test('in the ledger there is no id of it, only a hash', async () => {
    const id = await fixture.session('dee');
    const rows = await rowsOf(fixture.requests.url, 'select * from console_session');
    expect(JSON.stringify(rows)).not.toContain(id);
  });
});

describe('pages of other sites (T27, T42)', () => {
  test.each<[string, Readonly<Record<string, string>>, number]>([
    ['another host name', { host: 'evil.example' }, 421],
    ['the host name with another port', { host: '127.0.0.1:1' }, 421],
    ['a form of another origin', { origin: 'https://evil.example' }, 403],
    ['a form of no origin', { origin: 'null' }, 403],
  ])('a request with %s is refused', async (_name, headers, status) => {
    const browser = await fixture.as('dee');
    expect((await browser.post('/zone', { zone: 'UTC' }, headers)).status).toBe(status);
  });
  test.each<[string, Readonly<Record<string, string>>, number]>([
    ['a script of another origin', { origin: 'https://evil.example' }, 403],
    [
      'an image of another site',
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' },
      403,
    ],
    [
      'a frame of another site',
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' },
      403,
    ],
    [
      'a link on another site',
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
      200,
    ],
    [
      'the address field',
      { 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
      200,
    ],
    [
      'a script of the console',
      { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' },
      200,
    ],
  ])('a page that is asked for by %s is refused or shown', async (_name, headers, status) =>
    expect((await (await fixture.as('dee')).get('/people/ana', headers)).status).toBe(status),
  );
  test('a form without an origin is refused', async () => {
    const answer = await fixture.app.request(`${ORIGIN}/sign-out`, {
      method: 'POST',
      headers: { host: new URL(ORIGIN).host },
    });
    expect(answer.status).toBe(403);
  });
  test.each([...PAGES, '/signed-out', '/assets/console.css', '/nothing'])(
    '%s runs nothing inline, loads nothing from elsewhere and stands in no frame',
    async (path) => {
      const { headers } = await (await fixture.as('dee')).get(path);
      expect(headers.get('content-security-policy')).toBe(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
      );
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('cache-control')).toBe('no-store');
    },
  );
  test.each([
    ['https://evil.example/', '/'],
    ['//evil.example/', '/'],
    ['/\\evil.example', '/'],
    ['/%5cevil.example', '/%5cevil.example'],
    ['javascript:alert(1)', '/'],
    ['/access\r\nset-cookie: a=b', '/'],
    ['/sign-out', '/'],
    ['/access?entitlement=thing', '/access?entitlement=thing'],
    [`/${'a'.repeat(3000)}`, '/'],
    [undefined, '/'],
  ])('after the sign-in for %j a browser goes to %j', (wanted, path) =>
    expect(pathAfterSignIn(wanted)).toBe(path),
  );
});

describe('text of people (T18, T27)', () => {
  test.each([
    ['in a reason', () => `/requests/${request}`],
    ['in an address', () => `/access?entitlement=${encodeURIComponent(HOSTILE)}`],
    ['in a moment', () => `/access?at=${encodeURIComponent(HOSTILE)}`],
    ['in the id of a person', () => `/people/${encodeURIComponent(HOSTILE)}`],
    ['in the id of an entitlement', () => `/entitlements/${encodeURIComponent(HOSTILE)}`],
    ['in the id of a request', () => `/requests/${encodeURIComponent(HOSTILE)}`],
    ['in the title of a review', () => `/reviews/${review}`],
    ['in the id of a review', () => `/reviews/${encodeURIComponent(HOSTILE)}`],
    ['in the place of a review', () => `/reviews?before=${encodeURIComponent(HOSTILE)}`],
    ['in a cursor', () => `/access?entitlement=thing&after=${encodeURIComponent(HOSTILE)}`],
  ])('%s is shown and never obeyed', async (_name, path) => {
    const browser = await fixture.as('dee');
    let answer = await browser.get(path());
    if (answer.status === 303) answer = await browser.get(answer.headers.get('location') ?? '/');
    const page = await answer.text();
    const withoutValues = page.replaceAll(/"[^"]*"/g, '""');
    expect(withoutValues).not.toMatch(/<script>|<[^>]* onmouseover=/i);
    expect(page).not.toMatch(/href="javascript|\u202e/i);
    expect(fixture.errors).toEqual([]);
  });
  test('a body of a megabyte is refused', async () =>
    expect((await (await fixture.as('dee')).post('/zone', { zone: 'x'.repeat(1 << 20) })).status).toBe(413));
});

test.each([
  ...['/entitlements/%00', '/people/%00', '/people/%00/end', '/providers/%00', '/requests/%00'],
  ...['/requests?q=%00', '/requests?q=entitlement%3A%00', '/access?entitlement=%00', '/access?person=%00'],
  ...['/access?at=%00', '/findings/%00', '/findings?from=%00', '/findings/decisions?finding=%00'],
  ...['/requests/%E0%A4%A', '/people/%FF', '/reviews/%00', '/reviews?before=%00', '/reviews/%FF'],
])('%s, which no text of Postgres can have, is a question without an answer', async (path) => {
  const { status } = await (await fixture.as('dee')).get(path);
  expect([path, status < 500]).toEqual([path, true]);
});
