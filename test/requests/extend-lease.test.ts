import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type LeaseId, leaseIdOf, type RequestId } from '../../core/ids.ts';
import type { RequestState } from '../../core/request/state.ts';
import { logAccess } from '../../audit/published-approval.ts';
import { lockKeyOf } from '../../core/target.ts';
import { advance } from '../../requests/advance.ts';
import type { Provider } from '../../providers/provider.ts';
import { grantLease } from '../../requests/grant-lease.ts';
import { revokeLease } from '../../requests/revoke-lease.ts';
import { mayUndo, openUndo } from '../../requests/undo.ts';
import { verifyAccess } from '../../requests/verify-access.ts';
import { sweep } from '../../upkeep/sweep.ts';
import { trusted } from '../audit/log.fixture.ts';
import { rowsOf } from '../ledger/ledger.fixture.ts';
import { firstLease, levelsWritten, type RequestsFixture, startRequestsFixture } from './requests.fixture.ts';
import {
  answered,
  approvedWithoutWorkflow,
  asked,
  attempt,
  extended,
  extensionStarted,
  whileEdited,
} from './steps.fixture.ts';

const MINUTE = 60_000;

let fixture: RequestsFixture;
beforeAll(async () => {
  fixture = await startRequestsFixture();
});
afterEach(async () => {
  fixture.providerControl.releaseAll();
  await fixture.shiftClock(0);
  // The next test begins without access.
  for (const { id } of await fixture.ledger.listRequests({ states: ['granting', 'active'] }))
    await answered(fixture, id, { kind: 'end', by: 'ana' });
  for (const { id } of await fixture.ledger.listRequests({ states: ['revoking'] }))
    for (const { id: lease } of await fixture.ledger.leasesOf(id))
      await revokeLease(fixture.deps, { lease, via: 'workflow', ...attempt });
});
afterAll(() => fixture?.stop());

type Active = Extract<RequestState, { kind: 'active' }>;
const activeState = async (request: RequestId): Promise<Active> => {
  const state = await fixture.state(request);
  if (state.kind !== 'active') throw new Error(`it is ${state.kind}`);
  return state;
};

/** A request that is granted, and whose extension by 30 minutes is approved. */
async function approvedExtension(more: { entitlement?: string; length?: string } = {}): Promise<RequestId> {
  const approvers = more.entitlement === 'pair' ? ['bo', 'cy'] : ['bo'];
  const request = await approvedWithoutWorkflow(fixture, more, approvers);
  for (const { id: lease } of await fixture.ledger.leasesOf(request))
    await grantLease(fixture.deps, { lease, ...attempt });
  await extensionStarted(fixture, request);
  if (more.entitlement === 'pair') await answered(fixture, request, { kind: 'approve', by: 'cy' });
  return request;
}

const second = (request: RequestId): LeaseId => leaseIdOf(request, 1);
const endAtVendor = (lease: LeaseId): number | undefined =>
  fixture.vendor.state().marks.find((mark) => mark.lease === lease)?.endsAt;
const rowOf = async (lease: LeaseId) => {
  const [row] = await rowsOf<{ ends: Date; next: Date; request_ends: Date; generation: number }>(
    fixture.url,
    `select l.ends_at as ends, l.next_try_at as next, r.ends_at as request_ends, l.generation
       from lease l join request r on r.id = l.request_id where l.id = $1`,
    [lease],
  );
  if (!row) throw new Error('no row');
  return {
    ...row,
    ends: row.ends.getTime(),
    next: row.next.getTime(),
    request_ends: row.request_ends.getTime(),
  };
};
/** What the sweeper does with the access of a lease that is in doubt. */
const verified = async (lease: LeaseId): Promise<void> => {
  const found = await fixture.ledger.readLease(lease);
  if (found) await verifyAccess(fixture.deps, lockKeyOf(found.target), attempt.signal);
};

