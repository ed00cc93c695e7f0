import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Numbers, numbersOf, numbersQuestion, type NumbersTime } from '../../audit/questions/index.ts';
import type { Instant, LeaseId } from '../../core/ids.ts';
import { NUMBERS } from '../../core/numbers.ts';
import type { Ledger, NumberRow } from '../../ledger/index.ts';
import { asAdmin } from '../ledger/database.fixture.ts';
import { rowsOf } from '../ledger/ledger.fixture.ts';
import * as oracle from './numbers-oracle.fixture.ts';
import { openWorld, type StoredWorld } from './stored-world.fixture.ts';
import { BASE, chance, type World, worldOf } from './world.fixture.ts';

// The numbers of a ledger with random histories, and those of an oracle that reads the histories one by one.

const SEED = Number(process.env['TEST_LAW_SEED'] ?? Math.floor(Math.random() * 1e9));
const told = `seed ${SEED}`;
const DAY = 86_400_000;

const world: World = worldOf(SEED, 120);
let stored: StoredWorld;
let ledger: Ledger;
beforeAll(async () => {
  stored = await openWorld(world, {
    seed: SEED + 1,
    role: 'console',
    async also(owner) {
      for (const [lease, amount] of amountsUsed())
        await owner.query(
          `insert into use_reading (lease_id, read_at, source, kind, amount, unit, covered_from, covered_until)
             values ($1, now(), 'x', 'known', $2, 'rows', '2026-01-01', '2027-06-01')`,
          [lease, amount],
        );
    },
  });
  ({ ledger } = stored);
});
afterAll(() => stored?.stop());

/** What the vendors show of some leases. The two leases that are held and the two that are over have one verdict each, whatever the seed. */
function amountsUsed(): ReadonlyMap<LeaseId, number> {
  const random = chance(SEED + 3);
  const amounts = new Map<LeaseId, number>();
  for (const { leases } of world.requests)
    for (const lease of leases) if (random.isLikely(0.6)) amounts.set(lease, random.upTo(2));
  type Pair = readonly [LeaseId, LeaseId];
  const [held, over] = world.requests.map(({ leases }) => leases) as [Pair, Pair];
  amounts.set(held[0], 0); // not used so far
  amounts.delete(held[1]); // unknown
  amounts.set(over[0], 1); // used
  amounts.set(over[1], 0); // never used
  return amounts;
}

const random = chance(SEED + 2);
const turns = world.requests.flatMap(({ events }) => events.map(({ at }) => at));
const moment = (): Instant => (random.one(turns) + random.one([-1, 0, 0, 1])) as Instant;

/** Everything, nothing, a moment, and times that begin and end with events. */
const TIMES: readonly NumbersTime[] = [
  { from: (BASE - DAY) as Instant, to: (BASE + 3 * DAY) as Instant, zone: 'UTC' },
  { from: (BASE - 300 * DAY) as Instant, to: (BASE + 2 * DAY) as Instant, zone: 'Pacific/Auckland' },
  { from: (BASE - 9 * DAY) as Instant, to: (BASE - 2 * DAY) as Instant, zone: 'Europe/Lisbon' },
  { from: turns[0] ?? BASE, to: turns[0] ?? BASE, zone: 'UTC' },
  ...Array.from({ length: 16 }, () => {
    const [from, to] = [moment(), moment()].sort((a, b) => a - b) as [Instant, Instant];
    return { from, to, zone: random.one(['UTC', 'America/Los_Angeles', 'Asia/Kathmandu']) };
  }),
];
const eachTime = async (
  check: (time: NumbersTime) => Promise<readonly [found: unknown, expected: unknown]>,
) => {
  for (const time of TIMES) {
    const [found, expected] = await check(time);
    expect([told, time, found]).toEqual([told, time, expected]);
  }
};
const answers = new Map<NumbersTime, Numbers>();
/** Each time is asked once. */
const answered = async (time: NumbersTime): Promise<Numbers> => {
  const numbers = answers.get(time) ?? (await numbersOf(ledger, time));
  answers.set(time, numbers);
  return numbers;
};
const tablesOf = async (time: NumbersTime) => (await answered(time)).tables;
const countsIn = (rows: readonly Readonly<{ label: string; values: object }>[]) =>
  Object.fromEntries(rows.map(({ label, values }) => [label, Object.values(values)[0] as number]));

