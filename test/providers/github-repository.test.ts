import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Instant } from '../../core/ids.ts';
import type { GitHubTarget } from '../../providers/github/index.ts';
import type { Intent } from '../../providers/provider.ts';
import { faultOf, newLease } from './conformance.fixture.ts';
import { ANA, neverAborts, openGitHub, ORDERS, ZOE } from './github.fixture.ts';

let fixture: Awaited<ReturnType<typeof openGitHub>>;
beforeEach(async () => void (fixture = await openGitHub()));
afterEach(() => fixture.stop());

const endsAt = Date.UTC(2027, 0, 2, 12) as Instant;

/** What the activity would build for this person: observed, then asked. */
async function intentOf(account: string, target: GitHubTarget = ORDERS): Promise<Intent<GitHubTarget>> {
  const { subject } = await fixture.provider.observe({ account, target }, neverAborts);
  return { lease: newLease(), subject, target, level: fixture.provider.level(target), endsAt };
}
const ensureAbsent = (from: Intent<GitHubTarget>, level = 'none') =>
  fixture.provider.ensureAbsent({ ...from, level }, neverAborts);
const writes = () =>
  fixture.requests.filter(({ method, path }) => method !== 'GET' && !path.endsWith('/access_tokens'));

describe('somebody from outside is invited, and an invitation is no grant', () => {
  test('until they accept it is not-verified, in words that say what to do, and asked only once', async () => {
    const intent = await intentOf(ZOE);
    for (let n = 0; n < 3; n += 1) {
      const fault = await faultOf(fixture.provider.ensurePresent(intent, neverAborts));
      expect([fault.code, fault.message]).toEqual([
        'not-verified',
        'not-verified: github: zoe-park must first accept the invitation to lantern/orders',
      ]);
    }
    expect(writes()).toHaveLength(1);
    fixture.github.acceptInvitation(ZOE, 'orders');
    expect(await fixture.provider.ensurePresent(intent, neverAborts)).toMatchObject({ level: 'maintain' });
    expect(await ensureAbsent(intent)).toMatchObject({ level: 'none' });
    expect(fixture.github.role(ZOE, 'orders')).toBe('none');
  });

  test('giving up takes the invitation back, so that nobody accepts it later', async () => {
    const intent = await intentOf(ZOE);
    await faultOf(fixture.provider.ensurePresent(intent, neverAborts));
    expect(await ensureAbsent(intent)).toMatchObject({ level: 'none' });
    expect(fixture.github.invitations('orders')).toEqual([]);
  });

  test('an open invitation to less is raised, and lowered again while another lease waits for it', async () => {
    const less = await intentOf(ZOE, { ...ORDERS, role: 'read' } as GitHubTarget);
    await faultOf(fixture.provider.ensurePresent(less, neverAborts));
    const more = await intentOf(ZOE);
    await faultOf(fixture.provider.ensurePresent(more, neverAborts));
    expect(fixture.github.invitations('orders')).toEqual([{ login: ZOE, role: 'maintain' }]);
    await ensureAbsent(more, 'read');
    expect(fixture.github.invitations('orders')).toEqual([{ login: ZOE, role: 'read' }]);
  });

  test('fifty invitations a day are GitHub’s limit, and no failure of the request', async () => {
    await fixture.stop();
    fixture = await openGitHub({ limits: { pointsPerMinute: 1e6 } });
    for (let n = 0; n < 51; n += 1) fixture.github.createAccount(`guest-${n}`);
    const codes: string[] = [];
    for (let n = 0; n < 51; n += 1)
      codes.push(
        (await faultOf(fixture.provider.ensurePresent(await intentOf(`guest-${n}`), neverAborts))).code,
      );
    expect([...new Set(codes.slice(0, 50)), codes[50]]).toEqual(['not-verified', 'provider-throttled']);
  });
});

