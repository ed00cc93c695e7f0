import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Instant } from '../../core/ids.ts';
import type { GitHubTarget } from '../../providers/github/index.ts';
import type { Intent } from '../../providers/provider.ts';
import { faultOf, newLease } from './conformance.fixture.ts';
import { ANA, openGitHub, ORDERS, ZOE } from './github.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';

let fixture: Awaited<ReturnType<typeof openGitHub>>;
beforeEach(async () => void (fixture = await openGitHub()));
afterEach(() => fixture.stop());

const endsAt = Date.UTC(2027, 0, 2, 12) as Instant;

/** The intent that the activity builds for this person from the observation. */
async function intentOf(account: string, target: GitHubTarget = ORDERS): Promise<Intent<GitHubTarget>> {
  const { subject } = await fixture.provider.observe({ account, target }, neverAborts);
  return { lease: newLease(), subject, target, level: fixture.provider.level(target), endsAt };
}
const ensureAbsent = (from: Intent<GitHubTarget>, level = 'none') =>
  fixture.provider.ensureAbsent({ ...from, level }, neverAborts);
const writes = () =>
  fixture.requests.filter(
    ({ method, path }) => method !== 'GET' && path !== '/graphql' && !path.endsWith('/access_tokens'),
  );

describe('a person from outside is invited, and an invitation is not a grant', () => {
  test('until they accept, the grant is awaiting-person, the message says what to do, and only one invitation is sent', async () => {
    const intent = await intentOf(ZOE);
    for (let n = 0; n < 3; n += 1) {
      const fault = await faultOf(fixture.provider.ensurePresent(intent, neverAborts));
      expect([fault.code, fault.message]).toEqual([
        'awaiting-person',
        expect.stringContaining('zoe-park must first accept the invitation to lantern/orders'),
      ]);
    }
    expect(writes()).toHaveLength(1);
    fixture.github.acceptInvitation(ZOE, 'orders');
    expect(await fixture.provider.ensurePresent(intent, neverAborts)).toMatchObject({ level: 'maintain' });
    expect(await ensureAbsent(intent)).toMatchObject({ level: 'none' });
    expect(fixture.github.role(ZOE, 'orders')).toBe('none');
  });

  test('a revoke deletes the invitation, so that nobody accepts it later', async () => {
    const intent = await intentOf(ZOE);
    await faultOf(fixture.provider.ensurePresent(intent, neverAborts));
    expect(await ensureAbsent(intent)).toMatchObject({ level: 'none' });
    expect(fixture.github.invitations('orders')).toEqual([]);
  });

  test('an invitation that still shows after the revoke is not-verified (F15)', async () => {
    const intent = await intentOf(ZOE);
    await faultOf(fixture.provider.ensurePresent(intent, neverAborts));
    fixture.faults.stale();
    const fault = await faultOf(ensureAbsent(intent));
    expect(fault.code).toBe('not-verified');
  });

  test('an open invitation to a lower role is raised, and lowered again for the lease that remains', async () => {
    const less = await intentOf(ZOE, { ...ORDERS, role: 'read' } as GitHubTarget);
    await faultOf(fixture.provider.ensurePresent(less, neverAborts));
    const more = await intentOf(ZOE);
    await faultOf(fixture.provider.ensurePresent(more, neverAborts));
    expect(fixture.github.invitations('orders')).toEqual([{ login: ZOE, role: 'maintain' }]);
    await ensureAbsent(more, 'read');
    expect(fixture.github.invitations('orders')).toEqual([{ login: ZOE, role: 'read' }]);
  });

  test('GitHub’s limit of fifty invitations a day is provider-throttled', async () => {
    await fixture.stop();
    fixture = await openGitHub({ limits: { pointsPerMinute: 1e6 } });
    for (let n = 0; n < 51; n += 1) fixture.github.createAccount(`guest-${n}`);
    const codes: string[] = [];
    for (let n = 0; n < 51; n += 1)
      codes.push(
        (await faultOf(fixture.provider.ensurePresent(await intentOf(`guest-${n}`), neverAborts))).code,
      );
    expect([...new Set(codes.slice(0, 50)), codes[50]]).toEqual(['awaiting-person', 'provider-throttled']);
  });
});

