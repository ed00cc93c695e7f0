import type { Octokit } from '@octokit/rest';
import { Fault } from '../../core/faults.ts';
import type { Intent, Observation, Receipt } from '../provider.ts';
import {
  ACCOUNT_MISSING_NOTE,
  accountNamed,
  accountOf,
  requireAccount,
  OWNER_NOTE,
  orgStandingOf,
  type Account,
} from './account.ts';
import { PAGE, pages, type Client } from './client.ts';
import { isManaged, unlessMissing } from './failures.ts';
import { repositorySelection } from './installation.ts';
import { TEAM_LADDER, type TeamTarget } from './target.ts';

type TeamLevel = (typeof TEAM_LADDER)[number];
/**
 * The person's own membership. A pending membership grants nothing. A membership through a child team is not their
 * own.
 */
type Membership = Readonly<{ own: TeamLevel; pending: boolean; inherited: boolean }>;

const rank = (level: string): number => TEAM_LADDER.findIndex((known) => known === level);
/** One person and one team, with their current names. */
type At = Readonly<{ octokit: Octokit; org: string; slug: string; account: Account }>;
const NONE: Membership = { own: 'none', pending: false, inherited: false };

type Team = Readonly<{ id: number; slug: string }>;

/** The team with its current name, or undefined when it does not exist. */
async function findTeam({ rest }: Octokit, { org, team, id }: TeamTarget): Promise<Team | undefined> {
  const found = await unlessMissing(rest.teams.getByName({ org, team_slug: team }));
  if (id === undefined || found?.data.id === id) return found?.data;
  for await (const each of pages((page) => rest.teams.list({ org, per_page: PAGE, page })))
    if (each.id === id) return each;
  return undefined;
}

async function requireTeam(octokit: Octokit, target: TeamTarget): Promise<Team> {
  const found = await findTeam(octokit, target);
  if (!found) throw new Fault('target-missing', `github: no team ${target.org}/${target.team}`);
  return found;
}

async function readMembership({ octokit: { rest }, org, slug, account }: At): Promise<Membership> {
  const at = { org, team_slug: slug };
  const found = await unlessMissing(rest.teams.getMembershipForUserInOrg({ ...at, username: account.login }));
  if (!found) return NONE;
  if (found.data.state === 'pending') return { ...NONE, pending: true };
  const own = found.data.role === 'maintainer' ? 'maintainer' : 'member';
  // Members of child teams also show as active. Only the list says so, and only where GitHub has enabled that.
  for await (const each of pages((page) => rest.teams.listMembersInOrg({ ...at, per_page: PAGE, page })))
    if (each.id === account.id && 'inherited' in each && each.inherited === true)
      return { ...NONE, inherited: true };
  return { own, pending: false, inherited: false };
}

export async function observe(
  client: Client,
  { account: login, target }: { account: string; target: TeamTarget },
  signal: AbortSignal,
): Promise<Observation<TeamTarget>> {
  const octokit = await client.withToken({ permissions: { members: 'read' } }, signal);
  const subject = await accountNamed(octokit, login);
  const { id, slug } = await requireTeam(octokit, target);
  const found = { ...target, id };
  const account = { id: Number(subject.id), login: subject.name };
  if ((await orgStandingOf(octokit, target.org, account)) === 'owner')
    return { subject, level: 'maintainer', target: found, note: OWNER_NOTE };
  const { own, pending, inherited } = await readMembership({ octokit, org: target.org, slug, account });
  const note = pending
    ? 'The person is invited and has not accepted yet.'
    : inherited
      ? 'The person is a member through a child team.'
      : '';
  return { subject, level: own, target: found, ...(note ? { note } : {}) };
}