describe('levels', () => {
  test('an exact role counts, not the flattened permission: write is not maintain', async () => {
    const intent = await intentOf(ANA);
    fixture.github.setCollaborator(ANA, 'orders', 'write');
    await fixture.provider.ensurePresent(intent, neverAborts);
    expect(fixture.github.directRole(ANA, 'orders')).toBe('maintain');
    fixture.github.setCollaborator(ANA, 'orders', 'triage');
    expect((await fixture.provider.observe({ account: ANA, target: ORDERS }, neverAborts)).level).toBe(
      'triage',
    );
  });

  test('what remains through a team is named as standing access, not as a failed removal', async () => {
    const intent = await intentOf(ANA, { ...ORDERS, role: 'admin' } as GitHubTarget);
    await fixture.provider.ensurePresent(intent, neverAborts);
    fixture.github.setTeamMember(ANA, 'orders-oncall', 'member');
    expect(await ensureAbsent(intent)).toEqual({
      level: 'none',
      seen: 'lantern/orders: ana-ferreira by name none, in effect maintain',
      note: 'Still has maintain through the team orders-oncall. That is standing access, not ours to take.',
    });
    fixture.github.setTeamMember(ANA, 'orders-oncall', 'none');
    expect((await ensureAbsent(intent)).note).toContain('read through the organisation’s base role');
  });

  test('a lower level is restored although a team shows more (I5)', async () => {
    fixture.github.setCollaborator(ANA, 'orders', 'triage');
    const intent = await intentOf(ANA, { ...ORDERS, role: 'admin' } as GitHubTarget);
    await fixture.provider.ensurePresent(intent, neverAborts);
    fixture.github.setTeamMember(ANA, 'orders-oncall', 'member');
    expect(await ensureAbsent(intent, 'triage')).toMatchObject({ level: 'triage' });
    expect(fixture.github.directRole(ANA, 'orders')).toBe('triage');
  });

  test('more than is explained by a team is not believed to be restored (F15)', async () => {
    fixture.github.setCollaborator(ANA, 'orders', 'triage');
    const intent = await intentOf(ANA, { ...ORDERS, role: 'admin' } as GitHubTarget);
    fixture.github.setTeamMember(ANA, 'orders-oncall', 'member');
    await fixture.provider.ensurePresent(intent, neverAborts);
    fixture.faults.stale();
    expect((await faultOf(ensureAbsent(intent, 'triage'))).code).toBe('not-verified');
  });

  test('a team’s role is not taken for the person’s own, so that it cannot stay with them for good (I5)', async () => {
    fixture.github.setCollaborator(ANA, 'orders', 'triage');
    fixture.github.setTeamMember(ANA, 'orders-oncall', 'member');
    const fault = await faultOf(intentOf(ANA, { ...ORDERS, role: 'admin' } as GitHubTarget));
    expect([fault.code, fault.retry]).toEqual(['provider-refused', false]);
    expect(fault.message).toContain('maintain through the team orders-oncall');
    fixture.github.setCollaborator(ANA, 'orders', 'admin');
    expect(await fixture.provider.observe({ account: ANA, target: ORDERS }, neverAborts)).toMatchObject({
      level: 'admin',
    });
  });

  test('an entry of read is sure, whatever team gives the same: there is none below', async () => {
    fixture.github.setCollaborator(ANA, 'orders', 'read');
    fixture.github.setTeamRepo('orders-oncall', 'orders', 'read');
    fixture.github.setTeamMember(ANA, 'orders-oncall', 'member');
    expect(await fixture.provider.observe({ account: ANA, target: ORDERS }, neverAborts)).toMatchObject({
      level: 'read',
    });
  });

  test('a team that gives as much meanwhile is not doubled in the person’s own entry', async () => {
    fixture.github.setCollaborator(ANA, 'orders', 'triage');
    const intent = await intentOf(ANA);
    fixture.github.setTeamMember(ANA, 'orders-oncall', 'member');
    await fixture.provider.ensurePresent(intent, neverAborts);
    await ensureAbsent(intent, 'maintain');
    expect(fixture.github.directRole(ANA, 'orders')).toBe('triage');
  });

  test('an archived repository says why nothing can be changed, and is removed once it is not (F33)', async () => {
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

  test('below the organisation’s base role nothing can be restored: the entry goes, the base stays', async () => {
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

describe('who is meant', () => {
  test('a renamed account loses its access under its new name (F24)', async () => {
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

  test('an owner has everything: nothing is written, and nothing taken', async () => {
    const intent = await intentOf('sam-rao');
    const seen = await fixture.provider.observe({ account: 'sam-rao', target: ORDERS }, neverAborts);
    expect(seen).toMatchObject({ level: 'admin', note: expect.stringContaining('owner') });
    expect(await fixture.provider.ensurePresent({ ...intent, level: seen.level }, neverAborts)).toMatchObject(
      {
        level: 'admin',
      },
    );
    await ensureAbsent(intent, seen.level);
    expect(writes()).toEqual([]);
  });

  test('somebody who became an owner meanwhile still loses what we gave (F25)', async () => {
    const intent = await intentOf(ANA);
    await fixture.provider.ensurePresent(intent, neverAborts);
    fixture.github.setOrgMember(ANA, 'admin');
    const receipt = await ensureAbsent(intent);
    expect(receipt).toMatchObject({ level: 'none', note: expect.stringContaining('as an owner') });
    expect(fixture.github.directRole(ANA, 'orders')).toBe('none');
  });

  test.each([
    ['an account nobody has', 'nobody-at-all', 'subject-missing'],
    ['the organisation itself', 'lantern', 'subject-missing'],
    ['a path instead of a name', '../orgs/lantern', 'provider-forbidden'],
    ['nothing', '', 'provider-forbidden'],
  ])('observing %s gives nobody', async (_what, account, code) => {
    expect((await faultOf(fixture.provider.observe({ account, target: ORDERS }, neverAborts))).code).toBe(
      code,
    );
    expect(writes()).toEqual([]);
  });
});

describe('which repository is meant', () => {
  test('renamed: refused for a grant, followed for a removal (F24)', async () => {
    const intent = await intentOf(ANA);
    await fixture.provider.ensurePresent(intent, neverAborts);
    fixture.github.renameRepo('orders', 'orders-api');
    const fault = await faultOf(fixture.provider.ensurePresent(intent, neverAborts));
    expect([fault.code, fault.message]).toEqual([
      'target-missing',
      expect.stringContaining('orders-api now'),
    ]);
    expect(await ensureAbsent(intent)).toMatchObject({ level: 'none' });
    expect(fixture.github.directRole(ANA, 'orders-api')).toBe('none');
  });

  test('bound by id, a renamed one is the same one', async () => {
    const target = { ...ORDERS, id: 6001 } as GitHubTarget;
    fixture.github.renameRepo('orders', 'orders-api');
    const intent = await intentOf(ANA, target);
    await fixture.provider.ensurePresent(intent, neverAborts);
    expect(fixture.github.directRole(ANA, 'orders-api')).toBe('maintain');
    expect(await ensureAbsent(intent)).toMatchObject({ level: 'none' });
  });

  test('“not found” is no proof of removal while the App may not look (I1)', async () => {
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
    ['by its number, as at every removal', { ...ORDERS, id: 6001 } as GitHubTarget],
  ])('a permission that the App lost is no proof either: %s', async (_how, target) => {
    const intent = await intentOf(ANA, target);
    await fixture.provider.ensurePresent(intent, neverAborts);
    const { permissions } = fixture.github.world().app.installation;
    fixture.github.setInstallation({ permissions: { ...permissions, administration: 'read' } });
    expect((await faultOf(ensureAbsent(intent))).code).toBe('provider-forbidden');
    expect(fixture.github.directRole(ANA, 'orders')).toBe('maintain');
    fixture.github.setInstallation({ permissions });
    expect(await ensureAbsent(intent)).toMatchObject({ level: 'none' });
    expect(fixture.github.directRole(ANA, 'orders')).toBe('none');
  });
});
