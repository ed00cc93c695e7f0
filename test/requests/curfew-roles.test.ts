import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { PersonId } from '../../core/ids.ts';
import { type LedgerRole, openLedger } from '../../ledger/index.ts';
import { checkAccesses } from '../../upkeep/check-accesses.ts';
import { type PassReport, reconcile } from '../../upkeep/reconcile.ts';
import { owner } from '../findings/findings.fixture.ts';
import { rowsOf } from '../ledger/ledger.fixture.ts';
import { withCurfewRoles } from './curfew-roles.fixture.ts';
import { ana as everythingOfAna, endedAll, lifted } from './mass-ending.fixture.ts';
import { firstLease, type RequestsFixture, startRequestsFixture } from './requests.fixture.ts';
import {
  answered,
  asked,
  approvedWithoutWorkflow,
  extended,
  granted,
  openedWithoutWorkflow,
  revoked,
} from './steps.fixture.ts';

// Who has a role of Curfew by a lease, on a real ledger, with the use cases that a workflow and the sweeper call (T40).

const HOUR = 3_600_000;
const END_QUARANTINE = `update quarantine set ended_at = ledger_now(), ended_by = 'dee', plan_digest = 'd' where ended_at is null`;
const [ana, dee] = ['ana', 'dee'] as PersonId[] as [PersonId, PersonId];

let fixture: RequestsFixture;
beforeAll(async () => {
  fixture = await withCurfewRoles(await startRequestsFixture());
});
afterAll(() => fixture?.stop());
beforeEach(async () => {
  await fixture.shiftClock(0);
  await owner(fixture, END_QUARANTINE);
});

const approvedBy = (entitlement: string, ...approvers: readonly string[]) =>
  approvedWithoutWorkflow(fixture, { entitlement }, approvers);

/** Ana has a role, which Dee approved. */
async function holding(role: 'auditor' | 'security') {
  const request = await approvedBy(`curfew-${role}`, 'dee');
  await granted(fixture, request);
  return request;
}

/** Ends a request, so that each test begins without a role. */
async function ended(request: Awaited<ReturnType<typeof holding>>) {
  await answered(fixture, request, { kind: 'end', by: 'ana' });
  await revoked(fixture, request);
}

const sight = async () => {
  const { isAuditor, isSecurity } = await fixture.deps.policy.sightOf(ana);
  return { isAuditor, isSecurity };
};
const NOTHING = { isAuditor: false, isSecurity: false };
const AUDITOR = { isAuditor: true, isSecurity: false };

