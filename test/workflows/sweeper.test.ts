import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { sweep, type SweepResult } from '../../upkeep/sweep.ts';
import type { RequestId } from '../../core/ids.ts';
import { asAdmin } from '../ledger/database.fixture.ts';
import { levelsWritten } from '../requests/requests.fixture.ts';
import { until } from '../until.fixture.ts';
import { saveHistory } from './histories.ts';
import { lastProgress } from '../../workflows/messages.ts';
import { firstLease, handleOf, type WorkflowFixture, startWorkflowFixture } from './workflow.fixture.ts';
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
beforeAll(async () => {
  fixture = await startWorkflowFixture();
});
afterEach(() => fixture.shiftClock(0));
afterAll(() => fixture?.stop());

const HOUR = 3_600_000;

/** Runs one pass of the sweeper with the ledger's clock `ms` ahead. */
async function sweepAfter(ms: number): Promise<SweepResult> {
  await fixture.shiftClock(ms);
  return sweep(fixture.deps);
}
/** True if the sweeper has attempted to revoke a lease of the request. */
async function hasAttempt(request: RequestId): Promise<boolean> {
  let attempted = false;
  await asAdmin(async (owner) => {
    const found = await owner.query('select from lease where request_id = $1 and tries > 0', [request]);
    attempted = found.rowCount === 1;
  }, fixture.url);
  return attempted;
}
const terminate = (request: RequestId) => handleOf(fixture, request).terminate('terminated by a test');
/** Terminates the workflow, and lets nothing start it again: only the sweeper is left. */
async function terminateForGood(request: RequestId): Promise<void> {
  fixture.keepAsleep(request);
  await terminate(request);
}

describe('an operator terminates the workflow (F08)', () => {
  test('the sweeper revokes active access after its end, not before, and records the receipt', async () => {
    const request = await active(fixture);
    await terminateForGood(request);
    expect(await sweepAfter(0.9 * HOUR)).toMatchObject({ revoked: [], failedRevocations: [] });
    expect(fixture.levelOf()).toBe('write');
    expect((await sweepAfter(1.1 * HOUR)).revoked).toEqual([firstLease(request)]);
    expect(fixture.levelOf()).toBe('none');
    expect(await fixture.state(request)).toMatchObject({ kind: 'closed', ending: { kind: 'expired' } });
    expect(await fixture.kinds(request)).toMatch(/activated revoke-started revoked closed$/);
    expect(await channelsOf(fixture, request, 'revoked')).toEqual(['sweeper']);
    await saveHistory(fixture, request, 'terminated-active');
  });

  test('an end by the requester starts the workflow again, which revokes the access at once', async () => {
    const request = await active(fixture);
    await terminate(request);
    const click = await fixture.answer(request, 'end', 'ana');
    expect(await fixture.outcomeOf(click)).toEqual({ kind: 'answered' });
    expect(await fixture.waitForState(request, 'closed')).toMatchObject({
      ending: { kind: 'ended', by: 'ana' },
    });
    expect(fixture.levelOf()).toBe('none');
    expect(await channelsOf(fixture, request, 'revoked')).toEqual(['workflow']);
    expect(await workflowResult(fixture, request)).toEqual({ ending: 'ended' });
    await saveHistory(fixture, request, 'ended-after-termination');
  });

  test('an end whose revocation was in progress at the termination is finished by the sweeper', async () => {
    const stopFailing = fixture.providerControl.failFrom('ensureAbsent');
    const request = await active(fixture);
    const click = await fixture.answer(request, 'end', 'ana');
    await waitForRetry(fixture, request, 'revoke');
    await terminateForGood(request);
    stopFailing();
    await until('the request is closed', async () => {
      // The attempt that was in progress may have revoked the access already.
      await sweepAfter(11_000);
      return (await fixture.state(request)).kind === 'closed' || undefined;
    });
    expect(await fixture.outcomeOf(click)).toEqual({ kind: 'answered' });
    expect(await fixture.kinds(request)).toMatch(/activated revoke-started revoked closed$/);
    expect(levelsWritten(fixture, request)).toEqual(['write', 'none']);
    expect(fixture.levelOf()).toBe('none');
  });

  test('an approval of a pending request starts the workflow again, which grants it, and a denial denies it', async () => {
    const request = await pending(fixture);
    await terminate(request);
    expect(await fixture.outcomeOf(await fixture.answer(request, 'approve', 'bo'))).toEqual({
      kind: 'answered',
    });
    await fixture.waitForState(request, 'active');
    expect(fixture.levelOf()).toBe('write');
    await endRequest(fixture, request);

    const other = await pending(fixture);
    await terminate(other);
    await fixture.outcomeOf(await fixture.answer(other, 'deny', 'bo'));
    expect(await fixture.state(other)).toMatchObject({ kind: 'closed', ending: { kind: 'denied' } });
  });

  test('a workflow that starts again for an active request does not grant again (F09)', async () => {
    const request = await active(fixture);
    await terminate(request);
    await fixture.workflows.wake(request);
    await until('the workflow looked at the ledger', async () => {
      const progress = await handleOf(fixture, request).query(lastProgress);
      return progress.kind === 'active' || undefined;
    });
    await endRequest(fixture, request);
    expect(await workflowResult(fixture, request)).toEqual({ ending: 'ended' });
    expect(levelsWritten(fixture, request)).toEqual(['write', 'none']);
    await saveHistory(fixture, request, 'reattached');
  });

  test('a pending request that nobody answers lapses', async () => {
    const request = await pending(fixture);
    await terminateForGood(request);
    expect((await sweepAfter(7.9 * HOUR)).lapsed).toEqual([]);
    expect((await sweepAfter(8.1 * HOUR)).lapsed).toEqual([request]);
    expect(await fixture.state(request)).toMatchObject({ kind: 'closed', ending: { kind: 'lapsed' } });
    expect(await channelsOf(fixture, request, 'closed')).toEqual(['sweeper']);
  });

  test('a grant that was in progress is recorded, and its access is revoked at its end', async () => {
    const pausedCall = fixture.providerControl.pauseNext('ensurePresent', 'after');
    const request = await approved(fixture);
    await pausedCall.reached;
    await terminateForGood(request);
    pausedCall.release();
    await fixture.waitForState(request, 'active');
    expect((await sweepAfter(1.1 * HOUR)).revoked).toEqual([firstLease(request)]);
    expect(fixture.levelOf()).toBe('none');
    expect(await fixture.state(request)).toMatchObject({ kind: 'closed' });
  });

  test('a grant that does not finish within eleven minutes fails, and its access is revoked', async () => {
    const pausedCall = fixture.providerControl.pauseNext('ensurePresent', 'after');
    const request = await approved(fixture);
    await pausedCall.reached;
    await terminateForGood(request);
    expect((await sweepAfter(12 * 60_000)).failed).toEqual([request]);
    const sweeping = sweepAfter(12 * 60_000 + 11_000);
    // The revocation waits for the lock of the grant. The ledger then refuses the receipt of the grant.
    pausedCall.release();
    expect((await sweeping).revoked).toEqual([firstLease(request)]);
    expect(levelsWritten(fixture, request)).toEqual(['write', 'none']);
    expect(await fixture.state(request)).toMatchObject({ ending: { kind: 'grant-failed' } });
  });
});

