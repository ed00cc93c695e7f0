import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { grantLease } from '../../requests/grant-lease.ts';
import { revokeLease } from '../../requests/revoke-lease.ts';
import type { RequestId } from '../../core/ids.ts';
import { until } from '../until.fixture.ts';
import { saveHistory } from './histories.ts';
import { firstLease, handleOf, type WorkflowFixture, startWorkflowFixture } from './workflow.fixture.ts';
import {
  active,
  approved,
  done,
  outcome,
  pending,
  shortlyActive,
  waiting,
  levelsWritten,
} from './steps.fixture.ts';

let fixture: WorkflowFixture;
beforeAll(async () => {
  fixture = await startWorkflowFixture();
});
afterEach(() => fixture.shiftClock(0));
afterAll(() => fixture?.stop());

describe('an operator cancels the workflow: the request ends, the workflow completes', () => {
  test('while it waits for approval', async () => {
    const request = await pending(fixture);
    await handleOf(fixture, request).cancel();
    expect(await outcome(fixture, request)).toEqual({ ending: 'voided' });
    expect(await fixture.kinds(request)).toBe('requested judged closed');
    await saveHistory(fixture, request, 'cancelled-pending');
  });

  test('while it is active: access is revoked first', async () => {
    const request = await active(fixture);
    await handleOf(fixture, request).cancel();
    expect(await outcome(fixture, request)).toEqual({ ending: 'voided' });
    expect(fixture.levelOf()).toBe('none');
    expect(await fixture.kinds(request)).toMatch(/activated revoke-started revoked closed$/);
    await saveHistory(fixture, request, 'cancelled-active');
  });

  test.each(['before', 'after'] as const)(
    'during the grant, while the provider call is paused %s its effect: no access is left (F41)',
    async (side) => {
      const held = fixture.gate.pauseNext('ensurePresent', side);
      const request = await approved(fixture);
      await held.reached;
      await handleOf(fixture, request).cancel();
      // It is the ledger that stops the grant, so it has to know while the provider still hangs.
      await fixture.waitForState(request, 'revoking');
      held.release();
      expect(await outcome(fixture, request)).toEqual({ ending: 'voided' });
      expect(fixture.levelOf()).toBe('none');
      expect(levelsWritten(fixture, request).at(-1)).toBe('none');
      await saveHistory(fixture, request, `cancelled-granting-${side}`);
    },
  );

  test('while the provider is down: the grant is not retried, and the revocation waits for the provider', async () => {
    const up = fixture.gate.failFrom('ensurePresent');
    const request = await approved(fixture);
    await waiting(fixture, request, 'grant');
    await handleOf(fixture, request).cancel();
    expect(await outcome(fixture, request)).toEqual({ ending: 'voided' });
    up();
    expect(levelsWritten(fixture, request)).toEqual([]);
  });
});

describe('"I\'m done" while the grant is in flight (F41)', () => {
  test.each(['before', 'after'] as const)(
    'the provider call is paused %s its effect: the late effect is undone before the click is answered',
    async (side) => {
      const held = fixture.gate.pauseNext('ensurePresent', side);
      const request = await approved(fixture);
      await held.reached;
      const click = await fixture.answer(request, 'end', 'ana');
      await fixture.waitForState(request, 'revoking');
      held.release();
      expect(await fixture.outcomeOf(click)).toEqual({ kind: 'answered' });
      expect(fixture.levelOf()).toBe('none');
      expect(await fixture.state(request)).toMatchObject({ kind: 'closed', ending: { kind: 'ended' } });
      expect(levelsWritten(fixture, request)).toEqual(['write', 'none']);
      expect(await outcome(fixture, request)).toEqual({ ending: 'ended' });
      await saveHistory(fixture, request, `ended-granting-${side}`);
    },
  );

  test('a grant that has not recorded its intent cannot grant after the end', async () => {
    const held = fixture.gate.pauseNext('observe', 'after');
    const request = await approved(fixture);
    await held.reached;
    const click = await fixture.answer(request, 'end', 'ana');
    await fixture.waitForState(request, 'revoking');
    held.release();
    await fixture.outcomeOf(click);
    expect(await fixture.kinds(request)).toBe(
      'requested judged approved grant-started revoke-started revoked closed',
    );
    expect(levelsWritten(fixture, request)).toEqual([]);
  });
});

