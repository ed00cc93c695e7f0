import { afterEach, expect, test } from '@jest/globals';
import { addMinutes, leaseIdOf, type Instant, type Minutes, type RequestId } from '../../core/ids.ts';
import type { Command } from '../../core/request/commands.ts';
import type { RequestState } from '../../core/request/state.ts';
import { bo } from '../core/request/request.fixture.ts';
import * as the from '../core/request/request.fixture.ts';
import { shiftClock } from './database.fixture.ts';
import { grantedIn, revokedIn, stepOf } from './ledger.fixture.ts';
import { database, ledger, rows } from './own-ledger.fixture.ts';

afterEach(async () => {
  await shiftClock(database.url, 0);
  await rows('update outbox set sent_at = ledger_now()');
});

const MINUTE = 60_000;
/** The end of the access of a request of the fixture, which lasts an hour. */
async function endOf(request: RequestId): Promise<Instant> {
  const { state } = await ledger.readState(request);
  if (state.kind !== 'active') throw new Error(state.kind);
  return state.endsAt;
}
const reminders = async (request: RequestId) =>
  (
    await rows<{ reminder: number; due: Date; taken: boolean }>(
      `select (body ->> 'reminder')::float8 as reminder, next_try_at as due, tries > 0 as taken
         from outbox where request_id = $1 and body ? 'reminder' order by id`,
      [request],
    )
  ).map((row) => ({ ...row, due: row.due.getTime() }));
const record = (request: RequestId, name: string, command: (at: Instant, state: RequestState) => Command) =>
  ledger.record(stepOf(request, name, command));

async function extend(request: RequestId, minutes: number): Promise<void> {
  await record(request, 'extend', (at, state) =>
    the.extend(at, { from: 'endsAt' in state ? (state.endsAt ?? at) : at, minutes }),
  );
  await record(request, 'approve extension', (at) => the.approveExtension(bo, at));
  await record(request, 'extended lease', (at) => the.confirmLeaseExtended(leaseIdOf(request, 0), at));
  await record(request, 'extended', (at) => the.confirmExtended(at));
}
/** The notifications of a request that a courier takes now, as the texts of their steps. */
async function taken(request: RequestId): Promise<readonly (number | string)[]> {
  const found: (number | string)[] = [];
  for (
    let more = await ledger.takeNotifications(100, 'news');
    more.length > 0;
    more = await ledger.takeNotifications(100, 'news')
  )
    for (const notification of more) {
      if (notification.request === request) found.push(notification.reminder ?? notification.step);
      await ledger.markSent(notification);
    }
  return found;
}

test('access that became active has one reminder, which is due before its last tenth', async () => {
  const request = await grantedIn(ledger);
  const endsAt = await endOf(request);
  const [{ due, ...reminder } = { due: 0 }, ...others] = await reminders(request);
  expect([reminder, others]).toEqual([{ reminder: endsAt, taken: false }, []]);
  // The hour began with the approval, a moment before the grant.
  expect(Math.abs(due - (endsAt - 6 * MINUTE))).toBeLessThan(MINUTE);
});

test('a reminder that waits keeps no other notification of its request from being sent, and counts as no backlog', async () => {
  const request = await grantedIn(ledger);
  await revokedIn(ledger, request);
  const steps = await taken(request);
  expect(steps.at(-1)).toMatch(/^revoked\//);
  expect(steps.some((step) => typeof step === 'number')).toBe(false);
  await rows(`update outbox set made_at = made_at - interval '1 hour' where sent_at is null`);
  expect((await ledger.backlog()).notifications).toBe(0);
});

test('a reminder is taken when it is due, after what waited before it', async () => {
  const request = await grantedIn(ledger);
  const endsAt = await endOf(request);
  await shiftClock(database.url, 53 * MINUTE);
  expect((await taken(request)).filter((step) => typeof step === 'number')).toEqual([]);
  await shiftClock(database.url, 55 * MINUTE);
  expect(await taken(request)).toEqual([endsAt]);
});

test('a reminder that is due and that nobody sends is in the backlog', async () => {
  const request = await grantedIn(ledger);
  await taken(request);
  await shiftClock(database.url, 57 * MINUTE);
  expect((await ledger.backlog()).notifications).toBe(1);
});

test('an extension has a reminder of its own, which begins with the extension, and names the later end', async () => {
  const request = await grantedIn(ledger);
  const first = await endOf(request);
  await shiftClock(database.url, 50 * MINUTE);
  await extend(request, 90);
  const later = addMinutes(first, 90 as Minutes);
  const [old, next] = await reminders(request);
  expect([old?.reminder, next?.reminder]).toEqual([first, later]);
  // The extension leaves 100 minutes, so it is ten minutes before the end.
  expect(Math.abs((next?.due ?? 0) - (later - 10 * MINUTE))).toBeLessThan(MINUTE);
});
