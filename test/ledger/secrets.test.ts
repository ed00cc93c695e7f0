import { expect, test } from '@jest/globals';
import { uuidv7 } from 'uuidv7';
import { clickIdOf, type LeaseId, leaseIdOf } from '../../core/ids.ts';
import { ana, bo } from '../core/request/request.fixture.ts';
import { end, grantedIn, revokedIn, rowsOf } from './ledger.fixture.ts';
import { database, ledger } from './own-ledger.fixture.ts';

const SEALED = Buffer.from('sealed bytes');

async function leaseWithSecret(): Promise<LeaseId> {
  const lease = leaseIdOf(await grantedIn(ledger), 0);
  expect(await ledger.storeSecret(lease, SEALED)).toEqual(SEALED);
  return lease;
}
const deliver = (lease: LeaseId, by = ana, open: (sealed: Buffer) => string = String) =>
  ledger.deliver({ lease, by, click: clickIdOf(uuidv7()), via: 'slack', open });
/** What the database still has: the bytes, and whether they were taken. */
const stored = async (lease: LeaseId) =>
  (
    await rowsOf<{ sealed: string | null; taken: boolean }>(
      database.url,
      `select encode(sealed, 'escape') as sealed, taken_at is not null as taken from secret where lease_id = $1`,
      [lease],
    )
  )[0];
const WAITING = { sealed: 'sealed bytes', taken: false };
const ERASED = { sealed: null, taken: true };

test('a delivered secret is erased from the ledger, and waits for nobody any more', async () => {
  const lease = await leaseWithSecret();
  expect([await stored(lease), await ledger.hasSecret(lease)]).toEqual([WAITING, true]);
  expect((await deliver(lease)).secret).toBe('sealed bytes');
  expect([await stored(lease), await ledger.hasSecret(lease)]).toEqual([ERASED, false]);
  expect(await ledger.storeSecret(lease, Buffer.from('second'))).toBeUndefined();
  expect(await stored(lease)).toEqual(ERASED);
});

test('one of two deliveries at the same time shows the secret', async () => {
  const lease = await leaseWithSecret();
  const shown = await Promise.all([deliver(lease), deliver(lease), deliver(lease)]);
  expect(shown.flatMap(({ secret }) => secret ?? [])).toEqual(['sealed bytes']);
});

test('another person is refused, and the secret stays for its requester', async () => {
  const lease = await leaseWithSecret();
  const { recorded, secret } = await deliver(lease, bo);
  expect([recorded.outcome.ok, secret]).toEqual([false, undefined]);
  expect(await stored(lease)).toEqual(WAITING);
});

test('a secret that cannot be opened stays, and nothing is recorded', async () => {
  const lease = await leaseWithSecret();
  const fail = () => {
    throw new Error('another key');
  };
  await expect(deliver(lease, ana, fail)).rejects.toThrow('another key');
  expect(await stored(lease)).toEqual(WAITING);
  expect((await deliver(lease)).secret).toBe('sealed bytes');
});

test('a secret that nobody collected is erased with the receipt of the revocation, and others stay', async () => {
  const [lease, other] = [await leaseWithSecret(), await leaseWithSecret()];
  const request = (await ledger.readLease(lease))?.request;
  if (!request) throw new Error('there is no lease');
  await revokedIn(ledger, request);
  expect([await stored(lease), await stored(other)]).toEqual([ERASED, WAITING]);
});

test('no secret is delivered while the access is being revoked', async () => {
  const lease = await leaseWithSecret();
  const request = (await ledger.readLease(lease))?.request;
  if (!request) throw new Error('there is no lease');
  await ledger.record(end(request));
  expect(await deliver(lease)).toMatchObject({ recorded: { outcome: { ok: false } }, secret: undefined });
});
