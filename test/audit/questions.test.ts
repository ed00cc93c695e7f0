import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as questions from '../../audit/questions/index.ts';
import type { Instant, PersonId } from '../../core/ids.ts';
import { type AuditQuery, type AuditRow, type Ledger } from '../../ledger/index.ts';
import { asAdmin } from '../ledger/database.fixture.ts';
import { rowsOf } from '../ledger/ledger.fixture.ts';
import * as oracle from './oracle.fixture.ts';
import { openWorld, type StoredWorld } from './stored-world.fixture.ts';
import { BASE, chance, ENTITLEMENTS, PEOPLE, type World, worldOf } from './world.fixture.ts';

// Each question is asked of a ledger with random histories, and of an oracle that reads the histories one by one.

const SEED = Number(process.env['TEST_LAW_SEED'] ?? Math.floor(Math.random() * 1e9));
const SIZE = 60;
const MOMENTS = 20;

const world: World = worldOf(SEED, SIZE);
let stored: StoredWorld;
let ledger: Ledger;
beforeAll(async () => {
  stored = await openWorld(world, { seed: SEED + 1, role: 'cli' });
  ({ ledger } = stored);
});
afterAll(() => stored?.stop());

const rows = <T extends object>(sql: string) => rowsOf<T>(stored.url, sql);
const sorted = (texts: readonly string[]): readonly string[] => [...texts].sort();
/** These fields of each row in one text. A time is RFC 3339. */
const linesOf = (found: readonly Readonly<Record<string, unknown>>[], ...fields: readonly string[]) =>
  sorted(
    found.map((row) =>
      fields
        .map((field) => row[field])
        .map((value) => (value instanceof Date ? value.toISOString() : `${(value ?? '') as string | number}`))
        .join(' '),
    ),
  );
const HELD = ['id', 'basis', 'since', 'until', 'planned_end'] as const;

async function answered(query: AuditQuery): Promise<readonly AuditRow[]> {
  const all: AuditRow[] = [];
  for await (const row of questions.answerRows(ledger, query)) all.push(row);
  return all;
}

/** What a statement returns to somebody who acts as the auditor's role. */
async function asAuditor(
  sql: string,
  values: readonly unknown[] = [],
): Promise<readonly Record<string, unknown>[]> {
  let found: readonly Record<string, unknown>[] = [];
  await asAdmin(async (session) => {
    await session.query('set role curfew_auditor');
    found = (await session.query<Record<string, unknown>>(sql, [...values])).rows;
  }, stored.url);
  return found;
}

const iso = (at: Instant | undefined): string | null =>
  at === undefined ? null : new Date(at).toISOString();
const heldLine = ({ id, basis, since, until, plannedEnd }: oracle.Held): string =>
  [id, basis, iso(since), iso(until), iso(plannedEnd)].join(' ');
type Time = Readonly<{ from: Instant; to: Instant; knownAt?: Instant }>;

/** Moments of events, and one millisecond before and after them, where an answer changes. */
function times(): readonly Time[] {
  const random = chance(SEED + 2);
  const turns = [
    ...world.requests.flatMap(({ events }) =>
      events.flatMap(({ at, undoneAt }) => [at, ...(typeof undoneAt === 'number' ? [undoneAt] : [])]),
    ),
    ...world.findings.flatMap(({ firstSeen, closedAt }) => [
      firstSeen,
      ...(closedAt === null ? [] : [closedAt]),
    ]),
  ];
  const moment = (): Instant => (random.one(turns) + random.one([-1, 0, 1])) as Instant;
  return Array.from({ length: MOMENTS }, () => {
    const [from, second] = [moment(), moment()].sort((a, b) => a - b) as [Instant, Instant];
    const to = random.isLikely(0.6) ? from : second;
    return random.isLikely(0.5) ? { from, to } : { from, to, knownAt: moment() };
  });
}

const told = `seed ${SEED}`;