describe('an approved extension', () => {
  test('gives the lease the later end at its provider, and then in the ledger, which counts from then on', async () => {
    const request = await approvedExtension();
    const lease = firstLease(request);
    const { endsAt: old } = await activeState(request);
    const later = old + 30 * MINUTE;
    const paused = fixture.providerControl.pauseNext('moveEnd', 'after');
    const extending = extended(fixture, request);
    await paused.reached;
    expect([endAtVendor(lease), (await activeState(request)).endsAt]).toEqual([later, old]);
    paused.release();
    await extending;
    expect(await fixture.kinds(request)).toMatch(/extension-started lease-extended extended$/);
    expect(await activeState(request)).toMatchObject({ endsAt: later });
    expect(await rowOf(lease)).toEqual({
      ends: later,
      next: later + 10_000,
      request_ends: later,
      generation: 2,
    });
    expect(await fixture.ledger.readLease(lease)).toMatchObject({ endsAt: later, state: 'granted' });
    expect(levelsWritten(fixture, request)).toEqual(['write']); // The level is not written again.
  });

  test('returns an undo with the later end, so that the old end undoes nothing any more', async () => {
    const request = await approvedExtension();
    const { endsAt: old } = await activeState(request);
    const { undo } = await extended(fixture, request);
    const opened = openUndo(fixture.deps, firstLease(request), undo);
    if (!opened) throw new Error('no undo');
    const later = (await activeState(request)).endsAt;
    expect([opened.intent.endsAt, mayUndo(opened, old), mayUndo(opened, later)]).toEqual([
      later,
      false,
      true,
    ]);
  });

  test('of two leases counts when both have the later end', async () => {
    const request = await approvedExtension({ entitlement: 'pair' });
    const { endsAt: old } = await activeState(request);
    await extended(fixture, request, second(request));
    expect(await activeState(request)).toMatchObject({
      endsAt: old,
      extension: { extended: [second(request)] },
    });
    expect(await rowOf(second(request))).toMatchObject({ ends: old, request_ends: old });
    await extended(fixture, request);
    expect((await activeState(request)).endsAt).toBe(old + 30 * MINUTE);
    for (const lease of [firstLease(request), second(request)])
      expect((await rowOf(lease)).ends).toBe(old + 30 * MINUTE);
  });

  test('is carried out once, also when the process was killed after it changed the provider (F01, I15)', async () => {
    const request = await approvedExtension();
    const { ledger } = fixture.deps;
    const killed = new Error('the process is killed');
    const record: typeof ledger.record = (step) =>
      step.name.startsWith('lease-extended/') ? Promise.reject(killed) : ledger.record(step);
    const deps = { ...fixture.deps, ledger: { ...ledger, record } };
    await expect(extended({ ...fixture, deps }, request)).rejects.toBe(killed);
    await extended(fixture, request);
    await extended(fixture, request);
    expect((await fixture.kinds(request)).match(/lease-extended|extended$/g)).toHaveLength(2);
  });

  test('is completed by the next attempt when the process was killed after the receipt of the last lease', async () => {
    const request = await approvedExtension();
    const { endsAt: old } = await activeState(request);
    const { ledger } = fixture.deps;
    const record: typeof ledger.record = (step) =>
      step.name.startsWith('extended/') ? Promise.reject(new Error('killed')) : ledger.record(step);
    await expect(
      extended({ ...fixture, deps: { ...fixture.deps, ledger: { ...ledger, record } } }, request),
    ).rejects.toThrow('killed');
    expect((await activeState(request)).endsAt).toBe(old);
    await extended(fixture, request);
    expect((await activeState(request)).endsAt).toBe(old + 30 * MINUTE);
  });

  test('can be followed by another one, up to the longest length of the entitlement', async () => {
    const request = await approvedExtension();
    await extended(fixture, request);
    expect(await asked(fixture, request, { length: '7h' })).toMatchObject({
      outcome: { error: { code: 'too-long-in-total', left: 390 } },
    });
    await extensionStarted(fixture, request, '1h');
    await extended(fixture, request);
    const { endsAt, approvals } = await activeState(request);
    expect(endsAt - (approvals.at(-1)?.at ?? 0)).toBe(150 * MINUTE);
    expect((await rowOf(firstLease(request))).generation).toBe(3);
  });

  test('at a provider that stores no end only reads, and grants nothing again that somebody lowered (I22)', async () => {
    const request = await approvedExtension();
    const provider = { ...fixture.providerControl.provider };
    delete provider.moveEnd;
    const deps = { ...fixture.deps, providers: new Map([['fake', provider]]) };
    fixture.vendor.setLevel('ana', 'thing', 'read');
    await extended({ ...fixture, deps }, request);
    expect(fixture.levelOf()).toBe('read');
    const trail = await fixture.ledger.readTrail(request);
    expect(trail.find(({ event }) => event.kind === 'lease-extended')?.event).toMatchObject({
      seen: 'ana has the level “read”, and the provider stores no end',
    });
  });
});

