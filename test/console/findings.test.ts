import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readProvider } from '../../console/pages/provider/read-provider.ts';
import { consoleRoutes } from '../../console/routes.tsx';
import { parsePeriod } from '../../console/pages/findings/question.ts';
import { readOverview, readSection, type SectionAnswer } from '../../console/pages/findings/read-findings.ts';
import { SECTIONS, type Section } from '../../console/pages/findings/sections.ts';
import { visibleRows } from '../../requests/visible-rows.ts';
import type { Instant, PersonId } from '../../core/ids.ts';
import type { AuditRow } from '../../ledger/index.ts';
import { BASE, chance, PEOPLE } from '../audit/world.fixture.ts';
import { asAdmin } from '../ledger/database.fixture.ts';
import { browserWith, textOf, unescaped } from './console.fixture.ts';
import { rowsOf } from '../ledger/ledger.fixture.ts';
import { DECIDED, HOSTILE, startFindingsWorld } from './findings-world.fixture.ts';

const SEED = Number(process.env['TEST_LAW_SEED'] ?? Math.floor(Math.random() * 1_000_000));
const MINUTE_MS = 60_000;
const WHOLE = 'from=2026-11-01&to=2026-11-03';
/** `security` of the catalogue names Eli, who has no account. */
const READERS = [...PEOPLE, 'eli'].map((id) => id as PersonId);

let fixture: Awaited<ReturnType<typeof startFindingsWorld>>;
beforeAll(async () => {
  fixture = await startFindingsWorld(SEED, 150);
});
afterAll(() => fixture?.stop());

const readerOf = async (person: PersonId) => ({ sight: await fixture.deps.policy.sightOf(person) });

/** Periods of the world, with and without an end. */
function periodsOf(seed: number, count: number) {
  const random = chance(seed);
  return Array.from({ length: count }, () => {
    const from = (BASE + random.upTo(900) * MINUTE_MS) as Instant;
    const to = (from + random.upTo(900) * MINUTE_MS) as Instant;
    return random.isLikely(0.2) ? { from } : { from, to };
  });
}
const wholeWorld = {
  from: Date.parse('2026-11-01T00:00:00Z') as Instant,
  to: Date.parse('2026-11-04T00:00:00Z') as Instant,
};

/** The world is small. On a machine that is busy, to count it may still take long. */
const FIRST = { targets: 0, entitlements: 0 };
const PATIENT = { most: 1000, withinMs: 60_000 } as const;

type PeriodInput = Readonly<{ from: Instant; to?: Instant }>;
const questionOf = (period: PeriodInput, after?: string) => ({
  ...{ period, given: period },
  ...(after === undefined ? {} : { after }),
});

async function answerFor(person: PersonId, section: Section, period: PeriodInput, after?: string) {
  const question = { ...questionOf(period, after), limit: PATIENT };
  return readSection(fixture.deps, await readerOf(person), section, question);
}

/** All rows of a list, page by page. */
async function allRows(
  person: PersonId,
  section: Section,
  period: PeriodInput,
): Promise<readonly AuditRow[]> {
  const rows: AuditRow[] = [];
  let after: string | undefined;
  do {
    const answer: SectionAnswer | undefined = await answerFor(person, section, period, after);
    rows.push(...(answer?.page.rows ?? []));
    after = answer?.page.next;
  } while (after !== undefined);
  return rows;
}

/** The rows of the page's own SQL, for somebody who acts as the auditor's role. */
async function bySql(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  let found: readonly Record<string, unknown>[] = [];
  await asAdmin(async (session) => {
    await session.query('set role curfew_auditor');
    found = (await session.query<Record<string, unknown>>(sql)).rows;
  }, fixture.requests.url);
  return found;
}

const idOf = (row: Readonly<Record<string, unknown>>): unknown => row['id'] ?? row['lease_id'];
const sorted = (ids: readonly unknown[]): readonly string[] => ids.map(String).toSorted();

describe.each(SECTIONS.map((section) => [section.title, section] as const))(
  `%s (seed ${SEED})`,
  (_title, section) => {
    test('has the rows of its SQL in every period, the newest first, and counts them', async () => {
      for (const period of [wholeWorld, ...periodsOf(SEED, 6)]) {
        const answer = await answerFor('dee' as PersonId, section, period);
        const rows = await allRows('dee' as PersonId, section, period);
        const expected = await bySql(answer?.sql ?? '');
        expect([period, sorted(rows.map(idOf))]).toEqual([period, sorted(expected.map(idOf))]);
        expect(answer?.count).toBe(expected.length);
        const order = rows.map((row) => String(section.query === 'never-used' ? idOf(row) : row['at']));
        expect(order).toEqual([...order].toSorted().toReversed());
      }
    });
  },
);

