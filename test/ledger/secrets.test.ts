import { afterEach, describe, expect, test } from '@jest/globals';
import { uuidv7 } from 'uuidv7';
import { clickIdOf, type LeaseId, leaseIdOf, requestIdOfLease } from '../../core/ids.ts';
import { ana, bo } from '../core/request/request.fixture.ts';
import { shiftClock } from './database.fixture.ts';
import { end, grantedIn, revokedIn, target } from './ledger.fixture.ts';
import { database, ledger, rows } from './own-ledger.fixture.ts';

const SEALED = Buffer.from('sealed bytes');

const granted = async (): Promise<LeaseId> => leaseIdOf(await grantedIn(ledger), 0);
async function leaseWithSecret(): Promise<LeaseId> {
  const lease = await granted();
  expect(await ledger.storeSecret(lease, SEALED)).toEqual(SEALED);
  return lease;
}
/** Decides a click for the secret, and takes what was delivered by it. */
async function deliver(lease: LeaseId, by = ana) {
  const click = clickIdOf(uuidv7());
  const { outcome } = await ledger.deliver({
    request: requestIdOfLease(lease),
    lease,
    by,
    click,
    via: 'slack',
  });
  return { outcome, click, secret: (await ledger.takeSecret({ lease, click }))?.toString() };
}
/** Delivers the secret, and confirms that it was shown. */
async function shown(lease: LeaseId) {
  const { click, secret } = await deliver(lease);
  await ledger.eraseSecret({ lease, click });
  return secret;
}
/** What the database still has: the bytes, and whether they were delivered. */
const stored = async (lease: LeaseId) =>
  (
    await rows<{ sealed: string | null; delivered: boolean }>(
      `select encode(sealed, 'escape') as sealed, delivered_at is not null as delivered from secret where lease_id = $1`,
      [lease],
    )
  )[0];
const redraws = (lease: LeaseId) =>
  rows(`select body from outbox where request_id = $1 and body ? 'redraw'`, [requestIdOfLease(lease)]);
const WAITING = { sealed: 'sealed bytes', delivered: false };
const ERASED = { sealed: null, delivered: true };

test('a secret that was shown is erased from the ledger, and waits for nobody any more', async () => {
  const lease = await leaseWithSecret();
  expect([await stored(lease), await ledger.hasSecret(lease)]).toEqual([WAITING, true]);
  expect(await shown(lease)).toBe('sealed bytes');
  expect([await stored(lease), await ledger.hasSecret(lease)]).toEqual([ERASED, false]);
  expect(await ledger.storeSecret(lease, Buffer.from('second'))).toBeUndefined();
  expect(await stored(lease)).toEqual(ERASED);
});

test('a delivery releases and erases the secret of its own lease, and of no other one of the same request', async () => {
  const targets = ['one', 'two'].map((lockKey) => ({ ...target, lockKey }));
  const request = await grantedIn(ledger, { targets });
  const [one, two] = [leaseIdOf(request, 0), leaseIdOf(request, 1)];
  for (const lease of [one, two]) await ledger.storeSecret(lease, SEALED);
  const { click } = await deliver(one);
  expect(await ledger.takeSecret({ lease: two, click })).toBeUndefined();
  await ledger.eraseSecret({ lease: two, click });
  expect(await stored(two)).toEqual(WAITING);
  expect(await ledger.takeSecret({ lease: one, click })).toEqual(SEALED);
});

test('a secret that was delivered waits until somebody was shown it', async () => {
  const lease = await leaseWithSecret();
  const { click } = await deliver(lease);
  expect(await ledger.hasSecret(lease)).toBe(true);
  await ledger.eraseSecret({ lease, click });
  expect(await ledger.hasSecret(lease)).toBe(false);
});

test('a secret that was shown is not delivered again, however late', async () => {
  const lease = await leaseWithSecret();
  await shown(lease);
  await shiftClock(database.url, 31_000);
  const { outcome } = await deliver(lease);
  await shiftClock(database.url, 0);
  expect(outcome).toEqual({ ok: false, error: { code: 'already-delivered' } });
});

