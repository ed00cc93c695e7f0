import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type AskedTurn,
  ATTEMPT_KINDS,
  type AttemptKind,
  nextTurn,
  openLimit,
  openTurns,
  type Turn,
} from '../../core/turns.ts';
import { holds } from '../laws.fixture.ts';

const asked = (kind: AttemptKind, key: string, points = 4, rest: Partial<AskedTurn> = {}): AskedTurn => ({
  ...{ kind, key, points, most: 20 },
  ...rest,
});

/** Asks for turns at one time, and says when each attempt begins. */
function askAll(all: readonly AskedTurn[], at = 0): readonly number[] {
  let turns: readonly Turn[] = [];
  return all.map((each) => {
    const { turn } = nextTurn(turns, each, at);
    turns = [...turns.filter(({ id }) => id !== turn.id), turn];
    return turn.at - at;
  });
}
const many = (kind: AttemptKind, count: number) =>
  Array.from({ length: count }, (_, index) => asked(kind, `${kind}-${index}`));

describe('a vendor that accepts 20 points a minute, of attempts that need 4', () => {
  test.each<[string, readonly AskedTurn[], readonly number[]]>([
    ['ends of live access use all of it', many('end', 6), [0, 0, 0, 0, 0, 61_000]],
    [
      'ends of access that was never confirmed use three quarters',
      many('end-unconfirmed', 4),
      [0, 0, 0, 61_000],
    ],
    [
      'an end of access that was never confirmed waits for every end of live access',
      [asked('end', 'a', 8), asked('end', 'b', 20), asked('end-unconfirmed', 'x')],
      [0, 61_000, 122_000],
    ],
    ['grants use half', many('grant', 5), [0, 0, 61_000, 61_000, 122_000]],
    [
      'other attempts share the half of the grants',
      [...many('grant', 2), asked('other', 'x')],
      [0, 0, 61_000],
    ],
    [
      'an end begins at once, however many grants wait',
      [...many('grant', 9), asked('end', 'x')].slice(-1),
      [0],
    ],
    [
      'an other attempt waits for every grant that waits',
      [...many('grant', 4), asked('other', 'x')],
      [0, 0, 61_000, 61_000, 122_000],
    ],
    [
      'an attempt that needs more than all of it begins when nothing else counts',
      [asked('end', 'a', 30), asked('end', 'b')],
      [0, 61_000],
    ],
    [
      'an attempt that has begun, and comes again under the same key, counts each time',
      Array.from({ length: 3 }, () => asked('end', 'x', 10)),
      [0, 0, 61_000],
    ],
    [
      'an attempt that has begun gets more points before those that wait',
      [...many('grant', 3), asked('grant', 'x', 2, { isMore: true })],
      [0, 0, 61_000, 0],
    ],
    [
      'a vendor that counts nothing is never waited for',
      many('other', 50).map((each) => ({ ...each, most: Infinity })),
      Array.from({ length: 50 }, () => 0),
    ],
  ])('%s (I25, F31)', (_name, all, waits) => expect(askAll(all)).toEqual(waits));

  test('an end of live access that comes last begins before ends that were never confirmed (F31)', async () => {
    let now = 0;
    const turns = openTurns(() => now);
    const waitOf = async (each: AskedTurn) => (await turns.take(each)).waitMs;
    for (const each of many('end', 5)) expect(await waitOf(each)).toBe(0);
    const [first, second, last] = [
      asked('end-unconfirmed', 'first'),
      asked('end-unconfirmed', 'second', 12),
      asked('end', 'last'),
    ];
    expect([await waitOf(first), await waitOf(second), await waitOf(last)]).toEqual([61_000, 61_000, 61_000]);
    now = 61_000;
    expect([await waitOf(last), await waitOf(first), await waitOf(second)]).toEqual([0, 0, 61_000]);
  });

  test.each<[AttemptKind, AttemptKind, number]>([
    ['end', 'end', 0],
    ['end', 'grant', 0],
    ['end-unconfirmed', 'end', 0],
    ['end-unconfirmed', 'end-unconfirmed', 0],
    ['grant', 'grant', 3_540_000],
  ])(
    'an attempt to %s waits for a planned %s of an attempt that never comes back: %i ms (I3)',
    (kind, other, waitMs) => {
      const planned: Turn = { id: 1, key: 'x', kind: other, points: 4, at: 3_540_000, hasBegun: false };
      expect(nextTurn([planned], asked(kind, 'late'), 0).turn.at).toBe(waitMs);
    },
  );

  test('an attempt that comes back too early keeps its place, and one that does not come back is forgotten (F31)', async () => {
    let now = 0;
    const turns = openTurns(() => now);
    for (const each of many('grant', 2)) await turns.take(each);
    const [early, late] = [asked('grant', 'early', 8), asked('grant', 'late', 8)];
    expect([await turns.take(early), await turns.take(late)]).toMatchObject([
      { waitMs: 61_000, ahead: 0 },
      { waitMs: 122_000, ahead: 1 },
    ]);
    now = 30_000;
    expect(await turns.take(early)).toMatchObject({ waitMs: 31_000, ahead: 0 });
    now = 122_000;
    expect(await turns.take(late)).toMatchObject({ waitMs: 0, ahead: 0 });
  });

  test.each([
    [
      'that began up to five seconds from now counts, because transactions wait for each other',
      5_000,
      66_000,
    ],
    ['that begins later than that is of nobody, and delays no end (I3, T31)', 5_001, 0],
  ])('a turn %s', (_which, at, waitMs) => {
    const begun: Turn = { id: 7, key: 'x', kind: 'end', points: 20, at, hasBegun: true };
    expect(nextTurn([begun], asked('end', 'late'), 0).turn).toMatchObject({ id: 8, at: waitMs });
  });

  test('an attempt that made no call gives its points back', async () => {
    const turns = openTurns(() => 0);
    const [{ id }] = [await turns.take(asked('end', 'a', 20))];
    await turns.free(id);
    expect((await turns.take(asked('end', 'b', 20))).waitMs).toBe(0);
  });
});

