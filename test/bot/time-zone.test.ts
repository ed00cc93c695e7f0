import { expect, test } from '@jest/globals';
import type { WebClient } from '@slack/web-api';
import { UNPACED } from '../../bot/courier/pace.ts';
import { rememberedTimeZones } from '../../bot/courier/time-zone.ts';

/** Time zones of accounts for which Slack gives these answers, one after the other. */
function zones(...answers: readonly (string | Error)[]) {
  let asked = 0;
  const info = () => {
    const answer = answers[asked++] ?? new Error('asked too often');
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve({ user: { tz: answer } });
  };
  const timeZoneOf = rememberedTimeZones({ users: { info } } as unknown as WebClient, UNPACED);
  return { timeZoneOf, asked: () => asked };
}

test('Slack is asked once for the time zone of an account', async () => {
  const { timeZoneOf, asked } = zones('Europe/Lisbon');
  expect([await timeZoneOf('U1'), await timeZoneOf('U1'), asked()]).toEqual([
    'Europe/Lisbon',
    'Europe/Lisbon',
    1,
  ]);
});

test('after Slack did not answer, the zone is UTC for now, and Slack is asked again', async () => {
  const { timeZoneOf } = zones(new Error('no answer'), 'Europe/Lisbon');
  expect([await timeZoneOf('U1'), await timeZoneOf('U1')]).toEqual(['UTC', 'Europe/Lisbon']);
});

test.each([
  ['without an account', undefined, 'Europe/Lisbon'],
  ['with a time zone that does not exist', 'U1', 'Mars/Base'],
])('a person %s has UTC', async (_who, account, zone) =>
  expect(await zones(zone).timeZoneOf(account)).toBe('UTC'),
);
