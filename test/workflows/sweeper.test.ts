import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { grantLease } from '../../requests/grant-lease.ts';
import { sweep, type SweepResult } from '../../upkeep/sweep.ts';
import type { RequestId } from '../../core/ids.ts';
import { asAdmin } from '../ledger/database.fixture.ts';
import { until } from '../until.fixture.ts';
import { saveHistory } from './histories.ts';
import { currentState } from '../../workflows/messages.ts';
import { firstLease, handleOf, type WorkflowFixture, startWorkflowFixture } from './workflow.fixture.ts';
import {
  active,
  approved,
  approvedAlone,
  done,
  channelsOf,
  openedAlone,
  outcome,
  pending,
  shortlyActive,
  levelsWritten,
} from './steps.fixture.ts';

let fixture: WorkflowFixture;
beforeAll(async () => {
  fixture = await startWorkflowFixture();
});
afterEach(() => fixture.shiftClock(0));
afterAll(() => fixture?.stop());

const HOUR = 3_600_000;
const never = new AbortController().signal;

/** One pass of the sweeper, as if it were `ms` later. */
async function sweepAfter(ms: number): Promise<SweepResult> {
  await fixture.shiftClock(ms);
  return sweep(fixture.deps);
}
async function isTakenUp(request: RequestId): Promise<boolean> {
  let taken = false;
  await asAdmin(async (owner) => {
    const found = await owner.query('select from lease where request_id = $1 and tries > 0', [request]);
    taken = found.rowCount === 1;
  }, fixture.url);
  return taken;
}
const terminate = (request: RequestId) => handleOf(fixture, request).terminate('by hand');

describe('the workflow is terminated manually (F08)', () => {
  test('while access is active: the sweeper revokes it at its end, not before, and records the receipt', async () => {
    const request = await active(fixture);
    await terminate(request);
    expect(await sweepAfter(0.9 * HOUR)).toMatchObject({ revoked: [], failedRevocations: [] });
    expect(fixture.levelOf()).toBe('write');
    expect((await sweepAfter(1.1 * HOUR)).revoked).toEqual([firstLease(request)]);
    expect(fixture.levelOf()).toBe('none');
    expect(await fixture.state(request)).toMatchObject({ kind: 'closed', ending: { kind: 'expired' } });
    expect(await fixture.kinds(request)).toMatch(/activated revoke-started revoked closed$/);
    expect(await channelsOf(fixture, request, 'revoked')).toEqual(['sweeper']);
    await saveHistory(fixture, request, 'terminated-active');
  });

  test('"I\'m done" afterwards: the ledger records the end, and the sweeper revokes the access', async () => {
    const request = await active(fixture);
    await terminate(request);
    const click = await fixture.answer(request, 'end', 'ana');
    expect(await fixture.outcomeOf(click)).toEqual({ kind: 'answered-by-ledger' });
    expect(await fixture.state(request)).toMatchObject({
      kind: 'revoking',
      ending: { kind: 'ended', by: 'ana' },
    });
    expect((await sweepAfter(11_000)).revoked).toEqual([firstLease(request)]);
    expect(fixture.levelOf()).toBe('none');
    expect(await fixture.state(request)).toMatchObject({ kind: 'closed', ending: { kind: 'ended' } });
  });

  test('while an "I\'m done" waits for its receipt: the click still comes to an end', async () => {
    const up = fixture.gate.failFrom('ensureAbsent');
    const request = await active(fixture);
    const click = await fixture.answer(request, 'end', 'ana');
    await fixture.waitForState(request, 'revoking');
    await terminate(request);
    up();
    await until('it is removed', async () => {
      await sweepAfter(11_000); // unless the attempt that was under way has done it
      return (await fixture.state(request)).kind === 'closed' || undefined;
    });
    expect(await fixture.outcomeOf(click)).toEqual({ kind: 'answered-by-ledger' });
    expect(await fixture.kinds(request)).toMatch(/activated revoke-started revoked closed$/);
    expect(levelsWritten(fixture, request)).toEqual(['write', 'none']);
    expect(fixture.levelOf()).toBe('none');
  });

  test('while it waits: an approval voids it and says so; a denial denies it', async () => {
    const request = await pending(fixture);
    await terminate(request);
    expect(await fixture.outcomeOf(await fixture.answer(request, 'approve', 'bo'))).toMatchObject({
      kind: 'refused',
      refusal: { code: 'wrong-state', ending: { kind: 'voided', why: expect.stringContaining('workflow') } },
    });
    expect(levelsWritten(fixture, request)).toEqual([]);

    const other = await pending(fixture);
    await terminate(other);
    await fixture.outcomeOf(await fixture.answer(other, 'deny', 'bo'));
    expect(await fixture.state(other)).toMatchObject({ kind: 'closed', ending: { kind: 'denied' } });
  });

  test('while it waits, and nobody comes: it lapses', async () => {
    const request = await pending(fixture);
    await terminate(request);
    expect((await sweepAfter(7.9 * HOUR)).lapsed).toEqual([]);
    expect((await sweepAfter(8.1 * HOUR)).lapsed).toEqual([request]);
    expect(await fixture.state(request)).toMatchObject({ kind: 'closed', ending: { kind: 'lapsed' } });
    expect(await channelsOf(fixture, request, 'closed')).toEqual(['sweeper']);
  });

  test('during a grant: the late grant is recorded, and is revoked at its end', async () => {
    const held = fixture.gate.pauseNext('ensurePresent', 'after');
    const request = await approved(fixture);
    await held.reached;
    await terminate(request);
    held.release();
    await fixture.waitForState(request, 'active');
    expect((await sweepAfter(1.1 * HOUR)).revoked).toEqual([firstLease(request)]);
    expect(fixture.levelOf()).toBe('none');
    expect(await fixture.state(request)).toMatchObject({ kind: 'closed' });
  });

  test('during a grant that never finishes: the access is revoked after eleven minutes', async () => {
    const held = fixture.gate.pauseNext('ensurePresent', 'after');
    const request = await approved(fixture);
    await held.reached;
    await terminate(request);
    expect((await sweepAfter(12 * 60_000)).failed).toEqual([request]);
    const sweeping = sweepAfter(12 * 60_000 + 11_000);
    held.release(); // the removal waits for the grant's lane; the grant finds the door shut
    expect((await sweeping).revoked).toEqual([firstLease(request)]);
    expect(levelsWritten(fixture, request)).toEqual(['write', 'none']);
    expect(await fixture.state(request)).toMatchObject({ ending: { kind: 'grant-failed' } });
  });
});