test('each lease has its own secret', async () => {
  const [one, two, none] = [await granted(), await granted(), await granted()];
  expect(await ledger.storeSecret(one, Buffer.from('of one'))).toEqual(Buffer.from('of one'));
  expect(await ledger.storeSecret(two, Buffer.from('of two'))).toEqual(Buffer.from('of two'));
  expect(await shown(two)).toBe('of two');
  expect([await stored(one), await stored(two)]).toEqual([{ ...WAITING, sealed: 'of one' }, ERASED]);
  expect([await ledger.hasSecret(one), await ledger.hasSecret(two), await ledger.hasSecret(none)]).toEqual([
    true,
    false,
    false,
  ]);
  expect(await shown(one)).toBe('of one');
});

test('a delivery is recorded as the step of its click, also when there is no secret', async () => {
  const [lease, click] = [await granted(), clickIdOf(uuidv7())];
  const request = requestIdOfLease(lease);
  const recorded = await ledger.deliver({ request, lease, by: ana, click, via: 'cli' });
  const event = { kind: 'delivered', by: ana, lease, at: expect.any(Number) };
  expect(recorded.outcome).toEqual({ ok: true, value: [event] });
  expect(await ledger.takeSecret({ lease, click })).toBeUndefined();
  const trail = await ledger.readTrail(request);
  expect(trail.at(-1)).toEqual({ seq: trail.length - 1, event, via: 'cli' });
  expect(
    await rows(`select step from event where kind = 'delivered' and body ->> 'lease' = $1`, [lease]),
  ).toEqual([{ step: `click/${click}` }]);
});

test('the time at which a secret was delivered stays when the access ends', async () => {
  const lease = await leaseWithSecret();
  const deliveredAt = () =>
    rows<{ delivered_at: Date }>('select delivered_at from secret where lease_id = $1', [lease]);
  await shown(lease);
  const before = await deliveredAt();
  expect(before[0]?.delivered_at).toBeInstanceOf(Date);
  await revokedIn(ledger, requestIdOfLease(lease));
  expect(await deliveredAt()).toEqual(before);
});

test('one of two deliveries at the same time shows the secret', async () => {
  const lease = await leaseWithSecret();
  const shown = await Promise.all([deliver(lease), deliver(lease), deliver(lease)]);
  expect(shown.flatMap(({ secret }) => secret ?? [])).toEqual(['sealed bytes']);
});

describe('a secret that was delivered, and of which nobody confirmed that it was shown', () => {
  const UNSEEN = { sealed: 'sealed bytes', delivered: true };
  afterEach(() => shiftClock(database.url, 0));

  test('is refused for thirty seconds, and then delivered again, which is one more event', async () => {
    const lease = await leaseWithSecret();
    await deliver(lease);
    expect(await stored(lease)).toEqual(UNSEEN);
    await shiftClock(database.url, 29_000);
    expect(await deliver(lease)).toMatchObject({
      outcome: { error: { code: 'already-delivered' } },
      secret: undefined,
    });
    await shiftClock(database.url, 31_000);
    expect(await shown(lease)).toBe('sealed bytes');
    const delivered = `select from event where kind = 'delivered' and body ->> 'lease' = $1`;
    expect(await rows(delivered, [lease])).toHaveLength(2);
    await shiftClock(database.url, 90_000);
    expect((await deliver(lease)).secret).toBeUndefined();
  });

  test('is for its requester only', async () => {
    const lease = await leaseWithSecret();
    await deliver(lease);
    await shiftClock(database.url, 31_000);
    expect((await deliver(lease, bo)).secret).toBeUndefined();
    expect(await stored(lease)).toEqual(UNSEEN);
  });

  test('is erased with the receipt of the revocation', async () => {
    const lease = await leaseWithSecret();
    await deliver(lease);
    await revokedIn(ledger, requestIdOfLease(lease));
    expect(await stored(lease)).toEqual(ERASED);
  });

  test('is delivered again also when no gateway took it', async () => {
    const lease = await leaseWithSecret();
    const [first, request] = [clickIdOf(uuidv7()), requestIdOfLease(lease)];
    await ledger.deliver({ request, lease, by: ana, click: first, via: 'slack' });
    await shiftClock(database.url, 31_000);
    expect(await shown(lease)).toBe('sealed bytes');
    expect(await ledger.takeSecret({ lease, click: first })).toBeUndefined();
  });
});

