import { beforeEach, describe, expect, test } from '@jest/globals';
import type { PersonId } from '../../core/ids.ts';
import { questionQuery } from '../../audit/questions/index.ts';
import { noon } from '../core/request/request.fixture.ts';
import { asAdmin } from './database.fixture.ts';
import { atTime, database, ledger, rows, whileHeld } from './own-ledger.fixture.ts';

const MINUTE = 60_000;

beforeEach(() =>
  rows('begin; set local session_replication_role = replica; truncate reading, visit; commit'),
);

const readAt = (person: string, minute: number, address = '/access') =>
  atTime(noon + minute * MINUTE, () =>
    ledger.recordReading({ person: person as PersonId, kind: 'page', address }),
  );

/** One pass of the sweeper. Returns how many visits it closed. */
async function closeAt(minute: number): Promise<number> {
  let closed = 0;
  await atTime(noon + minute * MINUTE, async () => {
    while (await ledger.closeVisit()) closed += 1;
  });
  return closed;
}

type Entry = Readonly<{ type: string; id: string; body: { by: string; readings: readonly object[] } }>;
const entries = () =>
  rows<Entry>(`select type, id, body from log_row where type in ('reading', 'visit') order by log_id`);
const counts = async () => (await entries()).map(({ body }) => [body.by, body.readings.length]);

const times = (count: number, person: string, { from, to }: Readonly<{ from: number; to: number }>) =>
  Array.from({ length: count }, (_, at) => [person, from + ((to - from) * at) / (count - 1)] as const);

test.each<
  [
    why: string,
    read: readonly (readonly [person: string, minute: number])[],
    closedAt: number,
    entries: readonly (readonly [person: string, readings: number])[],
  ]
>([
  [
    '117 pages of one auditor in ten minutes are one',
    times(117, 'dee', { from: 0, to: 10 }),
    16,
    [['dee', 117]],
  ],
  [
    'the pages of two auditors are two',
    [
      ['dee', 0],
      ['bo', 1],
      ['dee', 2],
    ],
    17,
    [
      ['dee', 2],
      ['bo', 1],
    ],
  ],
  [
    'a page just before the end of the 15 minutes is in the same one',
    [
      ['dee', 0],
      ['dee', 14.999],
    ],
    16,
    [['dee', 2]],
  ],
  [
    'the 16th minute begins another one',
    [
      ['dee', 0],
      ['dee', 15],
    ],
    31,
    [
      ['dee', 1],
      ['dee', 1],
    ],
  ],
  [
    'three visits that are over at once are three',
    [
      ['dee', 0],
      ['dee', 14],
      ['dee', 20],
      ['dee', 34],
      ['dee', 60],
    ],
    90,
    [
      ['dee', 2],
      ['dee', 2],
      ['dee', 1],
    ],
  ],
  [
    'what is not over waits',
    [
      ['dee', 0],
      ['bo', 1],
    ],
    16.9,
    [['dee', 1]],
  ],
  ['a minute is left to what began in the 15 minutes', [['dee', 0]], 15.9, []],
  ['somebody whom the catalogue does not have any more has one', [['left', 0]], 16, [['left', 1]]],
  [
    'a reading of a clock that was ahead does not wait for that time',
    [
      ['dee', 600],
      ['dee', 0],
    ],
    16,
    [
      ['dee', 1],
      ['dee', 1],
    ],
  ],
])('%s', async (_why, read, closedAt, expected) => {
  for (const [person, minute] of read) await readAt(person, minute);
  expect(await closeAt(closedAt)).toBe(expected.length);
  expect(await counts()).toEqual(expected);
});

