import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Instant } from '../../core/ids.ts';
import type { GitHubTarget } from '../../providers/github/index.ts';
import type { GithubState } from '../../sandbox/github/state.ts';
import { ROOT } from '../../scripts/import-table.ts';
import { newLease } from './conformance.fixture.ts';
import { ANA, ONCALL, openGitHub, ORDERS } from './github.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';

let fixture: Awaited<ReturnType<typeof openGitHub>>;
beforeEach(async () => void (fixture = await openGitHub()));
afterEach(() => fixture.stop());

const endsAt = Date.UTC(2027, 0, 2, 12) as Instant;
const state = () => fixture.github.state() as GithubState;

/** The rows of the table of requests in docs/providers/github.md: what, and the three numbers. */
const documented = readFileSync(join(ROOT, 'docs/providers/github.md'), 'utf8')
  .split('\n')
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .filter((cells) => cells.length === 6 && cells.slice(2, 5).every((cell) => /^\d+$/.test(cell)))
  .map(([, what = '', ...numbers]) => [what, ...numbers.slice(0, 3).map(Number)]);

/** How many requests the observation, the grant and the revoke of one lease send. */
async function count(target: GitHubTarget): Promise<readonly number[]> {
  const counts: number[] = [];
  const counted = async <T>(act: () => Promise<T>): Promise<T> => {
    const before = fixture.requests.length;
    const result = await act();
    counts.push(fixture.requests.length - before);
    return result;
  };
  const { provider } = fixture;
  const seen = await counted(() => provider.observe({ account: ANA, target }, neverAborts));
  const intent = {
    lease: newLease(),
    subject: seen.subject,
    target: seen.target,
    level: provider.level(target),
    endsAt,
  };
  await counted(() => provider.ensurePresent(intent, neverAborts));
  await counted(() => provider.ensureAbsent({ ...intent, level: 'none' }, neverAborts));
  return counts;
}

function invite(guests: number): void {
  const orders = state().repos.find(({ name }) => name === 'orders');
  for (let n = 0; n < guests; n += 1) {
    const invitee = fixture.github.createAccount(`guest-${n}`);
    orders?.invitations.push({ id: 900_000 + n, invitee, role: 'read', createdAt: 0 });
  }
}

/** Ana is in this many teams, and each of them has the repository. */
function joinTeams(teams: number): void {
  for (let n = 0; n < teams; n += 1) {
    fixture.github.createTeam(`team-${n}`);
    fixture.github.setTeamRepo(`team-${n}`, 'orders', 'triage');
    fixture.github.setTeamMember(ANA, `team-${n}`, 'member');
  }
}

function fillTeam(people: number): void {
  for (let n = 0; n < people; n += 1) {
    fixture.github.createAccount(`member-${n}`);
    fixture.github.setOrgMember(`member-${n}`, 'member');
    fixture.github.setTeamMember(`member-${n}`, 'orders-oncall', 'member');
  }
}

type Row = [what: string, target: GitHubTarget, prepare: () => void, counts: readonly number[]];
const ROWS: readonly Row[] = [
  ['a team', ONCALL, () => undefined, [6, 8, 7]],
  [
    'a repository, for a person without other access',
    ORDERS,
    () => fixture.github.setBaseRole('none'),
    [6, 7, 9],
  ],
  ['a repository, for a person with other access', ORDERS, () => undefined, [7, 8, 10]],
];

describe('one lease sends exactly as many requests as the page says', () => {
  test.each(ROWS)('for %s', async (what, target, prepare, counts) => {
    prepare();
    expect(await count(target)).toEqual(counts);
    expect(documented.filter(([row]) => row === what)).toEqual([[what, ...counts]]);
  });

  test('the page has no other number', () =>
    expect(documented.map(([what]) => what)).toEqual(ROWS.map(([what]) => what)));

  test('a team of 300 people costs no more', async () => {
    fillTeam(300);
    expect(await count(ONCALL)).toEqual([6, 8, 7]);
  });

  test('a team with ten child teams costs no more', async () => {
    for (let n = 0; n < 10; n += 1) fixture.github.createTeam(`child-${n}`, 'orders-oncall');
    expect(await count(ONCALL)).toEqual([6, 8, 7]);
  });

  test.each([1, 10, 40])(
    'a repository costs no more for a person in %i teams that have it',
    async (teams) => {
      joinTeams(teams);
      expect(await count(ORDERS)).toEqual([7, 8, 10]);
    },
  );

  test('a hundred open invitations of other people cost one request more in each step', async () => {
    invite(100);
    expect(await count(ORDERS)).toEqual([8, 9, 11]);
  });
});

test('the preflight takes two requests, one for each repository, and up to three for each team', async () => {
  const before = fixture.requests.length;
  const targets = [ONCALL, { ...ONCALL, team: 'platform' } as GitHubTarget, ORDERS];
  const found = await fixture.provider.preflight({ targets, duty: 'grant' }, neverAborts);
  expect(found.permissions).toEqual([]);
  // The first team also shows that this organisation has no external groups.
  expect(fixture.requests.slice(before).map(({ path }) => path.split('/').at(-1))).toEqual([
    '8001',
    'access_tokens',
    'orders-oncall',
    'external-groups',
    'group-mappings',
    'platform',
    'group-mappings',
    'orders',
  ]);
});