describe('a role of Curfew', () => {
  test('counts from the grant that others approved, and not before', async () => {
    const request = await openedWithoutWorkflow(fixture, { entitlement: 'curfew-auditor' });
    expect(await sight()).toEqual(NOTHING);
    await answered(fixture, request, { kind: 'approve', by: 'dee' });
    expect(await sight()).toEqual(NOTHING);
    await granted(fixture, request);
    expect(await sight()).toEqual(AUDITOR);
    expect(await fixture.deps.policy.rolesOf(ana)).toEqual([
      {
        role: 'auditor',
        by: { person: ana, role: 'auditor', lease: firstLease(request), request, until: expect.any(Number) },
      },
    ]);
    await ended(request);
  });

  test('is over at its end by the clock of the ledger, while nothing runs', async () => {
    const request = await holding('auditor');
    expect(await sight()).toEqual(AUDITOR);
    await fixture.shiftClock(HOUR + 1_000);
    expect(await sight()).toEqual(NOTHING);
    await fixture.shiftClock(0);
    await ended(request);
  });

  test('is over when it is given back, before its receipt', async () => {
    const request = await holding('auditor');
    await answered(fixture, request, { kind: 'end', by: 'ana' });
    expect(await sight()).toEqual(NOTHING);
    await revoked(fixture, request);
    expect(await fixture.kinds(request)).toBe(
      'requested judged approved grant-started intended granted activated revoke-started revoked closed',
    );
  });

  test('ends later after an extension that somebody else approved', async () => {
    const request = await holding('auditor');
    await asked(fixture, request);
    await answered(fixture, request, { kind: 'approve', by: 'dee' });
    await extended(fixture, request);
    await fixture.shiftClock(HOUR + 60_000);
    expect(await sight()).toEqual(AUDITOR);
    await fixture.shiftClock(0);
    await ended(request);
  });

  test('of security lets a person end everything of somebody and lift locks, and not end a quarantine', async () => {
    const { policy } = fixture.deps;
    const scope = { kind: 'person', person: 'cy' as PersonId } as const;
    expect((await policy.mayEndAll(ana, scope)).ok).toBe(false);
    const request = await holding('security');
    expect(await sight()).toEqual({ isAuditor: false, isSecurity: true });
    expect((await policy.mayEndAll(ana, scope)).ok).toBe(true);
    expect((await policy.mayLift(ana, { scope })).ok).toBe(true);
    const target = { provider: 'fake', targetName: 'thing' };
    expect(await policy.findingDeciders(target)).toEqual({ ok: true, value: [ana, dee, 'eli'] });
    expect(await policy.securityPeople()).toEqual([ana, dee, 'eli']);
    await ended(request);
    expect(await policy.securityPeople()).toEqual([dee, 'eli']);
  });

  test('of security: a lift does not count when its person has lost the role, and they can lift again when they have it again', async () => {
    const scope = { kind: 'person', person: 'cy' as PersonId } as const;
    const { massEnding } = await endedAll(fixture, scope);
    const lifters = async () => (await fixture.ledger.readMassEnding(massEnding))?.lock?.liftedBy;
    const locks = async () => (await fixture.ledger.readLocks()).map(({ id }) => id);
    const first = await holding('security');
    expect((await lifted(fixture, massEnding, 'ana')).outcome.ok).toBe(true);
    await ended(first);
    expect((await lifted(fixture, massEnding, 'dee')).outcome.ok).toBe(true);
    expect([await lifters(), await locks()]).toEqual([['dee'], [massEnding]]);
    const again = await holding('security');
    expect((await lifted(fixture, massEnding, 'ana')).outcome.ok).toBe(true);
    expect([await lifters(), await locks()]).toEqual([['ana', 'dee'], []]);
    await ended(again);
    expect(await locks()).toEqual([]); // What was lifted stays lifted.
    expect(
      await rowsOf(
        fixture.url,
        `select body -> 'counting' as counting from log_row where type = 'mass-ending-lift' and id like $1 order by log_id`,
        [`${massEnding}/%`],
      ),
    ).toEqual([{ counting: ['ana'] }, { counting: ['dee'] }, { counting: ['ana', 'dee'] }]);
    expect(
      await rowsOf(fixture.url, 'select lifted_by from audit.mass_ending where id = $1', [massEnding]),
    ).toEqual([{ lifted_by: ['ana', 'dee'] }]);
  });

  test('makes nobody an approver', async () => {
    const request = await holding('security');
    const other = await openedWithoutWorkflow(fixture, { entitlement: 'curfew-auditor', person: 'cy' });
    const { outcome } = await answered(fixture, other, { kind: 'approve', by: 'ana' });
    expect(outcome).toEqual({ ok: false, error: expect.objectContaining({ code: 'not-an-approver' }) });
    await ended(request);
  });

  test('counts for nobody while the ledger is in quarantine, because it may have lost an end', async () => {
    const request = await holding('security');
    await owner(
      fixture,
      `insert into quarantine (reason, ledger_serial, manifest_serial) values ('a restore', 1, 2)`,
    );
    expect(await sight()).toEqual(NOTHING);
    expect((await fixture.deps.policy.mayEndQuarantine(ana)).ok).toBe(false);
    expect((await fixture.deps.policy.mayEndQuarantine(dee)).ok).toBe(true);
    await owner(fixture, END_QUARANTINE);
    await ended(request);
  });

  test('is over with everything of the person', async () => {
    const request = await holding('auditor');
    const { massEnding } = await endedAll(fixture, everythingOfAna);
    expect(await sight()).toEqual(NOTHING);
    await revoked(fixture, request);
    for (const by of ['dee', 'eli']) await lifted(fixture, massEnding, by);
  });

  test('of a person who left counts for nothing', async () => {
    const request = await holding('auditor');
    const restore = await fixture.edit(
      'people.yaml',
      'id: ana, name: Ana,',
      'id: ana, name: Ana, active: false,',
    );
    expect(await sight()).toEqual(NOTHING);
    expect(await fixture.deps.policy.rolesOf(ana)).toEqual([]);
    await restore();
    await ended(request);
  });

  test('does not come from a row that somebody wrote, without the events (T24)', async () => {
    const request = await approvedBy('curfew-auditor', 'dee');
    await owner(fixture, `update lease set state = 'granted' where request_id = '${request}'`);
    expect(await sight()).toEqual(NOTHING);
    await owner(fixture, `update lease set state = 'grant-started' where request_id = '${request}'`);
    await granted(fixture, request);
    await owner(
      fixture,
      `update lease set ends_at = ends_at + interval '1 day' where request_id = '${request}'`,
    );
    await fixture.shiftClock(HOUR + 1_000);
    expect(await sight()).toEqual(NOTHING);
    await fixture.shiftClock(0);
    await ended(request);
  });
});