test('a world has rows of each kind but those that only people make here', async () => {
  const empty: string[] = [];
  for (const section of SECTIONS)
    if ((await allRows('dee' as PersonId, section, wholeWorld)).length === 0) empty.push(section.id);
  expect(empty).toEqual(['readings', 'purges']);
});

test(`the first page has the counts of the lists, and the newest row of each (seed ${SEED})`, async () => {
  const dee = await readerOf('dee' as PersonId);
  const { lines } = await readOverview(fixture.deps, dee, questionOf(wholeWorld), PATIENT);
  expect(lines.map(({ section }) => section.id)).toEqual(SECTIONS.map(({ id }) => id));
  for (const { section, count, newest } of lines) {
    const rows = await allRows('dee' as PersonId, section, wholeWorld);
    const times = rows.map(({ at }) => Date.parse(String(at)));
    expect([section.id, count]).toEqual([section.id, rows.length]);
    expect([section.id, newest]).toEqual([section.id, times.length === 0 ? undefined : Math.max(...times)]);
  }
});

test('a count ends at its limit', async () => {
  const query = { view: 'refusal', where: [] } as const;
  const count = async (most: number) =>
    (await fixture.ledger.countAuditRows(query, { most, withinMs: 60_000 }))?.count ?? 0;
  expect([(await count(1_000_000)) > 3, await count(2)]).toEqual([true, 3]);
});

test('what takes too long to count is not counted, and the pages say so', async () => {
  const slow = await asSlow(() =>
    fixture.ledger.countAuditRows({ view: 'refusal', where: [] }, { most: 9, withinMs: 20 }),
  );
  expect(slow).toBeUndefined();
  const ledger = { ...fixture.ledger, countAuditRows: () => Promise.resolve(undefined) };
  const app = consoleRoutes({ ...fixture.deps, ledger });
  const dee = browserWith(app, `__Host-curfew-session=${await fixture.session('dee')}`);
  expect(await dee.reads('/findings')).toMatch(
    /Refusals .* not counted .*“Not counted”: the ledger is large/,
  );
  expect(await dee.reads('/findings/refusals')).toContain('(not counted)');
});

/** Does work while somebody changes the table of events, for which every reader of it waits. */
async function asSlow<T>(work: () => Promise<T>): Promise<T> {
  let done: T | undefined;
  await asAdmin(async (owner) => {
    await owner.query('begin');
    await owner.query('lock table event in access exclusive mode');
    done = await work();
    await owner.query('rollback');
  }, fixture.requests.url);
  return done as T;
}

