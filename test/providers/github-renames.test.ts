import { afterEach, describe, expect, test } from '@jest/globals';
import type { Instant } from '../../core/ids.ts';
import { Fault } from '../../core/faults.ts';
import { githubRemover, type GitHubTarget } from '../../providers/github/index.ts';
import type { Intent, Receipt } from '../../providers/provider.ts';
import { newLease } from './conformance.fixture.ts';
import { ANA, ONCALL, openGitHub, ORDERS } from './github.fixture.ts';
import type { Role } from '../../sandbox/github/state.ts';
import { neverAborts } from './never-aborts.fixture.ts';

type Fixture = Awaited<ReturnType<typeof openGitHub>>;
const opened: Fixture[] = [];
afterEach(async () => {
  for (const fixture of opened.splice(0)) await fixture.stop();
});
async function open(): Promise<Fixture> {
  const fixture = await openGitHub({ limits: { pointsPerMinute: 1e6 } });
  opened.push(fixture);
  // So that only the own entry gives access, and a name that is gone looks like no access.
  fixture.github.setBaseRole('none');
  return fixture;
}

const endsAt = Date.UTC(2027, 0, 2, 12) as Instant;
/** The intent with the numbers that an observation finds. */
function intentFor({ provider, github }: Fixture, target: GitHubTarget): Intent<GitHubTarget> {
  const { teams, repos, org } = github.state();
  const found = target.kind === 'team' ? teams[0] : repos[0];
  return {
    lease: newLease(),
    subject: { id: String(github.idOf(ANA)), name: ANA },
    target: { ...target, id: found?.id ?? 0, orgId: org.id },
    level: provider.level(target),
    endsAt,
  };
}
function giveByHand({ github }: Fixture, target: GitHubTarget, level: Role): void {
  if (target.kind === 'team') github.setTeamMember(ANA, target.team, 'member');
  else github.setCollaborator(ANA, target.repo, level);
}

/** Undefined for a fault. */
const faultIn = (error: unknown): undefined => {
  if (!(error instanceof Fault)) throw error;
};
const receiptOf = (call: Promise<Receipt>): Promise<Receipt | undefined> => call.catch(faultIn);

/** The level that Ana's account has at the target, whatever both are called now. */
function levelOf({ github }: Fixture, { subject, target }: Intent<GitHubTarget>): string {
  const { teams, repos } = github.state();
  const account = Number(subject.id);
  return target.kind === 'team'
    ? (teams.find(({ id }) => id === target.id)?.members[account]?.role ?? 'none')
    : (repos.find(({ id }) => id === target.id)?.direct[account] ?? 'none');
}

type Rename = readonly [what: string, act: (fixture: Fixture) => void];
const TARGETS: readonly (readonly [string, GitHubTarget])[] = [
  ['a team', ONCALL],
  ['a repository', ORDERS],
];
const RENAMES: readonly Rename[] = [
  ['the organisation', ({ github }) => github.renameOrg('lantern-inc')],
  ['the account', ({ github }) => github.renameAccount(ANA, 'ana-f')],
  [
    'the team and the repository',
    ({ github }) => {
      github.renameTeam('orders-oncall', 'renamed');
      github.renameRepo('orders', 'renamed');
    },
  ],
];
/** In addition, something else has the old name at once. */
const RENAMES_AND_OTHERS: readonly Rename[] = [
  ...RENAMES,
  [
    'the account, whose name another one takes,',
    ({ github }) => {
      github.renameAccount(ANA, 'ana-f');
      github.createAccount(ANA);
      github.setOrgMember(ANA, 'member');
    },
  ],
  [
    'the team and the repository, whose names others take,',
    ({ github }) => {
      github.renameTeam('orders-oncall', 'renamed');
      github.createTeam('orders-oncall');
      github.renameRepo('orders', 'renamed');
      github.createRepo('orders');
    },
  ],
];
const rows = (renames: readonly Rename[]) =>
  TARGETS.flatMap(([kind, target]) => renames.map(([what, act]) => [what, kind, target, act] as const));

describe('a rename at any moment of a revoke leads to no false receipt, and the next attempt revokes (I1, F24)', () => {
  const by = (who: string) => rows(RENAMES_AND_OTHERS).map((row) => [who, ...row] as const);
  test.each([...by('Curfew'), ...by('the reaper')])(
    'by %s, of %s, for %s',
    async (who, _what, _kind, target, act) => {
      for (let [step, sent] = [1, 1]; step <= sent; step += 1) {
        const fixture = await open();
        const intent = intentFor(fixture, target);
        giveByHand(fixture, target, 'maintain');
        const before = fixture.requests.length;
        fixture.faults.after('any', () => act(fixture), step);
        const revoked = { ...intent, level: 'none' };
        const revoker = who === 'Curfew' ? fixture.provider : githubRemover(fixture.deps);
        const receipt = await receiptOf(revoker.ensureAbsent(revoked, neverAborts));
        sent = fixture.requests.length - before;
        expect([step, receipt === undefined || levelOf(fixture, intent) === 'none']).toEqual([step, true]);
        fixture.faults.clear();
        expect(await revoker.ensureAbsent(revoked, neverAborts)).toMatchObject({ level: 'none' });
        expect(levelOf(fixture, intent)).toBe('none');
      }
    },
  );
});