describe(`over random histories (${told})`, () => {
  test('the histories have what makes the questions hard', () => {
    const lives = world.requests.map(({ events }) => events.map(({ kind }) => kind));
    for (const kind of ['extended', 'undone', 'repaired', 'end-adopted', 'drifted', 'refused'])
      expect([told, kind, lives.some((kinds) => kinds.includes(kind))]).toEqual([told, kind, true]);
    const isSetBack = world.requests.some(({ events }) =>
      events.some(({ at }, place) => at < (events[place - 1]?.at ?? 0)),
    );
    expect([told, isSetBack]).toEqual([told, true]);
  });

  test('who had access to an entitlement, at a moment, during a time, and as it was known', async () => {
    for (const time of times())
      for (const entitlement of ENTITLEMENTS) {
        const expected = sorted(oracle.whoHad(world, entitlement, time).map(heldLine));
        const rowsFound = await answered(
          questions.whoHadAccess({ kind: 'entitlement', id: entitlement }, time),
        );
        expect([told, time, linesOf(rowsFound, ...HELD)]).toEqual([told, time, expected]);
      }
  });

  test('who had access to a target', async () => {
    for (const time of times()) {
      const expected = sorted(
        oracle
          .everythingHeld(world, time)
          .filter(
            (each) =>
              each.provider === 'fake' &&
              each.target === 'sales' &&
              oracle.isDuring(each, time.from, time.to),
          )
          .map(heldLine),
      );
      const found = await answered(
        questions.whoHadAccess({ kind: 'target', provider: 'fake', name: 'sales' }, time),
      );
      expect([told, time, linesOf(found, ...HELD)]).toEqual([told, time, expected]);
    }
  });

  test('what a person held', async () => {
    for (const time of times())
      for (const person of PEOPLE) {
        const expected = sorted(oracle.whatHeld(world, person, time).map(heldLine));
        const found = await answered(questions.whatWasHeld(person as PersonId, [], time));
        expect([told, time, linesOf(found, ...HELD)]).toEqual([told, time, expected]);
      }
  });

  test('the view gives an auditor with a tool of their own the same answer', async () => {
    for (const { from, to, knownAt } of times()) {
      const during = `during && tstzrange($1, $2, '[]')`;
      const found = await asAuditor(
        knownAt === undefined
          ? `select * from audit.access where ${during}`
          : 'select * from audit.access_as_known($3, $1, $2)',
        [from, to, ...(knownAt === undefined ? [] : [knownAt])].map((at) => new Date(at)),
      );
      const expected = oracle
        .everythingHeld(world, { knownAt })
        .filter((each) => oracle.isDuring(each, from, to));
      expect([told, linesOf(found, ...HELD)]).toEqual([told, sorted(expected.map(heldLine))]);
    }
  });

  test('the periods can be computed again from the events, and are the same', async () => {
    const read = () => rows('select * from access_period order by lease_id');
    const before = await read();
    await rows('truncate access_period');
    await rows(
      `select write_access_periods(request_id) from event where kind = 'granted' group by request_id`,
    );
    expect(await read()).toEqual(before);
    expect(before.length).toBeGreaterThan(SIZE / 2);
  });

  test('the database compares the periods with the events, and finds no difference', async () => {
    const differences = `select * from altered_access(array(select request_id from event where kind = 'granted'), array(select lease_id from access_period))`;
    expect(await rows(differences)).toEqual([]);
    await rows(`update access_period set level = level || '!'`);
    expect((await rows(differences)).length).toBeGreaterThan(SIZE / 2);
    await rows(`update access_period set level = rtrim(level, '!')`);
  });

  test('what each person approved, how fast, and who approved each other', async () => {
    const all = oracle.approvals(world);
    for (const person of PEOPLE)
      expect(
        linesOf(await answered(questions.questionQuery('approvals', { person: person as PersonId })), 'id'),
      ).toEqual(sorted(all.flatMap(({ id, by }) => (by === person ? [id] : []))));
    for (const seconds of [1, 5, 10, 600]) {
      const fast = all.flatMap((each) => (each.seconds < seconds ? [`${each.id} ${each.seconds}`] : []));
      const seen = await asAuditor('select id, seconds from audit.approval where seconds < $1', [seconds]);
      for (const found of [await answered(questions.questionQuery('fast', { seconds })), seen])
        expect(linesOf(found, 'id', 'seconds')).toEqual(sorted(fast));
    }
    for (const found of [
      await answered(questions.questionQuery('pairs')),
      await asAuditor('select * from audit.approval_pair'),
    ])
      expect(linesOf(found, 'person', 'other', 'approved', 'was_approved')).toEqual(oracle.pairs(world));
  });

  test('overstays', async () => {
    const now = await ledger.now();
    for (const seconds of [0, 60, 3600]) {
      const seen = await asAuditor('select id from audit.overstay where seconds > $1', [seconds]);
      for (const found of [await answered(questions.questionQuery('overstays', { seconds })), seen])
        expect(linesOf(found, 'id')).toEqual(sorted(oracle.overstays(world, seconds, now)));
    }
  });

  test.each<[question: string, query: AuditQuery, fields: readonly string[], expected: readonly string[]]>([
    ['refusals', questions.questionQuery('refusals'), ['id'], oracle.refusals(world)],
    ['drift', questions.questionQuery('drift'), ['id'], oracle.eventsOf(world, oracle.isDrift)],
    [
      'findings',
      questions.questionQuery('findings'),
      ['id', 'state'],
      world.findings.map(({ id, state }) => `${id} ${state}`),
    ],
    [
      'decisions about findings',
      questions.questionQuery('decisions'),
      ['id', 'person', 'decision', 'refused'],
      world.findings.flatMap(({ decisions }) =>
        decisions.map(({ id, by, kind, refused }) => `${id} ${by} ${kind} ${refused ?? ''}`),
      ),
    ],
    [
      'mass endings',
      questions.questionQuery('endings'),
      ['id', 'person', 'scope', 'scope_name'],
      world.endings.map(({ id, by, person }) => `${id} ${by} person ${person}`),
    ],
    ['policies', questions.questionQuery('policies'), ['id', 'judged', 'at'], oracle.policies(world)],
    [
      'who gained',
      questions.questionQuery('gains'),
      ['person', 'entitlement', 'policy', 'at'],
      oracle.gains(world),
    ],
  ])('%s', async (_question, query, fields, expected) => {
    expect(linesOf(await answered(query), ...fields)).toEqual(sorted(expected));
    expect(linesOf(await asAuditor(`select * from audit.${query.view}`), ...fields)).toEqual(
      sorted(expected),
    );
  });

  test('a period keeps what happened in it, both ends included', async () => {
    const [first] = oracle.approvals(world);
    if (!first) throw new Error('nobody approved anything');
    const at = first.at;
    const ids = async (from: number, to: number) =>
      (
        await answered(
          questions.questionQuery('fast', { seconds: 1e9, from: from as Instant, to: to as Instant }),
        )
      ).map(({ id }) => id);
    expect(await ids(at, at)).toContain(first.id);
    expect(await ids(at + 1, at + 60_000)).not.toContain(first.id);
    expect(await ids(BASE - 60_000, at - 1)).not.toContain(first.id);
  });
});

describe('a large answer', () => {
  test('comes in pages, each row once, in the order of their times', async () => {
    const query = questions.allAccess({ from: BASE, to: (BASE + 90 * 86_400_000) as Instant });
    const whole = (await answered(query)).map(({ id }) => id);
    const paged: unknown[] = [];
    let after: string | undefined;
    do {
      const page = await questions.answerPage(ledger, query, { after, most: 7 });
      expect(page.rows.length).toBeLessThanOrEqual(7);
      paged.push(...page.rows.map(({ id }) => id));
      after = page.next;
    } while (after !== undefined);
    expect(paged).toEqual(whole);
    expect(new Set(paged).size).toBe(paged.length);
  });
});
