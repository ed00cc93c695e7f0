import { describe, expect, test } from '@jest/globals';
import { ago, dayName, fillDate } from '../../slack/page/dates.ts';
import { NOON } from './render.fixture.ts';

const at = (...parts: [number, number, number, number, number]) =>
  Date.UTC(parts[0], parts[1] - 1, ...(parts.slice(2) as [number, number, number]));

describe('dates in the viewer’s time zone', () => {
  test.each([
    ['the same day', '{date_pretty} {time}', at(2026, 11, 25, 9, 41), 'Europe/Lisbon', 'Today 09:41'],
    [
      'already tomorrow in the east',
      '{date_pretty} {time}',
      at(2026, 11, 25, 20, 0),
      'Asia/Seoul',
      'Tomorrow 05:00',
    ],
    ['still yesterday in the west', '{date_pretty}', at(2026, 11, 25, 4, 0), 'America/New_York', 'Yesterday'],
    ['midnight is 00, not 24', '{time}', at(2026, 11, 25, 0, 0), 'Europe/Lisbon', '00:00'],
    ['seconds', '{time_secs}', at(2026, 11, 25, 0, 0), 'Europe/Lisbon', '00:00:00'],
    ['numbers', '{date_num}', at(2026, 3, 4, 12, 0), 'Europe/Lisbon', '2026-03-04'],
    ['this year has no year', '{date}', at(2026, 11, 22, 12, 0), 'Europe/Lisbon', 'November 22nd'],
    ['another year has one', '{date_short}', at(2025, 11, 11, 12, 0), 'Europe/Lisbon', 'Nov 11, 2025'],
    ['teens are th', '{date_long}', at(2026, 11, 12, 12, 0), 'Europe/Lisbon', 'Thursday, November 12th'],
    [
      'pretty words in a sentence stay small',
      'ends {date_pretty}',
      at(2026, 11, 26, 12, 0),
      'Europe/Lisbon',
      'ends tomorrow',
    ],
    ['an unknown token stays', '{moon}', at(2026, 11, 26, 12, 0), 'Europe/Lisbon', '{moon}'],
    [
      'the clocks changed in between',
      '{date_pretty} {time}',
      at(2026, 10, 25, 0, 30),
      'Europe/Lisbon',
      'October 25th 01:30',
    ],
  ])('%s', (_why, format, instant, tz, expected) => {
    expect(fillDate(format, instant, NOON, tz)).toBe(expected);
  });

  test.each([
    [NOON - 20_000, 'just now'],
    [NOON - 12 * 60_000, '12 min ago'],
    [NOON + 3 * 3_600_000, 'in 3 h'],
    [NOON - 72 * 3_600_000, '3 days ago'],
  ])('the distance from now (%#)', (instant, expected) => {
    expect(ago(instant, NOON)).toBe(expected);
  });

  test('a day line says Today, Yesterday, or the day', () => {
    const days = [0, 1, 5].map((back) => dayName(NOON - back * 86_400_000, NOON, 'Europe/Lisbon'));
    expect(days).toEqual(['Today', 'Yesterday', 'Friday, November 20th']);
  });
});
