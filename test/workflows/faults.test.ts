import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { grantLease } from '../../requests/grant-lease.ts';
import { revokeLease } from '../../requests/revoke-lease.ts';
import type { RequestId } from '../../core/ids.ts';
import { levelsWritten } from '../requests/requests.fixture.ts';
import { until } from '../until.fixture.ts';
import { saveHistory } from './histories.ts';
import { firstLease, handleOf, type WorkflowFixture, startWorkflowFixture } from './workflow.fixture.ts';
import {
  active,
  approved,
  endRequest,
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

describe('somebody who can write to the Temporal namespace cancels the workflow (T11)', () => {
  test('a pending request stays pending, and an approval is granted', async () => {
    const request = await pending(fixture);
    await handleOf(fixture, request).cancel();
    await fixture.outcomeOf(await fixture.answer(request, 'approve', 'bo'));
    await fixture.waitForState(request, 'active');
    await endRequest(fixture, request);
    expect(await workflowResult(fixture, request)).toEqual({ ending: 'ended' });
    await saveHistory(fixture, request, 'cancelled-pending');
  });

  test('active access stays until its end', async () => {
    const request = await expiringSoon(fixture);
    await handleOf(fixture, request).cancel();
    expect([(await fixture.state(request)).kind, fixture.levelOf()]).toEqual(['active', 'write']);
    expect(await workflowResult(fixture, request)).toEqual({ ending: 'expired' });
    expect(fixture.levelOf()).toBe('none');
    await saveHistory(fixture, request, 'cancelled-active');
  });

  test.each(['before', 'after'] as const)(
    'a grant that is paused %s its effect goes on, and is not granted twice',
    async (side) => {
      const pausedCall = fixture.providerControl.pauseNext('ensurePresent', side);
      const request = await approved(fixture);
      await pausedCall.reached;
      await handleOf(fixture, request).cancel();
      pausedCall.release();
      await fixture.waitForState(request, 'active');
      expect(levelsWritten(fixture, request)).toEqual(['write']);
      await endRequest(fixture, request);
      await workflowResult(fixture, request);
      await saveHistory(fixture, request, `cancelled-granting-${side}`);
    },
  );
});

describe('the requester ends the request during the grant (F41)', () => {
  test.each(['before', 'after'] as const)(
    'a grant that was paused %s its effect is revoked, and the click is answered at once',
    async (side) => {
      const pausedCall = fixture.providerControl.pauseNext('ensurePresent', side);
      const request = await approved(fixture);
      await pausedCall.reached;
      const click = await fixture.answer(request, 'end', 'ana');
      expect(await fixture.outcomeOf(click)).toEqual({ kind: 'answered' });
      expect(await fixture.state(request)).toMatchObject({ kind: 'revoking' });
      pausedCall.release();
      expect(await fixture.waitForState(request, 'closed')).toMatchObject({ ending: { kind: 'ended' } });
      expect(fixture.levelOf()).toBe('none');
      expect(levelsWritten(fixture, request)).toEqual(['write', 'none']);
      expect(await workflowResult(fixture, request)).toEqual({ ending: 'ended' });
      await saveHistory(fixture, request, `ended-granting-${side}`);
    },
  );

  test('a grant that has not recorded its intent has no effect at the provider', async () => {
    const pausedCall = fixture.providerControl.pauseNext('observe', 'after');
    const request = await approved(fixture);
    await pausedCall.reached;
    const click = await fixture.answer(request, 'end', 'ana');
    await fixture.waitForState(request, 'revoking');
    await fixture.outcomeOf(click);
    pausedCall.release();
    await fixture.waitForState(request, 'closed');
    expect(await fixture.kinds(request)).toBe(
      'requested judged approved grant-started revoke-started revoked closed',
    );
    expect(levelsWritten(fixture, request)).toEqual([]);
  });
});

describe('attempts of one grant', () => {
  const signal = new AbortController().signal;
  const forgetUndo = () => undefined;
  const grantAgain = (request: RequestId) =>
    grantLease(fixture.deps, { lease: firstLease(request), signal, rememberUndo: forgetUndo });
  const revokeAgain = (request: RequestId) =>
    revokeLease(fixture.deps, {
      lease: firstLease(request),
      via: 'workflow',
      signal,
    });

  test('two attempts at the same time set the level once and both succeed', async () => {
    const pausedCall = fixture.providerControl.pauseNext('ensurePresent', 'after');
    const request = await approved(fixture);
    await pausedCall.reached;
    const second = grantAgain(request);
    pausedCall.release();
    await second;
    expect((await fixture.state(request)).kind).toBe('active');
    expect(levelsWritten(fixture, request)).toEqual(['write']);
    await endRequest(fixture, request);
    expect(fixture.levelOf()).toBe('none');
  });

  test('a retry after the ledger recorded the grant does not change the access (F01)', async () => {
    const request = await active(fixture);
    await grantAgain(request);
    expect((await fixture.state(request)).kind).toBe('active');
    expect(fixture.levelOf()).toBe('write');
    expect(levelsWritten(fixture, request)).toEqual(['write']);
    await endRequest(fixture, request);
  });

  test('an attempt to grant or to revoke after the request closed changes nothing at the provider', async () => {
    const request = await active(fixture);
    await endRequest(fixture, request);
    fixture.vendor.setLevel('ana', 'thing', 'read');
    await expect(grantAgain(request)).rejects.toMatchObject({ code: 'superseded' });
    await revokeAgain(request);
    expect(fixture.levelOf()).toBe('read');
    expect(await fixture.kinds(request)).toMatch(/revoked closed$/);
    fixture.vendor.setLevel('ana', 'thing', 'none');
  });
});

describe('a provider that fails', () => {
  test('a grant whose answer is lost has one effect and activates the request (F13, I15)', async () => {
    // The first write of a grant is its mark at the vendor.
    fixture.vendor.setFault({ kind: 'lose-answer' }, 'write');
    const request = await approved(fixture);
    await fixture.waitForState(request, 'active');
    expect(levelsWritten(fixture, request)).toEqual(['write']);
    expect(await fixture.kinds(request)).toBe(
      'requested judged approved grant-started intended granted activated',
    );
    await endRequest(fixture, request);
    await saveHistory(fixture, request, 'lost-answer');
  });

  test('a revocation whose answer is lost has one effect and one receipt (F13)', async () => {
    const request = await active(fixture);
    fixture.vendor.setFault({ kind: 'lose-answer' }, 'write');
    await endRequest(fixture, request);
    expect(levelsWritten(fixture, request)).toEqual(['write', 'none']);
    expect(await fixture.kinds(request)).toMatch(/activated revoke-started revoked closed$/);
  });

  test('a throttled grant is retried after the time that the provider stated (F11)', async () => {
    fixture.vendor.setFault({ kind: 'throttle', retryAfterMs: 2_500 }, 'write');
    const request = await approved(fixture);
    const { currentRetryInterval } = await waitForRetry(fixture, request, 'grant');
    expect(Math.round(msOf(currentRetryInterval))).toBe(2_500);
    await fixture.waitForState(request, 'active');
    expect(levelsWritten(fixture, request)).toEqual(['write']);
    await endRequest(fixture, request);
  });

  test.each([
    ['for five minutes', 300_000, 1],
    ['for half an hour, longer than its first ten minutes,', 1_800_000, 2],
  ] as const)(
    'a request whose grant waits %s for its turn closes when its requester ends it, and nothing was granted (I14)',
    async (_wait, retryAfterMs, times) => {
      for (let time = 0; time < times; time += 1)
        fixture.vendor.setFault({ kind: 'throttle', retryAfterMs }, 'write');
      const request = await approved(fixture);
      await waitForRetry(fixture, request, 'grant');
      await endRequest(fixture, request);
      expect(await workflowResult(fixture, request)).toEqual({ ending: 'ended' });
      expect(levelsWritten(fixture, request)).toEqual([]);
      await saveHistory(fixture, request, times === 1 ? 'ended-throttled' : 'ended-throttled-long');
    },
  );

  test('a request whose revocation fails stays open until the provider confirms the revocation (B03, I4)', async () => {
    const stopFailing = fixture.providerControl.failFrom('ensureAbsent');
    const request = await expiringSoon(fixture);
    const before = fixture.providerControl.countOf('ensureAbsent');
    await until(
      'the revocation was attempted four times',
      () => fixture.providerControl.countOf('ensureAbsent') >= before + 4 || undefined,
    );
    expect(await fixture.state(request)).toMatchObject({ kind: 'revoking', revoked: [] });
    expect(fixture.levelOf()).toBe('write');
    expect(await fixture.faultOf(request)).toMatch(/^provider-unavailable/);
    stopFailing();
    await fixture.waitForState(request, 'closed');
    expect(fixture.levelOf()).toBe('none');
    expect(await fixture.faultOf(request)).toBeNull();
    expect(await workflowResult(fixture, request)).toEqual({ ending: 'expired' });
    await saveHistory(fixture, request, 'provider-down');
  });

  test('a revocation that the provider forbids is retried until the provider permits it (F33, I4)', async () => {
    const stopFailing = fixture.providerControl.failFrom('ensureAbsent', 'provider-forbidden');
    const request = await active(fixture);
    const click = await fixture.answer(request, 'end', 'ana');
    await waitForRetry(fixture, request, 'revoke');
    expect(await fixture.faultOf(request)).toMatch(/^provider-forbidden/);
    expect(await fixture.outcomeOf(click)).toEqual({ kind: 'answered' });
    stopFailing();
    expect(await workflowResult(fixture, request)).toEqual({ ending: 'ended' });
    expect(fixture.levelOf()).toBe('none');
  });

  test('a revocation that keeps failing does not delay other requests (F32)', async () => {
    const stopFailing = fixture.providerControl.failFrom('ensureAbsent');
    const request = await active(fixture, { entitlement: 'pair' });
    await fixture.answer(request, 'end', 'ana');
    await fixture.waitForState(request, 'revoking');
    const other = await pending(fixture);
    expect(await fixture.outcomeOf(await fixture.answer(other, 'deny', 'bo'))).toEqual({ kind: 'answered' });
    expect((await fixture.state(request)).kind).toBe('revoking');
    stopFailing();
    await fixture.waitForState(request, 'closed');
    expect([fixture.levelOf('thing'), fixture.levelOf('other')]).toEqual(['none', 'none']);
  });
});

describe('the policy changes between the approval and the grant (I12, B46)', () => {
  const bo = 'id: bo, name: Bo,';
  test.each([
    ['the requester left', 'people.yaml', 'manager: bo,', 'manager: bo, active: false,'],
    ['the approver left', 'people.yaml', bo, 'id: bo, name: Bo, active: false,'],
    ['the approver is no longer in the group', 'people.yaml', 'owners: [bo, cy]', 'owners: [cy]'],
    ['the entitlement has another level', 'catalogue.yaml', 'level: write }]', 'level: admin }]'],
    ['the longest length is below the requested length', 'catalogue.yaml', 'longest: 8h', 'longest: 30m'],
    ['the catalogue cannot be parsed', 'catalogue.yaml', 'entitlements:', 'entitlements: ['],
  ])('the request is voided without a grant when %s', async (_why, file, from, to) => {
    const pausedCall = fixture.providerControl.pauseNext('observe', 'before');
    // The first request holds the lock, so the grant of the second request begins after the change.
    const blocker = await approved(fixture);
    await pausedCall.reached;
    const request = await approved(fixture);
    const restoreFile = await fixture.edit(file, from, to);
    pausedCall.release();
    await fixture.waitForState(request, 'closed');
    await restoreFile();
    expect(await fixture.state(request)).toMatchObject({
      ending: { kind: 'voided', why: expect.not.stringContaining('no-longer-allowed') },
    });
    expect(levelsWritten(fixture, request)).toEqual([]);
    expect(await fixture.kinds(request)).toBe(
      'requested judged approved grant-started revoke-started revoked closed',
    );
    await fixture.waitForState(blocker, 'active');
    await endRequest(fixture, blocker);
    if (file === 'people.yaml') await saveHistory(fixture, request, 'voided');
  });

  test('a click is refused only while the catalogue cannot be parsed (I14)', async () => {
    const request = await pending(fixture);
    const restoreFile = await fixture.edit('catalogue.yaml', 'entitlements:', 'entitlements: [');
    const settled = await fixture
      .outcomeOf(await fixture.answer(request, 'approve', 'bo'))
      .finally(() => void restoreFile());
    expect(settled).toMatchObject({
      kind: 'refused',
      refusal: {
        code: 'not-allowed',
        why: expect.stringMatching(/^the policy cannot be read \(catalogue\.yaml:\d+:\d+: /),
      },
    });
    await restoreFile();
    expect(await fixture.outcomeOf(await fixture.answer(request, 'approve', 'bo'))).toEqual({
      kind: 'answered',
    });
    await fixture.waitForState(request, 'active');
    await endRequest(fixture, request);
  });
});

describe('the ledger clock is behind the clock of Temporal (F22, I23)', () => {
  /** The length of each timer of the workflow, in whole seconds. */
  const timers = async (request: RequestId): Promise<readonly number[]> =>
    ((await handleOf(fixture, request).fetchHistory()).events ?? []).flatMap(
      ({ timerStartedEventAttributes: timer }) =>
        timer ? [Math.round(msOf(timer.startToFireTimeout) / 1_000)] : [],
    );

  test('access stays active until its end by the ledger clock, and the workflow sets one timer for the rest of the time', async () => {
    await fixture.shiftClock(-58_000);
    const request = await active(fixture, { length: '1m' });
    // By Temporal's clock the access ends in 2 s. By the ledger clock it ends in 110 s.
    await fixture.shiftClock(-108_000);
    const planned = await until('the workflow set a third timer', async () => (await timers(request))[2]);
    expect(planned).toBeGreaterThan(40);
    expect(planned).toBeLessThanOrEqual(110);
    expect(await fixture.state(request)).toMatchObject({ kind: 'active' });
    expect(fixture.levelOf()).toBe('write');
    await fixture.shiftClock(0);
    await endRequest(fixture, request);
  });

  test('the workflow waits twice as long after each check that finds the request still pending', async () => {
    await fixture.shiftClock(-(8 * 3_600_000 - 500));
    const request = await pending(fixture);
    const pauses = await until('the workflow checked three times', async () => {
      const all = await timers(request);
      return all.length >= 4 ? all.slice(1, 4) : undefined;
    });
    expect(pauses).toEqual([1, 2, 4]);
    await fixture.shiftClock(0);
    await fixture.waitForState(request, 'closed');
  });
});

const msOf = (
  length: { seconds?: { toNumber(): number } | null; nanos?: number | null } | null | undefined,
) => (length?.seconds?.toNumber() ?? 0) * 1_000 + (length?.nanos ?? 0) / 1e6;
