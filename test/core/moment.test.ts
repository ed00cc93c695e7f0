import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { dayNumber, dayOf, instantsOf, localMoment, weekdayOf } from '../../core/calendar.ts';
import type { Instant } from '../../core/ids.ts';
import { parseMoment } from '../../core/moment.ts';
import { holds } from '../laws.fixture.ts';

// A Saturday, an hour before the clock of Lisbon shows what UTC shows in summer.
const NOW = Date.parse('2026-11-28T16:30:15.250Z') as Instant;
const inZone = (timeZone: string, text: string, now = NOW): string => {
  const read = parseMoment(text, { now, timeZone });
  return read.ok ? new Date(read.value).toISOString() : read.error;
};

describe('the end of a time', () => {
  const endOf = (text: string): string => {
    const read = parseMoment(text, { now: NOW, timeZone: 'Europe/Berlin', wholeDay: true });
    return read.ok ? new Date(read.value).toISOString() : read.error;
  };

  test.each([
    ['a day is its last moment', '2026-11-24', '2026-11-24T22:59:59.999Z'],
    ['yesterday too', 'yesterday', '2026-11-27T22:59:59.999Z'],
    ['a day of 25 hours is whole', '2026-10-25', '2026-10-25T22:59:59.999Z'],
    ['today is now', 'today', '2026-11-28T16:30:15.250Z'],
    ['a day with a time is that time', '2026-11-24 14:00', '2026-11-24T13:00:00.000Z'],
    ['tomorrow is the future', '2026-11-29', '"2026-11-29" is in the future.'],
  ])('%s', (_what, text, expected) => expect(endOf(text)).toBe(expected));
});

describe('a moment, as people and programs write it', () => {
  test.each([
    ['a day and a time', 'Europe/Berlin', '2026-11-24 14:00', '2026-11-24T13:00:00.000Z'],
    ['with seconds', 'Europe/Berlin', '2026-11-24 14:00:05.5', '2026-11-24T13:00:05.500Z'],
    ['with a T', 'Europe/Berlin', '2026-11-24T14:00', '2026-11-24T13:00:00.000Z'],
    [
      'a day, which begins in the zone of the person',
      'Europe/Berlin',
      '2026-11-24',
      '2026-11-23T23:00:00.000Z',
    ],
    ['RFC 3339 in UTC', 'Europe/Berlin', '2026-11-24T14:00:00Z', '2026-11-24T14:00:00.000Z'],
    ['RFC 3339 with an offset', 'Europe/Berlin', '2026-11-24T14:00:00.123+05:30', '2026-11-24T08:30:00.123Z'],
    ['a zone behind UTC', 'UTC', '2026-11-24 14:00 -08:00', '2026-11-24T22:00:00.000Z'],
    ['UTC by its name', 'Europe/Berlin', '2026-11-24 14:00 UTC', '2026-11-24T14:00:00.000Z'],
    ['a time today', 'Europe/Berlin', '14:00', '2026-11-28T13:00:00.000Z'],
    ['today', 'Europe/Berlin', 'today 9:05', '2026-11-28T08:05:00.000Z'],
    ['yesterday', 'Asia/Tokyo', 'yesterday 14:00', '2026-11-28T05:00:00.000Z'],
    ['yesterday in capitals', 'UTC', '  Yesterday   14:00 ', '2026-11-27T14:00:00.000Z'],
    ['the whole of yesterday', 'UTC', 'yesterday', '2026-11-27T00:00:00.000Z'],
    ['a weekday', 'UTC', 'last tuesday 14:00', '2026-11-24T14:00:00.000Z'],
    ['a short weekday', 'UTC', 'last tue', '2026-11-24T00:00:00.000Z'],
    ['the weekday of today is a week ago', 'UTC', 'last saturday 14:00', '2026-11-21T14:00:00.000Z'],
    ['hours ago', 'UTC', '3h ago', '2026-11-28T13:30:15.250Z'],
    ['minutes ago in words', 'UTC', '90 minutes ago', '2026-11-28T15:00:15.250Z'],
    ['days ago', 'UTC', '2d ago', '2026-11-26T16:30:15.250Z'],
    ['weeks ago', 'UTC', '1 week ago', '2026-11-21T16:30:15.250Z'],
    ['now', 'UTC', 'now', '2026-11-28T16:30:15.250Z'],
    ['a leap day', 'UTC', '2024-02-29 12:00', '2024-02-29T12:00:00.000Z'],
  ])('%s', (_what, zone, text, expected) => expect(inZone(zone, text)).toBe(expected));

  test.each([
    ['no text', '', 'is not a moment. Write it like'],
    ['a word', 'soon', '"soon" is not a moment.'],
    ['a day that the calendar does not have', '2026-02-30', 'is not a moment.'],
    ['an hour that no day has', '2026-11-24 24:00', 'is not a moment.'],
    ['a minute that no hour has', 'yesterday 14:60', 'is not a moment.'],
    ['a weekday without last', 'tuesday 14:00', 'is not a moment.'],
    ['a day that is not one', 'last someday', 'is not a moment.'],
    ['two letters of a weekday, which can be two days', 'last t', 'is not a moment.'],
    ['the future', '2026-11-28 16:31', 'is in the future'],
    ['later today', '23:00', 'is in the future'],
    ['more after it', '2026-11-24 14:00 please', 'is not a moment.'],
  ])('%s is refused', (_what, text, words) => expect(inZone('UTC', text)).toContain(words));
});

