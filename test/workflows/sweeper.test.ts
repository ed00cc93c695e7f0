import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { grantLease } from '../../requests/grant-lease.ts';
import { sweep, type SweepResult } from '../../upkeep/sweep.ts';
import type { RequestId } from '../../core/ids.ts';
import { asAdmin } from '../ledger/database.fixture.ts';
import { until } from '../until.fixture.ts';
import { saveHistory } from './histories.ts';
import { currentState } from '../../workflows/messages.ts';
import { firstLease, handleOf, type Rig, startRig } from './workflow.fixture.ts';
import {
  active,
  approved,
  approvedAlone,
  done,
  doors,
  openedAlone,
  outcome,
  pending,
  shortlyActive,
  written,
} from './steps.fixture.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterEach(() => rig.shiftClock(0));
afterAll(() => rig?.stop());

const HOUR = 3_600_000;
const never = new AbortController().signal;

/** One pass of the sweeper, as if it were `ms` later. */
async function sweepAfter(ms: number): Promise<SweepResult> {
  await rig.shiftClock(ms);
  return sweep(rig.deps);
}
async function isTakenUp(request: RequestId): Promise<boolean> {
  let taken = false;
  await asAdmin(async (owner) => {
    const found = await owner.query('select from lease where request_id = $1 and tries > 0', [request]);
    taken = found.rowCount === 1;
  }, rig.url);
  return taken;
}
const terminate = (request: RequestId) => handleOf(rig, request).terminate('by hand');

describe('the workflow is terminated by hand (F08)', () => {
  test('while access is live: the sweeper takes it at its end, not before, and writes the receipt', async () => {
    const request = await active(rig);
    await terminate(request);
    expect(await sweepAfter(0.9 * HOUR)).toMatchObject({ revoked: [], failedRevocations: [] });
    expect(rig.has()).toBe('write');
    expect((await sweepAfter(1.1 * HOUR)).revoked).toEqual([firstLease(request)]);
    expect(rig.has()).toBe('none');
    expect(await rig.state(request)).toMatchObject({ kind: 'closed', ending: { kind: 'expired' } });
    expect(await rig.kinds(request)).toMatch(/activated revoke-started revoked closed$/);
    expect(await doors(rig, request, 'revoked')).toEqual(['sweeper']);
    await saveHistory(rig, request, 'terminated-active');
  });

  test('"I\'m done" afterwards: the ledger ends it, the sweeper removes it', async () => {
    const request = await active(rig);
    await terminate(request);
    const click = await rig.say(request, 'end', 'ana');
    expect(await rig.settled(click)).toEqual({ kind: 'answered-by-ledger' });
    expect(await rig.state(request)).toMatchObject({
      kind: 'revoking',
      ending: { kind: 'ended', by: 'ana' },
    });
    expect((await sweepAfter(11_000)).revoked).toEqual([firstLease(request)]);
    expect(rig.has()).toBe('none');
    expect(await rig.state(request)).toMatchObject({ kind: 'closed', ending: { kind: 'ended' } });
  });

  test('while an "I\'m done" waits for its receipt: the click still comes to an end', async () => {
    const up = rig.gate.down('ensureAbsent');
    const request = await active(rig);
    const click = await rig.say(request, 'end', 'ana');
    await rig.reaches(request, 'revoking');
    await terminate(request);
    up();
    await until('it is removed', async () => {
      await sweepAfter(11_000); // unless the attempt that was under way has done it
      return (await rig.state(request)).kind === 'closed' || undefined;
    });
    expect(await rig.settled(click)).toEqual({ kind: 'answered-by-ledger' });
    expect(await rig.kinds(request)).toMatch(/activated revoke-started revoked closed$/);
    expect(written(rig, request)).toEqual(['write', 'none']);
    expect(rig.has()).toBe('none');
  });

  test('while it waits: an approval voids it and says so; a denial denies it', async () => {
    const request = await pending(rig);
    await terminate(request);
    expect(await rig.settled(await rig.say(request, 'approve', 'bo'))).toMatchObject({
      kind: 'refused',
      refusal: { code: 'wrong-state', ending: { kind: 'voided', why: expect.stringContaining('workflow') } },
    });
    expect(written(rig, request)).toEqual([]);

    const other = await pending(rig);
    await terminate(other);
    await rig.settled(await rig.say(other, 'deny', 'bo'));
    expect(await rig.state(other)).toMatchObject({ kind: 'closed', ending: { kind: 'denied' } });
  });

  test('while it waits, and nobody comes: it lapses', async () => {
    const request = await pending(rig);
    await terminate(request);
    expect((await sweepAfter(7.9 * HOUR)).lapsed).toEqual([]);
    expect((await sweepAfter(8.1 * HOUR)).lapsed).toEqual([request]);
    expect(await rig.state(request)).toMatchObject({ kind: 'closed', ending: { kind: 'lapsed' } });
    expect(await doors(rig, request, 'closed')).toEqual(['sweeper']);
  });

  test('mid-grant: what lands late is in the ledger, and is taken at its end', async () => {
    const held = rig.gate.hold('ensurePresent', 'after');
    const request = await approved(rig);
    await held.reached;
    await terminate(request);
    held.release();
    await rig.reaches(request, 'active');
    expect((await sweepAfter(1.1 * HOUR)).revoked).toEqual([firstLease(request)]);
    expect(rig.has()).toBe('none');
    expect(await rig.state(request)).toMatchObject({ kind: 'closed' });
  });

  test('mid-grant, and the grant never comes back: after eleven minutes it is taken back', async () => {
    const held = rig.gate.hold('ensurePresent', 'after');
    const request = await approved(rig);
    await held.reached;
    await terminate(request);
    expect((await sweepAfter(12 * 60_000)).failed).toEqual([request]);
    const sweeping = sweepAfter(12 * 60_000 + 11_000);
    held.release(); // the removal waits for the grant's lane; the grant finds the door shut
    expect((await sweeping).revoked).toEqual([firstLease(request)]);
    expect(written(rig, request)).toEqual(['write', 'none']);
    expect(await rig.state(request)).toMatchObject({ ending: { kind: 'grant-failed' } });
  });
});

