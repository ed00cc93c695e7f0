import { Fault } from '../../core/faults.ts';
import type { Intent, Receipt } from '../provider.ts';
import { ACCOUNT_MISSING_NOTE, accountOf, orgStandingOf, OWNER_NOTE } from './account.ts';
import type { Client } from './client.ts';
import {
  isInvitedByName,
  type MemberAt,
  type Membership,
  memberWith,
  rank,
  readMembership,
  setMembership,
} from './membership.ts';
import { assertSameAccount } from './same-names.ts';
import type { TeamTarget } from './target.ts';
import { findTeam, type Team } from './team-locate.ts';

const CHILD_NOTE = 'The person is still a member through a child team.';
/** "They'll only have access to the repositories that their current team membership allows" (Convert an organization member). */
const OUTSIDE_NOTE =
  'The person is not a member of the organisation any more. If they were made an outside collaborator, GitHub gave them the repositories of their teams by name. Look at the collaborators of those repositories.';

/** Lowers the person's own membership to `level` and never raises it. A person outside the team is never added. */
export async function ensureAbsent(
  client: Client,
  { target, subject, level }: Intent<TeamTarget>,
  signal: AbortSignal,
): Promise<Receipt> {
  const octokit = await client.withToken({ permissions: { members: 'write' } }, signal);
  const team = await findTeam(client, octokit, target, signal);
  if (!team)
    return {
      level: 'none',
      seen: `GitHub answers 404 for the team ${target.org}/${target.team}`,
      note: 'The team does not exist any more.',
    };
  const account =
    (await accountOf(octokit, subject)) ?? (await memberWith(octokit, team, Number(subject.id)));
  if (account) return lower({ octokit, team, account }, level);
  const where = `${team.org}/${team.slug}`;
  if (await isInvitedByName(octokit, team, subject.name))
    throw new Fault(
      'not-verified',
      `github: the team ${where} has an open invitation to ${subject.name}, and GitHub does not show whose account that is. Cancel the invitation`,
    );
  return {
    level: 'none',
    seen: `GitHub answers 404 for the account ${subject.id}, and it is not in the team ${where}`,
    note: ACCOUNT_MISSING_NOTE,
  };
}

async function lower(at: MemberAt, level: string): Promise<Receipt> {
  const { account, team } = at;
  const before = await readMembership(at);
  // GitHub shows an owner as maintainer, whatever their own role is. So for an owner only `none` can be verified.
  const standing = await standingFor(at, before);
  const isTooHigh = ({ own, pending }: Membership) =>
    (level === 'none' && pending) || (rank(own) > rank(level) && !(standing === 'owner' && level !== 'none'));
  // Sent also when nothing shows, because reads may lag behind a grant.
  if (level === 'none') await setMembership(at, 'none', isTooHigh(before));
  else if (level === 'member' && before.own !== 'none') await setMembership(at, 'member', isTooHigh(before));
  const after = await readMembership(at);
  if (isTooHigh(after)) throw stillThere(at, after);
  if (after.own === 'none') await assertSameAccount(at.octokit, account);
  const note = noteFor(standing, after);
  return {
    level: after.own,
    ...(before.certain && standing !== 'owner' && { found: before.own }),
    seen: `team ${team.org}/${team.slug}: the role of ${account.login} is ${after.own}`,
    ...(note !== undefined && { note }),
    ...((rank(after.own) < rank(before.own) || (before.pending && !after.pending)) && { lowered: true }),
  };
}

type Standing = Awaited<ReturnType<typeof orgStandingOf>>;

/** A person with the role `member`, or who is invited, is a member of the organisation or is invited there. */
const standingFor = async (
  { octokit, team, account }: MemberAt,
  { own, pending }: Membership,
): Promise<Standing> =>
  own === 'member' || pending || account.hidden ? 'member' : orgStandingOf(octokit, team.org, account);

function noteFor(standing: Standing, { viaChild }: Membership): string | undefined {
  if (standing === 'owner') return OWNER_NOTE;
  if (viaChild) return CHILD_NOTE;
  return standing === 'outside' ? OUTSIDE_NOTE : undefined;
}

const stillThere = (
  { account, team }: Readonly<{ account: { login: string }; team: Team }>,
  { certain }: Membership,
) =>
  new Fault(
    'not-verified',
    `github: ${account.login} is still in the team ${team.org}/${team.slug}${certain ? '' : ' or in a child team of it, and GitHub does not say which'}`,
  );
