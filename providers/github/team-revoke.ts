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
import { findTeam } from './team-locate.ts';

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
  const isTooHigh = ({ own, invited }: Membership) =>
    rank(invited) > rank(level) || (rank(own) > rank(level) && !(standing === 'owner' && level !== 'none'));
  // Sent also when nothing shows, because reads may lag behind a grant.
  if (level === 'none') await setMembership(at, 'none', isTooHigh(before));
  else if (level === 'member' && mayBecomeMember(before))
    await setMembership(at, 'member', isTooHigh(before));
  const after = await readMembership(at);
  if (isTooHigh(after)) throw stillThere(at, after, level);
  if (after.own === 'none') await assertSameAccount(at.octokit, account);
  const note = noteFor(standing, after);
  return {
    level: after.own,
    ...(before.certain && standing !== 'owner' && { found: before.own }),
    seen: `team ${team.org}/${team.slug}: the role of ${account.login} is ${after.own}${after.invited === 'none' ? '' : `, with an invitation as ${after.invited}`}`,
    ...(note !== undefined && { note }),
    ...(highest(after) < highest(before) && { lowered: true }),
  };
}

/**
 * True when the role `member` lowers something, or is what the person has anyway. A membership that may be one of a child team
 * only is no reason: the person may be outside the team itself, and the role would add them.
 */
const mayBecomeMember = ({ own, invited, certain }: Membership): boolean =>
  invited === 'maintainer' || own === 'maintainer' || (own === 'member' && certain);

const highest = ({ own, invited }: Membership): number => Math.max(rank(own), rank(invited));

type Standing = Awaited<ReturnType<typeof orgStandingOf>>;

/** A person with the role `member`, or who is invited, is a member of the organisation or is invited there. */
const standingFor = async (
  { octokit, team, account }: MemberAt,
  { own, invited }: Membership,
): Promise<Standing> =>
  own === 'member' || invited !== 'none' || account.hidden
    ? 'member'
    : orgStandingOf(octokit, team.org, account);

function noteFor(standing: Standing, { viaChild }: Membership): string | undefined {
  if (standing === 'owner') return OWNER_NOTE;
  if (viaChild) return CHILD_NOTE;
  return standing === 'outside' ? OUTSIDE_NOTE : undefined;
}

function stillThere(
  { account: { login }, team: { org, slug } }: MemberAt,
  { certain, invited }: Membership,
  level: string,
): Fault {
  const where = `the team ${org}/${slug}`;
  if (rank(invited) > rank(level))
    return new Fault('not-verified', `github: ${login} still has an invitation to ${where} as ${invited}`);
  return new Fault(
    'not-verified',
    `github: ${login} is still in ${where}${certain ? '' : ' or in a child team of it, and GitHub does not say which'}`,
  );
}
