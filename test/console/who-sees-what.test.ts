import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { consoleRoutes } from '../../console/routes.tsx';
import { openLedger } from '../../ledger/index.ts';
import { publishAll } from '../audit/published.fixture.ts';
import type { RequestId } from '../../core/ids.ts';
import { asAdmin, shiftClock } from '../ledger/database.fixture.ts';
import { rowsOf } from '../ledger/ledger.fixture.ts';
import {
  answered,
  approvedWithoutWorkflow,
  granted,
  openedWithoutWorkflow,
} from '../requests/steps.fixture.ts';
import { reviewOpened } from '../requests/reviews.fixture.ts';
import {
  type Browser,
  browserWith,
  type ConsoleFixture,
  startConsoleFixture,
  textOf,
} from './console.fixture.ts';

// Ana requests, Bo is her manager and an approver, Cy owns and approves everything, Dee is an auditor and a security person, and Eli is
// a security person only. Nobody manages Dee.
const READERS = ['ana', 'bo', 'cy', 'dee', 'eli'];

const FINDING = `insert into finding (id, kind, provider, target_key, target_name, target, what, subject_id, subject_name, level, on_ladder, sources, state)
  values ($1, 'access', 'fake', $2, $2, '{}', $2, $3, $3, 'write', true, '[]', 'open')`;

let fixture: ConsoleFixture;
const ids: Record<string, string> = {};
const browsers: Record<string, Browser> = {};
beforeAll(async () => {
  fixture = await startConsoleFixture();
  await fixture.requests.edit(
    'catalogue.yaml',
    'owner: person:cy\n    usual: 1m\n    longest: 8h\n    requesters: [everyone]\n    targets: [{ provider: fake, resource: other, level: write }]\n    route: { approvers: [group:owners], waits: 8h }',
    'owner: person:dee\n    usual: 1m\n    longest: 8h\n    requesters: [everyone]\n    targets: [{ provider: fake, resource: other, level: write }]\n    route: { approvers: [person:dee], waits: 8h }',
  );
  await fixture.requests.edit('people.yaml', 'slack: U0DEE', 'fake: dee, slack: U0DEE');
  await fixture.requests.edit('people.yaml', 'name: Eli', 'name: Eli, accounts: { oidc: lantern|eli }');
  const ofAna = await approvedWithoutWorkflow(fixture.requests);
  await granted(fixture.requests, ofAna);
  ids['ana'] = ofAna;
  ids['dee'] = await openedWithoutWorkflow(fixture.requests, { person: 'dee' });
  ids['only-dee-approves'] = await openedWithoutWorkflow(fixture.requests, { entitlement: 'other' });
  for (const [account, target] of Object.entries({ mallory: 'thing', oscar: 'nowhere' }))
    await asAdmin(
      async (admin) => void (await admin.query(FINDING, [`find_${account}`, target, account])),
      fixture.requests.url,
    );
  // Ana may not approve what she requested, and Dee may not either.
  await answered(fixture.requests, ids['only-dee-approves'] as RequestId, { kind: 'approve', by: 'ana' });
  await answered(fixture.requests, ids['dee'] as RequestId, { kind: 'approve', by: 'dee' });
  ids['review'] = (await reviewOpened(fixture.requests, { scope: { person: ['ana'] } })).id;
  const owner = openLedger(fixture.requests.url);
  await publishAll(owner);
  await owner.close();
  for (const person of READERS) browsers[person] = await fixture.as(person);
});
afterAll(() => fixture?.stop());

const as = (person: string): Browser => {
  const browser = browsers[person];
  if (!browser) throw new Error(`${person} is not signed in`);
  return browser;
};
const path = (text: string): string =>
  text.replaceAll(/\{([a-z-]+)\}/g, (_, name: string) => ids[name] ?? name);

type Visit = Readonly<{ readings: readonly Readonly<{ id: string }>[] }>;