describe('the access', () => {
  test('is revoked at the later end, and not at the old one', async () => {
    const request = await approvedExtension({ length: '1h' });
    await extended(fixture, request);
    await fixture.shiftClock(61 * MINUTE);
    await sweep(fixture.deps);
    expect([(await fixture.state(request)).kind, fixture.levelOf()]).toEqual(['active', 'write']);
    await fixture.shiftClock(91 * MINUTE);
    await sweep(fixture.deps);
    expect([(await fixture.state(request)).kind, fixture.levelOf()]).toEqual(['closed', 'none']);
  });

  test('ends at its old end while a later one is on its way (I3)', async () => {
    const request = await approvedExtension({ length: '1h' });
    const paused = fixture.providerControl.pauseNext('moveEnd', 'after');
    const extending = extended(fixture, request).catch((error: unknown) => error);
    await paused.reached;
    await fixture.shiftClock(61 * MINUTE);
    paused.release();
    expect(await extending).toMatchObject({ code: 'superseded' });
    await sweep(fixture.deps);
    expect([(await fixture.state(request)).kind, fixture.levelOf()]).toEqual(['closed', 'none']);
    expect(await fixture.kinds(request)).not.toMatch(/(^| )extended/);
  });

  test('waits for no answer about a later end longer than until its old end (I3)', async () => {
    const request = await approvedExtension();
    const { endsAt } = await activeState(request);
    const leftMs = 5_000;
    const at = (endsAt - leftMs) as typeof endsAt;
    const oldEnd = new AbortController();
    const timeout = AbortSignal.timeout.bind(AbortSignal);
    const timeouts = jest
      .spyOn(AbortSignal, 'timeout')
      .mockImplementation((ms) => (ms === leftMs ? oldEnd.signal : timeout(ms)));
    const moveEnd: Provider['moveEnd'] = async (_intent, signal) => {
      oldEnd.abort(new Error('the old end is reached'));
      signal.throwIfAborted();
      throw new Error('it goes on');
    };
    const readState: typeof fixture.ledger.readState = async (id) => ({
      ...(await fixture.ledger.readState(id)),
      at,
    });
    const deps = {
      ...fixture.deps,
      clock: () => at,
      ledger: { ...fixture.deps.ledger, readState },
      providers: new Map([['fake', { ...fixture.providerControl.provider, moveEnd }]]),
    };
    await expect(extended({ ...fixture, deps }, request)).rejects.toThrow('the old end is reached');
    timeouts.mockRestore();
  });

  test('ends at once when somebody ends it while a later end is on its way (F41)', async () => {
    const request = await approvedExtension();
    const paused = fixture.providerControl.pauseNext('moveEnd', 'before');
    const extending = extended(fixture, request).catch((error: unknown) => error);
    await paused.reached;
    await answered(fixture, request, { kind: 'end', by: 'ana' });
    paused.release();
    expect(await extending).toMatchObject({ code: 'superseded' });
    await revokeLease(fixture.deps, { lease: firstLease(request), via: 'workflow', ...attempt });
    expect([(await fixture.state(request)).kind, fixture.levelOf()]).toEqual(['closed', 'none']);
  });
});

