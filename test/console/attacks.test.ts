import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { pathAfterSignIn } from '../../console/sign-in/cookies.ts';
import type { RequestId } from '../../core/ids.ts';
import type { EndScope } from '../../core/mass-ending.ts';
import { digestToAnswer } from '../../core/request/extension.ts';
import type { ReviewId } from '../../core/reviews/review.ts';
import { decideClick } from '../../requests/decide-click.ts';
import { asAdmin } from '../ledger/database.fixture.ts';
import { rowsOf } from '../ledger/ledger.fixture.ts';
import { endAllClick } from '../requests/mass-ending.fixture.ts';
import { firstLease } from '../requests/requests.fixture.ts';
import { reviewOpened } from '../requests/reviews.fixture.ts';
import {
  answered,
  approvedWithoutWorkflow,
  asked,
  granted,
  openedWithoutWorkflow,
} from '../requests/steps.fixture.ts';
import { browserWith, type ConsoleFixture, ORIGIN, startConsoleFixture } from './console.fixture.ts';

const HOSTILE = `"><script>alert(1)</script>' onmouseover=alert(1) javascript:alert(1) {{7*7}} \u202eevil`;
/** Text as a page has it: without markup, and with a box for each character that a reader does not see. */
const escaped = (text: string): string =>
  text.replaceAll(/[&<>"'\u202e]/g, (each) => ESCAPES[each] ?? '\u25af');
const ESCAPES: Readonly<Record<string, string>> = {
  ...{ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' },
};

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
  test.each([
    ['somebody else', 'lantern|bo'],
    ['nobody', 'id|gone'],
  ])('when its account belongs to %s', async (_whose, account) => {
    const browser = await fixture.as('dee', account);
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

/** Fails when a page has text of somebody as markup, or a character that a reader does not see. */
function expectHarmless(page: string): void {
  expect(page).not.toContain('<script>alert(');
  expect(page.replaceAll(/"[^"]*"/g, '""')).not.toMatch(/<[^>]* on(mouseover|load)=/i);
  expect(page).not.toMatch(/href="javascript|\u202e/i);
  expect(fixture.errors).toEqual([]);
}

describe('text of people (T18, T27)', () => {
  test.each<[string, () => string, number, boolean]>([
    ['in a reason', () => `/requests/${request}`, 200, true],
    ['in an address', () => `/access?entitlement=${encodeURIComponent(HOSTILE)}`, 403, true],
    ['in a moment', () => `/access?at=${encodeURIComponent(HOSTILE)}`, 400, true],
    ['in the id of a person', () => `/people/${encodeURIComponent(HOSTILE)}`, 404, false],
    ['in the id of an entitlement', () => `/entitlements/${encodeURIComponent(HOSTILE)}`, 404, false],
    ['in the id of a request', () => `/requests/${encodeURIComponent(HOSTILE)}`, 404, false],
    ['in the title of a review', () => `/reviews/${review}`, 200, true],
    ['in the id of a review', () => `/reviews/${encodeURIComponent(HOSTILE)}`, 404, false],
    [
      'in the place of a review, in whose list a title has it',
      () => `/reviews?before=${encodeURIComponent(HOSTILE)}`,
      200,
      true,
    ],
    ['in a cursor', () => `/access?entitlement=thing&after=${encodeURIComponent(HOSTILE)}`, 200, false],
  ])('%s is shown or left out, and never obeyed', async (_name, path, status, isShown) => {
    const browser = await fixture.as('dee');
    let answer = await browser.get(path());
    if (answer.status === 303) answer = await browser.get(answer.headers.get('location') ?? '/');
    const page = await answer.text();
    expect([answer.status, page.includes(escaped(HOSTILE))]).toEqual([status, isShown]);
    expectHarmless(page);
  });

  describe('in each field of a page is shown and never obeyed:', () => {
    /** Text that names its field, so that a page shows which of them it has. */
    const hostile = (field: string): string => `"><script>alert(${field})</script>' onload=x`;
    /** The same with a character that a reader does not see, which policy files cannot have. */
    const hidden = (field: string): string => `${hostile(field)}\u202e`;
    const ids: Record<string, string> = {};
    const restores: (() => Promise<void>)[] = [];

    beforeAll(async () => {
      const { requests } = fixture;
      const edit = async (file: string, from: string, to: string) =>
        void restores.unshift(await requests.edit(file, from, to));
      const yaml = (field: string) => JSON.stringify(hostile(field));
      await edit('people.yaml', 'name: Ana,', `name: ${yaml('name')}, title: ${yaml('job')},`);
      await edit('people.yaml', 'fake: ana', `fake: ana, login: ${yaml('own-account')}`);
      await edit('people.yaml', 'slack: U0DEE', `fake: dee, slack: U0DEE`);
      await edit('people.yaml', 'name: Eli', `name: Eli, accounts: { oidc: ${yaml('eli')} }`);
      await edit(
        'catalogue.yaml',
        'title: Another thing\n',
        `title: ${yaml('title')}\n    synonyms: [${yaml('syn')}]\n    about: ${yaml('about')}\n`,
      );
      const { provider } = requests.providerControl;
      const before = { ...provider };
      restores.unshift(() => Promise.resolve(void Object.assign(provider, before)));
      Object.assign(provider, {
        describe: () => ({
          ...{ plain: hidden('plain'), permissions: [hidden('permission')], widens: false },
          ...{ cautions: [hidden('caution')], atEnd: [hidden('at-end')] },
        }),
        ensurePresent: async (...args: Parameters<typeof before.ensurePresent>) => ({
          ...(await before.ensurePresent(...args)),
          seen: hidden('seen'),
        }),
      } satisfies Partial<typeof provider>);

      const saying = async (kind: string, on: RequestId, by: string, field: string) => {
        const state = await requests.state(on);
        const body = { digest: state.kind === 'blank' ? '' : digestToAnswer(state), note: hidden(field) };
        await answered(requests, on, { kind: kind as 'deny', by, body });
      };
      const live = (ids['live'] = await approvedWithoutWorkflow(requests, { entitlement: 'other' }));
      await granted(requests, live);
      await asked(requests, live, { reason: hidden('later') });
      await answered(requests, live, { kind: 'approve', by: 'ana' }); // It is refused.
      const denied = await openedWithoutWorkflow(requests, { entitlement: 'other' });
      await saying('deny', denied, 'bo', 'denial');
      const questioned = await openedWithoutWorkflow(requests, { entitlement: 'other' });
      await saying('ask', questioned, 'bo', 'question');
      await saying('answer', questioned, 'ana', 'answer');
      const late = await approvedWithoutWorkflow(requests);
      await granted(requests, late);
      await answered(requests, late, { kind: 'end', by: 'ana' });
      await requests.ledger.noteLeaseFault(firstLease(late), hidden('fault'));
      const massEnded = await openedWithoutWorkflow(requests, { person: 'dee', entitlement: 'other' });
      const scope = { kind: 'person', person: 'dee' } as EndScope;
      await decideClick(requests.deps, endAllClick(scope, 'eli', hidden('end-all')));
      Object.assign(ids, { denied, questioned, massEnded });
      const finding = `insert into finding (id, kind, provider, target_key, target_name, target, what, subject_id, subject_name, level, on_ladder, sources, state)
                       values ($1, 'access', $7, $2, $2, '{}', $2, $3, $4, $5, true, '[]', $6)`;
      const found = (field: string) => [
        hidden(`${field}-target`),
        hidden(`${field}-account`),
        hidden(`${field}-level`),
      ];
      const [target, account, level] = found('found');
      await inDatabase(finding, ['find_1', target, 'someone', account, level, 'open', 'fake']);
      const [standing, , held] = found('own');
      await inDatabase(finding, [
        'find_2',
        standing,
        'own',
        hostile('own-account'),
        held,
        'adopted',
        'login',
      ]);
      await inDatabase(
        `insert into target_pass (provider, target_key, target_name, spec, entitlements, first_at, last_at, problem)
         values ('fake', 'x', $1, '{}', '{thing}', ledger_now(), ledger_now(), $2)`,
        [hidden('looked-at'), hidden('problem')],
      );
      await inDatabase(
        `insert into use_reading (lease_id, read_at, source, kind, amount, unit, covered_from, covered_until)
         values ($1, ledger_now(), $2, 'known', 1, $3, ledger_now() - interval '1 hour', ledger_now())`,
        [firstLease(live), hidden('source'), hidden('unit')],
      );
      await inDatabase(`update access_period set level = $2 where lease_id = $1`, [
        firstLease(live),
        hidden('level'),
      ]);
      ids['review'] = (await reviewOpened(requests, {})).id;
      await asAdmin(async (admin) => {
        // What a provider named is in the event, which nothing may change but a superuser.
        await admin.query('set session_replication_role = replica');
        await admin.query(`update event set body = body || $2 where request_id = $1 and kind = 'intended'`, [
          live,
          { subject: hidden('subject'), level: hidden('granted'), prior: hidden('prior') },
        ]);
      }, requests.url);
    });
    afterAll(async () => {
      for (const restore of restores) await restore();
    });

    test.each<[string, readonly string[]]>([
      ['/', ['name', 'title', 'fault']],
      ['/access', ['name', 'title', 'level', 'found-account', 'found-target', 'found-level']],
      ['/access?entitlement=other', ['name', 'title', 'level']],
      ['/access?person=ana', ['name', 'title', 'level', 'own-account', 'own-target', 'own-level']],
      ['/requests', ['name', 'title']],
      [
        '/requests/{live}',
        [
          ...['name', 'title', 'later', 'plain', 'permission', 'caution', 'at-end'],
          ...['subject', 'granted', 'prior', 'seen', 'source', 'unit'],
        ],
      ],
      ['/requests/{denied}', ['name', 'title', 'denial']],
      ['/requests/{questioned}', ['name', 'title', 'question', 'answer']],
      ['/requests/{massEnded}', ['title', 'end-all']],
      ['/people/ana', ['name', 'job', 'title', 'own-account', 'own-target', 'own-level']],
      ['/people/ana/end', ['name', 'title', 'own-account', 'own-target', 'own-level']],
      ['/people/eli', ['eli', 'title']],
      ['/entitlements/other', ['name', 'title', 'syn', 'about', 'plain', 'permission', 'caution', 'at-end']],
      [
        '/providers/fake',
        [
          ...['name', 'title', 'fault', 'found-account', 'found-target', 'found-level'],
          ...['level', 'looked-at', 'problem'],
        ],
      ],
      ['/findings/open', ['found-account', 'found-target', 'found-level']],
      ['/findings/unexplained', ['found-account', 'found-target', 'found-level', 'own-account']],
      ['/findings/refusals', ['name', 'title']],
      ['/reviews/{review}', ['name', 'title', 'level']],
      ['/evidence/soc2/CC6.3', ['name', 'title']],
    ])('%s', async (path, fields) => {
      const dee = await fixture.as('dee');
      let answer = await dee.get(path.replaceAll(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? name));
      if (answer.status === 303) answer = await dee.get(answer.headers.get('location') ?? '/');
      const page = await answer.text();
      const shown = fields.filter((field) => page.includes(escaped(hostile(field))));
      expect([answer.status, shown]).toEqual([200, fields]);
      expectHarmless(page);
    });
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
