import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { verifierKey } from '../../audit/note/vkey.ts';
import type { ConsoleDeps } from '../../console/deps.ts';
import { localText } from '../../console/parts/time.tsx';
import { consoleRoutes } from '../../console/routes.tsx';
import type { Instant, RequestId } from '../../core/ids.ts';
import { keyOf, LOG_NAME, trusted } from '../audit/log.fixture.ts';
import { publishAll } from '../audit/published.fixture.ts';
import { openLedger } from '../../ledger/index.ts';
import { advance } from '../../requests/advance.ts';
import { stopClock } from '../ledger/database.fixture.ts';
import { rowsOf } from '../ledger/ledger.fixture.ts';
import { firstLease } from '../requests/requests.fixture.ts';
import {
  answered,
  approvedWithoutWorkflow,
  asked,
  extended,
  extensionStarted,
  granted,
  openedWithoutWorkflow,
  revoked,
} from '../requests/steps.fixture.ts';
import {
  type Browser,
  browserWith,
  type ConsoleFixture,
  startConsoleFixture,
  textOf,
  unescaped,
} from './console.fixture.ts';

let fixture: ConsoleFixture;
let live: RequestId;
let pending: RequestId;
const people: Record<string, Browser> = {};
const browser = (person: string): Browser => {
  const known = people[person];
  if (!known) throw new Error(`${person} is not signed in`);
  return known;
};

beforeAll(async () => {
  fixture = await startConsoleFixture();
  // It was approved 42 seconds after it was opened.
  const now = Date.now();
  await stopClock(fixture.requests.url, now - 42_000);
  live = await openedWithoutWorkflow(fixture.requests);
  await stopClock(fixture.requests.url, now);
  await answered(fixture.requests, live, { kind: 'approve', by: 'bo' });
  await fixture.requests.shiftClock(0);
  await granted(fixture.requests, live);
  pending = await openedWithoutWorkflow(fixture.requests, { entitlement: 'other' });
  const owner = openLedger(fixture.requests.url);
  await publishAll(owner);
  await owner.close();
  for (const person of ['ana', 'bo', 'cy', 'dee']) people[person] = await fixture.as(person);
});
afterAll(() => fixture?.stop());

