import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Instant } from '../../core/ids.ts';
import { isTimeZone, localTime, nextLocal, nextMonday } from '../../core/local-time.ts';

const at = (text: string) => Date.parse(`${text}Z`) as Instant;
const utc = (instant: Instant) => new Date(instant).toISOString().slice(0, 16);
const ZONES = [
  'UTC',
  'Europe/Lisbon',
  'America/New_York',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
  'Pacific/Apia',
];

test.each<[string, string, number, number]>([
  ['2026-01-05T12:34', 'UTC', 1, 12 * 60 + 34],
  ['2026-07-05T12:34', 'Europe/Lisbon', 0, 13 * 60 + 34],
  ['2026-01-05T23:40', 'Asia/Kolkata', 2, 5 * 60 + 10],
  ['2026-01-05T00:00', 'America/New_York', 0, 19 * 60],
])('at %s a clock in %s shows weekday %i and minute %i', (text, zone, weekday, minute) =>
  expect(localTime(at(text), zone)).toEqual({ weekday, minute }),
);

test.each([
  ['Europe/Lisbon', true],
  ['Mars/Olympus', false],
  ['', false],
])('"%s" is a time zone: %s', (name, is) => expect(isTimeZone(name)).toBe(is));

describe('the next time a clock shows nine', () => {
  test.each<[string, string, string, string]>([
    ['is today before nine', '2026-01-05T08:59', 'UTC', '2026-01-05T09:00'],
    ['is tomorrow at nine itself', '2026-01-05T09:00', 'UTC', '2026-01-06T09:00'],
    ['is in the local day', '2026-07-05T20:00', 'Asia/Kolkata', '2026-07-06T03:30'],
    [
      'is an hour earlier in UTC after the clocks went forward',
      '2026-03-28T20:00',
      'Europe/Lisbon',
      '2026-03-29T08:00',
    ],
    [
      'is an hour later in UTC after the clocks went back',
      '2026-10-24T20:00',
      'Europe/Lisbon',
      '2026-10-25T09:00',
    ],
  ])('%s', (_what, from, zone, expected) => expect(utc(nextLocal(at(from), zone, 540))).toBe(expected));

  test('a minute that the clocks skip is one hour later', () =>
    // On this day New York goes from 02:00 to 03:00.
    expect(utc(nextLocal(at('2026-03-08T05:00'), 'America/New_York', 150))).toBe('2026-03-08T07:30'));
});

test('the next local minute is after the instant, within two days, and the clock shows it or skipped it', () =>
  fc.assert(
    fc.property(
      fc.integer({ min: at('2020-01-01T00:00'), max: at('2030-01-01T00:00') }),
      fc.constantFrom(...ZONES),
      fc.integer({ min: 0, max: 1439 }),
      (instant, zone, minute) => {
        const next = nextLocal(instant as Instant, zone, minute);
        expect(next).toBeGreaterThan(instant);
        expect(next - instant).toBeLessThanOrEqual(2 * 86_400_000);
        const off = Math.abs(localTime(next, zone).minute - minute);
        expect([0, 30, 60, 1380, 1410]).toContain(off);
      },
    ),
  ));

test.each([
  ['2026-01-05T08:00', '2026-01-05T09:00'],
  ['2026-01-05T09:00', '2026-01-12T09:00'],
  ['2026-01-10T12:00', '2026-01-12T09:00'],
])('from %s the next Monday at nine is %s', (from, monday) =>
  expect(utc(nextMonday(at(from), 'UTC', 540))).toBe(monday),
);
