import { afterEach, describe, expect, test } from '@jest/globals';
import type { FoundAccess } from '../../providers/provider.ts';
import type { GitHubTarget } from '../../providers/github/index.ts';
import { openGitHub } from './github.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

const team = (slug: string): GitHubTarget => ({ kind: 'team', org: 'lantern', team: slug, role: 'member' });
const ORDERS: GitHubTarget = { kind: 'repository', org: 'lantern', repo: 'orders', role: 'read' };

async function opened() {
  const all = await openGitHub();
  stops.push(() => Promise.resolve(all.stop()));
  const read = async (target: GitHubTarget) => {
    const accesses: FoundAccess[] = [];
    let managedBy: string | undefined;
    let page: string | undefined;
    do {
      const got = await all.provider.discover(target, { page, signal: neverAborts });
      accesses.push(...got.accesses);
      managedBy ??= got.managedBy;
      page = got.next;
    } while (page !== undefined);
    return { accesses, managedBy };
  };
  return { ...all, read };
}
const of = (accesses: readonly FoundAccess[], login: string) =>
  accesses.filter(({ subject }) => subject.name === login);

describe('who has a target at GitHub, and from where', () => {
  test('a team has its own members with their roles, and those of its child teams by themselves', async () => {
    const { github, read } = await opened();
    github.setTeamMember('ana-ferreira', 'platform-storage', 'member');
    const { accesses, managedBy } = await read(team('platform'));
    expect(of(accesses, 'bo-lindqvist')).toMatchObject([{ level: 'maintainer', sources: [] }]);
    expect(of(accesses, 'ana-ferreira')).toMatchObject([
      { level: 'none', sources: [{ kind: 'child-team', level: 'member' }] },
    ]);
    expect(managedBy).toBeUndefined();
  });

  test('a team that an identity provider manages says so (B20)', async () => {
    const { read } = await opened();
    expect((await read(team('everyone'))).managedBy).toBe('the identity provider of the organisation');
  });

  test('a repository has own entries, the roles of teams, and what comes from the organisation', async () => {
    const { github, read } = await opened();
    github.setCollaborator('ana-ferreira', 'orders', 'admin');
    const { accesses } = await read(ORDERS);
    const [ana] = of(accesses, 'ana-ferreira');
    expect(ana).toMatchObject({ level: 'admin', sources: [{ kind: 'organisation', level: 'read' }] });
    const [bo] = of(accesses, 'bo-lindqvist');
    expect(bo?.level).toBe('none');
    expect(bo?.sources).toContainEqual({
      kind: 'team',
      level: 'maintain',
      through: 'through the team orders-oncall',
    });
  });

  test('an account that was renamed has the same number (F24)', async () => {
    const { github, read } = await opened();
    const [before] = of((await read(team('orders-oncall'))).accesses, 'bo-lindqvist');
    github.renameAccount('bo-lindqvist', 'bo-l');
    const [after] = of((await read(team('orders-oncall'))).accesses, 'bo-l');
    expect(after?.subject.id).toBe(before?.subject.id);
  });

  test('without the permission to see the members there is no list (F33)', async () => {
    const { github, provider } = await opened();
    github.setInstallation({ permissions: { metadata: 'read', administration: 'read' } });
    await expect(provider.discover(ORDERS, { signal: neverAborts })).rejects.toMatchObject({
      code: 'provider-forbidden',
    });
  });
});
