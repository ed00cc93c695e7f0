import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Instant } from '../../core/ids.ts';
import type { GitHubTarget } from '../../providers/github/index.ts';
import type { Intent } from '../../providers/provider.ts';
import { faultOf, newLease } from './conformance.fixture.ts';
import { ANA, never, openGitHub, ORDERS, ZOE } from './github.fixture.ts';

let it: Awaited<ReturnType<typeof openGitHub>>;
beforeEach(async () => void (it = await openGitHub()));
afterEach(() => it.stop());

const endsAt = Date.UTC(2027, 0, 2, 12) as Instant;

/** What the activity would build for this person: observed, then asked. */
async function intent(account: string, target: GitHubTarget = ORDERS): Promise<Intent<GitHubTarget>> {
  const { subject } = await it.provider.observe({ account, target }, never);
  return { lease: newLease(), subject, target, level: it.provider.level(target), endsAt };
}
const down = (from: Intent<GitHubTarget>, level = 'none') =>
  it.provider.ensureAbsent({ ...from, level }, never);
const writes = () =>
  it.requests.filter(({ method, path }) => method !== 'GET' && !path.endsWith('/access_tokens'));

describe('somebody from outside is invited, and an invitation is no grant', () => {
  test('until they accept it is not-verified, in words that say what to do, and asked only once', async () => {
    const asked = await intent(ZOE);
    for (let n = 0; n < 3; n += 1) {
      const fault = await faultOf(it.provider.ensurePresent(asked, never));
      expect([fault.code, fault.message]).toEqual([
        'not-verified',
        'not-verified: github: zoe-park must first accept the invitation to lantern/orders',
      ]);
    }
    expect(writes()).toHaveLength(1);
    it.github.acceptInvitation(ZOE, 'orders');
    expect(await it.provider.ensurePresent(asked, never)).toMatchObject({ level: 'maintain' });
    expect(await down(asked)).toMatchObject({ level: 'none' });
    expect(it.github.role(ZOE, 'orders')).toBe('none');
  });

  test('giving up takes the invitation back, so that nobody accepts it later', async () => {
    const asked = await intent(ZOE);
    await faultOf(it.provider.ensurePresent(asked, never));
    expect(await down(asked)).toMatchObject({ level: 'none' });
    expect(it.github.invitations('orders')).toEqual([]);
  });

  test('an open invitation to less is raised, and lowered again while another lease waits for it', async () => {
    const less = await intent(ZOE, { ...ORDERS, role: 'read' } as GitHubTarget);
    await faultOf(it.provider.ensurePresent(less, never));
    const more = await intent(ZOE);
    await faultOf(it.provider.ensurePresent(more, never));
    expect(it.github.invitations('orders')).toEqual([{ login: ZOE, role: 'maintain' }]);
    await down(more, 'read');
    expect(it.github.invitations('orders')).toEqual([{ login: ZOE, role: 'read' }]);
  });

  test('fifty invitations a day are GitHub’s limit, and no failure of the request', async () => {
    await it.stop();
    it = await openGitHub({ limits: { pointsPerMinute: 1e6 } });
    for (let n = 0; n < 51; n += 1) it.github.createAccount(`guest-${n}`);
    const codes: string[] = [];
    for (let n = 0; n < 51; n += 1)
      codes.push((await faultOf(it.provider.ensurePresent(await intent(`guest-${n}`), never))).code);
    expect([...new Set(codes.slice(0, 50)), codes[50]]).toEqual(['not-verified', 'provider-throttled']);
  });
});

