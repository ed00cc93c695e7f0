import { describe, expect, test } from '@jest/globals';
import { type AccessRow, tracksOf } from '../../console/parts/tracks.ts';
import { knownThen } from '../../console/pages/read-access.ts';
import type { Instant } from '../../core/ids.ts';
import type { RequestFacts } from '../../ledger/index.ts';

// The picture is from 0 to 100, and now is 100.
const SPAN = { from: 0 as Instant, to: 100 as Instant };

const row = (over: Readonly<Record<string, unknown>>, facts: Readonly<Record<string, unknown>> = {}) =>
  ({
    ...{ id: 'lease_x_0', person: 'ana', entitlement: 'db', account: 'id', provider: 'fake', target: 't' },
    ...{ basis: 'granted', level: 'read', since: 10, until: 50, plannedEnd: 60, ...over },
    facts: { enforcement: ['A'], ending: 'expired', endingAt: 50, extendedAt: [], refusedAt: [], ...facts },
  }) as unknown as AccessRow;

const barOf = (each: AccessRow) => tracksOf([each], SPAN, 100 as Instant)[0]?.bars[0];

describe('a bar of the picture of access', () => {
  test.each<[string, AccessRow, object]>([
    ['is as long as the access was held', row({}), { start: 0.1, end: 0.5, isOpen: false, kind: 'granted' }],
    ['begins and ends with the picture', row({ since: -5, until: 200 }), { start: 0, end: 1, isOpen: true }],
    ['ends now while the access is held', row({ until: undefined }), { end: 1, isOpen: true }],
    ['is overdue while it is held after its end', row({ until: undefined }), { kind: 'overdue' }],
    ['is not overdue before its end', row({ until: undefined, plannedEnd: 101 }), { kind: 'granted' }],
    ['has the approved end', row({}), { plannedEnd: 0.6 }],
    ['has no approved end outside of the picture', row({ plannedEnd: 101 }), { plannedEnd: undefined }],
    ['is standing when Curfew did not grant it', row({ basis: 'finding' }), { kind: 'standing' }],
    ['has the extensions in the picture', row({}, { extendedAt: [-1, 20, 101] }), { extended: [0.2] }],
    ['has the refused attempts in the picture', row({}, { refusedAt: [-1, 30, 101] }), { refused: [0.3] }],
    ['has the early end', row({}, { ending: 'ended', endingAt: 40 }), { cut: 0.4 }],
    ['has no early end when its time was over', row({}, { endingAt: 40 }), { cut: undefined }],
  ])('%s', (_what, each, expected) => {
    const bar: Readonly<Record<string, unknown>> = barOf(each) ?? {};
    expect(Object.fromEntries(Object.keys(expected).map((key) => [key, bar[key]]))).toEqual(expected);
  });

  test('is overdue when its end was before now, also after the end of the picture', () => {
    const each = row({ until: undefined, plannedEnd: 150 });
    const barAt = (now: number) => tracksOf([each], SPAN, now as Instant)[0]?.bars[0]?.kind;
    expect([barAt(149), barAt(151)]).toEqual(['granted', 'overdue']);
  });

  test('is in the track of its person at its entitlement, or of its account at its target', () => {
    const rows = [row({}), row({ since: 60 }), row({ entitlement: undefined }), row({ person: 'bo' })];
    expect(tracksOf(rows, SPAN, 100 as Instant).map(({ bars }) => bars.length)).toEqual([2, 1, 1]);
  });
});

test('as known at a moment, a bar has no mark of what came later', () => {
  const facts = {
    ending: 'ended',
    endingAt: 50,
    extendedAt: [20, 40],
    refusedAt: [30, 45],
    ends: [
      { at: 10, endsAt: 60 },
      { at: 40, endsAt: 90 },
    ],
  } as unknown as RequestFacts;
  expect(knownThen(facts, 30 as Instant)).toMatchObject({
    ...{ ending: null, endingAt: null, extendedAt: [20], refusedAt: [30] },
    ends: [{ at: 10, endsAt: 60 }],
  });
  expect(knownThen(facts, 50 as Instant)).toEqual(facts);
});