describe('Temporal never knew, or lost everything (F06)', () => {
  const signal = new AbortController().signal;
  const owe = () => undefined;

  test('a live lease: the sweeper does it all', async () => {
    const request = await approvedAlone(fixture);
    await grantLease(fixture.deps, { lease: firstLease(request), version: 0, signal, rememberUndo: owe });
    expect(fixture.levelOf()).toBe('write');
    expect((await sweepAfter(1.1 * HOUR)).revoked).toEqual([firstLease(request)]);
    expect(fixture.levelOf()).toBe('none');
    expect(await fixture.state(request)).toMatchObject({ kind: 'closed', ending: { kind: 'expired' } });
    expect(await handleOf(fixture, request).describe().catch(String)).toContain('WorkflowNotFound');
  });

  test('an approved request that nobody grants: nothing was begun, and it is closed', async () => {
    const request = await approvedAlone(fixture);
    expect((await sweepAfter(12 * 60_000)).failed).toEqual([request]);
    expect((await sweepAfter(13 * 60_000)).revoked).toEqual([firstLease(request)]);
    expect(levelsWritten(fixture, request)).toEqual([]);
    expect(await fixture.kinds(request)).toBe(
      'requested judged approved grant-started revoke-started revoked closed',
    );
  });

  test('a waiting request: a click ends it, or it lapses', async () => {
    const [one, other] = [await openedAlone(fixture), await openedAlone(fixture)];
    expect(await fixture.outcomeOf(await fixture.answer(one, 'withdraw', 'ana'))).toEqual({
      kind: 'answered-by-ledger',
    });
    expect((await sweepAfter(9 * HOUR)).lapsed).toEqual([other]);
  });

  test('an ask that Temporal lost is not asked again by a late start (F09)', async () => {
    const request = await approvedAlone(fixture);
    await grantLease(fixture.deps, { lease: firstLease(request), version: 0, signal, rememberUndo: owe });
    await fixture.engine.start(request); // the old click, delivered again after a restore
    await until('it looked', () => handleOf(fixture, request).query(currentState));
    await done(fixture, request);
    expect(await outcome(fixture, request)).toEqual({ ending: 'ended' });
    expect(levelsWritten(fixture, request)).toEqual(['write', 'none']);
    await saveHistory(fixture, request, 'reattached');
  });
});

