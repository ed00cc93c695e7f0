import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatDuration, parseDuration, spellDuration } from '../../core/duration.ts';
import type { Minutes } from '../../core/ids.ts';
import { LIMITS } from '../../core/limits.ts';
import { holds } from '../laws.fixture.ts';

describe('a length in a known form is read (B57)', () => {
  test.each<[string, number]>([
    ['90m', 90],
    ['2h30m', 150],
    ['2H', 120],
    ['1d', 1440],
    ['1d2h3m', 1563],
    ['PT2H', 120],
    ['P1DT30M', 1470],
    ['P1D', 1440],
    ['P12D', 17_280],
    ['PT12H', 720],
    ['pt90m', 90],
    ['0h5m', 5],
    ['30d', 43_200],
    ['120m', 120],
    ['043200m', 43_200],
    ['100h', 6_000],
    ['000720h', 43_200],
    ['PT43200M', 43_200],
    ['PT100H', 6_000],
  ])('%s is %i minutes', (text, minutes) =>
    expect(parseDuration(text)).toEqual({ ok: true, value: minutes }),
  );
});

describe('a length in any other form is refused with a sentence (B12, B57)', () => {
  test.each<[string, RegExp]>([
    ['', /is not a length of time/],
    ['0', /is not a length of time/],
    ['0m', /too short/],
    ['0h', /too short/],
    ['-1h', /is not a length of time/],
    ['1d-1h', /is not a length of time/],
    ['1.5h', /is not a length of time/],
    ['30s', /is not a length of time\. .*without seconds/],
    ['2 h', /is not a length of time/],
    ['2h ', /is not a length of time/],
    ['2h2h', /is not a length of time/],
    ['30m2h', /is not a length of time/],
    ['P', /is not a length of time/],
    ['PT', /is not a length of time/],
    ['xP1D', /is not a length of time/],
    ['P1Dx', /is not a length of time/],
    ['P1H', /is not a length of time/],
    ['PT1D', /is not a length of time/],
    ['31d', /too long. The longest is 30 days/],
    ['999999d', /too long/],
    ['99999999999999999999h', /is not a length of time/],
    ['forever', /is not a length of time/],
    ['٢h', /is not a length of time/],
    ['NaN', /is not a length of time/],
  ])('"%s"', (text, sentence) => {
    const read = parseDuration(text);
    expect(read.ok ? 'was read' : read.error).toMatch(sentence);
  });

  test('the error names the longest length that was given', () =>
    expect(parseDuration('3h', 120 as Minutes)).toEqual({
      ok: false,
      error: '"3h" is too long. The longest is 2 h.',
    }));

  test('the error shows the first 40 characters of a long text', () => {
    const hint = 'is not a length of time. Write it like 90m, 2h30m or 1d, without seconds.';
    const error = (text: string) => parseDuration(text);
    expect(error('9'.repeat(40))).toEqual({ ok: false, error: `"${'9'.repeat(40)}" ${hint}` });
    expect(error('9'.repeat(41))).toEqual({ ok: false, error: `"${'9'.repeat(40)}…" ${hint}` });
  });

  test('the error shows no half of a character, which the ledger could not store', () =>
    expect(parseDuration(`${'9'.repeat(39)}💥`)).toMatchObject({
      error: expect.stringMatching(/^"9{39}\ufffd…" is not a length of time/),
    }));
});

holds(
  'a length that is written out is read as the same length (B58)',
  fc.integer({ min: 1, max: LIMITS.longestMinutes }),
  (minutes) => expect(parseDuration(spellDuration(minutes as Minutes))).toEqual({ ok: true, value: minutes }),
);

test.each<[number, string]>([
  [0, '0 min'],
  [1, '1 min'],
  [60, '1 h'],
  [150, '2 h 30 min'],
  [1440, '1 day'],
  [2885, '2 days 5 min'],
])('%i minutes are shown as "%s"', (minutes, shown) =>
  expect(formatDuration(minutes as Minutes)).toBe(shown),
);