describe('a rename at any moment of an observation hides no access that the person had before (I5, F24)', () => {
  test.each(rows(RENAMES_AND_OTHERS))('of %s, for %s', async (_what, _kind, target, act) => {
    for (let [step, sent] = [1, 1]; step <= sent; step += 1) {
      const fixture = await open();
      const { github, provider } = fixture;
      giveByHand(fixture, target, 'triage');
      const account = String(github.idOf(ANA));
      fixture.faults.after('any', () => act(fixture), step);
      const seen = await provider.observe({ account: ANA, target }, neverAborts).catch(faultIn);
      sent = fixture.requests.length;
      const isTrue =
        seen === undefined ||
        seen.subject.id !== account ||
        levelOf(fixture, { ...seen, lease: newLease(), level: '', endsAt }) === seen.level;
      expect([step, isTrue]).toEqual([step, true]);
    }
  });
});

describe('a rename at any moment of a grant leads to no false receipt, and the access can be revoked (I1, F24)', () => {
  test.each(rows(RENAMES))('of %s, for %s', async (_what, _kind, target, act) => {
    for (let [step, sent] = [1, 1]; step <= sent; step += 1) {
      const fixture = await open();
      const intent = intentFor(fixture, target);
      const before = fixture.requests.length;
      fixture.faults.after('any', () => act(fixture), step);
      const receipt = await receiptOf(fixture.provider.ensurePresent(intent, neverAborts));
      sent = fixture.requests.length - before;
      expect([step, receipt === undefined || levelOf(fixture, intent) === intent.level]).toEqual([
        step,
        true,
      ]);
      fixture.faults.clear();
      await fixture.provider.ensureAbsent({ ...intent, level: 'none' }, neverAborts);
      expect(levelOf(fixture, intent)).toBe('none');
    }
  });
});

describe('another account that takes the name at any moment of a grant (T32, F24)', () => {
  test.each(TARGETS)(
    'may get the access to %s, and then the fault says to look for it',
    async (_kind, target) => {
      let misdirected = 0;
      for (let [step, sent] = [1, 1]; step <= sent; step += 1) {
        const fixture = await open();
        const { github } = fixture;
        const intent = intentFor(fixture, target);
        const before = fixture.requests.length;
        fixture.faults.after(
          'any',
          () => {
            github.renameAccount(ANA, 'ana-f');
            github.createAccount(ANA);
            github.setOrgMember(ANA, 'member');
          },
          step,
        );
        const message = await fixture.provider.ensurePresent(intent, neverAborts).then(
          () => '',
          (error: Error) => error.message,
        );
        sent = fixture.requests.length - before;
        const taker = { ...intent.subject, id: String(github.idOf(ANA)) };
        const isMisdirected = step < sent && levelOf(fixture, { ...intent, subject: taker }) !== 'none';
        if (isMisdirected) misdirected += 1;
        if (isMisdirected)
          expect(message).toMatch(
            /^subject-changed: .* Another account may have its name and the access now: look/,
          );
      }
      expect(misdirected).toBeGreaterThan(0);
    },
  );
});

describe('a rename between the observation, the grant and the revoke changes nothing (F24)', () => {
  test.each(rows(RENAMES))('of %s, for %s', async (_what, _kind, target, act) => {
    for (const when of ['before the grant', 'before the repeated grant', 'before the revoke']) {
      const fixture = await open();
      const intent = intentFor(fixture, target);
      if (when === 'before the grant') act(fixture);
      await fixture.provider.ensurePresent(intent, neverAborts);
      if (when === 'before the repeated grant') act(fixture);
      await fixture.provider.ensurePresent(intent, neverAborts);
      expect([when, levelOf(fixture, intent)]).toEqual([when, intent.level]);
      if (when === 'before the revoke') act(fixture);
      const receipt = await fixture.provider.ensureAbsent({ ...intent, level: 'none' }, neverAborts);
      expect([when, receipt.level, receipt.lowered, levelOf(fixture, intent)]).toEqual([
        when,
        'none',
        true,
        'none',
      ]);
    }
  });
});