describe('the gateway takes and erases a secret only after its delivery was recorded', () => {
  const other = async () => ({ lease: await leaseWithSecret(), click: clickIdOf(uuidv7()) });

  test.each<[string, () => Promise<Parameters<typeof ledger.takeSecret>[0]>]>([
    ['by a click that was not decided', other],
    [
      'by a click that was refused',
      async () => {
        const lease = await leaseWithSecret();
        return { lease, click: (await deliver(lease, bo)).click };
      },
    ],
    [
      'by a click that delivered the secret of another lease',
      async () => ({ ...(await other()), click: (await deliver(await leaseWithSecret())).click }),
    ],
  ])('not %s', async (_which, of) => {
    const delivered = await of();
    expect(await ledger.takeSecret(delivered)).toBeUndefined();
    await ledger.eraseSecret(delivered);
    expect(await stored(delivered.lease)).toEqual(WAITING);
    expect(await redraws(delivered.lease)).toHaveLength(0);
  });

  test('and it takes the same one again until it is erased', async () => {
    const lease = await leaseWithSecret();
    const { click, secret } = await deliver(lease);
    expect((await ledger.takeSecret({ lease, click }))?.toString()).toBe(secret);
    await ledger.eraseSecret({ lease, click });
    expect(await ledger.takeSecret({ lease, click })).toBeUndefined();
  });
});

test('the cards are drawn again without the button once the secret was shown, and once only', async () => {
  const lease = await leaseWithSecret();
  const { click } = await deliver(lease);
  for (let time = 0; time < 2; time += 1) await ledger.eraseSecret({ lease, click });
  const body = { step: 'redraw', from: 0, to: 0, redraw: true };
  expect(await redraws(lease)).toEqual([{ body }]);
});

test('and once more when they were being drawn, with the button, while it was shown', async () => {
  const lease = await leaseWithSecret();
  const request = requestIdOfLease(lease);
  const take = async (kind: 'news' | 'redraw') =>
    (await ledger.takeNotifications(1_000, kind)).filter((each) => each.request === request);
  for (let news = await take('news'); news.length > 0; news = await take('news'))
    for (const each of news) await ledger.markSent(each);
  await ledger.redrawCards(request);
  const [drawing] = await take('redraw');
  await shown(lease);
  expect([drawing?.tries, (await redraws(lease)).length]).toEqual([1, 2]);
});

test('another person is refused, and the secret stays for its requester', async () => {
  const lease = await leaseWithSecret();
  const { outcome, secret } = await deliver(lease, bo);
  expect([outcome.ok, secret]).toEqual([false, undefined]);
  expect(await stored(lease)).toEqual(WAITING);
});

test('a secret that nobody collected is erased with the receipt of the revocation, and others stay', async () => {
  const [lease, other] = [await leaseWithSecret(), await leaseWithSecret()];
  await revokedIn(ledger, requestIdOfLease(lease));
  expect([await stored(lease), await stored(other)]).toEqual([{ ...ERASED, delivered: false }, WAITING]);
});

test('no secret is delivered while the access is being revoked', async () => {
  const lease = await leaseWithSecret();
  await ledger.record(end(requestIdOfLease(lease)));
  expect(await deliver(lease)).toMatchObject({ outcome: { ok: false }, secret: undefined });
});