describe('Temporal never knew, or lost everything (F06)', () => {
  const signal = new AbortController().signal;
  const owe = () => undefined;

  test('a live lease: the sweeper does it all', async () => {
    const request = await approvedAlone(rig);
    await grantLease(rig.deps, { lease: firstLease(request), version: 0, signal, rememberUndo: owe });
    expect(rig.has()).toBe('write');
    expect((await sweepAfter(1.1 * HOUR)).revoked).toEqual([firstLease(request)]);
    expect(rig.has()).toBe('none');
    expect(await rig.state(request)).toMatchObject({ kind: 'closed', ending: { kind: 'expired' } });
    expect(await handleOf(rig, request).describe().catch(String)).toContain('WorkflowNotFound');
  });

  test('an approved request that nobody grants: nothing was begun, and it is closed', async () => {
    const request = await approvedAlone(rig);
    expect((await sweepAfter(12 * 60_000)).failed).toEqual([request]);
    expect((await sweepAfter(13 * 60_000)).revoked).toEqual([firstLease(request)]);
    expect(written(rig, request)).toEqual([]);
    expect(await rig.kinds(request)).toBe(
      'requested judged approved grant-started revoke-started revoked closed',
    );
  });

  test('a waiting request: a click ends it, or it lapses', async () => {
    const [one, other] = [await openedAlone(rig), await openedAlone(rig)];
    expect(await rig.settled(await rig.say(one, 'withdraw', 'ana'))).toEqual({ kind: 'answered-by-ledger' });
    expect((await sweepAfter(9 * HOUR)).lapsed).toEqual([other]);
  });

  test('an ask that Temporal lost is not asked again by a late start (F09)', async () => {
    const request = await approvedAlone(rig);
    await grantLease(rig.deps, { lease: firstLease(request), version: 0, signal, rememberUndo: owe });
    await rig.engine.start(request); // the old click, delivered again after a restore
    await until('it looked', () => handleOf(rig, request).query(currentState));
    await done(rig, request);
    expect(await outcome(rig, request)).toEqual({ ending: 'ended' });
    expect(written(rig, request)).toEqual(['write', 'none']);
    await saveHistory(rig, request, 'reattached');
  });
});

