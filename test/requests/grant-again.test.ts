import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { RequestId } from '../../core/ids.ts';
import type { Provider } from '../../providers/provider.ts';
import type { Deps } from '../../requests/deps.ts';
import { grantLease } from '../../requests/grant-lease.ts';
import { openUndo } from '../../requests/undo.ts';
import { firstLease, levelsWritten, type RequestsFixture, startRequestsFixture } from './requests.fixture.ts';
import { answered, approvedWithoutWorkflow, attempt, granted, revoked } from './steps.fixture.ts';

let fixture: RequestsFixture;
beforeAll(async () => {
  fixture = await startRequestsFixture();
});
afterEach(() => fixture.shiftClock(0));
afterAll(() => fixture?.stop());

const end = async (request: RequestId) => {
  await answered(fixture, request, { kind: 'end', by: 'ana' });
  await revoked(fixture, request);
};
const withProvider = (replaced: Partial<Provider>): Deps => ({
  ...fixture.deps,
  providers: new Map([['fake', { ...fixture.providerControl.provider, ...replaced }]]),
});
const grantWith = (deps: Deps, request: RequestId, more: Partial<Parameters<typeof grantLease>[1]> = {}) =>
  grantLease(deps, { lease: firstLease(request), ...attempt, ...more });
/** An approved request whose first attempt to grant recorded the intent and failed at the provider. */
async function failedOnce(): Promise<RequestId> {
  const request = await approvedWithoutWorkflow(fixture);
  const restore = fixture.providerControl.failFrom('ensurePresent');
  await expect(granted(fixture, request)).rejects.toMatchObject({ code: 'provider-unavailable' });
  restore();
  return request;
}

describe('an attempt to grant after one that failed', () => {
  // The undo of the first attempt may be lost.
  test('passes its undo to the workflow before it writes at the provider (I14)', async () => {
    const request = await failedOnce();
    const seen: unknown[] = [];
    const rememberUndo = (undo: string) => void seen.push([undo, fixture.levelOf()]);
    const { undo } = await grantWith(fixture.deps, request, { rememberUndo });
    expect(seen).toEqual([[undo, 'none']]);
    await end(request);
  });

  test('grants nothing when the policy has changed since (B46)', async () => {
    const request = await failedOnce();
    const restore = await fixture.edit('people.yaml', 'owners: [bo, cy]', 'owners: [cy]');
    const error = await granted(fixture, request).catch((caught: unknown) => caught);
    await restore();
    expect(error).toMatchObject({ code: 'no-longer-allowed' });
    expect(levelsWritten(fixture, request)).toEqual([]);
    await end(request);
  });
});

describe('a grant whose request ended meanwhile', () => {
  const refused = (attempted: Promise<unknown>) =>
    expect(attempted).rejects.toMatchObject({ code: 'provider-unavailable' });

  test('fails with a transient fault while its access cannot be revoked, and is superseded at the next attempt (F41)', async () => {
    const request = await approvedWithoutWorkflow(fixture);
    const paused = fixture.providerControl.pauseNext('ensurePresent', 'after');
    const attempted = granted(fixture, request);
    await paused.reached;
    await answered(fixture, request, { kind: 'end', by: 'ana' });
    const restore = fixture.providerControl.failFrom('ensureAbsent');
    paused.release();
    await refused(attempted);
    restore();
    await expect(granted(fixture, request)).rejects.toMatchObject({ code: 'superseded' });
    expect(fixture.levelOf()).toBe('none');
    await revoked(fixture, request);
  });

  test('does the same when its first attempt failed before the write', async () => {
    const request = await failedOnce();
    await answered(fixture, request, { kind: 'end', by: 'ana' });
    const restore = fixture.providerControl.failFrom('ensureAbsent');
    await refused(granted(fixture, request));
    restore();
    await expect(granted(fixture, request)).rejects.toMatchObject({ code: 'superseded' });
    await revoked(fixture, request);
  });
});

test('the undo of a grant has the prior level, also while another lease is live (I14)', async () => {
  const higher = await approvedWithoutWorkflow(fixture, { entitlement: 'top' });
  const lower = await approvedWithoutWorkflow(fixture);
  await granted(fixture, higher);
  const { undo } = await granted(fixture, lower);
  expect(openUndo(fixture.deps, firstLease(lower), undo)?.intent.level).toBe('none');
  await end(higher);
  await end(lower);
});

describe('a grant after a revocation, at a vendor that may show access for half an hour after it is gone (F15)', () => {
  const MINUTE = 60_000;
  const slow = () => withProvider({ consistencyWindowMs: 30 * MINUTE });
  let request: RequestId;
  beforeAll(async () => {
    request = await approvedWithoutWorkflow(fixture);
    const before = await approvedWithoutWorkflow(fixture);
    await granted(fixture, before);
    await end(before);
  });

  test('waits for the rest of that time', async () => {
    await fixture.shiftClock(10 * MINUTE);
    const error = await grantWith(slow(), request).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'not-verified', retryAfterMs: expect.any(Number) });
    const { retryAfterMs } = error as { retryAfterMs: number };
    expect(retryAfterMs).toBeGreaterThan(15 * MINUTE);
    expect(retryAfterMs).toBeLessThanOrEqual(20 * MINUTE);
  });

  test('is done once that time is over by the ledger’s clock', async () => {
    await fixture.shiftClock(31 * MINUTE);
    await grantWith(slow(), request);
    expect(fixture.levelOf()).toBe('write');
    await end(request);
  });
});
