import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  formatDuration,
  leadingLength,
  lengthSentence,
  parseDuration,
  spellDuration,
} from '../../core/duration.ts';
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
    ['2 h', 120],
    [' 2h ', 120],
    ['2 h 30 min', 150],
    ['2\u00a0h 30\u00a0min', 150],
    ['1 day', 1440],
    ['2 days 5 min', 2885],
    ['1 day 2 h', 1560],
    ['2 hours', 120],
    ['1 hour', 60],
    ['90 minutes', 90],
    ['1 minute', 1],
    ['1 hr 5 mins', 65],
    ['2 hrs', 120],
    ['2 HOURS', 120],
    ['2 hours and 30 minutes', 150],
    ['2 hours, 30 minutes', 150],
    ['1 day, 2 hours and 3 minutes', 1563],
    ['1.5h', 90],
    ['1,5 h', 90],
    ['0.25h', 15],
    ['1.1h', 66],
    ['0.5 days', 720],
    ['1.50h', 90],
  ])('%s is %i minutes', (text, minutes) =>
    expect(parseDuration(text)).toEqual({ ok: true, value: minutes }),
  );
});

describe('a length in any other form is refused with a sentence (B12, B57)', () => {
  test.each<[string, RegExp]>([
    ['', /^A length is missing\. Write it like/],
    [' \t', /^A length is missing/],
    ['0', /is not a length of time/],
    ['0m', /too short/],
    ['0h', /too short/],
    ['-1h', /is not a length of time/],
    ['1d-1h', /is not a length of time/],
    ['1.33h', /is not a whole number of minutes/],
    ['0.5m', /is not a whole number of minutes/],
    ['1.h', /is not a length of time/],
    ['.5h', /is not a length of time/],
    ['1.00000h', /is not a length of time/],
    ['and 2h', /is not a length of time/],
    [', 2h', /is not a length of time/],
    ['2h and', /is not a length of time/],
    ['2h,', /is not a length of time/],
    ['2 h 30', /is not a length of time/],
    ['2 hx', /is not a length of time/],
    ['2 weeks', /is not a length of time/],
    ['1 h 2 days', /is not a length of time/],
    ['2h 3h', /is not a length of time/],
    ['30s', /is not a length of time\. .*without seconds/],
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
    expect(read.ok ? 'was read' : lengthSentence(read.error)).toMatch(sentence);
  });

  test('a length above the longest that was given is too long', () =>
    expect(parseDuration('3h', 120 as Minutes)).toEqual({ ok: false, error: 'too-long' }));
});

describe('every length that Curfew prints is read as the same length (B58)', () => {
  const all = Array.from({ length: LIMITS.longestMinutes }, (_, index) => (index + 1) as Minutes);
  test.each([
    ['2 h 30 min', formatDuration],
    ['2h30m', spellDuration],
  ])('printed like %s', (_example, print) =>
    expect(all.filter((minutes) => !isReadAs(minutes, print(minutes)))).toEqual([]),
  );
});

const isReadAs = (minutes: Minutes, text: string): boolean => {
  const read = parseDuration(text);
  return read.ok && read.value === minutes;
};

test.each<[number, string]>([
  [1, '1m'],
  [150, '2h30m'],
  [1440, '1d'],
  [2885, '2d5m'],
  [1590, '1d2h30m'],
])('%i minutes are written as "%s"', (minutes, written) =>
  expect(spellDuration(minutes as Minutes)).toBe(written),
);

describe('a length at the beginning of a line', () => {
  test.each<[text: string, length: string, rest: string]>([
    ['2h incident 4312', '2h', 'incident 4312'],
    ['2 h 30 min why', '2 h 30 min', 'why'],
    ['2 h 30 people wait', '2 h', '30 people wait'],
    ['2 hours: incident', '2 hours', 'incident'],
    ['2h, incident', '2h', 'incident'],
    ['2 h, 30 min: why', '2 h, 30 min', 'why'],
    ['1 day and 2 hours and 3 minutes of work', '1 day and 2 hours and 3 minutes', 'of work'],
    ['1 day and so on', '1 day', 'and so on'],
    ['  90m', '90m', ''],
    ['PT2H two\n  lines', 'PT2H', 'two\n  lines'],
    ['99 days why', '99 days', 'why'],
    ['0m why', '0m', 'why'],
  ])('of "%s" is "%s"', (text, length, rest) => expect(leadingLength(text)).toEqual({ length, rest }));

  test.each(['', ', why', 'why', '2', '2 people wait', '1d-1h why', 'h 2', 'x 2h', `${' '.repeat(300)}2h`])(
    'is not in "%s"',
    (text) => expect(leadingLength(text)).toBeUndefined(),
  );

  holds(
    'is what was printed, before any word that is no number',
    fc.tuple(
      fc.integer({ min: 1, max: LIMITS.longestMinutes }),
      fc.constantFrom(formatDuration, spellDuration),
    ),
    ([minutes, print]) => {
      const length = print(minutes as Minutes);
      expect(leadingLength(`${length} because of it`)).toEqual({ length, rest: 'because of it' });
    },
  );
});

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