describe('levels', () => {
  test('an exact role counts, not the flattened permission: write is not maintain', async () => {
    const asked = await intent(ANA);
    it.github.setCollaborator(ANA, 'orders', 'write');
    await it.provider.ensurePresent(asked, never);
    expect(it.github.directRole(ANA, 'orders')).toBe('maintain');
    it.github.setCollaborator(ANA, 'orders', 'triage');
    expect((await it.provider.observe({ account: ANA, target: ORDERS }, never)).level).toBe('triage');
  });

  test('what remains through a team is named as standing access, not as a failed removal', async () => {
    const asked = await intent(ANA, { ...ORDERS, role: 'admin' } as GitHubTarget);
    await it.provider.ensurePresent(asked, never);
    it.github.setTeamMember(ANA, 'orders-oncall', 'member');
    expect(await down(asked)).toEqual({
      level: 'none',
      seen: 'lantern/orders: ana-ferreira by name none, in effect maintain',
      note: 'Still has maintain through the team orders-oncall. That is standing access, not ours to take.',
    });
    it.github.setTeamMember(ANA, 'orders-oncall', 'none');
    expect((await down(asked)).note).toContain('read through the organisation’s base role');
  });

  test('a lower level is restored although a team shows more (I5)', async () => {
    it.github.setCollaborator(ANA, 'orders', 'triage');
    const asked = await intent(ANA, { ...ORDERS, role: 'admin' } as GitHubTarget);
    await it.provider.ensurePresent(asked, never);
    it.github.setTeamMember(ANA, 'orders-oncall', 'member');
    expect(await down(asked, 'triage')).toMatchObject({ level: 'triage' });
    expect(it.github.directRole(ANA, 'orders')).toBe('triage');
  });

  test('more than is explained by a team is not believed to be restored (F15)', async () => {
    it.github.setCollaborator(ANA, 'orders', 'triage');
    const asked = await intent(ANA, { ...ORDERS, role: 'admin' } as GitHubTarget);
    it.github.setTeamMember(ANA, 'orders-oncall', 'member');
    await it.provider.ensurePresent(asked, never);
    it.faults.stale();
    expect((await faultOf(down(asked, 'triage'))).code).toBe('not-verified');
  });

  test('a team’s role is not taken for the person’s own, so that it cannot stay with them for good (I5)', async () => {
    it.github.setCollaborator(ANA, 'orders', 'triage');
    it.github.setTeamMember(ANA, 'orders-oncall', 'member');
    const fault = await faultOf(intent(ANA, { ...ORDERS, role: 'admin' } as GitHubTarget));
    expect([fault.code, fault.retry]).toEqual(['provider-refused', false]);
    expect(fault.message).toContain('maintain through the team orders-oncall');
    it.github.setCollaborator(ANA, 'orders', 'admin');
    expect(await it.provider.observe({ account: ANA, target: ORDERS }, never)).toMatchObject({
      level: 'admin',
    });
  });

  test('an entry of read is sure, whatever team gives the same: there is none below', async () => {
    it.github.setCollaborator(ANA, 'orders', 'read');
    it.github.setTeamRepo('orders-oncall', 'orders', 'read');
    it.github.setTeamMember(ANA, 'orders-oncall', 'member');
    expect(await it.provider.observe({ account: ANA, target: ORDERS }, never)).toMatchObject({
      level: 'read',
    });
  });

  test('a team that gives as much meanwhile is not doubled in the person’s own entry', async () => {
    it.github.setCollaborator(ANA, 'orders', 'triage');
    const asked = await intent(ANA);
    it.github.setTeamMember(ANA, 'orders-oncall', 'member');
    await it.provider.ensurePresent(asked, never);
    await down(asked, 'maintain');
    expect(it.github.directRole(ANA, 'orders')).toBe('triage');
  });

  test('an archived repository says why nothing can be changed, and is removed once it is not (F33)', async () => {
    const asked = await intent(ANA);
    await it.provider.ensurePresent(asked, never);
    it.github.archive('orders', true);
    const fault = await faultOf(down(asked));
    expect([fault.code, fault.message]).toEqual([
      'provider-refused',
      expect.stringContaining('unarchives it'),
    ]);
    it.github.archive('orders', false);
    expect(await down(asked)).toMatchObject({ level: 'none' });
  });

  test('below the organisation’s base role nothing can be restored: the entry goes, the base stays', async () => {
    it.github.setCollaborator(ANA, 'orders', 'read');
    const asked = await intent(ANA);
    await it.provider.ensurePresent(asked, never);
    it.github.setBaseRole('write');
    expect(await down(asked, 'read')).toMatchObject({
      level: 'none',
      note: expect.stringContaining('write'),
    });
    expect(it.github.role(ANA, 'orders')).toBe('write');
  });
});