/** For each page who may see it. */
const PAGES: readonly (readonly [page: string, readers: readonly string[]])[] = [
  ['/', READERS],
  ['/access', ['dee']],
  ['/access?entitlement=thing', ['bo', 'cy', 'dee']],
  ['/access?entitlement=other', ['dee']],
  ['/access?person=ana', ['ana', 'bo', 'dee']],
  ['/access?person=bo', ['bo', 'dee']],
  ['/access?entitlement=thing&person=ana', ['ana', 'bo', 'dee']],
  ['/numbers', ['dee']],
  ['/requests/{ana}', ['ana', 'bo', 'cy', 'dee']],
  ['/requests/{dee}', ['bo', 'cy', 'dee']],
  ['/requests/{only-dee-approves}', ['ana', 'dee']],
  ['/requests/{ana}/proofs', ['ana', 'bo', 'cy', 'dee']],
  ['/requests/{dee}/proofs/0', ['bo', 'cy', 'dee']],
  ['/requests/{only-dee-approves}/proofs', ['ana', 'dee']],
  // Eli is sent on to what he would end.
  ['/people/ana', ['ana', 'bo', 'dee', 'eli']],
  ['/people/bo', ['bo', 'dee', 'eli']],
  ['/people/dee', ['dee', 'eli']],
  ['/people/ana/end', ['ana', 'dee', 'eli']],
  ['/people/bo/end', ['bo', 'dee', 'eli']],
  ['/people/dee/end', ['dee', 'eli']],
  ['/people/%00/end', []],
  ['/entitlements/thing', READERS],
  ['/entitlements/other', READERS],
  ['/findings', READERS],
  ['/findings/open', ['cy', 'dee', 'eli']],
  ['/findings/unexplained', ['cy', 'dee', 'eli']],
  ['/findings/decisions', ['cy', 'dee', 'eli']],
  ['/findings/drift', ['dee']],
  ['/findings/overstays', ['dee']],
  ['/findings/fast-approvals', READERS],
  ['/findings/pairs', ['dee']],
  ['/findings/refusals', READERS],
  ['/findings/endings', ['dee']],
  ['/findings/policies', ['dee']],
  ['/findings/gains', ['dee']],
  ['/findings/never-used', ['dee']],
  ['/findings/readings', ['dee']],
  ['/findings/purges', ['dee']],
  ['/findings/nothing', []],
  ['/providers/fake', ['dee']],
  ['/providers/nothing', []],
  ['/providers/%00', []],
  ['/reviews', READERS],
  ['/reviews/{review}', ['ana', 'cy', 'dee']], // Bo approved all of it alone.
  ['/reviews/{review}/export?format=csv', ['dee']],
  ['/reviews/nothing', []],
  ['/evidence', ['dee']],
  ['/evidence/soc2/CC6.1', ['dee']],
];

/** What a page shows to these readers is their own, or says nothing about anybody. No reading of it is recorded. */
const UNRECORDED: Readonly<Record<string, readonly string[]>> = {
  '/': ['ana'],
  '/access?person=ana': ['ana'],
  '/access?person=bo': ['bo'],
  '/access?entitlement=thing&person=ana': ['ana'],
  '/requests/{ana}': ['ana'],
  '/requests/{dee}': ['dee'],
  '/requests/{only-dee-approves}': ['ana'],
  '/requests/{ana}/proofs': ['ana'],
  '/requests/{dee}/proofs/0': ['dee'],
  '/requests/{only-dee-approves}/proofs': ['ana'],
  '/people/ana': ['ana'],
  '/people/bo': ['bo'],
  '/people/dee': ['dee'],
  '/people/ana/end': ['ana'],
  '/people/bo/end': ['bo'],
  '/people/dee/end': ['dee'],
  '/entitlements/thing': ['ana', 'eli'],
  '/entitlements/other': ['ana', 'bo', 'cy', 'eli'],
  '/findings': ['ana', 'bo'],
  '/findings/decisions': ['cy', 'eli'],
  '/findings/fast-approvals': ['ana', 'bo', 'cy', 'eli'],
  '/findings/refusals': ['ana', 'bo', 'cy', 'eli'],
  '/reviews': ['ana', 'bo', 'eli'],
  '/reviews/{review}': ['ana'],
  '/evidence': ['dee'],
};

