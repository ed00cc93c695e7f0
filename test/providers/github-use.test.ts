import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Instant } from '../../core/ids.ts';
import type { Use } from '../../core/use.ts';
import { LATE_MS, MOST_REPOSITORIES } from '../../providers/github/use.ts';
import type { GitHubTarget } from '../../providers/github/index.ts';
import type { AuditEntry } from '../../sandbox/github/state.ts';
import { newLease } from './conformance.fixture.ts';
import { ANA, ONCALL, openGitHub, ORDERS, ZOE } from './github.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';

let fixture: Awaited<ReturnType<typeof openGitHub>>;
beforeEach(async () => void (fixture = await openGitHub()));
afterEach(() => fixture.stop());

const HOUR = 3_600_000;
const now = Date.now();
const at = (hours: number): Instant => (now + hours * HOUR) as Instant;

/** Somebody did this many things in a repository. */
function did(login: string, when: Instant, times = 1, place = 'orders'): void {
  const state = fixture.github.state();
  const repo = state.repos.find(({ name }) => name === place);
  const actor = state.users.find((user) => user.login === login)?.id ?? 0;
  if (!repo) throw new Error(`no repository "${place}"`);
  repo.events ??= [];
  for (let number = 0; number < times; number += 1)
    repo.events.push({ id: number, type: 'PushEvent', actor, createdAt: when });
}

/** The target as a grant records it, with its number. */
const recorded = async (target: GitHubTarget): Promise<GitHubTarget> =>
  (await fixture.provider.observe({ account: ANA, target }, neverAborts)).target;

async function read(target: GitHubTarget = ORDERS, beforeRead = () => {}): Promise<Use> {
  const { subject, target: found } = await fixture.provider.observe({ account: ANA, target }, neverAborts);
  const query = { lease: newLease(), subject, target: found, grantedAt: at(-4), endedAt: at(-1), now: at(0) };
  beforeRead();
  return fixture.provider.readUse(query, neverAborts);
}

describe('what GitHub shows of a lease on a repository', () => {
  test('the events of the person between the grant and the end are counted', async () => {
    did(ANA, at(-5));
    did(ANA, at(-3));
    did(ZOE, at(-3), 5);
    did(ANA, at(-2));
    did(ANA, at(-0.5));
    expect(await read()).toMatchObject({
      ...{ kind: 'known', amount: 2, unit: 'events', parts: [] },
      ...{ first: at(-3), last: at(-2) },
    });
  });

  test('without an event the use is unknown and not "not used", because a read is no event', async () => {
    did(ZOE, at(-2));
    expect(await read()).toMatchObject({
      kind: 'unknown',
      why: expect.stringContaining('does not show what somebody reads'),
    });
  });

  test('events that others pushed out of the last 300 are not counted, and no page is asked that GitHub refuses', async () => {
    did(ANA, at(-3), 7);
    did(ZOE, at(-2), 299);
    expect(await read()).toMatchObject({ kind: 'known', amount: 1 });
    did(ZOE, at(-2));
    expect(await read()).toMatchObject({ kind: 'unknown' });
  });
});

/** The team has one more repository. */
function giveToOncall(name: string): void {
  fixture.github.createRepo(name);
  const { repos, teams } = fixture.github.state();
  const [team, repo] = [
    teams.find(({ slug }) => slug === 'orders-oncall'),
    repos.find((each) => each.name === name),
  ];
  if (team && repo) team.repos[repo.id] = 'read';
}

describe('what GitHub shows of a membership of a team', () => {
  test('the events of the person in each repository of the team are counted', async () => {
    giveToOncall('reports');
    did(ANA, at(-3));
    did(ANA, at(-2), 1, 'reports');
    did(ANA, at(-1.5), 1, 'infra');
    expect(await read(ONCALL)).toMatchObject({ kind: 'known', amount: 2, first: at(-3), last: at(-2) });
  });

  test('a team without a repository has no use to show', async () => {
    for (const team of fixture.github.state().teams) team.repos = {};
    expect(await read(ONCALL)).toMatchObject({
      kind: 'unknown',
      why: 'the App sees no repository of the team',
    });
  });

  test('two repositories share the calls, so the last hundred events of each are read', async () => {
    giveToOncall('reports');
    did(ANA, at(-3), 120);
    did(ANA, at(-2), 120, 'reports');
    expect(await read(ONCALL)).toMatchObject({ kind: 'known', amount: 200 });
  });

  test('the events of a team with more than three repositories are not read', async () => {
    did(ANA, at(-3));
    for (let number = 0; number < MOST_REPOSITORIES; number += 1) giveToOncall(`many-${number}`);
    expect(await read(ONCALL)).toMatchObject({
      kind: 'unknown',
      why: expect.stringContaining('more than 3 repositories'),
    });
  });
});