test('the entry has the person, the 15 minutes, and each page with its moment, in their order', async () => {
  await readAt('dee', 0, '/access');
  await readAt('dee', 3, '/requests');
  await closeAt(16);
  const [entry] = await rows<{ at: Date; body: object }>(`select at, body from log_row where type = 'visit'`);
  const at = (minute: number) => new Date(noon + minute * MINUTE).toISOString();
  const page = (address: string, minute: number) => ({
    ...{ address, at: at(minute), kind: 'page', id: expect.stringMatching(/^\d+$/) },
  });
  expect(entry).toEqual({
    at: new Date(at(16)),
    body: {
      ...{ by: 'dee', from: at(0), until: at(15) },
      readings: [page('/access', 0), page('/requests', 3)],
    },
  });
});

test('a crash between the end of the 15 minutes and the entry loses no reading and makes no second entry', async () => {
  await readAt('dee', 0);
  await readAt('dee', 1);
  await atTime(noon + 20 * MINUTE, () =>
    asAdmin(async (owner) => {
      await owner.query('begin');
      expect((await owner.query('select close_visit() as closed')).rows).toEqual([{ closed: true }]);
      await owner.query('rollback');
    }, database.url),
  );
  expect(await counts()).toEqual([]);
  expect(await closeAt(20)).toBe(1);
  expect(await closeAt(40)).toBe(0);
  expect(await counts()).toEqual([['dee', 2]]);
});

test('two sweepers make one entry: one does not wait while the other closes', async () => {
  await readAt('dee', 0);
  expect(await whileHeld('select from visit_lock', [], () => closeAt(16))).toBe(0);
  expect(await closeAt(16)).toBe(1);
});

test('a visit has at most 1,000 readings, and the next visit those after them', async () => {
  await rows(
    `insert into reading (person, kind, address, at) select 'dee', 'page', '/people/p' || n, $1::timestamptz + n * interval '1 millisecond' from generate_series(1, 2500) n`,
    [new Date(noon)],
  );
  await closeAt(17);
  expect(await counts()).toEqual([
    ['dee', 1000],
    ['dee', 1000],
    ['dee', 500],
  ]);
});

test('the list of readings has each of them, with its entry as soon as there is one', async () => {
  await rows(
    `insert into reading (person, kind, address, at, log_id) values ('bo', 'page', '/', $1, nextval('log_id'))`,
    [new Date(noon - MINUTE)],
  );
  await readAt('dee', 0);
  await readAt('dee', 20);
  await closeAt(21);
  const page = await ledger.auditPage(questionQuery('readings'), { most: 10 });
  const [visit] = await rows<{ id: string }>('select id::text as id from visit');
  expect(page.rows.map(({ person, entry }) => [person, entry])).toEqual([
    ['bo', expect.stringMatching(/^reading\/\d+$/)],
    ['dee', `visit/${visit?.id}`],
    ['dee', null],
  ]);
  expect((await entries()).map(({ type }) => type)).toEqual(['reading', 'visit']);
});

describe('nobody changes or removes', () => {
  test.each([
    'update reading set address = $$/$$',
    'update reading set person = $$cy$$, visit_id = (select id from visit)',
    'update reading set visit_id = null',
    'delete from reading',
    'truncate reading',
    'truncate reading, visit',
  ])('a reading, whether it waits or not: %s', async (sql) => {
    await readAt('dee', 0);
    await closeAt(16);
    await expect(rows(sql)).rejects.toMatchObject({ code: 'CRF01' });
    await rows('begin; set local session_replication_role = replica; delete from reading; commit');
    await readAt('dee', 20);
    await expect(rows(sql)).rejects.toMatchObject({ code: 'CRF01' });
  });

  test('the visit of a reading that has one', async () => {
    await readAt('dee', 0);
    await readAt('dee', 20);
    await closeAt(60);
    await expect(rows('update reading set visit_id = (select max(id) from visit)')).rejects.toMatchObject({
      code: 'CRF01',
    });
  });

  test.each(['update visit set person = $$cy$$', 'delete from visit', 'truncate visit cascade'])(
    'a visit: %s',
    async (sql) => {
      await readAt('dee', 0);
      await closeAt(16);
      await expect(rows(sql)).rejects.toMatchObject({ code: 'CRF01' });
    },
  );
});