describe(`over random histories (${told})`, () => {
  test('how many requests were decided, and how fast', () =>
    eachTime(async (time) => {
      const seconds = oracle.decisionSeconds(world, time);
      const { requests, median, ninetieth } = (await answered(time)).decisions;
      const rounded = (value: number | null) => value && Math.round(value * 1000);
      return [
        [requests, rounded(median), rounded(ninetieth)],
        [seconds.length, rounded(oracle.percentile(seconds, 0.5)), rounded(oracle.percentile(seconds, 0.9))],
      ];
    }));

  test('the times to a decision, each in one part', () =>
    eachTime(async (time) => [(await tablesOf(time))['decision-times'], oracle.decisionTimes(world, time)]));

  test('the grants of each day of the zone, with the days that have none', () =>
    eachTime(async (time) => {
      const { by } = await answered(time);
      const rows = (await tablesOf(time)).grants;
      const expected = oracle.grantsByDay(world, time, time.zone);
      const sum = [...expected.values()].reduce((all, each) => all + each, 0);
      const days = rows.map(({ label }) => Date.parse(label));
      const steps = new Set(days.slice(1).map((day, place) => (day - (days[place] ?? 0)) / DAY));
      const step = by === 'week' ? 7 : 1;
      return [
        [
          by === 'day' ? Object.entries(countsIn(rows)).filter(([, count]) => count > 0) : 'weeks',
          Object.values(countsIn(rows)).reduce((all, each) => all + each, 0),
          [...steps],
          by === 'week' && new Date(days[0] ?? 0).getUTCDay(),
        ],
        [
          by === 'day' ? [...expected].sort(([one], [other]) => (one < other ? -1 : 1)) : 'weeks',
          sum,
          days.length > 1 ? [step] : [],
          by === 'week' && 1,
        ],
      ];
    }));

  test('the length that was approved and the time held', () =>
    eachTime(async (time) => {
      const rounded = (rows: ReturnType<typeof oracle.lengths>) =>
        rows.map(({ label, values }) => [
          label,
          ...Object.values(values).map((value) => value && Math.round(value * 1000)),
        ]);
      return [rounded((await tablesOf(time)).lengths), rounded(oracle.lengths(world, time))];
    }));

  test('what was used, as the view of use says it', async () => {
    const verdicts = new Map(
      (
        await rowsOf<{ lease_id: string; verdict: string }>(
          stored.url,
          'select lease_id, verdict from audit.lease_use',
        )
      ).map(({ lease_id, verdict }) => [lease_id, verdict]),
    );
    await eachTime(async (time) => {
      const expected = oracle.counts(
        oracle.overSince(world, time).map(({ id }) => verdicts.get(id) ?? 'no verdict'),
      );
      const found = Object.entries(countsIn((await tablesOf(time)).use)).filter(([, count]) => count > 0);
      return [Object.fromEntries(found), expected];
    });
    expect([told, new Set(verdicts.values()).size]).toEqual([told, 4]);
  });

  test('what was refused, the most frequent code first', () =>
    eachTime(async (time) => {
      const rows = (await tablesOf(time)).refusals;
      const sizes = Object.values(countsIn(rows));
      return [
        [countsIn(rows), sizes],
        [oracle.counts(oracle.refusalCodes(world, time)), sizes.toSorted((a, b) => b - a)],
      ];
    }));

  test('how long after its end access was held', () =>
    eachTime(async (time) => [(await tablesOf(time)).ends, oracle.ends(world, time)]));

  test('what was held too long, and is', () =>
    eachTime(async (time) => {
      const seconds = oracle.secondsAfterEnd(world, time);
      const now = await ledger.now();
      const held = oracle
        .granted(world)
        .filter(({ until, plannedEnd }) => until === undefined && now - (plannedEnd ?? now) > 60_000);
      return [
        (await answered(time)).overstays,
        {
          grants: seconds.length,
          overstays: seconds.filter((each) => each > 60).length,
          longest: seconds.length === 0 ? null : Math.max(...seconds),
          held_now: held.length,
        },
      ];
    }));

  test('the requests of each entitlement and with each ending', () =>
    eachTime(async (time) => {
      const { entitlements, endings } = await tablesOf(time);
      return [
        [countsIn(entitlements), countsIn(endings)],
        [
          oracle.counts(oracle.entitlementsRequested(world, time)),
          oracle.counts(oracle.endingsOf(world, time)),
        ],
      ];
    }));

  test('an auditor with a tool of their own reads the same', () =>
    eachTime(async (time) => {
      const [found, expected]: [unknown[], unknown[]] = [[], []];
      await asAdmin(async (session) => {
        await session.query('set role curfew_auditor');
        const lists = await ledger.readNumbers(numbersQuestion(time));
        for (const name of NUMBERS) {
          const { rows } = await session.query<NumberRow>(ledger.numbersSql(name, numbersQuestion(time)));
          found.push(oracle.byLabel(rows));
          expected.push(oracle.byLabel(lists[name]));
        }
      }, stored.url);
      return [found, expected];
    }));
});

