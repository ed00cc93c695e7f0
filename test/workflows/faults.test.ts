import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { grantLease } from '../../requests/grant-lease.ts';
import { revokeLease } from '../../requests/revoke-lease.ts';
import type { RequestId } from '../../core/ids.ts';
import { until } from '../until.fixture.ts';
import { saveHistory } from './histories.ts';
import { firstLease, handleOf, type Rig, startRig } from './workflow.fixture.ts';
import {
  active,
  approved,
  done,
  outcome,
  pending,
  shortlyActive,
  waiting,
  written,
} from './steps.fixture.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterEach(() => rig.shiftClock(0));
afterAll(() => rig?.stop());

describe('an operator cancels the workflow: the request ends, the workflow completes', () => {
  test('while it waits for approval', async () => {
    const request = await pending(rig);
    await handleOf(rig, request).cancel();
    expect(await outcome(rig, request)).toEqual({ ending: 'voided' });
    expect(await rig.kinds(request)).toBe('requested judged closed');
    await saveHistory(rig, request, 'cancelled-pending');
  });

  test('while it is active: access is taken back first', async () => {
    const request = await active(rig);
    await handleOf(rig, request).cancel();
    expect(await outcome(rig, request)).toEqual({ ending: 'voided' });
    expect(rig.has()).toBe('none');
    expect(await rig.kinds(request)).toMatch(/activated revoke-started revoked closed$/);
    await saveHistory(rig, request, 'cancelled-active');
  });

  test.each(['before', 'after'] as const)(
    'mid-grant, the provider standing still %s its effect: nothing is left (F41)',
    async (side) => {
      const held = rig.gate.hold('ensurePresent', side);
      const request = await approved(rig);
      await held.reached;
      await handleOf(rig, request).cancel();
      // It is the ledger that stops the grant, so it has to know while the provider still hangs.
      await rig.reaches(request, 'revoking');
      held.release();
      expect(await outcome(rig, request)).toEqual({ ending: 'voided' });
      expect(rig.has()).toBe('none');
      expect(written(rig, request).at(-1)).toBe('none');
      await saveHistory(rig, request, `cancelled-granting-${side}`);
    },
  );

  test('while the provider is down: no more grants are tried, and the removal waits for it', async () => {
    const up = rig.gate.down('ensurePresent');
    const request = await approved(rig);
    await waiting(rig, request, 'grant');
    await handleOf(rig, request).cancel();
    expect(await outcome(rig, request)).toEqual({ ending: 'voided' });
    up();
    expect(written(rig, request)).toEqual([]);
  });
});

describe('"I\'m done" while the grant is in flight (F41)', () => {
  test.each(['before', 'after'] as const)(
    'the provider stands still %s its effect: the late effect is undone before the answer comes',
    async (side) => {
      const held = rig.gate.hold('ensurePresent', side);
      const request = await approved(rig);
      await held.reached;
      const click = await rig.say(request, 'end', 'ana');
      await rig.reaches(request, 'revoking');
      held.release();
      expect(await rig.settled(click)).toEqual({ kind: 'answered' });
      expect(rig.has()).toBe('none');
      expect(await rig.state(request)).toMatchObject({ kind: 'closed', ending: { kind: 'ended' } });
      expect(written(rig, request)).toEqual(['write', 'none']);
      expect(await outcome(rig, request)).toEqual({ ending: 'ended' });
      await saveHistory(rig, request, `ended-granting-${side}`);
    },
  );

  test('a grant that never got as far as its intent finds the door shut', async () => {
    const held = rig.gate.hold('observe', 'after');
    const request = await approved(rig);
    await held.reached;
    const click = await rig.say(request, 'end', 'ana');
    await rig.reaches(request, 'revoking');
    held.release();
    await rig.settled(click);
    expect(await rig.kinds(request)).toBe(
      'requested judged approved grant-started revoke-started revoked closed',
    );
    expect(written(rig, request)).toEqual([]);
  });
});