describe('Now', () => {
  test('shows an auditor what is live, what waits and for whom, and the newest checkpoint', async () => {
    const page = await browser('dee').reads('/');
    expect(page).toMatch(/Live access \(1\).*Ana The thing active/);
    expect(page).toMatch(/Waiting for an answer \(1\).*Ana Another thing the access Bo , Cy/);
    expect(page).toMatch(/verified The newest checkpoint of the audit log covers \d+ entries/);
  });
  test('says first whether something is past its end, to an auditor, and whether something is stuck', async () => {
    expect(await browser('dee').reads('/')).toMatch(
      /Nothing is past its end\. No part of Curfew reports a problem\. Live access/,
    );
    const anas = await browser('ana').reads('/');
    expect([anas.includes('No part of Curfew reports a problem.'), anas.includes('Nothing is past')]).toEqual(
      [true, false],
    );
    const health = (['ok', 'note', 'warning', 'broken', 'broken'] as const).map((state) => ({
      ...{ part: `the ${state} part`, state, what: 'something' },
    }));
    const over = { health: () => Promise.resolve(health), logKeys: [] };
    const app = consoleRoutes({ ...fixture.deps, ...over });
    const dees = await browserWith(app, `__Host-curfew-session=${await fixture.session('dee')}`).reads('/');
    expect(dees).toMatch(
      /Nothing is past its end\. Look at the warning part, the broken part, the checkpoint\. Live access/,
    );
  });

  test('shows a person what is their own', async () => {
    expect(await browser('ana').reads('/')).toContain('Live access (1)');
  });

  test('says for what an approved grant waits (F31)', async () => {
    const waiting = await approvedWithoutWorkflow(fixture.requests, { entitlement: 'other' });
    const state = async () =>
      /Another thing (is being granted[^0-9]*)/.exec(await browser('ana').reads('/'))?.[1];
    expect(await state()).not.toContain('waits');
    for (const [fault, words] of [
      ['log-behind: x', 'waits for the audit log'],
      ['provider-throttled: x', 'waits for its turn at fake'],
    ] as const) {
      await fixture.requests.ledger.noteLeaseFault(firstLease(waiting), fault);
      expect(await state()).toContain(`is being granted, ${words}`);
    }
    expect(await browser('ana').reads(`/requests/${waiting}`)).toMatch(
      /Approved by Bo ?\. The access waits since .* for its turn at fake ?, which limits the rate of our calls\./,
    );
    await answered(fixture.requests, waiting, { kind: 'end', by: 'ana' });
    await revoked(fixture.requests, waiting);
  });

  test('shows a security person who is no auditor all that lives, and what is late', async () => {
    const restore = await fixture.requests.edit(
      'catalogue.yaml',
      'auditors: [person:dee]',
      'auditors: [person:bo]',
    );
    try {
      const now = await browser('dee').reads('/');
      expect(now).toMatch(/Nothing is past its end\..*Live access \(1\).*Ana The thing active/);
      await fixture.requests.shiftClock(61 * 60_000);
      expect(await (await fixture.as('dee')).reads('/')).toContain(
        `Past its end and not confirmed gone ${live.slice(-8)}`,
      );
    } finally {
      await fixture.requests.shiftClock(0);
      await restore();
    }
  });

  test('shows an auditor alone what is past its end and not confirmed gone, and why', async () => {
    const lease = firstLease(live);
    const late = `Past its end and not confirmed gone ${live.slice(-8)} : ${lease} is granted`;
    await fixture.requests.shiftClock(61 * 60_000);
    try {
      const dee = await fixture.as('dee');
      expect(await dee.reads('/')).toContain(`${late}.`);
      expect(await dee.reads('/')).not.toContain('Nothing is past its end');
      await fixture.requests.ledger.noteLeaseFault(lease, 'the vendor does not answer');
      expect(await dee.reads('/')).toContain(`${late}: the vendor does not answer `);
      for (const person of ['ana', 'bo', 'cy']) {
        const page = await (await fixture.as(person)).reads('/');
        expect(page).toContain('The parts of Curfew');
        expect(page).not.toMatch(/Past its end|does not answer/);
      }
    } finally {
      await fixture.requests.shiftClock(0);
    }
  });

  const [logKey] = trusted;
  const newest = 'The newest checkpoint of the audit log covers';
  test.each<[string, (deps: ConsoleDeps) => Partial<ConsoleDeps>, RegExp]>([
    [
      'was signed with another key',
      () => ({ logKeys: [verifierKey(LOG_NAME, keyOf('another'))] }),
      new RegExp(
        `The parts of Curfew not verified no key that is trusted signed it\\. ${newest} \\d+ entries`,
      ),
    ],
    [
      'is not what its key signed',
      ({ ledger }) => ({
        ledger: {
          ...ledger,
          async newestCheckpoint() {
            const found = await ledger.newestCheckpoint();
            return found && { ...found, note: found.note.replace(/\n\d+\n/, '\n1\n') };
          },
        },
      }),
      new RegExp(
        `The parts of Curfew not verified its signature by ${LOG_NAME} \\(key ${logKey?.id}\\) is wrong\\. ${newest} \\d+ entries`,
      ),
    ],
    [
      'cannot be verified without a key',
      () => ({ logKeys: [] }),
      new RegExp(
        `The parts of Curfew not verified this console has no public key of the log \\(CURFEW_LOG_PUBLIC_KEYS\\)\\. ${newest} \\d+ entries`,
      ),
    ],
    [
      'is missing',
      ({ ledger }) => ({ ledger: { ...ledger, newestCheckpoint: () => Promise.resolve(undefined) } }),
      /The parts of Curfew No checkpoint of the audit log is published yet\. The state of each part/,
    ],
  ])('says of a newest checkpoint that it %s', async (_what, over, words) => {
    const app = consoleRoutes({ ...fixture.deps, ...over(fixture.deps) });
    const page = await browserWith(app, `__Host-curfew-session=${await fixture.session('ana')}`).reads('/');
    expect(page).toMatch(words);
    expect(page).not.toMatch(/[^t] verified/);
  });
});

describe('Access', () => {
  test('says who has an entitlement, since when, until when, and who approved it', async () => {
    const page = await browser('dee').reads('/access?entitlement=thing');
    expect(page).toMatch(/Who had The thing/);
    expect(page).toMatch(/Ana The thing write fake .* still held .* (A|B|C) (Bo|Cy)/);
    expect(fixture.errors).toEqual([]);
  });
});

