import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { type AccessRow, ENDING_NAMES, tracksOf } from '../../console/pages/access/tracks.ts';
import { knownThen } from '../../console/pages/access/read.ts';
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
    ['ended at its approved end', row({}), { ending: 'expired', endMark: 0.5 }],
    ['ended early when a person ended it', row({}, { ending: 'ended' }), { ending: 'early', endMark: 0.5 }],
    ['ended early when its grant failed', row({}, { ending: 'grant-failed' }), { ending: 'early' }],
    [
      'is gone when it was removed at the provider before its request ended',
      row({}, { ending: 'expired', endingAt: 60 }),
      { ending: 'gone' },
    ],
    [
      'is gone also when a person ended the request later',
      row({}, { ending: 'ended', endingAt: 55 }),
      { ending: 'gone' },
    ],
    ['is gone when no request ended it', row({}, { ending: null, endingAt: null }), { ending: 'gone' }],
    [
      'is held until a read shows that it is gone',
      row({ until: undefined, plannedEnd: 101 }, { ending: 'ended' }),
      { ending: 'held', endMark: 1 },
    ],
    ['is past its end when it is held then', row({ until: undefined }), { ending: 'overdue', endMark: 1 }],
    ['has no mark of an end outside of the picture', row({ until: 101 }), { endMark: undefined }],
  ])('%s', (_what, each, expected) => {
    const bar: Readonly<Record<string, unknown>> = barOf(each) ?? {};
    expect(Object.fromEntries(Object.keys(expected).map((key) => [key, bar[key]]))).toEqual(expected);
  });

  test('is overdue when its end was before now, also after the end of the picture', () => {
    const each = row({ until: undefined, plannedEnd: 150 });
    const barAt = (now: number) => tracksOf([each], SPAN, now as Instant)[0]?.bars[0]?.kind;
    expect([barAt(149), barAt(151)]).toEqual(['granted', 'overdue']); // The moment is that at which all of it is known.
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

/** The luminance of a colour such as #fff or #a3132f, as WCAG computes it. */
function luminance(colour: string): number {
  const digits = colour.length === 4 ? colour.replaceAll(/[0-9a-f]/g, '$&$&') : colour;
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(digits.slice(at, at + 2), 16) / 255;
    return part <= 0.040_45 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

describe('the colour of an ending', () => {
  const css = readFileSync(new URL('../../console/assets/console.css', import.meta.url), 'utf8');
  const coloursOf = (name: string): readonly string[] =>
    new RegExp(`--${name}: light-dark\\((#\\w+), (#\\w+)\\)`).exec(css)?.slice(1) ?? [];
  const nameOf = (ending: string): string =>
    new RegExp(`\\.end--${ending} \\{\\s*--ending: var\\(--([-\\w]+)\\)`).exec(css)?.[1] ?? '';

  test.each(Object.keys(ENDING_NAMES))(
    '%s has the contrast of text on the paper, in light and dark (AA)',
    (ending) => {
      const [colours, papers] = [coloursOf(nameOf(ending)), coloursOf('paper')];
      expect([colours.length, papers.length]).toEqual([2, 2]);
      for (const [at, colour] of colours.entries()) {
        const [light = 0, dark = 0] = [luminance(colour), luminance(papers[at] ?? '')].toSorted(
          (a, b) => b - a,
        );
        expect((light + 0.05) / (dark + 0.05)).toBeGreaterThanOrEqual(4.5);
      }
    },
  );

  test('is that of no other ending', () => {
    const names = Object.keys(ENDING_NAMES).map(nameOf);
    expect(new Set(names).size).toBe(names.length);
  });
});