/** Downloads of lists. Each is recorded, also one that has only the reader's own requests. */
const DOWNLOADS: typeof PAGES = [
  ['/requests/export?q=&format=csv', READERS],
  ['/requests/export?q=person%3Aana&format=jsonl', READERS],
  ['/requests/export?q=&format=ocsf', READERS],
];

const readings = () =>
  rowsOf<{ person: string; kind: string; address: string }>(
    fixture.requests.url,
    'select person, kind, address from reading order by id',
  );
const recordedBy = async (work: () => Promise<unknown>) => {
  const before = (await readings()).length;
  await work();
  return (await readings()).slice(before);
};

describe.each([...PAGES, ...DOWNLOADS])('%s (T27, T29)', (page, readers) => {
  test.each(READERS)(`is as the table says for %s, and its reading is recorded`, async (person) => {
    let answer = new Response();
    const recorded = await recordedBy(async () => {
      answer = await as(person).get(path(page));
      if (answer.status === 303) answer = await as(person).get(answer.headers.get('location') ?? '/');
    });
    expect([person, answer.status < 300]).toEqual([person, readers.includes(person)]);
    const kind = /export|proofs/.test(page) ? 'export' : 'page';
    const isRecorded = readers.includes(person) && !UNRECORDED[page]?.includes(person);
    expect(recorded.map((each) => [each.person, each.kind])).toEqual(isRecorded ? [[person, kind]] : []);
  });
});

/** What stands on a page for some of its readers only. */
const FIELDS: readonly (readonly [page: string, field: string, words: RegExp, readers: readonly string[]])[] =
  [
    ['/', 'what Dee waits for', /Dee The thing/, ['bo', 'cy', 'dee']],
    ['/', 'the live access of Ana', /Ana The thing active/, READERS],
    ['/', 'what a part says', /The database answers/, ['dee']],
    ['/entitlements/thing', 'who has it', /Who has it/, ['bo', 'cy', 'dee']],
    ['/entitlements/thing', 'who may request it', /Who may request it/, ['bo', 'cy', 'dee']],
    ['/entitlements/other', 'who has it', /Who has it/, ['dee']],
    ['/people/ana', 'what she has and had', /Closed requests/, ['ana', 'bo', 'dee']],
    ['/people/ana/end', 'her request that would end', /active .* End all of it now/, ['ana', 'dee', 'eli']],
    ['/people/ana/end', 'that a reason is needed for others', /until 2 security people lift/, ['dee', 'eli']],
    ['/people/ana', 'what she approved', /What (they|you) approved/, ['ana', 'dee']],
    ['/people/bo', 'what he approved', /What (they|you) approved/, ['bo', 'dee']],
    ['/findings', 'how much access no request explains', /Open findings/, ['cy', 'dee', 'eli']],
    ['/findings', 'what was held too long', /Overstays/, ['dee']],
    ['/findings', 'why they see a part', /Auditors see everything/, ['ana', 'bo', 'cy', 'eli']],
    ['/findings/open', 'an account at a target of Cy', /mallory/, ['cy', 'dee', 'eli']],
    ['/findings/open', 'an account at a target of nobody', /oscar/, ['dee', 'eli']],
    ['/findings/refusals', 'what was refused of Ana’s request', /own-request Ana/, ['ana', 'dee']],
    ['/findings/refusals', 'what was refused of Dee’s request', /own-request Dee/, ['dee']],
    ['/findings/fast-approvals', 'what Bo approved fast', /Bo Ana The thing/, ['bo', 'dee']],
    ['/findings/fast-approvals', 'the command with the same answer', /curfew audit fast/, ['dee']],
    ['/findings/drift', 'why they see nothing', /Auditors see every list/, ['ana', 'bo', 'cy', 'eli']],
    ['/reviews', 'how to open one', /Open a review…/, ['dee']],
    ['/reviews', 'what is reviewed', /The autumn review/, ['cy', 'dee']],
    ['/reviews/{review}', 'the access of Ana', /Ana The thing/, ['ana', 'cy', 'dee']],
    ['/reviews/{review}', 'how far it is', /Population/, ['cy', 'dee']],
    ['/reviews/{review}', 'what can be decided', /Certify/, ['cy']],
    ['/reviews/{review}', 'the command with the same answer', /curfew audit review/, ['dee']],
    ['/access?entitlement=thing', 'the unexplained account', /mallory/, ['bo', 'cy', 'dee']],
  ];

