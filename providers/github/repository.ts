import { Fault } from '../../core/faults.ts';
import type { Intent, Level, Observation, Receipt } from '../provider.ts';
import {
  ACCOUNT_GONE,
  accountNamed,
  accountOf,
  requireAccount,
  OWNER_NOTE,
  orgStandingOf,
  type Account,
} from './account.ts';
import type { Client } from './client.ts';
import {
  isAbove,
  updateInvitation,
  effectiveRole,
  isRole,
  lowerCollaborator,
  setCollaborator,
  rank,
  readAccess,
  deleteInvitation,
} from './collaborators.ts';
import { findRepository, requireRepository, repositoryId, type At } from './locate.ts';
import { otherSources, describeSources } from './standing.ts';
import type { RepoTarget } from './target.ts';

/** A role of the organisation's own making may be above or below any of ours, so we do not touch it. */
function assertLadderRole(shown: Level, { login }: Account): void {
  if (rank(shown) < 0)
    throw new Fault('provider-refused', `github: ${login} has the custom role "${shown}", which has no rung`);
}

const READ = { administration: 'read', members: 'read', metadata: 'read' } as const;
const WRITE = { administration: 'write', members: 'read', metadata: 'read' } as const;

export async function observe(
  client: Client,
  { account: login, target }: { account: string; target: RepoTarget },
  signal: AbortSignal,
): Promise<Observation<RepoTarget>> {
  const at = await requireRepository(client, target, READ, signal);
  const subject = await accountNamed(at.octokit, login);
  const account = { id: Number(subject.id), login: subject.name };
  const found = { ...target, id: await repositoryId(at) };
  if ((await orgStandingOf(at.octokit, at.owner, account)) === 'owner')
    return { subject, level: 'admin', target: found, note: OWNER_NOTE };
  const { direct, invitation } = await readAccess(at, account);
  if (direct === 'none') {
    const note = invitation ? { note: 'Invited, and has not accepted yet.' } : {};
    return { subject, level: 'none', target: found, ...note };
  }
  assertLadderRole(direct, account);
  await assertOwnEntryIsVisible(at, account, direct);
  return { subject, level: direct, target: found };
}

/**
 * A team's role hides what the person's own entry says, and the team may be for a while only: taken for their own,
 * its role would be left with them for good. Below `read` there is no entry, so that one is sure.
 */
async function assertOwnEntryIsVisible(at: At, account: Account, shown: Level): Promise<void> {
  if (rank(shown) <= rank('read')) return;
  const teams = await otherSources(at, account);
  if (!teams.some(({ role }) => rank(role) >= rank(shown))) return;
  throw new Fault(
    'provider-refused',
    `github: ${account.login} is in ${at.owner}/${at.repo} by name, and has ${describeSources(shown, teams)}; what their own entry says cannot be seen, so it could not be put back`,
  );
}

export async function ensurePresent(
  client: Client,
  intent: Intent<RepoTarget>,
  signal: AbortSignal,
): Promise<Receipt> {
  const { subject, target, level } = intent;
  if (!isRole(level)) throw new Fault('provider-refused', `github: "${level}" is no role to give`);
  const at = await requireRepository(client, target, WRITE, signal);
  const account = await requireAccount(at.octokit, subject);
  if ((await orgStandingOf(at.octokit, at.owner, account)) === 'owner')
    return { level: 'admin', seen: 'owner of the organisation', note: OWNER_NOTE };

  const before = await readAccess(at, account);
  assertLadderRole(before.direct, account);
  if (!before.invitation && (await mayRaise(at, account, before.direct, level)))
    await setCollaborator(at, account, level);
  if (before.invitation && rank(before.invitation.role) < rank(level))
    await updateInvitation(at, before.invitation.id, level);
  const { direct, invitation } = await readAccess(at, account);
  if (invitation)
    throw new Fault(
      'not-verified',
      `github: ${account.login} must first accept the invitation to ${at.owner}/${at.repo}`,
    );
  if (rank(direct) < rank(level))
    throw new Fault(
      'not-verified',
      `github: ${account.login} has ${direct} in ${at.owner}/${at.repo}, not ${level}`,
    );
  return { level: direct, seen: `${at.owner}/${at.repo}: ${account.login} is a collaborator with ${direct}` };
}

/** Brings the person's own entry down to `level`, never up: what others took away meanwhile stays away. */
export async function ensureAbsent(
  client: Client,
  { subject, target, level }: Intent<RepoTarget>,
  signal: AbortSignal,
): Promise<Receipt> {
  const found = await findRepository(client, target, WRITE, signal);
  if (found.kind === 'gone')
    return { level: 'none', seen: found.seen, note: 'The repository no longer exists.' };
  const { at } = found;
  const account = await accountOf(at.octokit, subject);
  if (!account) return { level: 'none', seen: `account ${subject.id}: 404`, note: ACCOUNT_GONE };

  const before = await readAccess(at, account);
  if (before.invitation && rank(before.invitation.role) > rank(level))
    await (isRole(level)
      ? updateInvitation(at, before.invitation.id, level)
      : deleteInvitation(at, before.invitation.id));
  // `none` is sent even when nothing shows, because reads may lag behind a grant.
  const send = level === 'none' || (await mayLower(at, account, before.direct, level));
  return receipt(at, account, send ? await lowerCollaborator(at, account, level) : level);
}

/**
 * Sent also when the level shows already, because reads may lag behind a removal; but not when it comes
 * from elsewhere: then the person's own entry may be lower, and there is nothing to raise it for.
 */
async function mayRaise(at: At, account: Account, shown: Level, level: Level): Promise<boolean> {
  if (rank(shown) !== rank(level)) return rank(shown) < rank(level);
  return !(await comesFromElsewhere(at, account, shown));
}

/** Likewise on the way down. Who has no entry is never given one. */
async function mayLower(at: At, account: Account, shown: Level, level: Level): Promise<boolean> {
  if (shown !== level || shown === 'none') return isAbove(shown, level);
  return !(await comesFromElsewhere(at, account, shown));
}

const comesFromElsewhere = async (at: At, account: Account, shown: Level): Promise<boolean> =>
  (await otherSources(at, account)).some(({ role }) => rank(role) >= rank(shown));

async function receipt(at: At, account: Account, level: Level): Promise<Receipt> {
  const { direct, invitation } = await readAccess(at, account);
  const where = `${at.owner}/${at.repo}`;
  const inEffect = await effectiveRole(at, account);
  const others = inEffect === 'none' ? [] : await otherSources(at, account);
  const fromElsewhere = level !== 'none' && others.some(({ role }) => rank(role) >= rank(direct));
  const excess = isAbove(direct, level) && !fromElsewhere;
  if (excess || (invitation && rank(invitation.role) > rank(level)))
    throw new Fault('not-verified', `github: ${account.login} still has ${direct} in ${where}, not ${level}`);
  const ownLevel = fromElsewhere && isAbove(direct, level) ? level : direct;
  const more = isAbove(inEffect, level);
  return {
    level: ownLevel,
    seen: `${where}: ${account.login} has ${ownLevel} by name, and ${inEffect} in total`,
    ...(more
      ? { note: `Still has ${describeSources(inEffect, others)}. That is standing access, not ours to take.` }
      : {}),
  };
}
