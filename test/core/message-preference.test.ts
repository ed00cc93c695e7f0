import { describe, expect, test } from '@jest/globals';
import type { Instant } from '../../core/ids.ts';
import {
  type MessagePreference,
  NO_PREFERENCE,
  sendAt,
  type Urgency,
} from '../../core/message-preference.ts';

const at = (time: string, day = 5) => Date.parse(`2026-01-0${day}T${time}:00Z`) as Instant;
const utc = (instant: Instant) => new Date(instant).toISOString().slice(8, 16);
const CAN_WAIT: Urgency = { kind: 'can-wait' };
const until = (time: string, day = 5): Urgency => ({ kind: 'until', at: at(time, day) });
const night: MessagePreference = { ...NO_PREFERENCE, quiet: { from: 22 * 60, to: 7 * 60 } };
const lunch: MessagePreference = { ...NO_PREFERENCE, quiet: { from: 12 * 60, to: 13 * 60 } };
const digest: MessagePreference = { ...NO_PREFERENCE, digestAt: 9 * 60 };

describe('a message', () => {
  test.each<[string, MessagePreference, Urgency, Instant, string]>([
    ['is sent at once to who said nothing', NO_PREFERENCE, CAN_WAIT, at('23:00'), '05T23:00'],
    [
      'that is urgent comes in quiet hours and before a digest',
      { ...night, digestAt: 540 },
      { kind: 'urgent' },
      at('23:00'),
      '05T23:00',
    ],
    ['waits for the end of quiet hours that go over midnight', night, CAN_WAIT, at('23:00'), '06T07:00'],
    ['waits for the end of quiet hours after midnight', night, CAN_WAIT, at('03:00'), '05T07:00'],
    ['waits from the first minute of quiet hours', lunch, CAN_WAIT, at('12:00'), '05T13:00'],
    ['does not wait at their last minute', lunch, CAN_WAIT, at('13:00'), '05T13:00'],
    ['does not wait outside of quiet hours', lunch, CAN_WAIT, at('11:59'), '05T11:59'],
    ['waits for the digest', digest, CAN_WAIT, at('10:00'), '06T09:00'],
    [
      'waits for the end of quiet hours when the digest is in them',
      { ...night, digestAt: 360 },
      CAN_WAIT,
      at('12:00'),
      '06T07:00',
    ],
    ['with a decision is not in a digest', digest, until('20:00'), at('10:00'), '05T10:00'],
    ['with a decision waits for the end of quiet hours', night, until('07:01', 6), at('23:00'), '06T07:00'],
    [
      'with a decision that would come too late comes at once',
      night,
      until('07:00', 6),
      at('23:00'),
      '05T23:00',
    ],
    [
      'is read in the time zone of the person',
      { ...night, timeZone: 'America/New_York' },
      CAN_WAIT,
      at('04:00'),
      '05T12:00',
    ],
    [
      'does not wait when quiet hours have no length',
      { ...NO_PREFERENCE, quiet: { from: 0, to: 0 } },
      CAN_WAIT,
      at('00:00'),
      '05T00:00',
    ],
  ])('%s', (_what, preference, urgency, now, expected) =>
    expect(utc(sendAt(preference, urgency, now))).toBe(expected),
  );
});