describe.each(FIELDS)('%s: %s (T29)', (page, _field, words, readers) => {
  test.each(READERS)('is there for %s as the table says', async (person) => {
    const text = await as(person).reads(path(page));
    expect([person, words.test(text)]).toEqual([person, readers.includes(person)]);
  });
});

/** The requests that a list of all has for each reader. Bo sees what Ana, whose manager he is, requests, and not its story. */
const LISTED: Readonly<Record<string, readonly string[]>> = {
  ana: ['ana', 'only-dee-approves'],
  bo: ['ana', 'dee', 'only-dee-approves'],
  cy: ['ana', 'dee'],
  dee: ['ana', 'dee', 'only-dee-approves'],
  eli: [],
};

describe.each([
  ['the list of requests', '/requests'],
  ['their download as CSV', '/requests/export?q=&format=csv'],
  ['their download as JSONL', '/requests/export?q=&format=jsonl'],
  ['a search for somebody', '/requests?q=person%3Aana%2Cdee'],
])('%s (T27, T29)', (_what, list) => {
  test.each(Object.keys(LISTED))(
    'has for %s what the table says, and counts nothing else',
    async (person) => {
      const html = await (await as(person).get(list)).text();
      const found = Object.keys(ids).filter((name) => html.includes(ids[name] ?? '?'));
      expect([person, found]).toEqual([person, LISTED[person]]);
      if (!list.includes('export')) expect(textOf(html)).toContain(` ${LISTED[person]?.length} requests `);
    },
  );
});

test.each([
  ['ana', ['person:ana']],
  ['bo', ['person:ana', 'person:bo']],
  ['dee', ['person:ana', 'person:bo', 'person:cy', 'person:dee', 'person:eli']],
  // Eli may end everything of anybody.
  ['eli', ['person:ana', 'person:bo', 'person:cy', 'person:dee', 'person:eli']],
])('%s is suggested only whom they can see (T29)', async (person, expected) => {
  const options = (await (await as(person).get('/suggestions?q=person%3A&caret=7')).json()) as {
    text: string;
  }[];
  expect(options.map(({ text }) => text)).toEqual(expected);
});

