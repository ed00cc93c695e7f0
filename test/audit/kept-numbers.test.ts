import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { numbersQuestion } from '../../audit/questions/index.ts';
import type { Instant } from '../../core/ids.ts';
import { NUMBERS } from '../../core/numbers.ts';
import { type Ledger, type NumberRow, openLedger } from '../../ledger/index.ts';
import { asAdmin, shiftClock } from '../ledger/database.fixture.ts';
import { rowsOf } from '../ledger/ledger.fixture.ts';
import { byLabel } from './numbers-oracle.fixture.ts';
import { openWorld, type StoredWorld } from './stored-world.fixture.ts';
import { BASE, chance, worldOf } from './world.fixture.ts';

// Days and months that are over are counted once. An answer must be what the facts say, whatever is counted and whatever changed since.

const SEED = Number(process.env['TEST_LAW_SEED'] ?? Math.floor(Math.random() * 1e9));
const told = `seed ${SEED}`;
const DAY = 86_400_000;
const random = chance(SEED + 1);
const world = worldOf(SEED, 60);

let stored: StoredWorld;
let sweeper: Ledger;
const rows = (sql: string, values?: unknown[]) => rowsOf<Record<string, unknown>>(stored.url, sql, values);

beforeAll(async () => {
  stored = await openWorld(world, { seed: SEED + 2, role: 'console' });
  sweeper = openLedger(stored.url, { role: 'sweeper' });
  // The histories are of some days. This spreads them over 80 days, so that there are months that are over.
  await rows(
    `update access_period set granted_at = granted_at - d, ended_at = ended_at - d, ends_at = ends_at - d
       from (select lease_id as id, (abs(hashtext(lease_id)) % 80) * interval '1 day' as d from access_period) s where s.id = lease_id`,
  );
  await rows(
    `update request_list l set opened_at = opened_at - d, asked_at = asked_at - d, decided_at = decided_at - d
       from (select id, (abs(hashtext(id)) % 80) * interval '1 day' as d from request_list) s where s.id = l.id`,
  );
  await shiftClock(stored.url, BASE + 60 * DAY - Date.now());
});
afterAll(async () => {
  await sweeper?.close();
  await stored?.stop();
});

async function countEverything(): Promise<number> {
  let times = 0;
  while (await sweeper.keepNumbers()) times += 1;
  return times;
}

/** What is kept says the same as the facts, for times of every length. */
async function expectAllAlike(why: string): Promise<void> {
  const moment = () => (BASE - 90 * DAY + random.upTo(150 * 24) * 3_600_000 + random.upTo(2)) as Instant;
  const times = [
    [(BASE - 90 * DAY) as Instant, (BASE + 59 * DAY) as Instant] as const,
    [Date.parse('2026-10-01') as Instant, Date.parse('2026-11-01') as Instant] as const,
    ...Array.from({ length: 6 }, () => [moment(), moment()].sort((a, b) => a - b) as [Instant, Instant]),
  ];
  for (const [from, to] of times) {
    const question = numbersQuestion({ from, to, zone: random.one(['UTC', 'Asia/Kathmandu', '-03:30']) });
    const lists = await stored.ledger.readNumbers(question);
    await asAdmin(async (auditor) => {
      await auditor.query('set role curfew_auditor');
      for (const name of NUMBERS) {
        const facts = await auditor.query<NumberRow>(stored.ledger.numbersSql(name, question));
        const [found, expected] = [byLabel(lists[name]), byLabel(facts.rows)];
        expect([told, why, name, question, found]).toEqual([told, why, name, question, expected]);
      }
    }, stored.url);
  }
}

const kept = async (): Promise<number> =>
  Number(
    (
      await rows(
        'select count(*) from number_time n where not exists (select from number_change c where c.from_at = n.from_at and c.before_at = n.before_at)',
      )
    )[0]?.['count'],
  );

test('every day and month that is over is counted once, the newest day first, and answers stay the same', async () => {
  await expectAllAlike('nothing is counted');
  expect(await sweeper.keepNumbers()).toBe(true);
  expect(await rows('select before_at - from_at as length, before_at as end from number_time')).toEqual([
    {
      length: expect.objectContaining({ days: 1 }),
      end: new Date(BASE + 59 * DAY - ((BASE + 59 * DAY) % DAY)),
    },
  ]);
  await expectAllAlike('one day is counted');
  expect([told, await countEverything()]).toEqual([told, expect.any(Number)]);
  expect([told, await countEverything()]).toEqual([told, 0]);
  const [order] = await rows(
    `select max(id) filter (where before_at - from_at = interval '1 day')
            < min(id) filter (where before_at - from_at > interval '1 day') as "daysFirst" from number_time`,
  );
  expect(order).toEqual({ daysFirst: true });
  await expectAllAlike('everything is counted');
  const [{ days, months, last } = {}] = await rows(
    `select count(*) filter (where before_at - from_at = interval '1 day')::integer as days,
            count(*) filter (where before_at - from_at > interval '1 day')::integer as months, max(before_at) as last from number_time`,
  );
  expect(days).toBeGreaterThan(60);
  expect(months).toBeGreaterThanOrEqual(3);
  expect((last as Date).getTime()).toBeLessThanOrEqual(BASE + 59 * DAY);
});

