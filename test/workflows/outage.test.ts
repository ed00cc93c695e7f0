import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { uuidv7 } from 'uuidv7';
import { grantLease } from '../../requests/grant-lease.ts';
import { revokeLease } from '../../requests/revoke-lease.ts';
import { clickIdOf, requestIdOf } from '../../core/ids.ts';
import { until } from '../until.fixture.ts';
import { saveHistory } from './histories.ts';
import { endSessions, takeAwayDatabase } from '../ledger/outage.fixture.ts';
import { firstLease, handleOf, type WorkflowFixture, startWorkflowFixture } from './workflow.fixture.ts';
import {
  active,
  approved,
  done,
  channelsOf,
  outcome,
  pending,
  shortlyActive,
  waiting,
  levelsWritten,
} from './steps.fixture.ts';

let fixture: WorkflowFixture;
let back: (() => Promise<void>) | undefined;
beforeAll(async () => {
  fixture = await startWorkflowFixture();
});
afterEach(async () => {
  await back?.();
  back = undefined;
  await fixture.shiftClock(0);
});
afterAll(() => fixture?.stop());

const ledgerGoes = async () => void (back = await takeAwayDatabase(fixture.url));
const ledgerReturns = async () => {
  await back?.();
  back = undefined;
};

describe('the ledger is unavailable for a while (F04, I14)', () => {
  test('a click that cannot be recorded fails with an error for the caller, so it is not lost (I16)', async () => {
    await ledgerGoes();
    const id = clickIdOf(uuidv7());
    const lost = fixture.click({ kind: 'withdraw', id, request: requestIdOf(id) });
    await expect(lost).rejects.toMatchObject({ code: 'ledger-unavailable' });
  });

  test('an approval waits, and takes effect once', async () => {
    const request = await pending(fixture);
    const click = await fixture.answer(request, 'approve', 'bo');
    await ledgerGoes();
    await ledgerReturns();
    await fixture.waitForState(request, 'active');
    expect(await fixture.outcomeOf(click)).toEqual({ kind: 'answered' });
    expect(await fixture.kinds(request)).toBe(
      'requested judged approved grant-started intended granted activated',
    );
    await done(fixture, request);
  });

  test('during a grant, after the effect at the provider: the grant is retried, with one effect (I2, I15)', async () => {
    const held = fixture.gate.pauseNext('ensurePresent', 'after');
    const request = await approved(fixture);
    await held.reached;
    await ledgerGoes(); // the connection that holds the grant's lock breaks
    held.release();
    await waiting(fixture, request, 'grant');
    await ledgerReturns();
    await fixture.waitForState(request, 'active');
    expect(levelsWritten(fixture, request)).toEqual(['write']);
    await done(fixture, request);
    await saveHistory(fixture, request, 'ledger-down-granting');
  });

  test('during a grant, and until after the end: the access is revoked nevertheless (I3)', async () => {
    const held = fixture.gate.pauseNext('ensurePresent', 'after');
    await fixture.shiftClock(-55_000);
    const request = await approved(fixture, { length: '1m' });
    await held.reached;
    await fixture.shiftClock(0);
    await ledgerGoes();
    held.release();
    expect(fixture.levelOf()).toBe('write');
    await until('it is gone at the provider', () => fixture.levelOf() === 'none' || undefined);
    await ledgerReturns();
    await fixture.waitForState(request, 'closed');
    // Both are true, and the ledger hears whichever comes first.
    expect(['expired', 'grant-failed']).toContain(
      ((await outcome(fixture, request)) as { ending: string }).ending,
    );
    expect(await fixture.kinds(request)).toMatch(/intended revoke-started revoked closed$/);
    await saveHistory(fixture, request, 'ledger-down-granting-to-the-end');
  });

  test('a restart of the server during a grant only delays the grant', async () => {
    const held = fixture.gate.pauseNext('ensurePresent', 'before');
    const request = await approved(fixture);
    await held.reached;
    await endSessions(fixture.url);
    held.release();
    await fixture.waitForState(request, 'active');
    await done(fixture, request);
    expect(fixture.levelOf()).toBe('none');
  });

  test('nothing is granted while nothing can be recorded', async () => {
    const held = fixture.gate.pauseNext('observe', 'after');
    const request = await approved(fixture);
    await held.reached;
    await ledgerGoes();
    held.release();
    await waiting(fixture, request, 'grant');
    expect(levelsWritten(fixture, request)).toEqual([]);
    await ledgerReturns();
    await fixture.waitForState(request, 'active');
    await done(fixture, request);
  });

  test('access that ends meanwhile is revoked at the provider; the receipt is recorded later', async () => {
    const request = await shortlyActive(fixture);
    await ledgerGoes();
    await until('it is gone at the provider', () => fixture.levelOf() === 'none' || undefined);
    await ledgerReturns();
    await fixture.waitForState(request, 'closed');
    expect(await outcome(fixture, request)).toEqual({ ending: 'expired' });
    expect(await channelsOf(fixture, request, 'revoked')).toEqual(['workflow']);
    expect(levelsWritten(fixture, request)).toEqual(['write', 'none']);
    await saveHistory(fixture, request, 'ledger-down-expiring');
  });

  test('access that ends meanwhile returns to the prior level, whatever other leases existed at the grant (I3)', async () => {
    const higher = await active(fixture, { entitlement: 'top' });
    await fixture.shiftClock(-45_000);
    const request = await active(fixture, { length: '1m' }); // it had "admin" beside it
    await fixture.shiftClock(0);
    await done(fixture, higher);
    expect(fixture.levelOf()).toBe('write');
    await ledgerGoes();
    await until('it is gone at the provider', () => fixture.levelOf() === 'none' || undefined);
    await ledgerReturns();
    await fixture.waitForState(request, 'closed');
  });

  test('a cancellation by an operator that cannot be recorded does not prevent the revocation', async () => {
    const request = await shortlyActive(fixture);
    await ledgerGoes();
    await handleOf(fixture, request).cancel();
    await until('it is gone at the provider', () => fixture.levelOf() === 'none' || undefined);
    await ledgerReturns();
    await fixture.waitForState(request, 'closed');
    await outcome(fixture, request);
    await saveHistory(fixture, request, 'ledger-down-cancelled');
  });
});