describe(`who sees which rows (seed ${SEED}, T27, T29)`, () => {
  const sectionOf = (id: string): Section => {
    const section = SECTIONS.find((each) => each.id === id);
    if (!section) throw new Error(id);
    return section;
  };
  /** What a reader sees, and what they may see by the rule. */
  async function compare(
    id: string,
    maySee: (row: AuditRow, reader: PersonId) => boolean | Promise<boolean>,
  ) {
    const all = await allRows('dee' as PersonId, sectionOf(id), wholeWorld);
    const parts: number[] = [];
    for (const reader of READERS.filter((each) => each !== 'dee')) {
      const expected: unknown[] = [];
      for (const row of all) if (await maySee(row, reader)) expected.push(idOf(row));
      const seen = (await allRows(reader, sectionOf(id), wholeWorld)).map(idOf);
      expect([id, reader, seen]).toEqual([id, reader, expected]);
      parts.push(seen.length);
    }
    return { all: all.length, parts };
  }

  test('findings and decisions about them: who decides about the target, and the owners of what gives it', async () => {
    const { policy } = fixture.deps;
    const known = await policy.current();
    if (!known.ok) throw new Error('the policy cannot be read');
    const maySee = async (row: AuditRow, reader: PersonId): Promise<boolean> => {
      const target = { provider: String(row['provider']), targetName: String(row['target_name']) };
      const deciders = await policy.findingDeciders(target);
      const owners = [...known.value.entitlements.values()].filter(
        ({ owner, targets }) =>
          JSON.stringify(owner).includes(`"${reader}"`) &&
          targets.some(
            ({ provider, lockKey }) => provider === target.provider && lockKey === target.targetName,
          ),
      );
      return owners.length > 0 || (deciders.ok && deciders.value.includes(reader));
    };
    for (const id of ['unexplained', 'open', 'decisions']) {
      const { all, parts } = await compare(id, maySee);
      expect([id, parts.some((each) => each > 0 && each < all)]).toEqual([id, true]);
    }
  });

  test('refusals: those of the own requests, also where no request was opened', async () => {
    await asAdmin(
      async (owner) =>
        void (await owner.query(
          `insert into event (request_id, seq, step, kind, body, via, at)
           values ('req_01m0000000000000000000000z', 0, 'open', 'refused', '{"kind":"refused","by":"ana","tried":"request","refusal":{"code":"locked"}}', 'cli', '2026-11-01T12:00Z')`,
        )),
      fixture.requests.url,
    );
    const { parts } = await compare('refusals', ({ requester, person }, reader) =>
      requester === null ? person === reader : requester === reader,
    );
    expect(parts[0]).toBeGreaterThan(0);
  });

  test('fast approvals: those that the reader gave', async () => {
    await compare('fast-approvals', ({ person }, reader) => person === reader);
  });

  test('every other list is for auditors only', async () => {
    const shared = ['open', 'unexplained', 'decisions', 'refusals', 'fast-approvals'];
    for (const { id } of SECTIONS.filter((each) => !shared.includes(each.id)))
      for (const reader of READERS.filter((each) => each !== 'dee'))
        expect([id, reader, await answerFor(reader, sectionOf(id), wholeWorld)]).toEqual([
          id,
          reader,
          undefined,
        ]);
  });

  test('while the policy cannot be read, nobody sees a finding', async () => {
    const restore = await fixture.requests.edit('catalogue.yaml', 'security:', 'nonsense:');
    try {
      for (const reader of READERS) {
        const { sight } = await readerOf(reader);
        expect(await visibleRows(fixture.deps.policy, sight, 'finding')).toEqual({ kind: 'none' });
      }
    } finally {
      await restore();
    }
  });
});

test(`a provider has what the views have of it (seed ${SEED})`, async () => {
  const dee = await readerOf('dee' as PersonId);
  const answer = await readProvider(fixture.deps, dee, { name: 'fake', from: FIRST, limit: PATIENT });
  const count = async (sql: string): Promise<unknown> =>
    (await rowsOf<{ n: number }>(fixture.requests.url, `select count(*)::integer as n from ${sql}`))[0]?.n;
  const held = `audit.access where provider = 'fake' and during @> ledger_now()`;
  expect(answer?.live.count).toBe(await count(held));
  expect((await bySql(answer?.sql ?? '')).length).toBe(answer?.live.count);
  const newest = await rowsOf<{ id: string }>(
    fixture.requests.url,
    `select id from ${held} order by since desc, id desc limit 25`,
  );
  expect(answer?.live.rows.map(({ id }) => id)).toEqual(newest.map(({ id }) => id));
  expect(answer?.findings.count).toBe(
    await count(`audit.finding where provider = 'fake' and state = 'open'`),
  );
  const late = await count(
    `lease where provider = 'fake' and state <> 'revoked' and (state = 'revoke-started' or ends_at < ledger_now())`,
  );
  expect(answer?.overdue.length).toBe(Math.min(Number(late), 50));
  expect(
    answer?.targets.shown.map(({ name, entitlements, problem }) => ({ name, entitlements, problem })),
  ).toEqual([
    { name: 'cellar', entitlements: ['cellar'], problem: 'the vendor does not answer' },
    { name: 'sales', entitlements: ['orders-db', 'both'], problem: null },
  ]);
  expect(answer?.entitlements.shown.map(({ id }) => id)).toEqual([
    'orders-db',
    'thing',
    'pair',
    'other',
    'top',
    'look',
  ]);
});

test('a provider shows its overdue leases and none of another one', async () => {
  const github = await readProvider(fixture.deps, await readerOf('dee' as PersonId), {
    name: 'github',
    from: FIRST,
  });
  const fake = await readProvider(fixture.deps, await readerOf('dee' as PersonId), {
    name: 'fake',
    from: FIRST,
  });
  const of = (answer: typeof github) => answer?.overdue.map(({ lease }) => lease) ?? [];
  expect(of(github).length).toBeGreaterThan(0);
  expect(of(github).filter((lease) => of(fake).includes(lease))).toEqual([]);
});