describe('attempts of one grant', () => {
  const signal = new AbortController().signal;
  const owe = () => undefined;
  const grantAgain = (request: RequestId) =>
    grantLease(fixture.deps, { lease: firstLease(request), version: 0, signal, rememberUndo: owe });
  const removeAgain = (request: RequestId) =>
    revokeLease(fixture.deps, {
      lease: firstLease(request),
      expire: false,
      via: 'workflow',
      version: 0,
      signal,
    });

  test('two attempts run at once: there is one intent and one effect, and both report success', async () => {
    const held = fixture.gate.pauseNext('ensurePresent', 'after');
    const request = await approved(fixture);
    await held.reached;
    const second = grantAgain(request);
    held.release();
    expect((await second).events.at(-1)).toMatchObject({ event: { kind: 'activated' } });
    await fixture.waitForState(request, 'active');
    expect(levelsWritten(fixture, request)).toEqual(['write']);
    await done(fixture, request);
    expect(fixture.levelOf()).toBe('none');
  });

  test('the result of an attempt is lost after the ledger recorded it: the next attempt does not change the access (F01)', async () => {
    const request = await active(fixture);
    const late = await grantAgain(request);
    expect(late.events.at(-1)).toMatchObject({ event: { kind: 'activated' } });
    expect(fixture.levelOf()).toBe('write');
    expect(levelsWritten(fixture, request)).toEqual(['write']);
    await done(fixture, request);
  });

  test('an attempt after the request closed grants nothing and revokes nothing', async () => {
    const request = await active(fixture);
    await done(fixture, request);
    fixture.vendor.setLevel('ana', 'thing', 'read');
    await expect(grantAgain(request)).rejects.toMatchObject({ code: 'superseded' });
    await removeAgain(request);
    expect(fixture.levelOf()).toBe('read');
    expect(await fixture.kinds(request)).toMatch(/revoked closed$/);
    fixture.vendor.setLevel('ana', 'thing', 'none');
  });
});

describe('a provider that fails', () => {
  test('the answer to a grant is lost after it was applied: one effect, no failure (F13, I15)', async () => {
    fixture.vendor.setFault({ kind: 'lose-answer' }, 'write'); // the mark
    const request = await approved(fixture);
    await fixture.waitForState(request, 'active');
    expect(levelsWritten(fixture, request)).toEqual(['write']);
    expect(await fixture.kinds(request)).toBe(
      'requested judged approved grant-started intended granted activated',
    );
    await done(fixture, request);
    await saveHistory(fixture, request, 'lost-answer');
  });

  test('the answer to a revocation is lost after it was applied: one effect, one receipt (F13)', async () => {
    const request = await active(fixture);
    fixture.vendor.setFault({ kind: 'lose-answer' }, 'write');
    await done(fixture, request);
    expect(levelsWritten(fixture, request)).toEqual(['write', 'none']);
    expect(await fixture.kinds(request)).toMatch(/activated revoke-started revoked closed$/);
  });

  test('throttled: the next attempt is planned for when the provider said (F11)', async () => {
    fixture.vendor.setFault({ kind: 'throttle', retryAfterMs: 2_500 }, 'write');
    const request = await approved(fixture);
    const { currentRetryInterval } = await waiting(fixture, request, 'grant');
    expect(Math.round(msOf(currentRetryInterval))).toBe(2_500);
    await fixture.waitForState(request, 'active');
    expect(levelsWritten(fixture, request)).toEqual(['write']);
    await done(fixture, request);
  });

  test('down for many attempts at the end, then back: closed by the receipt, not before (B03, I4)', async () => {
    const up = fixture.gate.failFrom('ensureAbsent');
    const request = await shortlyActive(fixture);
    const before = fixture.gate.countOf('ensureAbsent');
    await until(
      'it was tried four times',
      () => fixture.gate.countOf('ensureAbsent') >= before + 4 || undefined,
    );
    expect(await fixture.state(request)).toMatchObject({ kind: 'revoking', revoked: [] });
    expect(fixture.levelOf()).toBe('write');
    expect(await fixture.faultOf(request)).toMatch(/^provider-unavailable/);
    up();
    await fixture.waitForState(request, 'closed');
    expect(fixture.levelOf()).toBe('none');
    expect(await fixture.faultOf(request)).toBeNull();
    expect(await outcome(fixture, request)).toEqual({ ending: 'expired' });
    await saveHistory(fixture, request, 'provider-down');
  });

  test('the provider forbids the revocation until somebody repairs the credential (F33, I4)', async () => {
    const up = fixture.gate.failFrom('ensureAbsent', 'provider-forbidden');
    const request = await active(fixture);
    const click = await fixture.answer(request, 'end', 'ana');
    await waiting(fixture, request, 'revoke');
    expect(await fixture.faultOf(request)).toMatch(/^provider-forbidden/);
    up();
    expect(await fixture.outcomeOf(click)).toEqual({ kind: 'answered' });
    expect(await outcome(fixture, request)).toEqual({ ending: 'ended' });
    expect(fixture.levelOf()).toBe('none');
  });

  test('a revocation that keeps failing does not delay other requests (F32)', async () => {
    const up = fixture.gate.failFrom('ensureAbsent');
    const request = await active(fixture, { entitlement: 'pair' });
    const ending = await fixture.answer(request, 'end', 'ana');
    await fixture.waitForState(request, 'revoking');
    const other = await pending(fixture);
    expect(await fixture.outcomeOf(await fixture.answer(other, 'deny', 'bo'))).toEqual({ kind: 'answered' });
    expect(await fixture.ledger.clickOutcome(ending)).toBeUndefined();
    up();
    await fixture.outcomeOf(ending);
    expect([fixture.levelOf('thing'), fixture.levelOf('other')]).toEqual(['none', 'none']);
  });
});