describe('several who would remove it', () => {
  test('two sweepers at once: one removal, one receipt, one close', async () => {
    const request = await active(rig);
    await terminate(request);
    await rig.shiftClock(1.1 * HOUR);
    const swept = await Promise.all([sweep(rig.deps), sweep(rig.deps), sweep(rig.deps)]);
    expect(swept.flatMap(({ revoked }) => revoked)).toEqual([firstLease(request)]);
    expect(written(rig, request)).toEqual(['write', 'none']);
    expect(await rig.kinds(request)).toMatch(/activated revoke-started revoked closed$/);
  });

  test('the sweeper while the workflow is at it: one receipt, and both are content', async () => {
    const held = rig.gate.hold('ensureAbsent', 'after');
    const request = await shortlyActive(rig);
    await held.reached;
    const sweeping = sweepAfter(60_000);
    await until('the sweeper took it up', () => isTakenUp(request));
    held.release();
    expect(await sweeping).toMatchObject({ revoked: [firstLease(request)], failedRevocations: [] });
    expect(await outcome(rig, request)).toEqual({ ending: 'expired' });
    expect(written(rig, request)).toEqual(['write', 'none']);
    expect(await rig.kinds(request)).toMatch(/activated revoke-started revoked closed$/);
    await saveHistory(rig, request, 'swept-meanwhile');
  });

  test('the sweeper before the workflow: the workflow learns of it and completes', async () => {
    const request = await active(rig);
    expect((await sweepAfter(1.1 * HOUR)).revoked).toEqual([firstLease(request)]);
    await rig.shiftClock(0);
    const click = await rig.say(request, 'end', 'ana'); // its card was not redrawn yet
    expect(await rig.settled(click)).toMatchObject({ kind: 'refused', refusal: { code: 'wrong-state' } });
    expect(await outcome(rig, request)).toEqual({ ending: 'expired' });
    expect(await doors(rig, request, 'revoked')).toEqual(['sweeper']);
    expect(written(rig, request)).toEqual(['write', 'none']);
  });

  test('one that cannot be removed does not keep the others, and stays owed (F32, I4)', async () => {
    const request = await active(rig, { entitlement: 'pair' });
    await terminate(request);
    rig.vendor.setFault({ kind: 'forbid' }, 'write');
    const first = await sweepAfter(1.1 * HOUR);
    expect([first.revoked.length, first.failedRevocations.length]).toEqual([1, 1]);
    expect(first.failedRevocations[0]?.why).toMatch(/^provider-forbidden/);
    expect(await rig.state(request)).toMatchObject({ kind: 'revoking' });
    const second = await sweepAfter(1.1 * HOUR + 60_000);
    expect(second.revoked).toEqual([first.failedRevocations[0]?.lease]);
    expect([rig.has('thing'), rig.has('other')]).toEqual(['none', 'none']);
    expect(await rig.state(request)).toMatchObject({ kind: 'closed' });
  });

  test('a provider that does not answer holds up its own leases, and no others (F32, I3)', async () => {
    const given = async () => {
      const request = await approvedAlone(rig);
      await grantLease(rig.deps, {
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
    }, rig.url);
    let answer = (): void => undefined;
    const answered = new Promise<void>((resolve) => (answer = resolve));
    const { provider } = rig.gate;
    const silent: typeof provider = {
      ...provider,
      ensureAbsent: (...args) => answered.then(() => provider.ensureAbsent(...args)),
    };
    const providers = new Map([
      ['fake', silent],
      ['other', provider],
    ]);
    await rig.shiftClock(1.1 * HOUR);
    const sweeping = sweep({ ...rig.deps, providers });
    await rig.reaches(other, 'closed');
    expect((await rig.state(stuck[0] ?? other)).kind).toBe('revoking');
    answer();
    expect((await sweeping).revoked).toHaveLength(22);
    expect(rig.has()).toBe('none');
  });
});