test('who would approve their own role is refused (T40)', async () => {
  const request = await openedWithoutWorkflow(fixture, { entitlement: 'curfew-auditor' });
  const { outcome } = await answered(fixture, request, { kind: 'approve', by: 'ana' });
  expect(outcome).toEqual({ ok: false, error: expect.objectContaining({ code: 'own-request' }) });
  await answered(fixture, request, { kind: 'withdraw', by: 'ana' });
});

test('a look and a reconciliation find nothing that the ledger does not explain', async () => {
  const options = { everyMs: HOUR, stop: new AbortController().signal };
  const reports: PassReport[] = [];
  const lookAt = async (clockMs: number) => {
    await fixture.shiftClock(clockMs);
    expect(await checkAccesses(fixture.deps, HOUR)).toEqual([]);
    await owner(fixture, 'update target_pass set next_at = ledger_now()');
    await reconcile(fixture.deps, 'curfew', { ...options, report: (each) => void reports.push(each) });
  };
  const request = await holding('auditor');
  await lookAt(10_000);
  await ended(request);
  await lookAt(20_000);
  await lookAt(1_200_000);
  expect(reports).toEqual([]);
  const looks = `select problem, gone_at is not null as gone from access_check where lease_id = '${firstLease(request)}'`;
  expect(await rowsOf(fixture.url, looks)).toEqual([{ problem: null, gone: true }]);
  expect(
    await rowsOf(fixture.url, `select target_key from target_pass where provider = 'curfew' order by 1`),
  ).toEqual([{ target_key: 'auditor' }, { target_key: 'marks' }, { target_key: 'security' }]);
  expect(await fixture.ledger.listFindings({ states: ['open', 'adopted'], limit: 10 })).toEqual([]);
  expect(await fixture.kinds(request)).not.toMatch(/drifted|repaired/);
});

test.each<LedgerRole>(['gateway', 'worker', 'provider', 'sweeper', 'courier', 'reader', 'cli', 'console'])(
  'the part with the role %s can ask who has a role',
  async (role) => {
    const ledger = openLedger(fixture.url, { role, connections: 1 });
    try {
      expect(await ledger.heldRoles()).toEqual([]);
      expect(await ledger.isQuarantined()).toBe(false);
    } finally {
      await ledger.close();
    }
  },
);
