import { afterEach, describe, expect, test } from '@jest/globals';
import type { Instant, PersonId, RequestId } from '../../core/ids.ts';
import type { DeferredMessage } from '../../ledger/index.ts';
import { ana, approveExtension, bo, cy, extend } from '../core/request/request.fixture.ts';
import { shiftClock } from './database.fixture.ts';
import { approve, grantedIn, newRequest, openedIn, stepOf } from './ledger.fixture.ts';
import { database, ledger, rows } from './own-ledger.fixture.ts';

afterEach(async () => {
  await shiftClock(database.url, 0);
  await rows('delete from deferred_message');
});

const minutes = (count: number) => count * 60_000;
const defer = async (more: Partial<DeferredMessage> & Readonly<{ inMs?: number }> = {}) => {
  const { inMs = 0, ...others } = more;
  const dueAt = ((await ledger.now()) + inMs) as Instant;
  await ledger.deferMessage({ person: ana, kind: 'news', request: newRequest(), dueAt, ...others });
};
const take = () => ledger.takeDeferredMessages();

describe('when a person wants messages', () => {
  test('is not known before they said it, and is what they said last', async () => {
    const person = 'new-person' as PersonId;
    expect(await ledger.readMessagePreference(person)).toBeUndefined();
    const first = { timeZone: 'Asia/Kolkata', quiet: { from: 0, to: 1439 }, digestAt: 540, weekly: true };
    await ledger.storeMessagePreference(person, first);
    expect(await ledger.readMessagePreference(person)).toEqual(first);
    const then = { timeZone: 'UTC', weekly: false };
    await ledger.storeMessagePreference(person, then);
    expect(await ledger.readMessagePreference(person)).toEqual(then);
  });

  test('is read in UTC when this computer does not know the time zone any more', async () => {
    const person = 'moved' as PersonId;
    await ledger.storeMessagePreference(person, { timeZone: 'Mars/Olympus', weekly: true });
    expect(await ledger.readMessagePreference(person)).toEqual({ timeZone: 'UTC', weekly: true });
  });
});

describe('a deferred message', () => {
  test('is taken when it is due, and not before', async () => {
    const request = newRequest();
    await defer({ request, inMs: minutes(5) });
    expect(await take()).toEqual([]);
    await shiftClock(database.url, minutes(5));
    expect(await take()).toMatchObject([{ person: ana, kind: 'news', request }]);
  });

  test('is taken together with the others of its kind and person, oldest first', async () => {
    const [one, two, other] = [newRequest(), newRequest(), newRequest()];
    for (const request of [one, two]) await defer({ request });
    await defer({ request: other, person: bo });
    await defer({ request: one, kind: 'decision' });
    const taken = [await take(), await take(), await take(), await take()];
    expect(taken.map((some) => some.map(({ person, kind, request }) => [person, kind, request]))).toEqual([
      [
        [ana, 'news', one],
        [ana, 'news', two],
      ],
      [[bo, 'news', other]],
      [[ana, 'decision', one]],
      [],
    ]);
  });

  test('is due again a minute later when its courier did not say that it is sent', async () => {
    await defer();
    expect(await take()).toHaveLength(1);
    await shiftClock(database.url, minutes(1) - 1_000);
    expect(await take()).toEqual([]);
    await shiftClock(database.url, minutes(1));
    const again = await take();
    expect(again).toHaveLength(1);
    await ledger.markDeferredSent(again.map(({ id }) => id));
    await shiftClock(database.url, minutes(9));
    expect(await take()).toEqual([]);
  });

  test('of one request and kind waits once, and a later one waits after it is sent', async () => {
    const request = newRequest();
    await defer({ request });
    await defer({ request });
    const first = await take();
    expect(first).toHaveLength(1);
    await ledger.markDeferredSent(first.map(({ id }) => id));
    await defer({ request });
    expect(await take()).toHaveLength(1);
  });

  test('that is a weekly summary comes once for each person and Monday, also after it was sent', async () => {
    const dueAt = (await ledger.now()) as Instant;
    const summary = (person: PersonId, at = dueAt) =>
      ledger.deferMessage({ person, kind: 'weekly', request: newRequest(), dueAt: at });
    await summary(cy);
    await summary(cy);
    const first = await take();
    expect(first).toMatchObject([{ person: cy, kind: 'weekly', dueAt }]);
    await ledger.markDeferredSent(first.map(({ id }) => id));
    await summary(cy);
    expect(await take()).toEqual([]);
    await summary(cy, (dueAt + 1) as Instant);
    await shiftClock(database.url, 1_000);
    expect(await take()).toHaveLength(1);
  });
});

test('what a person approved in a time is found in the order of the approvals', async () => {
  const approved: RequestId[] = [];
  const from = await ledger.now();
  for (let count = 0; count < 2; count += 1) {
    const request = await openedIn(ledger);
    await ledger.record(approve(request));
    approved.push(request);
  }
  const to = ((await ledger.now()) + 1) as Instant;
  const found = (time: { from: Instant; to: Instant }, person: PersonId = bo) =>
    ledger.requestsApprovedBy(person, time);
  expect(await found({ from, to })).toEqual(approved);
  expect(await found({ from: to, to: (to + 1) as Instant })).toEqual([]);
  expect(await found({ from: 0 as Instant, to: from })).not.toContain(approved[0]);
  expect(await found({ from, to }, ana)).toEqual([]);
});

test('who approved only an extension finds its request', async () => {
  const request = await grantedIn(ledger);
  await ledger.record(
    stepOf(request, 'extend', (at, state) =>
      extend(at, { from: 'endsAt' in state ? (state.endsAt ?? at) : at }),
    ),
  );
  const from = await ledger.now();
  await ledger.record(stepOf(request, 'approve extension', (at) => approveExtension(cy, at)));
  const to = ((await ledger.now()) + 1) as Instant;
  expect(await ledger.requestsApprovedBy(cy, { from, to })).toEqual([request]);
});
