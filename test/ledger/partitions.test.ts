import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { examineLog } from '../../app/doctor-log.ts';
import { type Ledger, openLedger } from '../../ledger/index.ts';
import { asAdmin, shiftClock, stopClock } from './database.fixture.ts';
import { requestMadeAt } from './ledger.fixture.ts';
import { database, ledger, rows } from './own-ledger.fixture.ts';

const DAY_MS = 86_400_000;
const open: Ledger[] = [];
afterAll(() => Promise.all(open.map((each) => each.close())));

const partitions = () =>
  rows<{ name: string; first: Date | null; before: Date }>(
    'select name, first_at as first, before_at as before from event_partition order by before_at',
  );

// The partitions are those of the quarter in which the template was made, which may be over while this runs.
beforeAll(async () => {
  const [first] = await partitions();
  if (!first) throw new Error('there is no partition');
  await stopClock(database.url, first.before.getTime() - DAY_MS);
});

const record = (request: string) =>
  rows(
    `insert into event (request_id, seq, step, kind, body, via, at) values ($1, 0, 's', 'refused', '{"kind":"refused"}', 'cli', ledger_now())`,
    [request],
  );

/** The name of the partition that has a request. */
const partitionOf = async (request: string): Promise<string | undefined> => {
  const [row] = await rows<{ name: string }>(
    'select tableoid::regclass::text as name from event where request_id = $1',
    [request],
  );
  return row?.name;
};

test('the ids of requests begin with their time, as the database computes it (law)', async () => {
  const times = fc.array(fc.integer({ min: 0, max: 4_000_000_000_000 }), { minLength: 20, maxLength: 20 });
  const [sample = []] = fc.sample(times, { numRuns: 1, seed: 13 });
  for (const ms of sample) {
    const [row] = await rows<{ from: string; to: string }>(
      'select request_ids_from($1) as from, request_ids_from($2) as to',
      [new Date(ms), new Date(ms + 1)],
    );
    expect(requestMadeAt(ms, '0'.repeat(20)).startsWith(row?.from ?? 'none')).toBe(true);
    const last = requestMadeAt(ms, 'f'.repeat(20));
    expect([last.startsWith(row?.from ?? 'none'), last < (row?.to ?? '')]).toEqual([true, true]);
  }
});

describe('the partitions of the trail', () => {
  test('are quarters of a year in UTC, without a gap, and at least half a year ahead', async () => {
    const found = await partitions();
    expect(found.length).toBeGreaterThanOrEqual(2);
    for (const [at, { name, first, before }] of found.entries()) {
      expect(before.toISOString()).toMatch(/^\d{4}-(01|04|07|10)-01T00:00:00\.000Z$/);
      expect(name).toBe(`event_before_${before.toISOString().slice(0, 7).replace('-', '_')}`);
      expect(first?.getTime()).toBe(found[at - 1]?.before.getTime());
    }
    expect((await ledger.partitionsEnd()) ?? 0).toBeGreaterThan((await ledger.now()) + 180 * DAY_MS);
  });

  test('the sweeper adds what is missing, in any time zone, however many try at once', async () => {
    expect(await ledger.addEventPartitions()).toBe(0);
    await shiftClock(database.url, 400 * DAY_MS);
    const [name] = [new URL(database.url).pathname.slice(1)];
    await asAdmin(
      async (admin) => void (await admin.query(`alter database ${name} set timezone = 'Pacific/Auckland'`)),
    );
    const sweepers = [1, 2, 3].map(() => openLedger(database.url, { role: 'sweeper' }));
    open.push(...sweepers);
    const added = await Promise.allSettled(sweepers.map((each) => each.addEventPartitions()));
    expect(
      added.flatMap((each) => (each.status === 'fulfilled' && each.value > 0 ? [each.value] : [])),
    ).toHaveLength(1);
    for (const { before } of await partitions())
      expect(before.toISOString()).toMatch(/^\d{4}-(01|04|07|10)-01T00:00:00\.000Z$/);
  });

  test('have the requests that were made in their quarter, from its first to its last millisecond', async () => {
    for (const { name, first, before } of await partitions()) {
      const last = requestMadeAt(before.getTime() - 1, 'f'.repeat(20));
      const earliest = first ? [requestMadeAt(first.getTime(), '0'.repeat(20))] : [];
      for (const request of [last, ...earliest]) {
        await record(request);
        expect([request, await partitionOf(request)]).toEqual([request, name]);
      }
    }
  });

  test('a request that is made after the last of them is recorded all the same', async () => {
    const end = (await partitions()).at(-1)?.before.getTime() ?? 0;
    const request = requestMadeAt(end, '0'.repeat(20));
    await record(request);
    expect(await partitionOf(request)).toBe('event_later');
  });

  test('it goes into its partition when that is added', async () => {
    const end = (await partitions()).at(-1)?.before.getTime() ?? 0;
    await shiftClock(database.url, end - Date.now() - 100 * DAY_MS);
    expect(await ledger.addEventPartitions()).toBeGreaterThan(0);
    expect(await partitionOf(requestMadeAt(end, '0'.repeat(20)))).toMatch(/^event_before_/);
    await expect(rows('delete from event_later')).resolves.toEqual([]);
    await record('req_z');
    await expect(rows('delete from event_later')).rejects.toThrow('append-only');
  });

  test('they are added also when all that there were have left', async () => {
    await rows('update event_partition set left_at = ledger_now()');
    await shiftClock(database.url, 900 * DAY_MS);
    expect(await ledger.addEventPartitions()).toBeGreaterThan(0);
    await rows('update event_partition set left_at = null');
  });

  test('doctor warns when the requests of the next month have none', async () => {
    const log = { name: 'log.example/x', publicKeys: [], keys: [] };
    const warnings = async () =>
      (await examineLog(ledger, log)).filter(({ what }) => what.includes('partition'));
    expect(await warnings()).toEqual([]);
    await shiftClock(database.url, 3000 * DAY_MS);
    expect(await warnings()).toMatchObject([{ state: 'warning' }]);
  });

  test.each(['worker', 'provider', 'sweeper'] as const)(
    'the %s writes into none of them directly',
    async (role) => {
      const [first] = await partitions();
      await expect(
        rows(`set role curfew_${role}; insert into ${first?.name} (request_id) values ('req_x')`),
      ).rejects.toThrow('permission denied');
    },
  );
});
