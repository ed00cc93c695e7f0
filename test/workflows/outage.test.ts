import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { uuidv7 } from 'uuidv7';
import { clickIdOf, requestIdOf } from '../../core/ids.ts';
import { sweep } from '../../upkeep/sweep.ts';
import { levelsWritten } from '../requests/requests.fixture.ts';
import { until } from '../until.fixture.ts';
import { saveHistory } from './histories.ts';
import { blockDatabase, endSessions } from '../ledger/outage.fixture.ts';
import { type WorkflowFixture, startWorkflowFixture } from './workflow.fixture.ts';
import {
  active,
  approved,
  endRequest,
  channelsOf,
  workflowResult,
  pending,
  expiringSoon,
  waitForRetry,
} from './steps.fixture.ts';

let fixture: WorkflowFixture;
let unblockDatabase: (() => Promise<void>) | undefined;
beforeAll(async () => {
  fixture = await startWorkflowFixture();
});
afterEach(async () => {
  await unblockDatabase?.();
  unblockDatabase = undefined;
  await fixture.shiftClock(0);
});
afterAll(() => fixture?.stop());

const blockLedger = async () => void (unblockDatabase = await blockDatabase(fixture.url));
const unblockLedger = async () => {
  await unblockDatabase?.();
  unblockDatabase = undefined;
};