describe('who is meant', () => {
  test('a renamed account loses its access under its new name (F24)', async () => {
    const asked = await intent(ANA);
    await it.provider.ensurePresent(asked, never);
    it.github.renameAccount(ANA, 'ana-f');
    it.github.createAccount(ANA);
    it.github.setCollaborator(ANA, 'orders', 'admin');
    expect(await down(asked)).toMatchObject({ level: 'none' });
    expect([it.github.directRole('ana-f', 'orders'), it.github.directRole(ANA, 'orders')]).toEqual([
      'none',
      'admin',
    ]);
  });

  test('an owner has everything: nothing is written, and nothing taken', async () => {
    const asked = await intent('sam-rao');
    const seen = await it.provider.observe({ account: 'sam-rao', target: ORDERS }, never);
    expect(seen).toMatchObject({ level: 'admin', note: expect.stringContaining('owner') });
    expect(await it.provider.ensurePresent({ ...asked, level: seen.level }, never)).toMatchObject({
      level: 'admin',
    });
    await down(asked, seen.level);
    expect(writes()).toEqual([]);
  });

  test('somebody who became an owner meanwhile still loses what we gave (F25)', async () => {
    const asked = await intent(ANA);
    await it.provider.ensurePresent(asked, never);
    it.github.setOrgMember(ANA, 'admin');
    const receipt = await down(asked);
    expect(receipt).toMatchObject({ level: 'none', note: expect.stringContaining('as an owner') });
    expect(it.github.directRole(ANA, 'orders')).toBe('none');
  });

  test.each([
    ['an account nobody has', 'nobody-at-all', 'subject-missing'],
    ['the organisation itself', 'lantern', 'subject-missing'],
    ['a path instead of a name', '../orgs/lantern', 'provider-forbidden'],
    ['nothing', '', 'provider-forbidden'],
  ])('observing %s gives nobody', async (_what, account, code) => {
    expect((await faultOf(it.provider.observe({ account, target: ORDERS }, never))).code).toBe(code);
    expect(writes()).toEqual([]);
  });
});

describe('which repository is meant', () => {
  test('renamed: refused for a grant, followed for a removal (F24)', async () => {
    const asked = await intent(ANA);
    await it.provider.ensurePresent(asked, never);
    it.github.renameRepo('orders', 'orders-api');
    const fault = await faultOf(it.provider.ensurePresent(asked, never));
    expect([fault.code, fault.message]).toEqual([
      'target-missing',
      expect.stringContaining('orders-api now'),
    ]);
    expect(await down(asked)).toMatchObject({ level: 'none' });
    expect(it.github.directRole(ANA, 'orders-api')).toBe('none');
  });

  test('bound by id, a renamed one is the same one', async () => {
    const target = { ...ORDERS, id: 6001 } as GitHubTarget;
    it.github.renameRepo('orders', 'orders-api');
    const asked = await intent(ANA, target);
    await it.provider.ensurePresent(asked, never);
    expect(it.github.directRole(ANA, 'orders-api')).toBe('maintain');
    expect(await down(asked)).toMatchObject({ level: 'none' });
  });

  test('“not found” is no proof of removal while the App may not look (I1)', async () => {
    const asked = await intent(ANA);
    await it.provider.ensurePresent(asked, never);
    it.github.setInstallation({ repositories: [6002] });
    expect((await faultOf(down(asked))).code).toBe('provider-forbidden');
    const elsewhere = { ...asked, target: { ...ORDERS, org: 'elsewhere' } as GitHubTarget };
    it.github.setInstallation({ repositories: 'all' });
    expect((await faultOf(down(elsewhere))).code).toBe('target-missing');
    expect(await down(asked)).toMatchObject({ level: 'none' });
  });

  test.each([
    ['by its name', ORDERS],
    ['by its number, as at every removal', { ...ORDERS, id: 6001 } as GitHubTarget],
  ])('a permission that the App lost is no proof either: %s', async (_how, target) => {
    const asked = await intent(ANA, target);
    await it.provider.ensurePresent(asked, never);
    const { permissions } = it.github.world().app.installation;
    it.github.setInstallation({ permissions: { ...permissions, administration: 'read' } });
    expect((await faultOf(down(asked))).code).toBe('provider-forbidden');
    expect(it.github.directRole(ANA, 'orders')).toBe('maintain');
    it.github.setInstallation({ permissions });
    expect(await down(asked)).toMatchObject({ level: 'none' });
    expect(it.github.directRole(ANA, 'orders')).toBe('none');
  });
});