describe('attempts of one grant', () => {
  const signal = new AbortController().signal;
  const owe = () => undefined;
  const grantAgain = (request: RequestId) =>
    grantLease(rig.deps, { lease: firstLease(request), version: 0, signal, rememberUndo: owe });
  const removeAgain = (request: RequestId) =>
    revokeLease(rig.deps, { lease: firstLease(request), expire: false, via: 'workflow', version: 0, signal });

  test('two alive at once: one intent, one effect, both hear that it is there', async () => {
    const held = rig.gate.hold('ensurePresent', 'after');
    const request = await approved(rig);
    await held.reached;
    const second = grantAgain(request);
    held.release();
    expect((await second).events.at(-1)).toMatchObject({ event: { kind: 'activated' } });
    await rig.reaches(request, 'active');
    expect(written(rig, request)).toEqual(['write']);
    await done(rig, request);
    expect(rig.has()).toBe('none');
  });

  test('its end is lost after the ledger has it: the next attempt leaves the access alone (F01)', async () => {
    const request = await active(rig);
    const late = await grantAgain(request);
    expect(late.events.at(-1)).toMatchObject({ event: { kind: 'activated' } });
    expect(rig.has()).toBe('write');
    expect(written(rig, request)).toEqual(['write']);
    await done(rig, request);
  });

  test('one that comes after everything is over gives nothing and takes nothing', async () => {
    const request = await active(rig);
    await done(rig, request);
    rig.vendor.setLevel('ana', 'thing', 'read');
    await expect(grantAgain(request)).rejects.toMatchObject({ code: 'superseded' });
    await removeAgain(request);
    expect(rig.has()).toBe('read');
    expect(await rig.kinds(request)).toMatch(/revoked closed$/);
    rig.vendor.setLevel('ana', 'thing', 'none');
  });
});