describe('where the clock is set', () => {
  const summer = Date.parse('2026-12-01T00:00:00Z') as Instant;

  test('forward: a time that it skipped is refused', () =>
    expect(inZone('Europe/Lisbon', '2026-03-29 01:30', summer)).toBe(
      '"2026-03-29 01:30" did not exist in Europe/Lisbon, because the clock was set forward. Write a time before or after that hour.',
    ));

  test('back: a time that it showed twice is refused, and the message has both', () => {
    const said = inZone('Europe/Lisbon', '2026-10-25 01:30', summer);
    expect(said).toBe(
      '"2026-10-25 01:30" was there twice in Europe/Lisbon, because the clock was set back. Write 2026-10-25T00:30Z or 2026-10-25T01:30Z.',
    );
    for (const text of said.match(/2026-10-25T\d\d:\d\dZ/g) ?? [])
      expect(inZone('Europe/Lisbon', text, summer)).toBe(text.replace('Z', ':00.000Z'));
  });

  test('the hours beside it are read', () => {
    expect(inZone('Europe/Lisbon', '2026-03-29 00:59', summer)).toBe('2026-03-29T00:59:00.000Z');
    expect(inZone('Europe/Lisbon', '2026-03-29 02:00', summer)).toBe('2026-03-29T01:00:00.000Z');
    expect(inZone('Australia/Lord_Howe', '2026-04-05 01:29', summer)).toBe('2026-04-04T14:29:00.000Z');
  });
});

describe('the calendar', () => {
  const anyDay = fc.integer({ min: -200_000, max: 400_000 });

  holds('agrees with the one of JavaScript', anyDay, (number) => {
    const date = new Date(number * 86_400_000);
    const day = { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
    expect(dayOf(number)).toEqual(day);
    expect(dayNumber(day)).toBe(number);
    expect(weekdayOf(number)).toBe(date.getUTCDay());
  });

  const zone = fc.constantFrom(
    'UTC',
    'Europe/Lisbon',
    'America/New_York',
    'Asia/Kathmandu',
    'Australia/Lord_Howe',
    'Pacific/Apia',
  );
  const anyInstant = fc.integer({ min: Date.parse('2000-01-01'), max: Date.parse('2035-01-01') });

  holds(
    'an instant is among those that its local time names',
    fc.tuple(anyInstant, zone),
    ([at, timeZone]) => {
      expect(instantsOf(localMoment(at as Instant, timeZone), timeZone)).toContain(at);
    },
  );
});