describe('the pages', () => {
  const linksIn = (html: string): readonly string[] =>
    [...html.matchAll(/href="([^"]*)"/g)].map(([, href = '']) => href.replaceAll('&amp;', '&'));

  test('a list is walked to its end and back to its beginning', async () => {
    const dee = await fixture.as('dee');
    const drift = SECTIONS.find(({ id }) => id === 'drift') as Section;
    const rows = await allRows('dee' as PersonId, drift, wholeWorld);
    let address = `/findings/drift?${new URLSearchParams({ from: '2026-11-01T00:00:00.000Z', to: '2026-11-04T00:00:00.000Z' }).toString()}`;
    const first = address;
    let shown = 0;
    for (let pages = 0; pages < 20; pages += 1) {
      const answer = await dee.get(address);
      const html = await answer.text();
      expect(answer.status).toBe(200);
      shown += html.split('<tr role="row">').length - 2;
      const next = /<a href="([^"]*)" rel="next">/.exec(html)?.[1]?.replaceAll('&amp;', '&');
      if (pages > 0) expect(linksIn(html)).toContain(first);
      if (next === undefined) break;
      address = next;
    }
    expect([rows.length > 50, shown]).toEqual([true, rows.length]);
  });

  test('behind the last row there is an empty page with a way back', async () => {
    const dee = await fixture.as('dee');
    expect(await dee.reads('/findings/drift?after=2020-01-01T00:00:00.000000Z/x')).toMatch(
      /Newest rows There are no more rows\./,
    );
  });

  test('a moment is read as people write it, and the address has it in UTC and nothing else that was typed', async () => {
    const dee = await fixture.as('dee');
    const answer = await dee.get(
      '/findings/drift?from=2026-11-01+14:00&to=&note=<b>&finding=x&after=hello+you',
    );
    expect([answer.status, answer.headers.get('location')]).toEqual([
      303,
      '/findings/drift?from=2026-11-01T14%3A00%3A00.000Z',
    ]);
  });

  test.each([
    ['from=nonsense', '“nonsense” is not a moment', '"nonsense" is not a moment'],
    ['from=2026-11-03&to=2026-11-01', 'wrong order', 'The beginning of the period must be before its end.'],
  ])('the period %s is refused with a sentence', async (query, _what, sentence) => {
    const dee = await fixture.as('dee');
    const answer = await dee.get(`/findings?${query}`);
    expect(answer.status).toBe(400);
    expect(unescaped(await answer.text())).toContain(sentence);
  });

  test('a period without an end has what is still held now', () => {
    const now = Date.parse('2026-11-20T00:00:00Z') as Instant;
    const parsed = parsePeriod({}, { now, timeZone: 'UTC' });
    expect(parsed.ok && parsed.value).toEqual({
      period: { from: Date.parse('2026-10-21T00:00:00Z') },
      given: {},
    });
  });

  test('each list has its command with the period, and its SQL', async () => {
    const page = await (await fixture.as('dee')).reads('/findings/overstays?from=2026-11-01T08:00:00Z');
    expect(page).toContain('curfew audit overstays --over 60s --from 2026-11-01T08:00:00.000Z');
    expect(page).toMatch(/from audit\.overstay where "seconds" > 60/);
  });

  test('an empty list of overstays says how that is known', async () => {
    const page = await (await fixture.as('dee')).reads('/findings/overstays?from=2020-01-01&to=2020-01-02');
    expect(page).toMatch(/No access was held for more than 60 seconds.*Receipts show it/);
  });

  test('a finding links to the decisions about it, which have no other', async () => {
    const dee = await fixture.as('dee');
    const html = await (await dee.get(`/findings/decisions?finding=${DECIDED}`)).text();
    expect(html).toContain(`About the finding <code>${DECIDED}</code>`);
    expect(textOf(html)).toMatch(/Eli revoke/);
    expect(linksIn(await (await dee.get('/findings/open')).text())).toContain(
      `/findings/decisions?finding=${DECIDED}`,
    );
  });

  test('text of a vendor is text', async () => {
    const dee = await fixture.as('dee');
    for (const path of [
      `/findings/open`,
      `/findings/unexplained?${WHOLE}`,
      `/providers/${encodeURIComponent(HOSTILE)}`,
    ]) {
      let answer = await dee.get(path);
      if (answer.status === 303) answer = await dee.get(answer.headers.get('location') ?? '');
      const html = await answer.text();
      expect([path, answer.status, html.includes('&lt;script&gt;alert(1)&lt;/script&gt;')]).toEqual([
        path,
        200,
        true,
      ]);
      expect(html).not.toMatch(/<script>|\u202e|\u0007/);
      const sql = /<code>(select[^<]*)<\/code>/.exec(html)?.[1] ?? '';
      if (path.startsWith('/providers')) expect(await bySql(unescaped(sql))).toHaveLength(1);
    }
  });
});