describe('reading is recorded', () => {
  test.each<[string, string, string, readonly unknown[]]>([
    ['their own request', 'ana', '/requests/{ana}', []],
    ['their own access', 'ana', '/access?person=ana', []],
    ['their own page', 'ana', '/people/ana', []],
    ['an entitlement whose holders they may not see', 'ana', '/entitlements/other', []],
    ['what they may not see', 'ana', '/requests/{dee}', []],
    ['somebody else', 'bo', '/people/ana', [{ person: 'bo', kind: 'page', address: '/people/ana' }]],
    [
      'who has something',
      'bo',
      '/access?entitlement=thing',
      [{ person: 'bo', kind: 'page', address: '/access?entitlement=thing' }],
    ],
    [
      'a request of somebody',
      'dee',
      '/requests/{ana}',
      [{ person: 'dee', kind: 'page', address: '/requests/{ana}' }],
    ],
    ['what was refused of their own requests', 'ana', '/findings/refusals', []],
    ['what deserves a look and is about them alone', 'ana', '/findings', []],
    [
      'access that no request explains',
      'cy',
      '/findings/open',
      [{ person: 'cy', kind: 'page', address: '/findings/open' }],
    ],
    [
      'how much access no request explains',
      'cy',
      '/findings?from=2026-11-01T00:00Z&note=typed',
      [{ person: 'cy', kind: 'page', address: '/findings?from=2026-11-01T00%3A00%3A00.000Z' }],
    ],
    ['their own live and pending access', 'ana', '/', []],
    ['the live access of others', 'bo', '/', [{ person: 'bo', kind: 'page', address: '/' }]],
    ['what would end of their own', 'ana', '/people/ana/end', []],
    [
      'what would end of somebody',
      'eli',
      '/people/ana/end?note=typed',
      [{ person: 'eli', kind: 'page', address: '/people/ana/end' }],
    ],
    [
      'an entitlement whose holders they may see',
      'cy',
      '/entitlements/thing',
      [{ person: 'cy', kind: 'page', address: '/entitlements/thing' }],
    ],
    ['a review of their own access', 'ana', '/reviews/{review}', []],
    [
      'a review of access of others',
      'cy',
      '/reviews/{review}?page=1&note=typed',
      [{ person: 'cy', kind: 'page', address: '/reviews/{review}' }],
    ],
    ['a provider', 'dee', '/providers/fake', [{ person: 'dee', kind: 'page', address: '/providers/fake' }]],
    [
      'a proof of it',
      'dee',
      '/requests/{ana}/proofs/0',
      [{ person: 'dee', kind: 'export', address: '/requests/{ana}/proofs/0' }],
    ],
  ])('when somebody looks at %s', async (_what, person, page, expected) => {
    const recorded = await recordedBy(() => as(person).reads(path(page)));
    expect(recorded).toEqual(JSON.parse(path(JSON.stringify(expected))));
  });

  test('by ids, and never by what was typed', async () => {
    const recorded = await recordedBy(() => as('dee').reads('/access?person=Ana&entitlement=THING'));
    expect(recorded).toEqual([
      { person: 'dee', kind: 'page', address: '/access?entitlement=thing&person=ana' },
    ]);
  });

  test('also after the clock of the ledger was ahead and is right again', async () => {
    const dee = await fixture.as('dee');
    const { url } = fixture.requests;
    await shiftClock(url, 60_000);
    await dee.get('/people/eli');
    await shiftClock(url, 0);
    const refresh = { 'curfew-refresh': '1' };
    expect(await recordedBy(() => dee.get('/people/eli', refresh))).toHaveLength(1);
  });

  test('once in ten minutes for a page that stays open, and never less for one that was not opened', async () => {
    const page = path('/requests/{ana}');
    const refresh = { 'curfew-refresh': '1' };
    const dee = await fixture.as('dee');
    const recorded = await recordedBy(async () => {
      await dee.get(page);
      for (let times = 0; times < 3; times += 1) await dee.get(page, refresh);
    });
    expect(recorded).toHaveLength(1);
    expect(await recordedBy(() => dee.get('/people/cy', refresh))).toHaveLength(1);
    expect(await recordedBy(() => dee.get('/people/cy', refresh))).toHaveLength(0);
  });

  test('in the audit log, each once, in entries of one person in 15 minutes', async () => {
    const { url } = fixture.requests;
    const owner = openLedger(url);
    try {
      await shiftClock(url, 3_600_000);
      while (await owner.closeVisit());
      await shiftClock(url, 0);
      await publishAll(owner);
      const { size } = await owner.logProgress();
      const rows = await owner.rowsOfEntries(0, size);
      const visits = rows.flatMap((row) => (row?.type === 'visit' ? [row.body as Visit] : []));
      const ids = visits.flatMap((visit) => visit.readings.map(({ id }) => id));
      expect(new Set(ids).size).toBe(ids.length);
      expect(ids.length).toBe((await readings()).length);
      expect(visits.length).toBeLessThan(ids.length / 5);
    } finally {
      await owner.close();
    }
  });

  test.each(
    [...PAGES, ...DOWNLOADS].flatMap(([page, readers]) =>
      readers.includes('dee') && !UNRECORDED[page]?.includes('dee') ? [page] : [],
    ),
  )('and nothing of %s is shown while it cannot be recorded', async (page) => {
    const recordReading = () => Promise.reject(new Error('it cannot be recorded'));
    const app = consoleRoutes({ ...fixture.deps, ledger: { ...fixture.ledger, recordReading } });
    const browser = browserWith(app, `__Host-curfew-session=${await fixture.session('dee')}`);
    let answer = await browser.get(path(page));
    if (answer.status === 303) answer = await browser.get(answer.headers.get('location') ?? '/');
    expect([answer.status, await answer.text()]).toEqual([500, expect.not.stringContaining('The thing')]);
    fixture.errors.length = 0;
  });
});