describe('the policy changes between the approval and the grant (I12, B46)', () => {
  const bo = '{ id: bo, name: Bo }';
  test.each([
    ['the requester left', 'people.yaml', 'manager: bo,', 'manager: bo, active: false,'],
    ['the approver left', 'people.yaml', bo, '{ id: bo, name: Bo, active: false }'],
    ['the approver is no longer in the group', 'people.yaml', 'owners: [bo, cy]', 'owners: [cy]'],
    ['it grants something else now', 'catalogue.yaml', 'level: write }]', 'level: admin }]'],
    ['the longest length was lowered', 'catalogue.yaml', 'longest: 8h', 'longest: 30m'],
    ['the catalogue is broken', 'catalogue.yaml', 'entitlements:', 'entitlements: ['],
  ])('%s: the request is voided, and nothing is granted', async (_why, file, from, to) => {
    const held = fixture.gate.pauseNext('observe', 'before');
    const blocker = await approved(fixture); // holds the lock, so that the next grant begins after the change
    await held.reached;
    const request = await approved(fixture);
    const mend = await fixture.edit(file, from, to);
    held.release();
    await fixture.waitForState(request, 'closed');
    await mend();
    expect(await fixture.state(request)).toMatchObject({
      ending: { kind: 'voided', why: expect.not.stringContaining('no-longer-allowed') },
    });
    expect(levelsWritten(fixture, request)).toEqual([]);
    expect(await fixture.kinds(request)).toBe(
      'requested judged approved grant-started revoke-started revoked closed',
    );
    await fixture.waitForState(blocker, 'active');
    await done(fixture, blocker);
    if (file === 'people.yaml') await saveHistory(fixture, request, 'voided');
  });

  test('a broken catalogue refuses the click; after the repair the next click works (I14)', async () => {
    const request = await pending(fixture);
    const mend = await fixture.edit('catalogue.yaml', 'entitlements:', 'entitlements: [');
    const settled = await fixture
      .outcomeOf(await fixture.answer(request, 'approve', 'bo'))
      .finally(() => void mend());
    expect(settled).toMatchObject({
      kind: 'refused',
      refusal: {
        code: 'not-allowed',
        why: expect.stringMatching(/^the policy cannot be read \(catalogue\.yaml:\d+:\d+: /),
      },
    });
    await mend();
    expect(await fixture.outcomeOf(await fixture.answer(request, 'approve', 'bo'))).toEqual({
      kind: 'answered',
    });
    await fixture.waitForState(request, 'active');
    await done(fixture, request);
  });
});

describe('the ledger clock is behind Temporal: the ledger clock decides, and the workflow does not poll in a tight loop (F22, I23)', () => {
  /** How long each timer of the workflow was set for, in whole seconds. */
  const timers = async (request: RequestId): Promise<readonly number[]> =>
    ((await handleOf(fixture, request).fetchHistory()).events ?? []).flatMap(
      ({ timerStartedEventAttributes: timer }) =>
        timer ? [Math.round(msOf(timer.startToFireTimeout) / 1_000)] : [],
    );

  test('when access ends', async () => {
    await fixture.shiftClock(-58_000);
    const request = await active(fixture, { length: '1m' });
    await fixture.shiftClock(-108_000); // by Temporal's clock the end is in 2 s, by the ledger's in 50 s more
    const planned = await until('it waits again', async () => (await timers(request))[2]);
    expect(planned).toBeGreaterThan(40);
    expect(await fixture.state(request)).toMatchObject({ kind: 'active' });
    expect(fixture.levelOf()).toBe('write');
    await fixture.shiftClock(0);
    await done(fixture, request);
  });

  test('when a request lapses', async () => {
    await fixture.shiftClock(-(8 * 3_600_000 - 500));
    const request = await pending(fixture);
    const pauses = await until('it asked three times', async () => {
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