test('a limit for an hour counts what was called within that hour, and keeps half for removals (I25)', () => {
  const limit = openLimit(2, 3_600_000);
  limit.take(0);
  expect([limit.waitAt('removal', 1_000), limit.waitAt('other', 1_000)]).toEqual([0, 3_600_000]);
  limit.take(1_000);
  expect([limit.waitAt('removal', 61_000), limit.waitAt('removal', 3_602_000)]).toEqual([3_540_000, 0]);
  const odd = openLimit(3, 3_600_000);
  odd.take(0);
  expect([odd.waitAt('removal', 1_000), odd.waitAt('other', 1_000)]).toEqual([0, 3_600_000]);
});

/** The turns of attempts of which each comes back when it was told. */
function beginnings(all: readonly Readonly<{ asked: AskedTurn; at: number }>[]): readonly Turn[] {
  let turns: readonly Turn[] = [];
  const comeBack = [...all];
  for (let times = 0; comeBack.length > 0; times += 1) {
    expect(times).toBeLessThan(10_000); // Nobody waits for ever.
    comeBack.sort((one, other) => one.at - other.at);
    const [next] = comeBack.splice(0, 1);
    if (!next) break;
    const { turn } = nextTurn(turns, next.asked, next.at);
    turns = [...turns.filter(({ id }) => id !== turn.id), turn];
    if (!turn.hasBegun) comeBack.push({ ...next, at: turn.at });
  }
  return turns;
}

type Arrival = Readonly<{ kind: AttemptKind; points: number; afterMs: number }>;
const arrivals: fc.Arbitrary<readonly Arrival[]> = fc.array(
  fc.record({
    kind: fc.constantFrom(...ATTEMPT_KINDS),
    points: fc.integer({ min: 1, max: 12 }),
    afterMs: fc.integer({ min: 0, max: 20_000 }),
  }),
  { maxLength: 40 },
);

test('attempts whose planned time has come do not wait for each other for ever (F31)', () => {
  const all = (
    [
      ['grant', 7],
      ['end-unconfirmed', 11],
      ['grant', 1],
      ['other', 6],
      ['grant', 6],
    ] as const
  ).map(([kind, points], index) => ({ asked: { kind, points, most: 24, key: String(index) }, at: 0 }));
  const begun = beginnings(all);
  expect(begun).toHaveLength(5);
});

holds(
  'whoever comes back when told: in any minute a vendor gets at most its rate, and other attempts than ends at most half of it; no attempt begins while one that comes before it can (I25, F31, T31)',
  fc.tuple(fc.integer({ min: 24, max: 200 }), arrivals),
  ([most, wanted]) => {
    let from = 0;
    const turns = beginnings(
      wanted.map(({ kind, points, afterMs }, index) => {
        from += afterMs;
        return { asked: { kind, points, most, key: String(index) }, at: from };
      }),
    );
    expect(turns).toHaveLength(wanted.length);
    for (const { at: begin } of turns) {
      const minute = turns.filter(({ at }) => at >= begin && at < begin + 60_000);
      const sum = (of: readonly Turn[]) => of.reduce((all, { points }) => all + points, 0);
      expect(sum(minute)).toBeLessThanOrEqual(most);
      expect(sum(minute.filter(({ kind }) => kind === 'grant' || kind === 'other'))).toBeLessThanOrEqual(
        most / 2,
      );
    }
  },
);