describe('levels', () => {
  test('the exact role counts and not the permission: write is not maintain', async () => {
    const intent = await intentOf(ANA);
    fixture.github.setCollaborator(ANA, 'orders', 'write');
    await fixture.provider.ensurePresent(intent, neverAborts);
    expect(fixture.github.directRole(ANA, 'orders')).toBe('maintain');
    fixture.github.setCollaborator(ANA, 'orders', 'triage');
    expect((await fixture.provider.observe({ account: ANA, target: ORDERS }, neverAborts)).level).toBe(
      'triage',
    );
  });

  test('access that remains through a team is standing access in the receipt, not a failed revoke', async () => {
    const intent = await intentOf(ANA, { ...ORDERS, role: 'admin' } as GitHubTarget);
    await fixture.provider.ensurePresent(intent, neverAborts);
    fixture.github.setTeamMember(ANA, 'orders-oncall', 'member');
    expect(await ensureAbsent(intent)).toEqual({
      level: 'none',
      found: 'admin',
      seen: 'lantern/orders: the own entry of ana-ferreira is none, and the role from all sources is maintain',
      note: 'The person still has maintain through the team orders-oncall. That is standing access, which Curfew does not revoke.',
      lowered: true,
    });
    fixture.github.setTeamMember(ANA, 'orders-oncall', 'none');
    expect((await ensureAbsent(intent)).note).toContain(
      'read through the organisation’s base role or a role of the organisation',
    );
  });

  test('a lower level is restored although a team has a higher role (I5)', async () => {
    fixture.github.setCollaborator(ANA, 'orders', 'triage');
    const intent = await intentOf(ANA, { ...ORDERS, role: 'admin' } as GitHubTarget);
    await fixture.provider.ensurePresent(intent, neverAborts);
    fixture.github.setTeamMember(ANA, 'orders-oncall', 'member');
    expect(await ensureAbsent(intent, 'triage')).toMatchObject({ level: 'triage' });
    expect(fixture.github.directRole(ANA, 'orders')).toBe('triage');
  });

  test('a role that is higher than the team’s role is not-verified (F15)', async () => {
    fixture.github.setCollaborator(ANA, 'orders', 'triage');
    const intent = await intentOf(ANA, { ...ORDERS, role: 'admin' } as GitHubTarget);
    fixture.github.setTeamMember(ANA, 'orders-oncall', 'member');
    await fixture.provider.ensurePresent(intent, neverAborts);
    fixture.faults.stale();
    expect((await faultOf(ensureAbsent(intent, 'triage'))).code).toBe('not-verified');
  });

  test('an own entry that still shows after the revoke is not-verified, also when a team has the same role (F15)', async () => {
    const intent = await intentOf(ANA);
    await fixture.provider.ensurePresent(intent, neverAborts);
    fixture.github.setTeamMember(ANA, 'orders-oncall', 'member');
    fixture.faults.stale();
    expect((await faultOf(ensureAbsent(intent))).code).toBe('not-verified');
  });

  test('an own entry is read exactly, although a team’s role hides it in REST, and is restored exactly (I5)', async () => {
    fixture.github.setCollaborator(ANA, 'orders', 'triage');
    fixture.github.setTeamMember(ANA, 'orders-oncall', 'member');
    const seen = await fixture.provider.observe({ account: ANA, target: ORDERS }, neverAborts);
    expect(seen).toMatchObject({
      level: 'triage',
      sources: [
        { level: 'maintain', through: 'through the team orders-oncall' },
        { level: 'read', through: 'through the organisation’s base role or a role of the organisation' },
      ],
    });
    const intent = await intentOf(ANA, { ...ORDERS, role: 'admin' } as GitHubTarget);
    await fixture.provider.ensurePresent(intent, neverAborts);
    expect(await ensureAbsent(intent, seen.level)).toMatchObject({ level: 'triage', found: 'admin' });
    expect(fixture.github.directRole(ANA, 'orders')).toBe('triage');
  });

  test('an entry of read is certain although a team has the same role: no role is lower', async () => {
    fixture.github.setCollaborator(ANA, 'orders', 'read');
    fixture.github.setTeamRepo('orders-oncall', 'orders', 'read');
    fixture.github.setTeamMember(ANA, 'orders-oncall', 'member');
    expect(await fixture.provider.observe({ account: ANA, target: ORDERS }, neverAborts)).toMatchObject({
      level: 'read',
    });
  });

  test('a role that a team grants meanwhile is not taken for the lease, and a revoke does not add it (I5)', async () => {
    fixture.github.setCollaborator(ANA, 'orders', 'triage');
    const intent = await intentOf(ANA);
    fixture.github.setTeamMember(ANA, 'orders-oncall', 'member');
    expect(await fixture.provider.ensurePresent(intent, neverAborts)).toMatchObject({ found: 'triage' });
    expect(fixture.github.directRole(ANA, 'orders')).toBe('maintain');
    fixture.github.setCollaborator(ANA, 'orders', 'triage');
    expect(await ensureAbsent(intent, 'maintain')).toMatchObject({ level: 'triage' });
    expect(fixture.github.directRole(ANA, 'orders')).toBe('triage');
  });

  test('an archived repository refuses the revoke with the reason, and the revoke succeeds after unarchiving (F33)', async () => {
    const intent = await intentOf(ANA);
    await fixture.provider.ensurePresent(intent, neverAborts);
    fixture.github.archive('orders', true);
    const fault = await faultOf(ensureAbsent(intent));
    expect([fault.code, fault.message]).toEqual([
      'provider-refused',
      expect.stringContaining('unarchives it'),
    ]);
    fixture.github.archive('orders', false);
    expect(await ensureAbsent(intent)).toMatchObject({ level: 'none' });
  });

  test('a role below the organisation’s base role cannot be restored: the entry is removed, and the base role remains', async () => {
    fixture.github.setCollaborator(ANA, 'orders', 'read');
    const intent = await intentOf(ANA);
    await fixture.provider.ensurePresent(intent, neverAborts);
    fixture.github.setBaseRole('write');
    expect(await ensureAbsent(intent, 'read')).toMatchObject({
      level: 'none',
      note: expect.stringContaining('write'),
    });
    expect(fixture.github.role(ANA, 'orders')).toBe('write');
  });
});