test.each([
  ['ana', /What you had, over time.*End all of your access…/, /What you may request/, /What they|of them/],
  ['dee', /What they had, over time.*End everything of them…/, /What they may request/, /What you/],
])('the page of Ana speaks to %s', async (person, first, second, absent) => {
  const page = await browser(person).reads('/people/ana');
  expect([first.test(page), second.test(page), absent.test(page)]).toEqual([true, true, false]);
});

describe('A request', () => {
  test('tells its story with the place of each event in the log', async () => {
    const page = await browser('dee').reads(`/requests/${live}`);
    expect(page).toMatch(/approved the request/);
    expect(page).toMatch(/Entry \d+ of the audit log\. Proof/);
  });
  test('says that times of a provider are in UTC, to a reader in another zone', async () => {
    expect(await browser('ana').reads(`/requests/${live}`)).toContain(
      'A time in it that ends with Z is in UTC.',
    );
  });
  test('says how each approver was verified, and how long after it could be approved', async () => {
    const approved = (account: string) =>
      new RegExp(
        `Bo approved the request\\. Digest: \\w{12}\\. ${account}\\. 4\\d s after it could be approved\\.`,
      );
    expect(await browser('dee').reads(`/requests/${live}`)).toMatch(approved('The account is not known'));
    await rowsOf(
      fixture.requests.url,
      `insert into click (id, kind, request_id, via, account, person, body, done_at, outcome)
       select replace(step, 'click/', ''), 'approve', request_id, via, 'lantern|bo', 'bo', '{}', at, '{"kind":"started"}'
         from event where request_id = '${live}' and kind = 'approved'`,
    );
    expect(await browser('dee').reads(`/requests/${live}`)).toMatch(
      approved('With the account lantern\\|bo'),
    );
  });
  test('says what was there before, what the provider showed after, and who enforces the end', async () => {
    const page = await browser('dee').reads(`/requests/${live}`);
    expect(page).toMatch(
      /What was requested, exactly write access to thing \(simulated\) .*fake:write on thing Curfew ends it\. It revokes the access at the end/,
    );
    expect(page).toMatch(
      /Curfew starts to grant “write” to the account “fake-[-\w]+”, which had “none” before\. Lease: lease_\w+_0\./,
    );
    expect(page).toMatch(/Granted\. The provider shows now: ana has write on thing \. Lease: lease_\w+_0\./);
  });
  test('says what was done with the access, with how much, and from where that is known', async () => {
    expect(await browser('dee').reads(`/requests/${live}`)).toMatch(/fake not known nobody has read it yet/);
    await rowsOf(
      fixture.requests.url,
      `insert into use_reading (lease_id, read_at, source, kind, amount, unit, first_at, last_at, covered_from, covered_until)
       values ('${firstLease(live)}', ledger_now(), 'the log of the vendor', 'known', 37, 'rows', '2026-11-01T10:00Z', '2026-11-01T11:30:05Z',
               '2026-11-01T09:00Z', ledger_now())`,
    );
    expect(await browser('dee').reads(`/requests/${live}`)).toMatch(
      /What was done with it .* fake used 2026-11-01 10:00:00 2026-11-01 11:30:05 37 rows the log of the vendor/,
    );
  });
  test('gives its proofs as files that are named after it', async () => {
    for (const [path, name] of [
      [`/requests/${live}/proofs`, `${live}.proofs.jsonl`],
      [`/requests/${live}/proofs/2`, `${live}-2.proofs.jsonl`],
    ] as const) {
      const { status, headers } = await browser('dee').get(path);
      expect([status, headers.get('content-type'), headers.get('content-disposition')]).toEqual([
        200,
        'application/x-ndjson; charset=utf-8',
        `attachment; filename="${name}"`,
      ]);
    }
  });
  test('that the reader may not see is not there', async () => {
    const page = await browser('dee').get(`/requests/${pending}x`);
    expect(page.status).toBe(404);
  });
});

test('while the policy files cannot be read, pages say so, and not that nothing may be requested', async () => {
  const before = await browser('ana').reads('/entitlements/thing');
  expect(before).toContain('You may request it.');
  const restore = await fixture.requests.edit('catalogue.yaml', 'security:', 'nonsense:');
  try {
    expect(await browser('ana').reads('/entitlements/thing')).toMatch(
      /The policy files cannot be read now, so nobody can request it/,
    );
    expect(await browser('ana').reads('/people/ana')).toMatch(
      /The policy files cannot be read now, so nobody can request anything/,
    );
  } finally {
    await restore();
  }
});

