import { type ClickKind } from '../../core/click-kinds.ts';
import { afterEach, describe, expect, test } from '@jest/globals';
import { uuidv7 } from 'uuidv7';
import { clickIdOf, requestIdOf } from '../../core/ids.ts';
import { type Notification, type NotificationKind } from '../../ledger/index.ts';
import { ana } from '../core/request/request.fixture.ts';
import { redrawCards } from '../../ledger/messages/outbox.ts';
import { asAdmin, shiftClock, stopClock } from './database.fixture.ts';
import { approve, newRequest, openedIn, opening, stepOf } from './ledger.fixture.ts';
import { atTime, database, ledger, rows, whileHeld } from './own-ledger.fixture.ts';

afterEach(async () => {
  await shiftClock(database.url, 0);
  await rows('update outbox set sent_at = ledger_now(), last_fault = null');
  await rows('update click set done_at = ledger_now()');
});

const opened = () => openedIn(ledger);
const take = (kind: NotificationKind = 'news') => ledger.takeNotifications(10, kind);
async function taken(kind?: NotificationKind): Promise<Notification> {
  const [first] = await take(kind);
  if (!first) throw new Error('there is no notification');
  return first;
}
const dueInSeconds = async (id: number) =>
  (
    await rows<{ due: number }>(
      'select extract(epoch from next_try_at - ledger_now())::int as due from outbox where id = $1',
      [id],
    )
  )[0]?.due;

test('the oldest notifications are taken first, one of each request', async () => {
  const [one, two] = [await opened(), await opened()];
  await ledger.record(approve(one));
  expect(
    (await ledger.takeNotifications(1, 'news')).map(({ request, from, to, tries }) => [
      request,
      from,
      to,
      tries,
    ]),
  ).toEqual([[one, 0, 2, 1]]);
  expect((await take()).map(({ request, from }) => [request, from])).toEqual([[two, 0]]);
});

test('notifications that were tried before keep their place in the order', async () => {
  await Promise.all([opened(), opened(), opened()]);
  const [one, two, three] = (await take()).map(({ id }) => id);
  for (const id of [two, three, one]) await ledger.retryLater(id ?? 0, 'no answer', 0);
  expect((await ledger.takeNotifications(2, 'news')).map(({ id }) => id)).toEqual([one, two]);
  expect((await take()).map(({ id }) => id)).toEqual([three]);
});

test('a notification that another courier takes at this moment is passed over, and nobody waits for it', async () => {
  const [busy, free] = [await opened(), await opened()];
  const taken = await whileHeld('select from outbox where request_id = $1', [busy], () => take());
  expect(taken.map(({ request }) => request)).toEqual([free]);
  expect((await take()).map(({ request }) => request)).toEqual([busy]);
});

test('a step that records nothing has no notification, and a refused answer has one', async () => {
  const id = await opened();
  await ledger.markSent(await taken());
  await ledger.open(opening(id)); // again
  await ledger.record(stepOf(id, 'lapse', (at) => ({ kind: 'lapse', at }))); // comes too early
  expect(await take()).toEqual([]);
  await ledger.record(approve(id, ana));
  expect(await take()).toMatchObject([{ request: id, step: 'click/ana', from: 2, to: 3 }]);
});

test('a notification that was taken is not taken again for 30 seconds, in case the courier crashed', async () => {
  const now = Date.now();
  await atTime(now, async () => {
    await opened();
    const { id } = await taken();
    expect(await take()).toEqual([]);
    expect(await dueInSeconds(id)).toBe(30);
    await atTime(now + 29_999, async () => expect(await take()).toEqual([]));
    await atTime(now + 30_000, async () => expect(await taken()).toMatchObject({ id, tries: 2 }));
  });
});

test('two couriers never take the same notification', async () => {
  await Promise.all([opened(), opened(), opened()]);
  const both = (await Promise.all([take(), take()])).flat().map(({ id }) => id);
  expect(both).toHaveLength(3);
  expect(new Set(both).size).toBe(3);
});

test('a notification that could not be sent is due again after the pause that Slack named', async () => {
  await opened();
  const { id } = await taken();
  await atTime(Date.now(), async () => {
    await ledger.retryLater(id, 'ratelimited', 90_000);
    expect(await dueInSeconds(id)).toBe(90);
    await ledger.retryLater(id, 'ratelimited', 0);
    expect(await taken()).toMatchObject({ id, tries: 2 });
  });
});