export async function ensurePresent(
  client: Client,
  intent: Intent<TeamTarget>,
  signal: AbortSignal,
): Promise<Receipt> {
  const { target, subject, level } = intent;
  const octokit = await client.withToken({ permissions: { members: 'write' } }, signal);
  const account = await requireAccount(octokit, subject);
  const { slug } = await requireTeam(octokit, target);
  const standing = await orgStandingOf(octokit, target.org, account);
  if (standing === 'owner')
    return {
      level: 'maintainer',
      seen: `${account.login} is an owner of the organisation`,
      note: OWNER_NOTE,
    };
  if (standing === 'outside')
    throw new Fault(
      'provider-refused',
      `github: ${account.login} is not a member of ${target.org}, and a team membership would make them one permanently. Add them to the organisation first`,
    );

  const at = { octokit, org: target.org, slug, account };
  const before = await readMembership(at);
  // Sent also when the level shows already, because reads may lag behind a revoke. Never sent when it would lower the
  // level.
  if (rank(before.own) <= rank(level) && !before.pending)
    await setMembership(at, level === 'maintainer' ? 'maintainer' : 'member', before.own !== level);
  const { own, pending } = await readMembership(at);
  if (pending)
    throw new Fault(
      'not-verified',
      `github: ${account.login} must first accept the invitation to ${target.org}`,
    );
  if (rank(own) < rank(level))
    throw new Fault(
      'not-verified',
      `github: the role of ${account.login} in the team ${target.org}/${slug} is ${own}, not ${level}`,
    );
  return { level: own, seen: `team ${target.org}/${slug}: the active role of ${account.login} is ${own}` };
}

export async function ensureAbsent(
  client: Client,
  { target, subject, level }: Intent<TeamTarget>,
  signal: AbortSignal,
): Promise<Receipt> {
  const octokit = await client.withToken({ permissions: { members: 'write' } }, signal);
  const account = await accountOf(octokit, subject);
  if (!account)
    return {
      level: 'none',
      seen: `GitHub answers 404 for the account ${subject.id}`,
      note: ACCOUNT_MISSING_NOTE,
    };
  const team = await findTeam(octokit, target);
  if (!team) {
    await repositorySelection(client, target.org, signal);
    return {
      level: 'none',
      seen: `GitHub answers 404 for the team ${target.org}/${target.team}`,
      note: 'The team does not exist any more.',
    };
  }

  const { slug } = team;
  const at = { octokit, org: target.org, slug, account };
  const before = await readMembership(at);
  const standing = await orgStandingOf(octokit, target.org, account);
  // GitHub shows an owner as maintainer, whatever their own role is. So for an owner only `none` can be verified.
  const isTooHigh = ({ own, pending }: Membership) =>
    (level === 'none' && pending) || (rank(own) > rank(level) && !(standing === 'owner' && level !== 'none'));
  // Sent also when nothing shows, because reads may lag behind a grant. A person outside the team is never added.
  if (level === 'none') await setMembership(at, 'none', isTooHigh(before));
  else if (level === 'member' && before.own !== 'none') await setMembership(at, 'member', isTooHigh(before));
  const after = await readMembership(at);
  if (isTooHigh(after))
    throw new Fault('not-verified', `github: ${account.login} is still in the team ${target.org}/${slug}`);
  const note =
    standing === 'owner'
      ? OWNER_NOTE
      : after.inherited
        ? 'The person is still a member through a child team.'
        : '';
  return {
    level: after.own,
    seen: `team ${target.org}/${slug}: the role of ${account.login} is ${after.own}`,
    ...(note ? { note } : {}),
    ...((rank(after.own) < rank(before.own) || (before.pending && !after.pending)) && { lowered: true }),
  };
}

/** A team that an identity provider manages refuses every change. That is a fault only when a change is `needed`. */
async function setMembership(
  { octokit, org, slug, account }: At,
  role: TeamLevel,
  needed: boolean,
): Promise<void> {
  const { teams } = octokit.rest;
  const query = { org, team_slug: slug, username: account.login };
  try {
    if (role === 'none') await unlessMissing(teams.removeMembershipForUserInOrg(query));
    else await teams.addOrUpdateMembershipForUserInOrg({ ...query, role });
  } catch (error) {
    if (!isManaged(error)) throw error;
    if (needed)
      throw new Fault(
        'target-managed',
        `github: the identity provider manages the team ${org}/${slug}, so its members can only be changed there`,
      );
  }
}