describe('the ledger is unavailable for a while (F04, I14)', () => {
  test('a click that cannot be recorded fails with an error for its caller (I16)', async () => {
    await blockLedger();
    const id = clickIdOf(uuidv7());
    const lost = fixture.click({ kind: 'withdraw', id, request: requestIdOf(id) });
    await expect(lost).rejects.toMatchObject({ code: 'ledger-unavailable' });
  });

  test('an approval just before the outage takes effect once', async () => {
    const request = await pending(fixture);
    const click = await fixture.answer(request, 'approve', 'bo');
    await blockLedger();
    await unblockLedger();
    await fixture.waitForState(request, 'active');
    expect(await fixture.outcomeOf(click)).toEqual({ kind: 'answered' });
    expect(await fixture.kinds(request)).toBe(
      'requested judged approved grant-started intended granted activated',
    );
    await endRequest(fixture, request);
  });

  test('a grant that loses the ledger after its effect at the provider is retried and has one effect (I2, I15)', async () => {
    const pausedCall = fixture.providerControl.pauseNext('ensurePresent', 'after');
    const request = await approved(fixture);
    await pausedCall.reached;
    await blockLedger(); // This ends the connection that holds the lock of the grant.
    pausedCall.release();
    await waitForRetry(fixture, request, 'grant');
    await unblockLedger();
    await fixture.waitForState(request, 'active');
    expect(levelsWritten(fixture, request)).toEqual(['write']);
    await endRequest(fixture, request);
    await saveHistory(fixture, request, 'ledger-down-granting');
  });

  test('access whose grant has no receipt in the ledger is revoked at its end, also while the ledger is unavailable (I3)', async () => {
    const pausedCall = fixture.providerControl.pauseNext('ensurePresent', 'after');
    await fixture.shiftClock(-55_000);
    const request = await approved(fixture, { length: '1m' });
    await pausedCall.reached;
    await fixture.shiftClock(0);
    await blockLedger();
    pausedCall.release();
    expect(fixture.levelOf()).toBe('write');
    await until('the access is revoked at the provider', () => fixture.levelOf() === 'none' || undefined);
    await unblockLedger();
    await fixture.waitForState(request, 'closed');
    // Both endings are correct. The ledger records the one that reaches it first.
    expect(['expired', 'grant-failed']).toContain(
      ((await workflowResult(fixture, request)) as { ending: string }).ending,
    );
    expect(await fixture.kinds(request)).toMatch(/intended revoke-started (undone )?revoked closed$/);
    await saveHistory(fixture, request, 'ledger-down-granting-to-the-end');
  });

  test('a grant continues after every session of Postgres ended', async () => {
    const pausedCall = fixture.providerControl.pauseNext('ensurePresent', 'before');
    const request = await approved(fixture);
    await pausedCall.reached;
    await endSessions(fixture.url);
    pausedCall.release();
    await fixture.waitForState(request, 'active');
    await endRequest(fixture, request);
    expect(fixture.levelOf()).toBe('none');
  });

  test('a grant whose intent cannot be recorded has no effect at the provider until the ledger is available', async () => {
    const pausedCall = fixture.providerControl.pauseNext('observe', 'after');
    const request = await approved(fixture);
    await pausedCall.reached;
    await blockLedger();
    pausedCall.release();
    await waitForRetry(fixture, request, 'grant');
    expect(levelsWritten(fixture, request)).toEqual([]);
    await unblockLedger();
    await fixture.waitForState(request, 'active');
    await endRequest(fixture, request);
  });

  test('access that ends during the outage is revoked at the provider, and its receipt is recorded afterwards', async () => {
    const request = await expiringSoon(fixture);
    await blockLedger();
    await until('the access is revoked at the provider', () => fixture.levelOf() === 'none' || undefined);
    await unblockLedger();
    await fixture.waitForState(request, 'closed');
    expect(await workflowResult(fixture, request)).toEqual({ ending: 'expired' });
    expect(await channelsOf(fixture, request, 'revoked')).toEqual(['workflow']);
    expect(levelsWritten(fixture, request)).toEqual(['write', 'none']);
    // What was done without the ledger is recorded when it is back.
    expect(await fixture.kinds(request)).toMatch(/activated revoke-started undone revoked closed$/);
    await saveHistory(fixture, request, 'ledger-down-expiring');
  });

  test('access that ends during the outage returns to the prior level, also when another lease was live at the grant (I3)', async () => {
    const higher = await active(fixture, { entitlement: 'top' });
    await fixture.shiftClock(-45_000);
    // The other lease, with the level "admin", is live at this grant.
    const request = await active(fixture, { length: '1m' });
    await fixture.shiftClock(0);
    await endRequest(fixture, higher);
    expect(fixture.levelOf()).toBe('write');
    await blockLedger();
    await until('the access is revoked at the provider', () => fixture.levelOf() === 'none' || undefined);
    await unblockLedger();
    await fixture.waitForState(request, 'closed');
  });

  test('another lease that was live at the grant keeps its access until its own end (I6)', async () => {
    const longer = await active(fixture, { length: '8h' });
    const request = await expiringSoon(fixture);
    const calls = fixture.providerControl.countOf('ensureAbsent');
    await blockLedger();
    await until(
      'the undo is used',
      () => fixture.providerControl.countOf('ensureAbsent') > calls || undefined,
    );
    expect(fixture.levelOf()).toBe('write');
    await unblockLedger();
    await fixture.waitForState(request, 'closed');
    expect(levelsWritten(fixture, request)).toEqual([]);
    expect(fixture.levelOf()).toBe('write');
    await endRequest(fixture, longer);
    expect(fixture.levelOf()).toBe('none');
  });

  test('a lease that was granted later and loses its access meanwhile gets it back after the outage, and the trail says so (I6)', async () => {
    await fixture.shiftClock(-45_000);
    const request = await active(fixture, { length: '1m' });
    await fixture.shiftClock(0);
    const longer = await active(fixture, { length: '8h' });
    await blockLedger();
    await until('the access is revoked at the provider', () => fixture.levelOf() === 'none' || undefined);
    await unblockLedger();
    await fixture.waitForState(request, 'closed');
    expect((await sweep(fixture.deps)).unverified).toEqual([]);
    expect(fixture.levelOf()).toBe('write');
    expect(await fixture.kinds(longer)).toMatch(/activated repaired$/);
    await endRequest(fixture, longer);
    expect(fixture.levelOf()).toBe('none');
  });

  test('access is revoked although a message makes the workflow look at a ledger that is unavailable', async () => {
    const request = await expiringSoon(fixture);
    await blockLedger();
    await fixture.workflows.wake(request);
    await until('the access is revoked at the provider', () => fixture.levelOf() === 'none' || undefined);
    await unblockLedger();
    await fixture.waitForState(request, 'closed');
    await workflowResult(fixture, request);
    await saveHistory(fixture, request, 'ledger-down-woken');
  });
});

describe('a lock that is held does not count as an unavailable ledger (I6)', () => {
  test("an end waits for another request's grant on the same access", async () => {
    const first = await active(fixture, { entitlement: 'top' });
    const pausedCall = fixture.providerControl.pauseNext('ensurePresent', 'after');
    const second = await approved(fixture);
    await pausedCall.reached;
    const click = await fixture.answer(first, 'end', 'ana');
    await waitForRetry(fixture, first, 'revoke'); // The wait for the lock timed out.
    expect(fixture.levelOf()).toBe('admin');
    expect(await fixture.faultOf(first)).toMatch(/in progress/);
    pausedCall.release();
    await fixture.outcomeOf(click);
    await fixture.waitForState(first, 'closed');
    await fixture.waitForState(second, 'active');
    expect(fixture.levelOf()).toBe('write');
    await endRequest(fixture, second);
    expect(fixture.levelOf()).toBe('none');
  });
});