test('an answer comes from what is counted', async () => {
  const question = numbersQuestion({
    from: Date.parse('2026-10-01') as Instant,
    to: Date.parse('2026-11-01') as Instant,
    zone: 'UTC',
  });
  const requests = async () => Number((await stored.ledger.readNumbers(question)).decisions[0]?.['requests']);
  const before = await requests();
  const change = (amount: number) =>
    rows(
      `insert into number_count (time_id, list, label, value, amount)
       select id, 'decided', '', 7.5, 5 from number_time where from_at = '2026-10-01Z' and before_at = '2026-11-01Z' and ${amount} > 0`,
    );
  await change(1);
  expect(await requests()).toBe(before + 5);
  await rows(`delete from number_count where value = 7.5`);
  expect(await requests()).toBe(before);
});

const CHANGES: readonly (readonly [what: string, sql: string])[] = [
  [
    'access is shown to be gone later',
    `update access_period set ended_at = ended_at + interval '3 days' where ended_at is not null and hashtext(lease_id) % 2 = 0`,
  ],
  [
    'access began earlier',
    `update access_period set granted_at = granted_at - interval '1 day' where hashtext(lease_id) % 2 = 0`,
  ],
  [
    'access ends in the first moment of a day, which counts once',
    `update access_period set ended_at = date_trunc('day', ended_at, 'UTC') where ended_at is not null and granted_at <= date_trunc('day', ended_at, 'UTC')`,
  ],
  [
    'an end is moved',
    `update access_period set ends_at = ends_at + interval '2 hours' where hashtext(lease_id) % 3 = 0`,
  ],
  [
    'access is found',
    `insert into access_period (lease_id, request_id, person, entitlement, provider, target_name, target_key, account_id, account_name, level, granted_at, granted_seq, ended_at, ends_at, changed_at)
     select 'new', request_id, person, entitlement, provider, target_name, target_key, account_id, account_name, level, granted_at - interval '20 days', 99, granted_at, granted_at, changed_at from access_period limit 1`,
  ],
  [
    'a request ends',
    `update request_list set state = 'closed', ending = 'voided' where state <> 'refused' and hashtext(id) % 2 = 0`,
  ],
  [
    'a request is decided',
    `update request_list set decided_at = coalesce(decided_at, asked_at) + interval '26 hours' where asked_at is not null and hashtext(id) % 2 = 0`,
  ],
  [
    'an attempt is refused, by a clock that was set back',
    `insert into event (request_id, seq, step, kind, body, via, at)
     select request_id, 900, 'late', 'refused', '{"kind":"refused","refusal":{"code":"late"}}', 'cli', '2026-11-01T12:00Z' from event limit 1`,
  ],
];

test.each(CHANGES)('the days and months of what changed are counted again: %s', async (what, sql) => {
  const before = await kept();
  await rows(sql);
  expect([told, (await kept()) < before]).toEqual([told, true]);
  await expectAllAlike(what);
  await countEverything();
  expect([told, await kept()]).toEqual([told, expect.any(Number)]);
  expect((await kept()) >= before).toBe(true);
  await expectAllAlike(`${what}, counted`);
  expect((await rows('select from number_change')).length).toBe(0);
});

test('what a slow transaction changes while its day is counted is not lost', async () => {
  await asAdmin(async (slow) => {
    await slow.query('begin');
    await slow.query(
      `update access_period set ended_at = ended_at + interval '1 hour' where ended_at is not null`,
    );
    await rows(`insert into number_change (from_at, before_at) select from_at, before_at from number_time`);
    await countEverything();
    await slow.query('commit');
  }, stored.url);
  await expectAllAlike('after the slow transaction');
  expect(await countEverything()).toBeGreaterThan(0);
  await expectAllAlike('after it is counted');
});

test('two sweepers count nothing twice', async () => {
  await rows(`insert into number_change (from_at, before_at) select from_at, before_at from number_time`);
  const other = openLedger(stored.url, { role: 'sweeper' });
  const all = async (ledger: Ledger): Promise<void> => {
    while ((await ledger.keepNumbers()) || (await rows('select from number_change')).length > 0);
  };
  await Promise.all([all(sweeper), all(other)]);
  await other.close();
  await expectAllAlike('two sweepers');
});

test.each([
  [0, 0],
  [0.001, 1],
  [1, 1],
  [1.001, 2],
  [120, 120],
  [120.0004, 120],
  [120.001, 130],
  [1200, 1200],
  [1200.001, 1260],
  [7200, 7200],
  [7200.5, 7800],
  [72_000, 72_000],
  [72_001, 75_600],
  [null, null],
])('%d seconds are counted as %d', async (seconds, counted) => {
  const [row] = await rows('select audit.rounded_up($1::float8) as seconds', [seconds]);
  expect(row).toEqual({ seconds: counted });
});