test('an unexpected ledger error does not prevent a revocation at the provider (I14)', async () => {
  const request = await active(fixture);
  const signal = new AbortController().signal;
  const lease = firstLease(request);
  const { undo } = await grantLease(fixture.deps, {
    lease,
    version: 0,
    signal,
    rememberUndo: () => undefined,
  });
  const readLease = () => Promise.reject(new Error('index "lease_pkey" contains corrupted page'));
  const broken = { ...fixture.deps, ledger: { ...fixture.ledger, readLease } };
  const removing = { lease, expire: true, via: 'workflow', undo, version: 0, signal } as const;
  await expect(revokeLease(broken, removing)).rejects.toThrow('corrupted');
  expect(fixture.levelOf()).toBe('none');
  expect(await fixture.state(request)).toMatchObject({ kind: 'active' }); // no receipt: it is tried again
  await done(fixture, request);
});

describe('a lock that is held does not count as an unavailable ledger (I6)', () => {
  test("an end waits for another request's grant on the same access", async () => {
    const first = await active(fixture, { entitlement: 'top' });
    const held = fixture.gate.pauseNext('ensurePresent', 'after');
    const second = await approved(fixture);
    await held.reached;
    const click = await fixture.answer(first, 'end', 'ana');
    await waiting(fixture, first, 'revoke'); // its wait for the lock timed out
    expect(fixture.levelOf()).toBe('admin');
    expect(await fixture.faultOf(first)).toMatch(/in progress/);
    held.release();
    await fixture.outcomeOf(click);
    await fixture.waitForState(second, 'active');
    expect(fixture.levelOf()).toBe('write');
    await done(fixture, second);
    expect(fixture.levelOf()).toBe('none');
  });
});
