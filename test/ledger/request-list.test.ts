import { describe, expect, test } from '@jest/globals';
import type { RequestId } from '../../core/ids.ts';
import type { Ending } from '../../core/request/events.ts';
import type { Lease } from '../../ledger/index.ts';
import { ELIGIBLE } from '../../core/request/commands.ts';
import { ana, bo, cy, person } from '../core/request/request.fixture.ts';
import {
  approve,
  approvedIn,
  end,
  grantedIn,
  newRequest,
  observed,
  opening,
  openedIn,
  revokedIn,
  stepOf,
  target,
} from './ledger.fixture.ts';
import { ledger, rows } from './own-ledger.fixture.ts';

const listed = async (id: RequestId) =>
  (await ledger.listWithDecisions({ limit: 500 })).find((each) => each.id === id);

const voided = (request: RequestId, why: string) =>
  ledger.record(stepOf(request, 'void', (at) => ({ kind: 'void', why, at })));

describe('a request in a list has', () => {
  test('who can approve it, and its reason, while nothing is decided', async () => {
    expect(await listed(await openedIn(ledger))).toMatchObject({
      ...{ requester: ana, state: 'pending', approvers: [bo, cy], approvedBy: [] },
      ...{ reason: 'incident 4312', denial: null, ending: null },
    });
  });

  test('the first of two approvals while the second one is missing, and both in their order', async () => {
    const request = newRequest();
    const { requirements } = opening(request);
    const stages = requirements.stages.map((stage) => ({ ...stage, needs: 2 }));
    await ledger.open(opening(request, { requirements: { ...requirements, stages } }));
    await ledger.record(approve(request, cy));
    expect(await listed(request)).toMatchObject({ state: 'pending', approvedBy: [cy] });
    await ledger.record(approve(request, bo));
    expect(await listed(request)).toMatchObject({ state: 'granting', approvedBy: [cy, bo] });
  });

  test('who denied it and what they wrote', async () => {
    const request = await openedIn(ledger);
    await ledger.record({
      ...stepOf(request, 'click/x', (at) => ({
        ...{ kind: 'deny', by: bo, digest: 'd1', eligibility: ELIGIBLE, hasReason: true, at },
      })),
      freeText: { kind: 'denial', salt: 's', body: 'use the replica' },
    });
    expect(await listed(request)).toMatchObject({
      ...{ state: 'closed', ending: { kind: 'denied', by: bo }, denial: 'use the replica', approvedBy: [] },
    });
  });

  test('why it ends while its access is being revoked, and the same when it is closed', async () => {
    const request = await grantedIn(ledger);
    await ledger.record(end(request));
    expect(await listed(request)).toMatchObject({ state: 'revoking', ending: { kind: 'ended', by: ana } });
    const closed = await grantedIn(ledger);
    await revokedIn(ledger, closed);
    expect(await listed(closed)).toMatchObject({ state: 'closed', ending: { kind: 'ended', by: ana } });
  });

  test('the text of its ending, which is stored beside the event, until it is erased', async () => {
    const request = await openedIn(ledger);
    await voided(request, 'ana left');
    const endingOf = async (): Promise<Ending | null | undefined> => (await listed(request))?.ending;
    expect(await endingOf()).toEqual({ kind: 'voided', why: 'ana left' });
    await rows('delete from event_text where request_id = $1', [request]);
    expect(await endingOf()).toEqual({ kind: 'voided', why: '(erased)' });
  });

  test.each<[string, readonly (string | undefined)[], readonly number[], object | null]>([
    ['nothing', [undefined, undefined, undefined], [], null],
    [
      'the first of two',
      [undefined, 'provider-throttled: x', 'provider-unavailable: x'],
      [],
      { kind: 'rate', provider: 'two' },
    ],
    [
      'the third, of which the intent is recorded',
      [undefined, undefined, 'log-behind: x'],
      [0, 2],
      { kind: 'log' },
    ],
    [
      'a person, and then something else',
      ['awaiting-person: x', undefined, 'provider-unavailable: x'],
      [1],
      { kind: 'vendor', provider: 'three' },
    ],
  ])('for what the grant of three targets waits: %s (F31)', async (_what, faults, intended, wait) => {
    const waitingFor = () =>
      approvedIn(ledger, {
        targets: ['one', 'two', 'three'].map((provider) => ({ ...target, provider, lockKey: newRequest() })),
      });
    const [waiting, another] = [await waitingFor(), await waitingFor()];
    const leases = await ledger.leasesOf(waiting);
    for (const at of intended) {
      const lease = leases[at] as Lease;
      const seen = { ...observed, key: lease.target.lockKey };
      await ledger.intend({ lease, observed: seen, level: 'write', via: 'workflow' });
    }
    for (const [at, fault] of faults.entries())
      if (fault !== undefined) await ledger.noteLeaseFault((leases[at] as Lease).id, fault);
    const ids = [waiting, another];
    expect((await Promise.all(ids.map(listed))).map((each) => each?.wait)).toEqual([wait, null]);
    const facts = await ledger.requestFacts(ids);
    expect(ids.map((id) => facts.find((each) => each.id === id)?.wait)).toEqual([wait, null]);
  });

  test('the times of its first hundred refusals', async () => {
    const request = await openedIn(ledger);
    for (let each = 0; each <= 100; each += 1) {
      const refused = {
        by: person(`p${each}`),
        tried: 'approve',
        refusal: { code: 'not-an-approver' },
      } as const;
      await ledger.recordRefusal({ request, name: `click/${each}`, via: 'cli' }, refused);
    }
    const [facts] = await ledger.requestFacts([request]);
    const refusals = (await ledger.readTrail(request)).slice(2, 102);
    expect(facts?.refusedAt).toEqual(refusals.map(({ event }) => event.at));
  });

  test('no reason when that was erased', async () => {
    const request = await openedIn(ledger);
    await rows('delete from free_text where request_id = $1', [request]);
    expect(await listed(request)).toMatchObject({ reason: null });
  });
});

describe('the ledger finds requests', () => {
  test('that ended in one of these ways, and none that is still open', async () => {
    const [open, gone] = [await openedIn(ledger), await openedIn(ledger)];
    await voided(gone, 'x');
    const found = async (endings: readonly Ending['kind'][]) =>
      (await ledger.listRequests({ endings, limit: 500 })).map(({ id }) => id);
    expect(await found(['voided'])).toContain(gone);
    expect(await found(['voided'])).not.toContain(open);
    expect(await found(['expired', 'lapsed'])).not.toContain(gone);
  });

  test('of an entitlement, and those opened at a time or later', async () => {
    const request = await openedIn(ledger);
    const [row] = await rows<{ opened_at: Date }>('select opened_at from request where id = $1', [request]);
    const at = row?.opened_at.getTime() ?? 0;
    const finds = async (filter: object) =>
      (await ledger.listRequests({ limit: 500, ...filter })).some(({ id }) => id === request);
    expect(await finds({ entitlement: 'orders-db' })).toBe(true);
    expect(await finds({ entitlement: 'orders' })).toBe(false);
    expect(await finds({ since: Math.floor(at) })).toBe(true);
    expect(await finds({ since: at + 1_000 })).toBe(false);
    expect(await ledger.countRequests({ since: (at + 3_600_000) as never })).toBe(0);
  });
});