test('the pause of one notification changes no other one', async () => {
  await Promise.all([opened(), opened()]);
  const [one, two] = await take();
  await ledger.retryLater(one?.id ?? 0, 'ratelimited', 0);
  expect((await take()).map(({ id }) => id)).toEqual([one?.id]);
  expect(await rows('select last_fault from outbox where id = $1', [two?.id])).toEqual([
    { last_fault: null },
  ]);
});

test('without a named pause, the pause doubles from 2 seconds to at most 5 minutes', async () => {
  await opened();
  const { id } = await taken();
  await atTime(Date.now(), async () => {
    const pauses: (number | undefined)[] = [];
    for (const tries of [1, 2, 3, 8, 9, 10, 5_000]) {
      await rows('update outbox set tries = $2 where id = $1', [id, tries]);
      await ledger.retryLater(id, 'no answer');
      pauses.push(await dueInSeconds(id));
    }
    expect(pauses).toEqual([2, 4, 8, 256, 300, 300, 300]);
  });
});

test('a sent notification is never taken again, and its fault is forgotten', async () => {
  await opened();
  const { id } = await taken();
  await ledger.retryLater(id, 'no answer', 0);
  await ledger.markSent(await taken());
  expect(await take()).toEqual([]);
  expect(await rows('select last_fault from outbox where id = $1', [id])).toEqual([{ last_fault: null }]);
});

describe('two couriers', () => {
  test('do not take one notification, for as long as the first one keeps it', async () => {
    await opened();
    const first = await taken();
    for (const ms of [25_000, 50_000, 75_000]) {
      await shiftClock(database.url, ms);
      await ledger.keepNotification(first);
      expect(await take()).toEqual([]);
    }
    await shiftClock(database.url, 106_000);
    const second = await taken();
    expect(second).toMatchObject({ id: first.id, tries: 2 });
    await ledger.keepNotification(first); // It lost the notification, and keeps nothing.
    await shiftClock(database.url, 137_000);
    expect(await take()).toMatchObject([{ id: first.id, tries: 3 }]);
  });

  test('draw the cards again when the first one was so late that the second one took its notification (B65)', async () => {
    const request = await opened();
    const first = await taken();
    await shiftClock(database.url, 31_000);
    await ledger.markSent(await taken());
    expect(await take()).toEqual([]);
    await ledger.markSent(first);
    await ledger.markSent(first);
    expect(await take('redraw')).toMatchObject([
      { request, step: 'redraw', redraw: true, from: 0, to: 0, tries: 1 },
    ]);
  });
});

test('the cards are drawn again once for several reasons, and once more for one that comes while they are drawn', async () => {
  const request = await opened();
  await ledger.markSent(await taken());
  const redraw = () =>
    asAdmin(
      (session) => redrawCards({ query: session.query.bind(session), hint: () => undefined }, request),
      database.url,
    );
  await redraw();
  await redraw();
  expect(await take('news')).toEqual([]);
  const drawing = await taken('redraw');
  expect(drawing).toMatchObject({ request, step: 'redraw' });
  expect(await take('redraw')).toEqual([]);
  await redraw();
  await ledger.markSent(drawing);
  expect(await taken('redraw')).toMatchObject({ request, step: 'redraw', tries: 1 });
});

test('news waits for no redraw of its request, and a redraw waits for the news that came before it', async () => {
  const request = await opened();
  await ledger.redrawCards(request);
  expect(await take('redraw')).toEqual([]);
  const first = await taken('news');
  await ledger.markSent(first);
  const drawing = await taken('redraw');
  await ledger.recordRefusal(
    { request, name: 'late', via: 'cli' },
    { by: ana, tried: 'approve', refusal: { code: 'own-request' } },
  );
  await ledger.markSent(await taken('news'));
  await ledger.markSent(drawing);
});

