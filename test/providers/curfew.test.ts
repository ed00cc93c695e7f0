import { describe, expect, test } from '@jest/globals';
import type { HeldRole } from '../../core/curfew-role.ts';
import type { Instant, LeaseId, PersonId, RequestId } from '../../core/ids.ts';
import { curfewRoles, module, type RoleLedger, type RoleTarget } from '../../providers/curfew/index.ts';
import type { Intent } from '../../providers/provider.ts';

// The contract of providers changes what a vendor has. This provider changes nothing: its vendor is the ledger, which decides by events.
// test/requests/curfew-roles.test.ts has the whole life of a lease there.

const lease = 'lease_01jgyq8zk7f5v2m9c3x4b6n8p0_0' as LeaseId;
const until = Date.UTC(2026, 0, 5, 12) as Instant;
const target: RoleTarget = { role: 'auditor' };
const intent: Intent<RoleTarget> = {
  ...{ lease, target, level: 'present', endsAt: until },
  subject: { id: 'ana', name: 'ana' },
};
const held: readonly HeldRole[] = [
  { person: 'ana' as PersonId, role: 'auditor', lease, request: 'req_1' as RequestId, until },
  {
    ...{ person: 'bo' as PersonId, role: 'security', lease: 'lease_2' as LeaseId },
    ...{ request: 'req_2' as RequestId, until },
  },
];
const { signal } = new AbortController();

const providerWhere = (standing: Awaited<ReturnType<RoleLedger['standing']>>) =>
  curfewRoles({ standing: () => Promise.resolve(standing), held: () => Promise.resolve(held) });

describe('a receipt says what the ledger says of the lease', () => {
  test.each<[standing: Awaited<ReturnType<RoleLedger['standing']>>, granted: string, ended: string]>([
    [
      'waiting',
      'the ledger has the lease by which ana has the role auditor of Curfew until 2026-01-05T12:00:00.000Z',
      'the ledger gives ana no role by this lease',
    ],
    [
      'live',
      'the ledger has the lease by which ana has the role auditor of Curfew until 2026-01-05T12:00:00.000Z',
      `not-verified: curfew: the lease ${lease} still counts`,
    ],
    [
      'over',
      `not-verified: curfew: the ledger has no open lease ${lease}`,
      'the ledger gives ana no role by this lease',
    ],
    [
      undefined,
      `not-verified: curfew: the ledger has no open lease ${lease}`,
      'the ledger gives ana no role by this lease',
    ],
  ])('of one that is %s', async (standing, granted, ended) => {
    const provider = providerWhere(standing);
    const said = (receipt: Promise<{ seen: string }>) =>
      receipt.then(
        ({ seen }) => seen,
        ({ message }: Error) => message,
      );
    expect(await said(provider.ensurePresent(intent, signal))).toBe(granted);
    expect(await said(provider.ensureAbsent({ ...intent, level: 'none' }, signal))).toBe(ended);
    const level = standing === 'live' ? 'present' : 'none';
    expect(await provider.readOwnObject?.(intent, signal)).toEqual({ level });
    const managed = { lease, subject: 'ana', what: 'the role auditor of Curfew' };
    expect(await provider.endManaged(managed, signal)).toMatchObject({ level });
  });
});

test('everybody who has the role by a lease is found, each with the lease', async () => {
  const provider = providerWhere('live');
  expect(await provider.discover(target, { signal })).toEqual({
    target,
    accesses: [{ subject: { id: 'ana', name: 'ana' }, level: 'present', sources: [], lease }],
    calls: 1,
  });
  expect(await provider.listManaged(signal)).toEqual([
    { lease, subject: 'ana', subjectId: 'ana', what: 'the role auditor of Curfew', endsAt: until },
    {
      ...{ lease: 'lease_2', subject: 'bo', subjectId: 'bo', what: 'the role security of Curfew' },
      endsAt: until,
    },
  ]);
});

test('before the grant nobody has anything, so nothing stays after it', async () =>
  expect(await providerWhere('waiting').observe({ account: 'ana', target }, signal)).toEqual({
    ...{ subject: { id: 'ana', name: 'ana' }, level: 'none', sources: [], target },
  }));

test.each([
  [{ role: 'owner' }, 'curfew target: "role" must be one of auditor, security'],
  [{}, 'curfew target: "role" must be one of auditor, security'],
  [{ role: 'auditor', level: 'write' }, 'curfew target: unknown key "level"'],
])('the target %j is refused', (json, error) =>
  expect(providerWhere('live').parseTarget(json)).toEqual({ ok: false, error }),
);

test('a part without the ledger describes targets, and says of no lease that it is over', async () => {
  const provider = module.create({});
  await expect(provider.ensureAbsent({ ...intent, level: 'none' }, signal)).rejects.toThrow(
    'ledger-unavailable',
  );
  await expect(provider.listManaged(signal)).rejects.toThrow('ledger-unavailable');
});

test('the reaper finds nothing here: each lease ends by itself', async () =>
  expect(await module.createRemover({}).listManaged(signal)).toEqual([]));

test('the use of a role is unknown, and its credential needs nothing', async () => {
  const provider = providerWhere('live');
  const query = { lease, subject: intent.subject, target, grantedAt: until, now: until };
  expect(await provider.readUse(query, signal)).toMatchObject({ kind: 'unknown' });
  expect(await provider.preflight({ targets: [target], duty: 'grant' }, signal)).toMatchObject({
    permissions: [],
  });
});