describe('the page of an entitlement', () => {
  test('names for everybody who may request it who could approve it, and never themselves', async () => {
    const page = await browser('dee').reads('/entitlements/thing');
    expect(page).toMatch(/who could approve it for them \(5\)/);
    expect(page).toMatch(/Ana Bo , Cy/);
    expect(page).toMatch(/Bo Cy/);
  });

  test('names fifty people who may request it on a page', async () => {
    const many = Array.from({ length: 60 }, (_, at) => `  - { id: many-${at}, name: Many ${at} }`).join('\n');
    const restore = await fixture.requests.edit('people.yaml', 'people:\n', `people:\n${many}\n`);
    try {
      const first = await browser('dee').reads('/entitlements/thing');
      expect(first).toMatch(/\(65\).*Many 0 .*Many 49 .*Following people/);
      expect(first).not.toMatch(/Many 50 |Preceding people/);
      const second = await browser('dee').reads('/entitlements/thing?from=50');
      expect(second).toMatch(/Many 50 .*Many 59 .*Ana .*Preceding people/);
      expect(second).not.toMatch(/Many 49 |Following people/);
    } finally {
      await restore();
    }
  });
});

test('what somebody may request, and what uses a provider, is on pages of twenty-five', async () => {
  const many = Array.from(
    { length: 30 },
    (_, at) =>
      `  - { id: many-${at}, title: Many ${at}, owner: person:cy, class: public, usual: 1h, longest: 8h, requesters: [everyone], targets: [{ provider: fake, resource: thing, level: write }], route: { approvers: [group:owners], waits: 8h } }`,
  ).join('\n');
  const restore = await fixture.requests.edit(
    'catalogue.yaml',
    'entitlements:\n',
    `entitlements:\n${many}\n`,
  );
  try {
    const dee = browser('dee');
    for (const [first, second] of [
      ['/people/ana', '/people/ana?from=25'],
      ['/providers/fake', '/providers/fake?entitlements=25'],
    ] as const) {
      const page = await dee.reads(first);
      expect(page).toMatch(/\(1 to 25 of \d\d\).*Many 0 .*Many 24 .*Following entitlements/);
      expect(page).not.toMatch(/Many 25 |Preceding entitlements/);
      const next = await dee.reads(second);
      expect(next).toMatch(/\(26 to \d\d of \d\d\).*Many 25 .*Many 29 .*Preceding entitlements/);
      expect(next).not.toMatch(/Many 24 |Following entitlements/);
    }
    expect(await dee.reads('/people/ana?from=nonsense')).toMatch(/\(1 to 25 of/);
  } finally {
    await restore();
  }
});

test('at a moment, access has the end that was approved then, and to when it was extended later', async () => {
  const request = await approvedWithoutWorkflow(fixture.requests, { entitlement: 'other' });
  await granted(fixture.requests, request);
  const before = new Date(await fixture.ledger.now()).toISOString();
  await extensionStarted(fixture.requests, request);
  await extended(fixture.requests, request);
  const state = await fixture.requests.state(request);
  if (state.kind !== 'active') throw new Error('it is not active');
  const ends = [state.endsAt - 30 * 60_000, state.endsAt].map((at) =>
    localText(at as Instant, 'Europe/Lisbon', true),
  );
  const rowOf = (page: string): string =>
    page.split(/(?=Ana Another thing write)/).find((row) => row.includes(request.slice(-8))) ?? '';
  const dee = browser('dee');
  expect(rowOf(await dee.reads(`/access?entitlement=other&at=${before}`))).toContain(
    `still held ${ends[0]} extended later to ${ends[1]} `,
  );
  expect(rowOf(await dee.reads('/access?entitlement=other'))).toContain(`still held ${ends[1]} `);
});

describe('the picture of access, and the list of everything in it', () => {
  const MINUTE_MS = 60_000;
  const ids = { early: '', expired: '', overdue: '', held: '' };
  let start: number;
  let dee: Browser;

  // The clock is moved, so that what happens has some minutes between each other. It stays 70 minutes ahead.
  beforeAll(async () => {
    const { requests } = fixture;
    start = await fixture.ledger.now();
    const at = (minutes: number) => requests.shiftClock(minutes * MINUTE_MS);
    await requests.edit('people.yaml', 'slack: U0DEE', 'fake: dee, slack: U0DEE');
    const early = await approvedWithoutWorkflow(requests, { person: 'dee', length: '30m' });
    await granted(requests, early);
    await at(2);
    const expired = await approvedWithoutWorkflow(requests, {
      person: 'dee',
      entitlement: 'other',
      length: '10m',
    });
    await granted(requests, expired);
    await at(12.5);
    await advance(requests.deps, { request: expired, via: 'workflow' });
    await at(13);
    await revoked(requests, expired);
    await at(20);
    await asked(requests, early, { by: 'dee' });
    await answered(requests, early, { kind: 'approve', by: 'dee' }); // It is refused.
    await at(22);
    await answered(requests, early, { kind: 'approve', by: 'bo' });
    await extended(requests, early);
    await at(30);
    await answered(requests, early, { kind: 'end', by: 'cy' });
    await at(32);
    await revoked(requests, early);
    await at(60);
    const held = await approvedWithoutWorkflow(requests, { person: 'dee', entitlement: 'other' });
    await granted(requests, held);
    await at(70);
    await rowsOf(
      requests.url,
      `insert into finding (id, kind, provider, target_key, target_name, target, what, subject_id, subject_name, level, on_ladder, sources,
                            state, first_seen_at, closed_at)
       values ('find_held', 'access', 'fake', 'thing', 'thing', '{}', 'thing', 'x', 'oscar', 'read', true, '[]', 'adopted', ledger_now() - interval '40 minutes', null),
              ('find_gone', 'access', 'fake', 'thing', 'thing', '{}', 'thing', 'y', 'mallory', 'read', true, '[]', 'gone', ledger_now() - interval '40 minutes', ledger_now() - interval '20 minutes')`,
    );
    Object.assign(ids, { early, expired, held, overdue: live });
    dee = await fixture.as('dee');
  });

  const iso = (minutes: number): string => new Date(start + minutes * MINUTE_MS).toISOString();
  const address = (more = '') => `/access?at=${iso(25)}&from=${iso(-10)}${more}`;
  const pageOf = async (path: string): Promise<string> => {
    let answer = await dee.get(path);
    if (answer.status === 303) answer = await dee.get(answer.headers.get('location') ?? '/');
    expect(answer.status).toBe(200);
    return answer.text();
  };
  const eventOf = async (request: string, kind: string) => {
    const trail = await fixture.requests.ledger.readTrail(request as RequestId);
    const found = trail.find(({ event }) => event.kind === kind)?.event;
    if (!found) throw new Error(`${request} has no event ${kind}`);
    return found;
  };
  const timeOf = async (request: string, kind: string) => (await eventOf(request, kind)).at;
  /** The approved end in an event. */
  const endIn = async (request: string, kind: string): Promise<number> => {
    const event = await eventOf(request, kind);
    return 'endsAt' in event ? event.endsAt : NaN;
  };
  const shown = (at: number): string => localText(at as Instant, 'Europe/Lisbon', true);

  /** The numbers of a mark, in percent of the width. */
  const placesOf = (markup: string, mark: string): readonly number[] =>
    [...markup.matchAll(new RegExp(`<\\w+ c?x1?="([\\d.]+)%"[^>]*class="${mark}"`, 'g'))].map(([, place]) =>
      Number(place),
    );
  /** The bars of a picture, each by its request, or by its title when it has none. */
  function drawnIn(svg: string) {
    const bars =
      /(?:<a href="\/requests\/(\w+)"[^>]*>|<g>)<title>([^<]*)<\/title><rect x="([\d.]+)%" y="\d+" width="([\d.]+)%" height="\d+" class="(bar [^"]*)"><\/rect>(.*?)<\/(?:a|g)>/gs;
    return [...svg.matchAll(bars)].map(([, request, title = '', x, width, classes, marks = '']) => ({
      ...{ request, title, classes, x: Number(x), width: Number(width) },
      ...{ end: /class="(end [^"]*)"/.exec(marks)?.[1], endAt: placesOf(marks, 'end [^"]*') },
      ...{ planned: placesOf(marks, 'planned'), extended: placesOf(marks, 'extended') },
      ...{ refused: placesOf(marks, 'refused'), cut: placesOf(marks, 'cut') },
    }));
  }

  test('has in its SVG each bar from when until when the access was held, and each mark at its time', async () => {
    const svg = /<svg class="tracks".*?<\/svg>/s.exec(await pageOf(address()))?.[0] ?? '';
    const [from, to] = ['from', 'to'].map((name) =>
      Number(new RegExp(`data-${name}="(\\d+)"`).exec(svg)?.[1]),
    );
    if (from === undefined || to === undefined) throw new Error('the picture has no time');
    const findings = await rowsOf<{ id: string; since: number; until: number | null }>(
      fixture.requests.url,
      `select id, extract(epoch from since)::float8 * 1000 as since, extract(epoch from until)::float8 * 1000 as until from audit.access
        where basis <> 'granted' order by id`,
    );
    const [gone, standing] = findings;
    const bar = (since: number | undefined, until: number | null | undefined, more: object) => {
      const part = (at: number) => expect.closeTo(((at - from) / (to - from)) * 100, 2);
      const end = until ?? to;
      return {
        ...{ x: part(since ?? NaN), width: expect.closeTo(((end - (since ?? NaN)) / (to - from)) * 100, 2) },
        ...{ endAt: [part(end)], planned: [], extended: [], refused: [], cut: [] },
        ...Object.fromEntries(
          Object.entries(more).map(([name, value]) => [
            name,
            Array.isArray(value) ? value.map((at: number) => part(at)) : value,
          ]),
        ),
      };
    };
    const granted = { classes: 'bar bar--granted bar--C' };
    const { early, expired, overdue, held } = ids;
    const lived = (request: string) =>
      Promise.all([timeOf(request, 'granted'), timeOf(request, 'revoked').catch(() => undefined)]);
    // Another test made access too.
    const drawn = drawnIn(svg).filter(({ request = early }) => Object.values(ids).includes(request));
    expect(drawn).toEqual([
      bar(...(await lived(overdue)), {
        ...{ request: overdue, classes: 'bar bar--overdue bar--C bar--open', end: 'end end--overdue' },
        title: expect.stringMatching(
          /^write, held after its approved end, from .*, still held, past its end$/,
        ),
        planned: [await endIn(overdue, 'grant-started')],
      }),
      bar(...(await lived(early)), {
        ...{ request: early, ...granted, end: 'end end--early' },
        title: expect.stringMatching(/^write, granted by Curfew, from .* until .*, ended early$/),
        planned: [await endIn(early, 'extended')],
        extended: [await timeOf(early, 'extended')],
        refused: [await timeOf(early, 'refused')],
        cut: [await timeOf(early, 'revoke-started')],
      }),
      bar(...(await lived(expired)), {
        ...{ request: expired, ...granted, end: 'end end--expired' },
        title: expect.stringMatching(/ until .*, ended at its approved end$/),
        planned: [await endIn(expired, 'grant-started')],
      }),
      bar(...(await lived(held)), {
        ...{ request: held, classes: 'bar bar--granted bar--C bar--open', end: 'end end--held' },
        title: expect.stringMatching(/, still held$/),
      }),
      bar(standing?.since, standing?.until, {
        ...{ request: undefined, classes: 'bar bar--standing bar--open', end: 'end end--held' },
        title: expect.stringMatching(/^read, not granted by Curfew, .*, still held$/),
      }),
      bar(gone?.since, gone?.until, {
        ...{ request: undefined, classes: 'bar bar--standing', end: 'end end--gone' },
        title: expect.stringMatching(/ until .*, gone at the provider$/),
      }),
    ]);
  });

  test('has no end of a bar that ended after the picture', async () => {
    const svg = await pageOf(address(`&to=${iso(31)}`));
    const [early] = drawnIn(svg).filter(({ request }) => request === ids.early);
    expect(early).toMatchObject({ endAt: [], extended: [expect.anything()], cut: [expect.anything()] });
    expect((early?.x ?? 0) + (early?.width ?? 0)).toBeCloseTo(100, 2);
  });

  test('has a legend that names each class and each ending, with the class of its colour', async () => {
    const legend = /<ul class="legend">.*?<\/ul>/s.exec(await pageOf(address()))?.[0] ?? '';
    const items = [...legend.matchAll(/<li class="([^"]*)">([^<]*)<\/li>/g)].map(([, ...item]) => item);
    expect(items).toEqual(
      expect.arrayContaining([
        ['legend--class legend--A', 'A: the provider ends it'],
        ['legend--class legend--B', 'B: the login expires'],
        ['legend--class legend--C', 'C: Curfew ends it'],
        ['legend--end end--expired', 'ended at its approved end'],
        ['legend--end end--early', 'ended early'],
        ['legend--end end--held', 'still held'],
        ['legend--end end--overdue', 'still held, past its end'],
        ['legend--end end--gone', 'gone at the provider'],
      ]),
    );
  });

  test.each(['', '&list=time'])('is told by the rows of the list too (%j)', async (list) => {
    const html = await pageOf(address(list));
    const rows = [...html.matchAll(/<tr role="row">.*?<\/tr>/gs)].map(([row]) => textOf(row).trim());
    const { early, expired, overdue, held } = ids;
    const time = async (request: string, kind: string) => shown(await timeOf(request, kind));
    const end = async (request: string, kind: string) => shown(await endIn(request, kind));
    const [atStart, extendedTo] = [await end(early, 'grant-started'), await end(early, 'extended')];
    const told = {
      [early]: [
        `${await time(early, 'revoked')} ended early at ${await time(early, 'revoke-started')} by Cy`,
        `${extendedTo} extended to ${extendedTo} at ${await time(early, 'extended')}`,
        `${early.slice(-8)} refused attempt at ${await time(early, 'refused')}`,
      ],
      [overdue]: [`still held, past its end ${await end(overdue, 'grant-started')}`],
      [expired]: [
        `${await time(expired, 'revoked')} ended at its approved end ${await end(expired, 'grant-started')}`,
      ],
      [held]: [`still held ${await end(held, 'grant-started')}`],
      oscar: ['still held standing access'],
      mallory: ['gone at the provider not explained'],
    };
    expect(extendedTo).not.toBe(atStart);
    const listed = list === '' ? [early, overdue] : Object.keys(told);
    for (const each of listed) {
      const row = rows.find((text) => text.includes(each.slice(-8))) ?? '';
      expect([each, told[each]?.filter((words) => row.includes(words))]).toEqual([each, told[each]]);
    }
  });

  test('before an extension, the list at that moment has both ends', async () => {
    const html = await pageOf(`/access?at=${iso(15)}&from=${iso(-10)}`);
    const ends = await Promise.all([endIn(ids.early, 'grant-started'), endIn(ids.early, 'extended')]);
    expect(textOf(html)).toContain(
      ` by Cy ${shown(ends[0])} extended later to ${shown(ends[1])} at ${shown(await timeOf(ids.early, 'extended'))} `,
    );
  });

  test('leads with its links to the periods beside it, to a shorter and to a longer one', async () => {
    const linksOf = async (from: number, to: number) => {
      const path = `/access?entitlement=thing&at=${iso((from + to) / 2)}&from=${iso(from)}&to=${iso(to)}`;
      const html = await pageOf(path);
      const found = [
        ...html.matchAll(/<a href="(\/access\?[^"]*)">(Earlier|Later|Zoom in|Zoom out|List [^<]*)<\/a>/g),
      ];
      return new Map(
        found.map(([, href = '', name = '']) => {
          const { searchParams: asked } = new URL(unescaped(href), 'http://x');
          return [name, Object.fromEntries(asked)];
        }),
      );
    };
    const same = { entitlement: 'thing', at: iso(-570) };
    const links = await linksOf(-600, -540);
    expect([...links]).toEqual([
      ['Earlier', { ...same, from: iso(-630), to: iso(-570) }],
      ['Later', { ...same, from: iso(-570), to: iso(-510) }],
      ['Zoom in', { ...same, from: iso(-580), to: iso(-560) }],
      ['Zoom out', { ...same, from: iso(-660), to: iso(-480) }],
      ['List everything in the picture', { ...same, from: iso(-600), to: iso(-540), list: 'time' }],
    ]);
    for (const { list: _list, ...asked } of links.values())
      expect(await pageOf(`/access?${new URLSearchParams(asked).toString()}`)).toContain('Over time');

    const [before, latest, after] = [
      await fixture.ledger.now(),
      await linksOf(0, 60),
      await fixture.ledger.now(),
    ];
    for (const [name, length] of [
      ['Later', 60],
      ['Zoom out', 180],
    ] as const) {
      const [from, to] = ['from', 'to'].map((each) => Date.parse(latest.get(name)?.[each] ?? ''));
      expect([name, (to ?? 0) - (from ?? 0)]).toEqual([name, length * MINUTE_MS]);
      expect(to).toBeGreaterThanOrEqual(before);
      expect(to).toBeLessThanOrEqual(after);
    }
  });
});