describe('the place of a message', () => {
  const place = 'channel';
  const posted = { place, channel: 'C1', ts: '1.0' };

  const KNOWN = { isUnknown: false };
  const UNKNOWN = { isUnknown: true };
  const FIRST = { until: expect.any(String) };

  test('is claimed by one gateway, until the message is recorded', async () => {
    const id = newRequest();
    const claims = await Promise.all([1, 2, 3].map(() => ledger.claimPlace(id, { place })));
    expect(claims.filter(Boolean)).toEqual([FIRST]);
    expect(await ledger.postedMessages(id)).toEqual([]);
    await ledger.savePostedMessage(id, posted);
    expect(await ledger.claimPlace(id, { place })).toBeUndefined();
    expect(await ledger.claimPlace(id, { place: 'dm:bo' })).toEqual(FIRST);
    expect(await ledger.postedMessages(id)).toEqual([posted]);
  });

  test('is free again when its gateway could not post, or was killed 30 seconds ago (F03)', async () => {
    const id = newRequest();
    expect(await ledger.claimPlace(id, { place })).toEqual(FIRST);
    expect(await ledger.claimPlace(id, { place: 'dm:bo' })).toEqual(FIRST);
    await ledger.releasePlace(id, { place, ...KNOWN });
    expect(await ledger.claimPlace(id, { place: 'dm:bo' })).toBeUndefined();
    const claimedAt = await ledger.now();
    await stopClock(database.url, claimedAt);
    expect(await ledger.claimPlace(id, { place })).toEqual(FIRST);
    await stopClock(database.url, claimedAt + 29_000);
    expect(await ledger.claimPlace(id, { place })).toBeUndefined();
    await stopClock(database.url, claimedAt + 31_000);
    const { triedSince = 0 } = (await ledger.claimPlace(id, { place })) ?? {};
    expect([triedSince - claimedAt >= -1, triedSince - claimedAt < 29_000]).toEqual([true, true]);
  });

  test('remembers since when a message may be there: from the first attempt without an answer, until one is recorded', async () => {
    const id = newRequest();
    await ledger.claimPlace(id, { place });
    await ledger.releasePlace(id, { place, ...UNKNOWN });
    const first = await ledger.claimPlace(id, { place });
    expect(first).toEqual({ ...FIRST, triedSince: expect.any(Number) });
    const again = { ...first, ...FIRST };
    await shiftClock(database.url, 3_600_000);
    await ledger.releasePlace(id, { place, ...KNOWN }); // The search for the message was refused, so it may still be there.
    expect(await ledger.claimPlace(id, { place })).toEqual(again);
    await ledger.releasePlace(id, { place, ...UNKNOWN });
    expect(await ledger.claimPlace(id, { place })).toEqual(again);
    await ledger.savePostedMessage(id, posted);
    await ledger.releasePlace(id, { place, ...UNKNOWN });
    expect(await ledger.claimPlace(id, { place, gone: '1.0' })).toEqual(FIRST);
  });

  test('is kept by who claimed it, also when the claim is over, and by nobody after another gateway took it', async () => {
    const id = newRequest();
    const keep = async (claim: Readonly<{ until: string }> | undefined) =>
      ledger.keepPlace(id, { place, until: claim?.until ?? '' });
    const began = await ledger.now();
    await stopClock(database.url, began);
    const first = await ledger.claimPlace(id, { place });
    await stopClock(database.url, began + 31_000);
    const kept = await ledger.claimPlace(newRequest(), { place }); // the same moment
    expect(await keep(first)).toBe(true);
    expect(await ledger.claimPlace(id, { place })).toBeUndefined();
    expect(await keep(kept)).toBe(true);
    await stopClock(database.url, began + 62_000);
    const second = await ledger.claimPlace(id, { place });
    expect([await keep(first), await keep(second)]).toEqual([false, true]);
    await ledger.savePostedMessage(id, posted);
    expect(await keep(second)).toBe(false);
  });

  test('is one of those without an answer until its message is recorded, or is known not to be there (F03)', async () => {
    const id = newRequest();
    const unanswered = async () => (await ledger.unansweredPosts(id)).map((each) => each.place);
    for (const each of [place, 'dm:bo', 'dm:cy', 'dm:di']) await ledger.claimPlace(id, { place: each });
    expect(await unanswered()).toEqual([]); // A gateway tries all of them now.
    await ledger.releasePlace(id, { place, ...UNKNOWN });
    await ledger.releasePlace(id, { place: 'dm:bo', ...UNKNOWN });
    await ledger.releasePlace(id, { place: 'dm:cy', ...KNOWN });
    expect(await unanswered()).toEqual([place, 'dm:bo']);
    await ledger.forgetPost(id, 'dm:bo');
    await ledger.forgetPost(id, 'dm:di'); // It is tried now, so nothing is forgotten.
    await ledger.savePostedMessage(id, posted);
    expect(await unanswered()).toEqual([]);
    await shiftClock(database.url, 31_000);
    expect(await unanswered()).toEqual(['dm:di']);
    expect(await ledger.claimPlace(id, { place: 'dm:bo' })).toEqual(FIRST);
  });

  test('is free for a new message when the old one is gone, and only for who knows that', async () => {
    const id = newRequest();
    await ledger.savePostedMessage(id, posted);
    await ledger.releasePlace(id, { place, ...KNOWN });
    expect(await ledger.claimPlace(id, { place, gone: '0.9' })).toBeUndefined();
    expect(await ledger.claimPlace(id, { place, gone: '1.0' })).toEqual(FIRST);
    expect(await ledger.postedMessages(id)).toEqual([]);
  });

  test('of a card that nobody recorded is learnt once, and for a request that exists', async () => {
    const id = await opened();
    await ledger.savePostedMessage(id, posted);
    expect(await ledger.addMessage(id, { ...posted, place: 'found:C1:1.0' })).toBe(false); // the recorded card itself
    const found = { place: 'found:C1:0.7', channel: 'C1', ts: '0.7' };
    const elsewhere = { place: 'found:C2:1.0', channel: 'C2', ts: '1.0' };
    expect(await ledger.addMessage(id, elsewhere)).toBe(true);
    expect(await ledger.addMessage(id, found)).toBe(true);
    expect(await ledger.addMessage(id, found)).toBe(false);
    expect(await ledger.postedMessages(id)).toEqual(expect.arrayContaining([posted, elsewhere, found]));
    expect(await ledger.addMessage(newRequest(), found)).toBe(false);
  });
});

