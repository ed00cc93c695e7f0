import type { Octokit } from '@octokit/rest';
import { Fault } from '../../core/errors.ts';
import type { Intent, Level, Observation, Receipt } from '../provider.ts';
import {
  ACCOUNT_GONE,
  accountNamed,
  accountOf,
  mustExist,
  OWNER_NOTE,
  standingIn,
  type Account,
} from './account.ts';
import { PAGE, pages, type Client } from './client.ts';
import { isBelowBase, unlessMissing } from './failures.ts';
import { enter, mustEnter, type At } from './locate.ts';
import { otherSources, tell } from './standing.ts';
import { REPO_LADDER, type RepoRole, type RepoTarget } from './target.ts';

/**
 * What GitHub shows. `direct` is `none` unless the person was added by name; if they were, it is the role
 * GitHub shows for them, which is the highest from all sources and so at least what they were given.
 */
type Seen = Readonly<{ direct: Level; invitation?: Readonly<{ id: number; role: RepoRole }> }>;

/** What request bodies call the roles ("Add a repository collaborator", `permission`). */
const SPELLED: Readonly<Record<RepoRole, string>> = {
  read: 'pull',
  triage: 'triage',
  write: 'push',
  maintain: 'maintain',
  admin: 'admin',
};
const rank = (level: Level): number => REPO_LADDER.findIndex((rung) => rung === level);
const isRole = (level: Level): level is RepoRole => level !== 'none' && rank(level) > 0;

/** `role_name`, never `permission`: that one calls maintain "write" and triage "read". */
async function read({ octokit: { rest }, owner, repo }: At, { id }: Account): Promise<Seen> {
  const invitation = await invitationOf(rest, owner, repo, id);
  const asked = { owner, repo, affiliation: 'direct', per_page: PAGE } as const;
  for await (const each of pages((page) => rest.repos.listCollaborators({ ...asked, page })))
    if (each.id === id) return { direct: each.role_name, ...(invitation ? { invitation } : {}) };
  return { direct: 'none', ...(invitation ? { invitation } : {}) };
}

async function invitationOf(rest: Octokit['rest'], owner: string, repo: string, id: number) {
  for await (const each of pages((page) => rest.repos.listInvitations({ owner, repo, per_page: PAGE, page })))
    if (each.invitee?.id === id && !each.expired) return { id: Number(each.id), role: each.permissions };
  return undefined;
}

/** A role of the organisation's own making may be above or below any of ours, so we do not touch it. */
function mustBeRung(shown: Level, { login }: Account): void {
  if (rank(shown) < 0)
    throw new Fault('provider-refused', `github: ${login} has the custom role "${shown}", which has no rung`);
}

const READ = { administration: 'read', members: 'read', metadata: 'read' } as const;
const WRITE = { administration: 'write', members: 'read', metadata: 'read' } as const;

export async function observe(
  client: Client,
  { account: login, target }: { account: string; target: RepoTarget },
  signal: AbortSignal,
): Promise<Observation> {
  const at = await mustEnter(client, target, READ, signal);
  const subject = await accountNamed(at.octokit, login);
  const account = { id: Number(subject.id), login: subject.name };
  if ((await standingIn(at.octokit, at.owner, account)) === 'owner')
    return { subject, level: 'admin', note: OWNER_NOTE };
  const { direct, invitation } = await read(at, account);
  if (direct === 'none')
    return { subject, level: 'none', ...(invitation ? { note: 'Invited, and has not accepted yet.' } : {}) };
  mustBeRung(direct, account);
  const others = await otherSources(at, account);
  const unsure = others.some(({ role }) => rank(role) >= rank(direct));
  return {
    subject,
    level: direct,
    ...(unsure ? { note: `GitHub shows the highest role; ${tell(others)}.` } : {}),
  };
}