describe('a provider that is not well', () => {
  test('the answer to a grant is lost after it was applied: one effect, no failure (F13, I15)', async () => {
    rig.vendor.setFault({ kind: 'lose-answer' }, 'write'); // the mark
    const request = await approved(rig);
    await rig.reaches(request, 'active');
    expect(written(rig, request)).toEqual(['write']);
    expect(await rig.kinds(request)).toBe(
      'requested judged approved grant-started intended granted activated',
    );
    await done(rig, request);
    await saveHistory(rig, request, 'lost-answer');
  });

  test('the answer to a removal is lost after it was applied: one effect, one receipt (F13)', async () => {
    const request = await active(rig);
    rig.vendor.setFault({ kind: 'lose-answer' }, 'write');
    await done(rig, request);
    expect(written(rig, request)).toEqual(['write', 'none']);
    expect(await rig.kinds(request)).toMatch(/activated revoke-started revoked closed$/);
  });

  test('throttled: the next attempt is planned for when the provider said (F11)', async () => {
    rig.vendor.setFault({ kind: 'throttle', retryAfterMs: 2_500 }, 'write');
    const request = await approved(rig);
    const { currentRetryInterval } = await waiting(rig, request, 'grant');
    expect(Math.round(msOf(currentRetryInterval))).toBe(2_500);
    await rig.reaches(request, 'active');
    expect(written(rig, request)).toEqual(['write']);
    await done(rig, request);
  });

  test('down for many attempts at the end, then back: closed by the receipt, not before (B03, I4)', async () => {
    const up = rig.gate.down('ensureAbsent');
    const request = await shortlyActive(rig);
    const before = rig.gate.tries('ensureAbsent');
    await until('it was tried four times', () => rig.gate.tries('ensureAbsent') >= before + 4 || undefined);
    expect(await rig.state(request)).toMatchObject({ kind: 'revoking', revoked: [] });
    expect(rig.has()).toBe('write');
    expect(await rig.faultOf(request)).toMatch(/^provider-unavailable/);
    up();
    await rig.reaches(request, 'closed');
    expect(rig.has()).toBe('none');
    expect(await rig.faultOf(request)).toBeNull();
    expect(await outcome(rig, request)).toEqual({ ending: 'expired' });
    await saveHistory(rig, request, 'provider-down');
  });

  test('it forbids the removal, until somebody mends our credential (F33, I4)', async () => {
    const up = rig.gate.down('ensureAbsent', 'provider-forbidden');
    const request = await active(rig);
    const click = await rig.say(request, 'end', 'ana');
    await waiting(rig, request, 'revoke');
    expect(await rig.faultOf(request)).toMatch(/^provider-forbidden/);
    up();
    expect(await rig.settled(click)).toEqual({ kind: 'answered' });
    expect(await outcome(rig, request)).toEqual({ ending: 'ended' });
    expect(rig.has()).toBe('none');
  });

  test('nobody waits behind a removal that does not come (F32)', async () => {
    const up = rig.gate.down('ensureAbsent');
    const request = await active(rig, { entitlement: 'pair' });
    const ending = await rig.say(request, 'end', 'ana');
    await rig.reaches(request, 'revoking');
    const other = await pending(rig);
    expect(await rig.settled(await rig.say(other, 'deny', 'bo'))).toEqual({ kind: 'answered' });
    expect(await rig.ledger.clickOutcome(ending)).toBeUndefined();
    up();
    await rig.settled(ending);
    expect([rig.has('thing'), rig.has('other')]).toEqual(['none', 'none']);
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
  ])('%s: void, and nothing is given', async (_why, file, from, to) => {
    const held = rig.gate.hold('observe', 'before');
    const blocker = await approved(rig); // holds the lane, so that the next grant begins after the change
    await held.reached;
    const request = await approved(rig);
    const mend = await rig.edit(file, from, to);
    held.release();
    await rig.reaches(request, 'closed');
    await mend();
    expect(await rig.state(request)).toMatchObject({
      ending: { kind: 'voided', why: expect.not.stringContaining('no-longer-allowed') },
    });
    expect(written(rig, request)).toEqual([]);
    expect(await rig.kinds(request)).toBe(
      'requested judged approved grant-started revoke-started revoked closed',
    );
    await rig.reaches(blocker, 'active');
    await done(rig, blocker);
    if (file === 'people.yaml') await saveHistory(rig, request, 'voided');
  });

  test('a broken catalogue refuses the click; mended, the next click works (I14)', async () => {
    const request = await pending(rig);
    const mend = await rig.edit('catalogue.yaml', 'entitlements:', 'entitlements: [');
    const settled = await rig.settled(await rig.say(request, 'approve', 'bo')).finally(() => void mend());
    expect(settled).toMatchObject({
      kind: 'refused',
      refusal: {
        code: 'not-allowed',
        why: expect.stringMatching(/^the policy cannot be read \(catalogue\.yaml:\d+:\d+: /),
      },
    });
    await mend();
    expect(await rig.settled(await rig.say(request, 'approve', 'bo'))).toEqual({ kind: 'answered' });
    await rig.reaches(request, 'active');
    await done(rig, request);
  });
});

describe('the ledger is behind Temporal: its clock counts, and nobody spins meanwhile (F22, I23)', () => {
  /** How long each timer of the workflow was set for, in whole seconds. */
  const timers = async (request: RequestId): Promise<readonly number[]> =>
    ((await handleOf(rig, request).fetchHistory()).events ?? []).flatMap(
      ({ timerStartedEventAttributes: timer }) =>
        timer ? [Math.round(msOf(timer.startToFireTimeout) / 1_000)] : [],
    );

  test('when access ends', async () => {
    await rig.shiftClock(-58_000);
    const request = await active(rig, { length: '1m' });
    await rig.shiftClock(-108_000); // by Temporal's clock the end is in 2 s, by the ledger's in 50 s more
    const planned = await until('it waits again', async () => (await timers(request))[2]);
    expect(planned).toBeGreaterThan(40);
    expect(await rig.state(request)).toMatchObject({ kind: 'active' });
    expect(rig.has()).toBe('write');
    await rig.shiftClock(0);
    await done(rig, request);
  });

  test('when a request lapses', async () => {
    await rig.shiftClock(-(8 * 3_600_000 - 500));
    const request = await pending(rig);
    const pauses = await until('it asked three times', async () => {
      const all = await timers(request);
      return all.length >= 4 ? all.slice(1, 4) : undefined;
    });
    expect(pauses).toEqual([1, 2, 4]);
    await rig.shiftClock(0);
    await rig.reaches(request, 'closed');
  });
});

const msOf = (
  length: { seconds?: { toNumber(): number } | null; nanos?: number | null } | null | undefined,
) => (length?.seconds?.toNumber() ?? 0) * 1_000 + (length?.nanos ?? 0) / 1e6;
