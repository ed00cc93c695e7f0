import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Instant } from '../../core/ids.ts';
import { githubProvider, type GitHubTarget } from '../../providers/github/index.ts';
import type { Intent } from '../../providers/provider.ts';
import { faultOf, newLease } from './conformance.fixture.ts';
import { ANA, openGitHub, ORDERS, ORDERS_ADMIN } from './github.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';

let fixture: Awaited<ReturnType<typeof openGitHub>>;
beforeEach(async () => void (fixture = await openGitHub()));
afterEach(() => fixture.stop());

const NUMBER = 6001;
const endsAt = Date.UTC(2027, 0, 2, 12) as Instant;

/** Grants the target's level, with the numbers that the observation found. */
async function granted(target: GitHubTarget): Promise<Intent<GitHubTarget>> {
  const { subject, target: found } = await fixture.provider.observe({ account: ANA, target }, neverAborts);
  const intent = { lease: newLease(), subject, target: found, level: fixture.provider.level(target), endsAt };
  await fixture.provider.ensurePresent(intent, neverAborts);
  return intent;
}
/** Revokes with the same App, and with what an operator says of deleted repositories. */
const revoke = (intent: Intent<GitHubTarget>, level = 'none', deletedRepositories: readonly number[] = []) =>
  githubProvider({ ...fixture.deps, deletedRepositories }).ensureAbsent({ ...intent, level }, neverAborts);
const fault = async (...args: Parameters<typeof revoke>) => (await faultOf(revoke(...args))).message;
const toThemselves = () =>
  fixture.github.transferRepo('orders', { id: fixture.github.idOf(ANA), login: ANA });
const role = () => fixture.github.roleElsewhere(ANA, NUMBER);

const CANNOT_TELL =
  "provider-forbidden: github: the organisation has no repository lantern/orders any more. GitHub's answer does not say whether it was deleted, or transferred to another owner. If it was transferred, the person still has access. " +
  'Look at Settings, Deleted repositories of lantern. If it is there, add 6001 to GITHUB_DELETED_REPOSITORIES and restart Curfew. Otherwise let its new owner transfer it back';

describe('a private repository that a holder with admin transferred gives no receipt, because they still have the access (I1, F24, T33)', () => {
  test.each([
    ['to themselves', toThemselves],
    ['to another organisation', () => fixture.github.transferRepo('orders')],
  ])('%s: an operator is told where to look, and the revoke succeeds when it is back', async (_to, act) => {
    const intent = await granted(ORDERS_ADMIN);
    act();
    expect(role()).toBe('admin');
    expect(await fault(intent)).toBe(CANNOT_TELL);
    expect(role()).toBe('admin');
    fixture.github.transferBack(NUMBER);
    expect(await revoke(intent)).toMatchObject({ level: 'none', found: 'admin', lowered: true });
    expect(fixture.github.directRole(ANA, 'orders')).toBe('none');
  });

  test('also when another repository has its name now, whose access stays as it is', async () => {
    const intent = await granted(ORDERS_ADMIN);
    toThemselves();
    fixture.github.createRepo('orders');
    fixture.github.setCollaborator(ANA, 'orders', 'write');
    expect(await fault(intent)).toBe(CANNOT_TELL);
    expect(fixture.github.directRole(ANA, 'orders')).toBe('write');
  });

  test('also for a lower lease beside one with admin, and beside admin that the person had before', async () => {
    const intent = await granted(ORDERS);
    await granted(ORDERS_ADMIN);
    toThemselves();
    expect(await fault(intent, 'admin')).toBe(CANNOT_TELL);
  });

  test('also when it is public there: then GitHub shows its new owner', async () => {
    const intent = await granted(ORDERS_ADMIN);
    fixture.github.setPublic('orders', true);
    toThemselves();
    const moved = 'provider-forbidden: github: lantern/orders was moved to another owner';
    expect(await fault(intent)).toBe(moved);
    const { id: _id, ...named } = ORDERS_ADMIN;
    expect(await fault({ ...intent, target: named as GitHubTarget })).toBe(moved);
  });
});

describe('a repository that was deleted while a person was its admin', () => {
  test('gives no receipt until an operator says that it was deleted, because GitHub answers like for a transfer', async () => {
    const intent = await granted(ORDERS_ADMIN);
    fixture.github.deleteRepo('orders');
    expect(await fault(intent)).toBe(CANNOT_TELL);
    expect(await fault(intent, 'none', [6002])).toBe(CANNOT_TELL);
    expect(await revoke(intent, 'none', [6002, NUMBER])).toEqual({
      level: 'none',
      seen: 'GitHub answers 404 for the repository lantern/orders, and GITHUB_DELETED_REPOSITORIES says that number 6001 was deleted',
      note: 'The repository was deleted, as an operator says in the settings.',
    });
  });

  test('gives a receipt in the same way while the App sees selected repositories only', async () => {
    const intent = await granted(ORDERS);
    fixture.github.setInstallation({ repositories: [NUMBER, 6002] });
    fixture.github.deleteRepo('orders');
    expect(await fault(intent)).toContain('provider-forbidden: github: the App cannot see lantern/orders');
    expect(await revoke(intent, 'none', [NUMBER])).toMatchObject({ level: 'none' });
  });

  test('is revoked as always when an operator is wrong and GitHub still shows it', async () => {
    const intent = await granted(ORDERS_ADMIN);
    expect(await revoke(intent, 'none', [NUMBER])).toMatchObject({ level: 'none', lowered: true });
    expect(fixture.github.directRole(ANA, 'orders')).toBe('none');
  });

  test('is refused for a grant, whatever an operator says', async () => {
    const intent = await granted(ORDERS_ADMIN);
    fixture.github.deleteRepo('orders');
    const provider = githubProvider({ ...fixture.deps, deletedRepositories: [NUMBER] });
    expect((await faultOf(provider.ensurePresent(intent, neverAborts))).code).toBe('target-missing');
  });
});