/** The organisation has an audit log, and the App may read it. */
function openLog(): AuditEntry[] {
  const state = fixture.github.state();
  const { permissions } = state.app.installation;
  fixture.github.setInstallation({ permissions: { ...permissions, organization_administration: 'read' } });
  return (state.org.auditLog ??= []);
}
function cloned(who: string, when: Instant, { times = 1, repo = 'orders', login = who } = {}): void {
  const log = openLog();
  const actor = fixture.github.state().users.find((user) => user.login === who)?.id ?? 0;
  for (let number = 0; number < times; number += 1)
    log.push({ id: log.length + 1, kind: 'git', action: 'git.clone', actor, login, repo, at: when });
}

describe('the audit log of the organisation', () => {
  test('shows a clone, which is no event', async () => {
    cloned(ANA, at(-5));
    cloned(ANA, at(-3));
    cloned(ZOE, at(-3));
    cloned(ANA, at(-2.5), { repo: 'infra' });
    cloned(ANA, at(-2));
    cloned(ANA, at(-0.5));
    expect(await read()).toMatchObject({
      ...{ kind: 'known', source: 'GitHub, audit log and events', amount: 2, unit: 'events' },
      ...{ first: at(-3), last: at(-2) },
    });
  });

  test('shows nothing of another account that had the name before', async () => {
    cloned(ZOE, at(-3), { login: ANA });
    expect(await read()).toMatchObject({ kind: 'unknown' });
  });

  test('and the events are not added, because a push is in both', async () => {
    cloned(ANA, at(-3));
    did(ANA, at(-2), 3);
    expect(await read()).toMatchObject({ amount: 3, first: at(-3), last: at(-2) });
  });

  test('is read page by page', async () => {
    cloned(ANA, at(-3), { times: 150 });
    expect(await read()).toMatchObject({ amount: 150 });
  });

  test('counts what the person did in the repositories of the team', async () => {
    giveToOncall('reports');
    cloned(ANA, at(-3));
    cloned(ANA, at(-2.5), { repo: 'reports' });
    cloned(ANA, at(-2), { repo: 'infra' });
    expect(await read(ONCALL)).toMatchObject({ amount: 2, last: at(-2.5) });
  });

  test('without an entry the use is unknown, because a look in a browser is no entry', async () => {
    openLog();
    expect(await read()).toMatchObject({
      kind: 'unknown',
      why: expect.stringContaining('in a browser or through the API'),
    });
  });

  test('is not read without its permission, and the reason names it', async () =>
    expect(await read()).toMatchObject({
      ...{ kind: 'unknown', source: 'GitHub, events of the repositories' },
      why: expect.stringContaining('organization_administration: read'),
    }));

  test('is not there outside GitHub Enterprise Cloud, and the events count', async () => {
    openLog();
    delete fixture.github.state().org.auditLog;
    expect(await read()).toMatchObject({ why: expect.stringContaining('GitHub Enterprise Cloud') });
    did(ANA, at(-2));
    expect(await read()).toMatchObject({ kind: 'known', amount: 1 });
  });

  test('a rate limit is a fault, and no missing log', async () => {
    openLog();
    const throttle = () =>
      void fixture.faults.next({ kind: 'secondary', status: 403, retryAfter: 7 }, { on: 'read' });
    // The second token is the one for the audit log.
    const throttled = read(ORDERS, () => fixture.faults.after('mint', throttle, 2));
    await expect(throttled).rejects.toMatchObject({ code: 'provider-throttled' });
  });
});

describe('a reading takes no more calls than the provider says', () => {
  const most = () => fixture.provider.useReadings.mostCalls;
  /** The calls of a reading of which every list has as many pages as Curfew reads. */
  async function calls(target: GitHubTarget, places: readonly string[]): Promise<number> {
    for (const place of places) did(ANA, at(-2), 301, place);
    cloned(ANA, at(-2), { times: 301 });
    let before = 0;
    const use = await read(target, () => (before = fixture.requests.length));
    expect(use).toMatchObject({ kind: 'known', source: 'GitHub, audit log and events', amount: 300 });
    return fixture.requests.length - before;
  }

  test('for a repository', async () => expect(await calls(ORDERS, ['orders'])).toBeLessThanOrEqual(most()));

  test('for a team whose name has changed, with as many repositories as Curfew reads', async () => {
    giveToOncall('reports');
    giveToOncall('stocks');
    const target = await recorded(ONCALL);
    fixture.github.renameTeam('orders-oncall', 'renamed');
    expect(await calls(target, ['orders', 'reports', 'stocks'])).toBe(most());
  });
});

test('the last reading comes six hours after the end', () => expect(LATE_MS).toBe(6 * HOUR));