test('the backlog is what has waited for more than a minute, and at once what Slack refused, with the last fault', async () => {
  const click = async (kind: ClickKind) => {
    const id = clickIdOf(uuidv7());
    await ledger.writeClick({
      id,
      request: requestIdOf(id),
      via: 'cli',
      account: 'a',
      person: ana,
      kind: kind as 'end',
      body: {},
    });
    return id;
  };
  const ago = (seconds: number) => `ledger_now() - interval '${seconds} seconds'`;
  await opened();
  await opened();
  const { id } = await taken();
  const [end] = [await click('end'), await click('deliver'), await click('deny')];
  await rows(`update outbox set made_at = ${ago(50)} where id = $1`, [id]);
  await rows(`update click set received_at = ${ago(50)}`);
  expect(await ledger.backlog()).toEqual({ clicks: 0, notifications: 0, fault: null });

  await ledger.retryLater(id, `not_in_channel ${'x'.repeat(600)}`, 600_000);
  await rows(`update click set received_at = ${ago(61)}`);
  expect(await ledger.backlog()).toEqual({
    clicks: 3,
    notifications: 1,
    fault: `not_in_channel ${'x'.repeat(600)}`.slice(0, 500),
  });
  await ledger.storeOutcome(end, { kind: 'answered' });
  await ledger.markSent({ id, tries: 1 });
  expect(await ledger.backlog()).toEqual({ clicks: 2, notifications: 0, fault: null });
});

test('a message in a place of a request is known by its newest address', async () => {
  const [one, two] = [newRequest(), newRequest()];
  const card = { place: 'channel', channel: 'C1', ts: '1.0' };
  await ledger.savePostedMessage(one, card);
  await ledger.savePostedMessage(one, { place: 'dm/ana', channel: 'D1', ts: '2.0' });
  await ledger.savePostedMessage(two, { ...card, ts: '3.0' });
  await ledger.savePostedMessage(one, { place: 'channel', channel: 'C2', ts: '4.0' });
  expect((await ledger.postedMessages(one)).toSorted((a, b) => a.place.localeCompare(b.place))).toEqual([
    { place: 'channel', channel: 'C2', ts: '4.0' },
    { place: 'dm/ana', channel: 'D1', ts: '2.0' },
  ]);
  expect(await ledger.postedMessages(two)).toEqual([{ ...card, ts: '3.0' }]);
});