export async function give(
  client: Client,
  intent: Intent<RepoTarget>,
  signal: AbortSignal,
): Promise<Receipt> {
  const { subject, target, level } = intent;
  if (!isRole(level)) throw new Fault('provider-refused', `github: "${level}" is no role to give`);
  const at = await mustEnter(client, target, WRITE, signal);
  const account = await mustExist(at.octokit, subject);
  if ((await standingIn(at.octokit, at.owner, account)) === 'owner')
    return { level: 'admin', seen: 'owner of the organisation', note: OWNER_NOTE };

  const before = await read(at, account);
  mustBeRung(before.direct, account);
  if (!before.invitation && (await mayRaise(at, account, before.direct, level)))
    await put(at, account, level);
  if (before.invitation && rank(before.invitation.role) < rank(level))
    await change(at, before.invitation.id, level);
  const { direct, invitation } = await read(at, account);
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
export async function takeAway(
  client: Client,
  { subject, target, level }: Intent<RepoTarget>,
  signal: AbortSignal,
): Promise<Receipt> {
  const found = await enter(client, target, WRITE, signal);
  if (found.kind === 'gone')
    return { level: 'none', seen: found.seen, note: 'The repository no longer exists.' };
  const { at } = found;
  const account = await accountOf(at.octokit, subject);
  if (!account) return { level: 'none', seen: `account ${subject.id}: 404`, note: ACCOUNT_GONE };

  const before = await read(at, account);
  if (before.invitation && rank(before.invitation.role) > rank(level))
    await (isRole(level) ? change(at, before.invitation.id, level) : uninvite(at, before.invitation.id));
  // `none` is sent even when nothing shows, because reads may lag behind a grant.
  const send = level === 'none' || (await mayLower(at, account, before.direct, level));
  return receipt(at, account, send ? await lower(at, account, level) : level);
}

/**
 * Sent also when the level shows already, because reads may lag behind a removal; but not when it comes
 * from elsewhere: then the person's own entry may be lower, and there is nothing to raise it for.
 */
async function mayRaise(at: At, account: Account, shown: Level, level: Level): Promise<boolean> {
  if (rank(shown) !== rank(level)) return rank(shown) < rank(level);
  return !(await explained(at, account, shown));
}

/** Likewise on the way down. Who has no entry is never given one. */
async function mayLower(at: At, account: Account, shown: Level, level: Level): Promise<boolean> {
  if (shown === 'none') return false;
  if (shown !== level) return above(shown, level);
  return !(await explained(at, account, shown));
}

const explained = async (at: At, account: Account, shown: Level): Promise<boolean> =>
  (await otherSources(at, account)).some(({ role }) => rank(role) >= rank(shown));

/** A custom role has no rung: it counts as above every one of ours but itself. */
const above = (shown: Level, level: Level): boolean => !isRole(shown) || rank(shown) > rank(level);

async function receipt(at: At, account: Account, level: Level): Promise<Receipt> {
  const { direct, invitation } = await read(at, account);
  const where = `${at.owner}/${at.repo}`;
  const rest = await effective(at, account);
  const others = rest === 'none' ? [] : await otherSources(at, account);
  const fromElsewhere = level !== 'none' && others.some(({ role }) => rank(role) >= rank(direct));
  const excess = direct !== 'none' && above(direct, level) && !fromElsewhere;
  if (excess || (invitation && rank(invitation.role) > rank(level)))
    throw new Fault('not-verified', `github: ${account.login} still has ${direct} in ${where}, not ${level}`);
  const now = fromElsewhere && above(direct, level) ? level : direct;
  const more = rest !== 'none' && above(rest, level);
  return {
    level: now,
    seen: `${where}: ${account.login} by name ${now}, in effect ${rest}`,
    ...(more ? { note: `Still has ${rest}, which was not ours to take: ${tell(others)}.` } : {}),
  };
}

async function effective({ octokit: { rest }, owner, repo }: At, { login }: Account): Promise<Level> {
  const asked = { owner, repo, username: login };
  const found = await unlessMissing(rest.repos.getCollaboratorPermissionLevel(asked));
  return found?.data.role_name || 'none';
}

async function put(
  { octokit: { rest }, owner, repo }: At,
  { login }: Account,
  role: RepoRole,
): Promise<void> {
  await rest.repos.addCollaborator({ owner, repo, username: login, permission: SPELLED[role] });
}

/** Returns what can be reached: GitHub refuses a member any role below the organisation's base role. */
async function lower(at: At, account: Account, level: Level): Promise<Level> {
  const { octokit, owner, repo } = at;
  if (isRole(level))
    try {
      await put(at, account, level);
      return level;
    } catch (error) {
      if (!isBelowBase(error)) throw error;
    }
  await unlessMissing(octokit.rest.repos.removeCollaborator({ owner, repo, username: account.login }));
  return 'none';
}

async function change({ octokit: { rest }, owner, repo }: At, id: number, role: RepoRole): Promise<void> {
  await rest.repos.updateInvitation({ owner, repo, invitation_id: id, permissions: role });
}

async function uninvite({ octokit: { rest }, owner, repo }: At, id: number): Promise<void> {
  await unlessMissing(rest.repos.deleteInvitation({ owner, repo, invitation_id: id }));
}