test('an end is in the part that says how late it was, and after more than 60 s it is an overstay', async () => {
  const late = [-1, 0, 0.001, 0.999, 1, 4.999, 5, 14.999, 15, 60, 60.001, 90];
  await rowsOf(
    stored.url,
    `insert into access_period (lease_id, request_id, person, entitlement, provider, target_name, target_key, account_id, account_name, level,
                                granted_at, granted_seq, ended_at, ends_at, changed_at)
     select 'late_' || n, 'x', 'ana', 'x', 'x', 'x', 'x', 'x', 'x', 'x', t - interval '1 h', 0, t + seconds * interval '1 s', t, t
       from unnest($1::float8[]) with ordinality l (seconds, n), (select timestamptz '2025-06-01 12:00Z' as t) t`,
    [late],
  );
  const day = {
    from: Date.parse('2025-06-01') as Instant,
    to: Date.parse('2025-06-02') as Instant,
    zone: 'UTC',
  };
  const { overstays, tables } = await numbersOf(ledger, day);
  expect(tables.ends.map(({ label, values }) => [label, values['grants']])).toEqual([
    ['by its end', 2],
    ['under 1 s after', 2],
    ['1 to 5 s after', 2],
    ['5 to 15 s after', 2],
    ['15 to 60 s after', 2],
    ['over 60 s after', 2],
  ]);
  expect(overstays).toMatchObject({ grants: 12, overstays: 2, longest: 90 });
  await rowsOf(stored.url, `delete from access_period where lease_id like 'late%'`);
});

test('of many entitlements the fifteen with most requests have a row, and the others one together', async () => {
  const rows = Array.from({ length: 20 }, (_, each) => ({ label: `e${each}`, requests: 40 - each }));
  const readNumbers: Ledger['readNumbers'] = async (question) => ({
    ...(await ledger.readNumbers(question)),
    entitlements: rows,
  });
  const { entitlements } = (await numbersOf({ readNumbers }, { from: BASE, to: BASE, zone: 'UTC' })).tables;
  expect(entitlements.map(({ label }) => label)).toEqual([
    ...rows.slice(0, 15).map(({ label }) => label),
    '5 others',
  ]);
  expect(entitlements.at(-1)?.values).toEqual({ requests: 25 + 24 + 23 + 22 + 21 });
});

test('docs/audit.md says of each number what it counts, and where its statement is', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/audit.md'), 'utf8');
  const [, part = ''] = page.split('## Numbers');
  expect([...part.matchAll(/^\| `([^`]+)` +\| \S/gm)].map(([, name]) => name)).toEqual([...NUMBERS]);
  expect(part).toContain('`ledger/numbers/statements.ts`');
});