describe('several who would remove it', () => {
  test('two sweepers at once: one removal, one receipt, one close', async () => {
    const request = await active(fixture);
    await terminate(request);
    await fixture.shiftClock(1.1 * HOUR);
    const swept = await Promise.all([sweep(fixture.deps), sweep(fixture.deps), sweep(fixture.deps)]);
    expect(swept.flatMap(({ revoked }) => revoked)).toEqual([firstLease(request)]);
    expect(levelsWritten(fixture, request)).toEqual(['write', 'none']);
    expect(await fixture.kinds(request)).toMatch(/activated revoke-started revoked closed$/);
  });

  test('the sweeper while the workflow is at it: one receipt, and both are content', async () => {
    const held = fixture.gate.pauseNext('ensureAbsent', 'after');
    const request = await shortlyActive(fixture);
    await held.reached;
    const sweeping = sweepAfter(60_000);
    await until('the sweeper took it up', () => isTakenUp(request));
    held.release();
    expect(await sweeping).toMatchObject({ revoked: [firstLease(request)], failedRevocations: [] });
    expect(await outcome(fixture, request)).toEqual({ ending: 'expired' });
    expect(levelsWritten(fixture, request)).toEqual(['write', 'none']);
    expect(await fixture.kinds(request)).toMatch(/activated revoke-started revoked closed$/);
    await saveHistory(fixture, request, 'swept-meanwhile');
  });

  test('the sweeper before the workflow: the workflow learns of it and completes', async () => {
    const request = await active(fixture);
    expect((await sweepAfter(1.1 * HOUR)).revoked).toEqual([firstLease(request)]);
    await fixture.shiftClock(0);
    const click = await fixture.answer(request, 'end', 'ana'); // its card was not redrawn yet
    expect(await fixture.outcomeOf(click)).toMatchObject({
      kind: 'refused',
      refusal: { code: 'wrong-state' },
    });
    expect(await outcome(fixture, request)).toEqual({ ending: 'expired' });
    expect(await channelsOf(fixture, request, 'revoked')).toEqual(['sweeper']);
    expect(levelsWritten(fixture, request)).toEqual(['write', 'none']);
  });

  test('one that cannot be removed does not keep the others, and stays owed (F32, I4)', async () => {
    const request = await active(fixture, { entitlement: 'pair' });
    await terminate(request);
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

  test('a provider that does not answer holds up its own leases, and no others (F32, I3)', async () => {
    const given = async () => {
      const request = await approvedAlone(fixture);
      await grantLease(fixture.deps, {
        lease: firstLease(request),
        version: 0,
        signal: never,
        rememberUndo: () => undefined,
      });
      return request;
    };
    const stuck: RequestId[] = [];
    while (stuck.length < 21) stuck.push(await given());
    const other = await given();
    await asAdmin(async (owner) => {
      await owner.query(`update lease set provider = 'other' where request_id = $1`, [other]);
      const renamed = `update request set targets = jsonb_set(targets, '{0,provider}', '"other"') where id = $1`;
      await owner.query(renamed, [other]);
    }, fixture.url);
    let answer = (): void => undefined;
    const answered = new Promise<void>((resolve) => (answer = resolve));
    const { provider } = fixture.gate;
    const silent: typeof provider = {
      ...provider,
      ensureAbsent: (...args) => answered.then(() => provider.ensureAbsent(...args)),
    };
    const providers = new Map([
      ['fake', silent],
      ['other', provider],
    ]);
    await fixture.shiftClock(1.1 * HOUR);
    const sweeping = sweep({ ...fixture.deps, providers });
    await fixture.waitForState(other, 'closed');
    expect((await fixture.state(stuck[0] ?? other)).kind).toBe('revoking');
    answer();
    expect((await sweeping).revoked).toHaveLength(22);
    expect(fixture.levelOf()).toBe('none');
  });
});