describe('which account is used', () => {
  test('a renamed account loses its access under the new name (F24)', async () => {
    const intent = await intentOf(ANA);
    await fixture.provider.ensurePresent(intent, neverAborts);
    fixture.github.renameAccount(ANA, 'ana-f');
    fixture.github.createAccount(ANA);
    fixture.github.setCollaborator(ANA, 'orders', 'admin');
    expect(await ensureAbsent(intent)).toMatchObject({ level: 'none' });
    expect([fixture.github.directRole('ana-f', 'orders'), fixture.github.directRole(ANA, 'orders')]).toEqual([
      'none',
      'admin',
    ]);
  });

  test('an owner has all access already: nothing is granted and nothing is revoked', async () => {
    const intent = await intentOf('sam-rao');
    const seen = await fixture.provider.observe({ account: 'sam-rao', target: ORDERS }, neverAborts);
    expect(seen).toMatchObject({
      level: 'none',
      sources: [{ level: 'admin', through: 'as an owner of the organisation' }],
      refusal: expect.stringContaining('is an owner'),
    });
    expect(await fixture.provider.ensurePresent({ ...intent, level: 'admin' }, neverAborts)).toMatchObject({
      level: 'admin',
    });
    await ensureAbsent(intent, 'admin');
    expect(writes()).toEqual([]);
  });

  test('a person who became an owner meanwhile still loses the granted access (F25)', async () => {
    const intent = await intentOf(ANA);
    await fixture.provider.ensurePresent(intent, neverAborts);
    fixture.github.setOrgMember(ANA, 'admin');
    const receipt = await ensureAbsent(intent);
    expect(receipt).toMatchObject({ level: 'none', note: expect.stringContaining('as an owner') });
    expect(fixture.github.directRole(ANA, 'orders')).toBe('none');
  });

  test.each([
    ['an account that does not exist', 'nobody-at-all', 'subject-missing'],
    ['the organisation itself', 'lantern', 'subject-missing'],
    ['a path instead of a name', '../orgs/lantern', 'provider-forbidden'],
    ['nothing', '', 'provider-forbidden'],
  ])('observing %s is a fault', async (_what, account, code) => {
    expect((await faultOf(fixture.provider.observe({ account, target: ORDERS }, neverAborts))).code).toBe(
      code,
    );
    expect(writes()).toEqual([]);
  });
});

