import { Fault } from '../../core/faults.ts';
import type { Intent, Level, Observation, Receipt } from '../provider.ts';
import {
  ACCOUNT_MISSING_NOTE,
  accountNamed,
  accountOf,
  requireAccount,
  OWNER_NOTE,
  orgStandingOf,
  ownerRefusal,
  type Account,
} from './account.ts';
import type { Client } from './client.ts';
import {
  accountIn,
  isAbove,
  updateInvitation,
  effectiveRole,
  isRole,
  lowerCollaborator,
  setCollaborator,
  rank,
  readAccess,
  type RepoAccess,
  deleteInvitation,
} from './collaborators.ts';
import { findRepository, requireRepository, numbersOf, type At } from './locate.ts';
import { otherSources, describeSources } from './standing.ts';
import type { RepoTarget } from './target.ts';

/**
 * A custom role of the organisation may be higher or lower than any level of the ladder, so Curfew does not change
 * it.
 */
function assertLadderRole(shown: Level, { login }: Account): void {
  if (rank(shown) < 0)
    throw new Fault(
      'provider-refused',
      `github: ${login} has the custom role "${shown}". Curfew does not change custom roles`,
    );
}

const GONE_NOTE =
  'The organisation has no such repository any more. It was deleted, or it was transferred: then its new owner decides who has access.';
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
  const found = { ...target, ...(await numbersOf(at)) };
  if ((await orgStandingOf(at.octokit, at.owner, account)) === 'owner')
    return { subject, level: 'admin', target: found, refusal: ownerRefusal(account, at.owner) };
  const { direct, invitation } = await readAccess(at, account);
  if (direct === 'none') {
    const note = invitation ? { note: 'The person is invited and has not accepted yet.' } : {};
    return { subject, level: 'none', target: found, ...note };
  }
  assertLadderRole(direct, account);
  await assertOwnEntryIsVisible(at, account, direct);
  return { subject, level: direct, target: found };
}

/**
 * GitHub shows only the highest role. So a team's role can hide the role of the person's own entry, and the team's
 * membership may be temporary. Recorded as the person's own, the team's role would stay with them for ever. No entry
 * is lower than `read`, so an entry of `read` is certain.
 */
async function assertOwnEntryIsVisible(at: At, account: Account, shown: Level): Promise<void> {
  if (rank(shown) <= rank('read')) return;
  const teams = await otherSources(at, account);
  if (!teams.some(({ role }) => rank(role) >= rank(shown))) return;
  throw new Fault(
    'provider-refused',
    `github: ${account.login} is a collaborator of ${at.owner}/${at.repo} and also has ${describeSources(shown, teams)}. GitHub hides the role of their own entry, so Curfew could not restore it. Remove the entry, or request access to a team`,
  );
}

export async function ensurePresent(
  client: Client,
  intent: Intent<RepoTarget>,
  signal: AbortSignal,
): Promise<Receipt> {
  const { subject, target, level } = intent;
  if (!isRole(level))
    throw new Fault('provider-refused', `github: "${level}" is not a role that can be granted`);
  const at = await requireRepository(client, target, WRITE, signal);
  const account = await requireAccount(at.octokit, subject);
  if ((await orgStandingOf(at.octokit, at.owner, account)) === 'owner')
    return { level: 'admin', seen: `${account.login} is an owner of the organisation`, note: OWNER_NOTE };

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
  return {
    level: direct,
    seen: `${account.login} is a collaborator of ${at.owner}/${at.repo} with the role ${direct}`,
  };
}

/** Lowers the person's own entry to `level` and never raises it: what somebody else lowered meanwhile stays low. */
export async function ensureAbsent(
  client: Client,
  { subject, target, level }: Intent<RepoTarget>,
  signal: AbortSignal,
): Promise<Receipt> {
  const found = await findRepository(client, target, WRITE, signal);
  if (found.kind === 'missing') return { level: 'none', seen: found.seen, note: GONE_NOTE };
  const { at } = found;
  const account = (await accountOf(at.octokit, subject)) ?? (await accountIn(at, Number(subject.id)));
  if (!account)
    return {
      level: 'none',
      seen: `GitHub answers 404 for the account ${subject.id}, and it is no collaborator of ${at.owner}/${at.repo}`,
      note: ACCOUNT_MISSING_NOTE,
    };

  const before = await readAccess(at, account);
  if (before.invitation && rank(before.invitation.role) > rank(level))
    await (isRole(level)
      ? updateInvitation(at, before.invitation.id, level)
      : deleteInvitation(at, before.invitation.id));
  // `none` is sent also when nothing shows, because reads may lag behind a grant.
  const mustSend = level === 'none' || (await mayLower(at, account, before.direct, level));
  const lowest = mustSend ? await lowerCollaborator(at, account, level) : level;
  return receipt(at, account, { level: lowest, before });
}

/**
 * Whether to send the grant. It is sent also when the level shows already, because reads may lag behind a revoke. It
 * is not sent when the level comes from another source: the person's own entry may be lower and can stay so.
 */
async function mayRaise(at: At, account: Account, shown: Level, level: Level): Promise<boolean> {
  if (rank(shown) !== rank(level)) return rank(shown) < rank(level);
  return !(await comesFromElsewhere(at, account, shown));
}

/** Whether to send the lower level. A person without an entry never gets one. */
async function mayLower(at: At, account: Account, shown: Level, level: Level): Promise<boolean> {
  if (shown !== level) return isAbove(shown, level);
  return !(await comesFromElsewhere(at, account, shown));
}

const comesFromElsewhere = async (at: At, account: Account, shown: Level): Promise<boolean> =>
  (await otherSources(at, account)).some(({ role }) => rank(role) >= rank(shown));

async function receipt(
  at: At,
  account: Account,
  { level, before }: Readonly<{ level: Level; before: RepoAccess }>,
): Promise<Receipt> {
  const { direct, invitation } = await readAccess(at, account);
  const where = `${at.owner}/${at.repo}`;
  const inEffect = await effectiveRole(at, account);
  const others = inEffect === 'none' ? [] : await otherSources(at, account);
  const fromElsewhere = level !== 'none' && others.some(({ role }) => rank(role) >= rank(direct));
  const stillHas = (what: string) =>
    new Fault('not-verified', `github: ${account.login} still has ${what} in ${where}, not ${level}`);
  if (isAbove(direct, level) && !fromElsewhere) throw stillHas(direct);
  if (invitation && rank(invitation.role) > rank(level))
    throw stillHas(`an invitation to ${invitation.role}`);
  const ownLevel = isAbove(direct, level) ? level : direct;
  const more = isAbove(inEffect, level);
  const wasInvitedHigher = before.invitation !== undefined && rank(before.invitation.role) > rank(level);
  return {
    level: ownLevel,
    seen: `${where}: the own entry of ${account.login} is ${ownLevel}, and the role from all sources is ${inEffect}`,
    ...(more
      ? {
          note: `The person still has ${describeSources(inEffect, others)}. That is standing access, which Curfew does not revoke.`,
        }
      : {}),
    ...((wasInvitedHigher || isAbove(before.direct, direct)) && { lowered: true }),
  };
}