describe('concurrent and failing revocations', () => {
  test('three sweepers at the same time revoke a lease once', async () => {
    const request = await active(fixture);
    await terminateForGood(request);
    await fixture.shiftClock(1.1 * HOUR);
    const swept = await Promise.all([sweep(fixture.deps), sweep(fixture.deps), sweep(fixture.deps)]);
    expect(swept.flatMap(({ revoked }) => revoked)).toEqual([firstLease(request)]);
    expect(levelsWritten(fixture, request)).toEqual(['write', 'none']);
    expect(await fixture.kinds(request)).toMatch(/activated revoke-started revoked closed$/);
  });

  test('the sweeper and the workflow revoke a lease at the same time with one effect and one receipt', async () => {
    const pausedCall = fixture.providerControl.pauseNext('ensureAbsent', 'after');
    const request = await expiringSoon(fixture);
    await pausedCall.reached;
    const sweeping = sweepAfter(60_000);
    await until('the sweeper attempts the revocation', () => hasAttempt(request));
    pausedCall.release();
    expect(await sweeping).toMatchObject({ revoked: [firstLease(request)], failedRevocations: [] });
    expect(await workflowResult(fixture, request)).toEqual({ ending: 'expired' });
    expect(levelsWritten(fixture, request)).toEqual(['write', 'none']);
    expect(await fixture.kinds(request)).toMatch(/activated revoke-started revoked closed$/);
    await saveHistory(fixture, request, 'swept-meanwhile');
  });

  test('a workflow completes after the sweeper revoked its access', async () => {
    const request = await active(fixture);
    fixture.keepAsleep(request);
    expect((await sweepAfter(1.1 * HOUR)).revoked).toEqual([firstLease(request)]);
    await fixture.shiftClock(0);
    // The card may still show the button.
    const click = await fixture.answer(request, 'end', 'ana');
    expect(await fixture.outcomeOf(click)).toMatchObject({
      kind: 'refused',
      refusal: { code: 'wrong-state' },
    });
    await fixture.workflows.wake(request);
    expect(await workflowResult(fixture, request)).toEqual({ ending: 'expired' });
    expect(await channelsOf(fixture, request, 'revoked')).toEqual(['sweeper']);
    expect(levelsWritten(fixture, request)).toEqual(['write', 'none']);
  });

  test('a lease that cannot be revoked does not delay other leases, and is retried (F32, I4)', async () => {
    const request = await active(fixture, { entitlement: 'pair' });
    await terminateForGood(request);
    fixture.vendor.setFault({ kind: 'forbid' }, 'write');
    const first = await sweepAfter(1.1 * HOUR);
    expect([first.revoked.length, first.failedRevocations.length]).toEqual([1, 1]);
    expect(first.failedRevocations[0]?.why).toMatch(/^provider-forbidden/);
    expect(await fixture.state(request)).toMatchObject({ kind: 'revoking' });
    const second = await sweepAfter(1.1 * HOUR + 60_000);
    expect(second.revoked).toEqual([first.failedRevocations[0]?.lease]);
    expect([fixture.levelOf('thing'), fixture.levelOf('other')]).toEqual(['none', 'none']);
    expect(await fixture.state(request)).toMatchObject({ kind: 'closed' });
  });
});