describe('an extension that fails', () => {
  const endingOf = async (request: RequestId) => {
    const trail = await fixture.ledger.readTrail(request);
    return trail.flatMap(({ event }) => (event.kind === 'extension-closed' ? [event.ending] : [])).at(-1);
  };

  test('keeps the old end, and says why, when the provider refuses it', async () => {
    const request = await approvedExtension();
    const { endsAt: old } = await activeState(request);
    fixture.vendor.setLevel('ana', 'thing', 'none');
    await expect(extended(fixture, request)).rejects.toMatchObject({ code: 'provider-refused' });
    expect(await endingOf(request)).toMatchObject({
      kind: 'failed',
      fault: 'provider-refused',
      why: 'fake: somebody revoked the access of ana by hand',
    });
    expect((await activeState(request)).endsAt).toBe(old);
    expect(fixture.levelOf()).toBe('none'); // Nothing is granted again (I22).
  });

  test.each<[string, string, string, string]>([
    ['it permits only a shorter access', 'catalogue.yaml', 'longest: 8h', 'longest: 1h'],
    ['an approver may not approve it any more', 'people.yaml', 'owners: [bo, cy]', 'owners: [cy]'],
    ['what it grants was changed', 'catalogue.yaml', 'level: write', 'level: admin'],
    ['it cannot be read (I14)', 'catalogue.yaml', 'title: The thing', 'tilte: The thing'],
  ])(
    'is not carried out when the policy changed after the approval: %s (I12)',
    async (_what, file, from, to) => {
      const request = await approvedExtension();
      const { endsAt: old } = await activeState(request);
      const attempted = whileEdited(fixture, [file, from, to], () => extended(fixture, request));
      await expect(attempted).rejects.toMatchObject({
        code: 'no-longer-allowed',
      });
      expect(await endingOf(request)).toMatchObject({ kind: 'failed', fault: 'no-longer-allowed' });
      expect([endAtVendor(firstLease(request)), (await activeState(request)).endsAt]).toEqual([old, old]);
    },
  );

  test('sets back the leases that have the later end already, and the trail says so', async () => {
    const request = await approvedExtension({ entitlement: 'pair' });
    const { endsAt: old } = await activeState(request);
    await extended(fixture, request);
    expect(endAtVendor(firstLease(request))).toBe(old + 30 * MINUTE);
    const stopFailing = fixture.providerControl.failFrom('moveEnd', 'provider-refused');
    await expect(extended(fixture, request, second(request))).rejects.toMatchObject({
      code: 'provider-refused',
    });
    stopFailing();
    expect(await endingOf(request)).toMatchObject({ kind: 'failed' });
    // It waits neither for the workflow nor for a sequencer: nothing new is published.
    await sweep({ ...fixture.deps, log: logAccess(trusted) });
    expect([endAtVendor(firstLease(request)), endAtVendor(second(request))]).toEqual([old, old]);
    const trail = await fixture.ledger.readTrail(request);
    expect(trail.flatMap(({ event }) => (event.kind === 'repaired' ? [event.lease] : []))).toEqual([
      firstLease(request),
    ]);
    expect([await rowOf(firstLease(request)), await rowOf(second(request))]).toMatchObject([
      { ends: old },
      { ends: old },
    ]);
  });

  test('is looked at while it is carried out, and nothing is set back then', async () => {
    const request = await approvedExtension({ entitlement: 'pair' });
    const { endsAt: old } = await activeState(request);
    await extended(fixture, request);
    await verified(firstLease(request));
    expect(endAtVendor(firstLease(request))).toBe(old + 30 * MINUTE);
    await extended(fixture, request, second(request));
    expect((await activeState(request)).endsAt).toBe(old + 30 * MINUTE);
    await verified(firstLease(request));
    expect(endAtVendor(firstLease(request))).toBe(old + 30 * MINUTE);
  });

  test('because the provider does not answer for ten minutes, with the fault of the last attempt', async () => {
    const request = await approvedExtension();
    const stopFailing = fixture.providerControl.failFrom('moveEnd', 'provider-unavailable');
    await expect(extended(fixture, request)).rejects.toMatchObject({ code: 'provider-unavailable' });
    expect((await activeState(request)).extension?.kind).toBe('started');
    await fixture.shiftClock(11 * MINUTE);
    await sweep(fixture.deps); // Also when Temporal is gone.
    stopFailing();
    expect(await endingOf(request)).toEqual({ kind: 'failed', fault: 'provider-unavailable' });
  });

  test('at first, and then succeeds, leaves no fault with the lease', async () => {
    const request = await approvedExtension();
    const stopFailing = fixture.providerControl.failFrom('moveEnd', 'provider-unavailable');
    await expect(extended(fixture, request)).rejects.toMatchObject({ code: 'provider-unavailable' });
    expect(await fixture.faultOf(request)).toMatch(/^provider-unavailable/);
    stopFailing();
    await extended(fixture, request);
    expect(await fixture.faultOf(request)).toBeNull();
  });

  test('because the clocks differ, as a grant does (I23)', async () => {
    const request = await approvedExtension();
    const clock = () => (Date.now() + 10_000) as ReturnType<typeof fixture.deps.clock>;
    await expect(extended({ ...fixture, deps: { ...fixture.deps, clock } }, request)).rejects.toMatchObject({
      code: 'clocks-differ',
    });
  });

  test('because nobody decides it lapses, and so does the next one', async () => {
    const request = await approvedWithoutWorkflow(fixture, { entitlement: 'pair', length: '7h' }, [
      'bo',
      'cy',
    ]);
    for (const { id: lease } of await fixture.ledger.leasesOf(request))
      await grantLease(fixture.deps, { lease, ...attempt });
    const { endsAt } = await activeState(request);
    for (const hours of [3, 6]) {
      await asked(fixture, request, { length: '10m' });
      await fixture.shiftClock((hours * 61 - 4) * MINUTE);
      await advance(fixture.deps, { request, via: 'workflow' });
      expect((await activeState(request)).extension?.kind).toBe('pending');
      await fixture.shiftClock(hours * 61 * MINUTE);
      await sweep(fixture.deps); // Also when Temporal is gone.
      expect([await endingOf(request), (await activeState(request)).endsAt]).toEqual([
        { kind: 'lapsed' },
        endsAt,
      ]);
    }
    expect((await fixture.kinds(request)).match(/extension-closed/g)).toHaveLength(2);
  });

  test('that waits at the end of the access goes with it', async () => {
    const request = await approvedWithoutWorkflow(fixture, { length: '1h' });
    await grantLease(fixture.deps, { lease: firstLease(request), ...attempt });
    const { endsAt } = await activeState(request);
    await asked(fixture, request);
    await fixture.shiftClock(61 * MINUTE);
    expect(await advance(fixture.deps, { request, via: 'workflow' })).toMatchObject({
      kind: 'revoking',
      endsAt,
    });
  });
});