describe('which repository is used', () => {
  test('a renamed repository is refused for a grant and followed for a revoke (F24)', async () => {
    const intent = await intentOf(ANA);
    await fixture.provider.ensurePresent(intent, neverAborts);
    fixture.github.renameRepo('orders', 'orders-api');
    const fault = await faultOf(fixture.provider.ensurePresent(intent, neverAborts));
    expect([fault.code, fault.message]).toEqual([
      'target-missing',
      expect.stringContaining('renamed to orders-api'),
    ]);
    expect(await ensureAbsent(intent)).toMatchObject({ level: 'none' });
    expect(fixture.github.directRole(ANA, 'orders-api')).toBe('none');
  });

  test('with an id in the target, a renamed repository is the same repository', async () => {
    const target = { ...ORDERS, id: 6001 } as GitHubTarget;
    fixture.github.renameRepo('orders', 'orders-api');
    const intent = await intentOf(ANA, target);
    await fixture.provider.ensurePresent(intent, neverAborts);
    expect(fixture.github.directRole(ANA, 'orders-api')).toBe('maintain');
    expect(await ensureAbsent(intent)).toMatchObject({ level: 'none' });
  });

  test('“not found” does not verify a revoke while the App cannot see the repository (I1)', async () => {
    const intent = await intentOf(ANA);
    await fixture.provider.ensurePresent(intent, neverAborts);
    fixture.github.setInstallation({ repositories: [6002] });
    expect((await faultOf(ensureAbsent(intent))).code).toBe('provider-forbidden');
    const elsewhere = { ...intent, target: { ...ORDERS, org: 'elsewhere' } as GitHubTarget };
    fixture.github.setInstallation({ repositories: 'all' });
    expect((await faultOf(ensureAbsent(elsewhere))).code).toBe('target-missing');
    expect(await ensureAbsent(intent)).toMatchObject({ level: 'none' });
  });

  test.each([
    ['by its name', ORDERS],
    ['by its number, as in every revoke', { ...ORDERS, id: 6001 } as GitHubTarget],
  ])('a revoke is not verified after the App lost a permission: %s', async (_how, target) => {
    const intent = await intentOf(ANA, target);
    await fixture.provider.ensurePresent(intent, neverAborts);
    const { permissions } = fixture.github.state().app.installation;
    fixture.github.setInstallation({ permissions: { ...permissions, administration: 'read' } });
    expect((await faultOf(ensureAbsent(intent))).code).toBe('provider-forbidden');
    expect(fixture.github.directRole(ANA, 'orders')).toBe('maintain');
    fixture.github.setInstallation({ permissions });
    expect(await ensureAbsent(intent)).toMatchObject({ level: 'none' });
    expect(fixture.github.directRole(ANA, 'orders')).toBe('none');
  });
});
