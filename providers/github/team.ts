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
  ownerRefusal,
  type Account,
} from './account.ts';
import { PAGE, pages, type Client } from './client.ts';
import { isManaged, unlessMissing } from './failures.ts';
import { installationIn } from './installation.ts';
import { TEAM_LADDER, type TeamTarget } from './target.ts';

type TeamLevel = (typeof TEAM_LADDER)[number];
/**
 * The person's own membership. A pending membership grants nothing. A membership through a child team is not their own
 * (`inherited`). Where GitHub does not say which one it is, and the person is in a child team, that is `unknown`.
 */
type Membership = Readonly<{ own: TeamLevel; pending: boolean; inherited: boolean | 'unknown' }>;

const rank = (level: string): number => TEAM_LADDER.findIndex((known) => known === level);
/** One person and one team, with their current names. */
type At = Readonly<{ octokit: Octokit; org: string; slug: string; account: Account }>;
/** "They'll only have access to the repositories that their current team membership allows" (Convert an organization member). */
const OUTSIDE_NOTE =
  'The person is not a member of the organisation any more. If they were made an outside collaborator, GitHub gave them the repositories of their teams by name. Look at the collaborators of those repositories.';
const NONE: Membership = { own: 'none', pending: false, inherited: false };

type Team = Readonly<{ id: number; slug: string }>;

/** The team with its current name, or undefined when it does not exist. */
async function findTeam({ rest }: Octokit, { org, team, id }: TeamTarget): Promise<Team | undefined> {
  const found = await unlessMissing(rest.teams.getByName({ org, team_slug: team }));
  if (id === undefined || found?.data.id === id) return found?.data;
  const list = (page: number) => unlessMissing(rest.teams.list({ org, per_page: PAGE, page }));
  for await (const each of pages(async (page) => (await list(page)) ?? { data: [] }))
    if (each.id === id) return each;
  return undefined;
}

/** A member whose account GitHub does not show: it answers 404 also for accounts that an enterprise manages and hides. */
async function memberWith(
  { rest }: Octokit,
  { org, slug }: Readonly<{ org: string; slug: string }>,
  id: number,
): Promise<Account | undefined> {
  const query = { org, team_slug: slug, per_page: PAGE };
  for await (const each of pages((page) => rest.teams.listMembersInOrg({ ...query, page })))
    if (each.id === id) return { id, login: each.login };
  return undefined;
}

/** The team for a revoke. When its organisation was renamed, the name that the catalogue has finds nothing. */
async function findTeamToRevoke(
  client: Client,
  octokit: Octokit,
  target: TeamTarget,
  signal: AbortSignal,
): Promise<Readonly<{ org: string; slug: string }> | undefined> {
  const found = await findTeam(octokit, target);
  if (found) return { org: target.org, slug: found.slug };
  const { org } = await installationIn(client, target, signal);
  const renamed = org === target.org ? undefined : await findTeam(octokit, { ...target, org });
  return renamed && { org, slug: renamed.slug };
}

async function requireTeam(octokit: Octokit, target: TeamTarget): Promise<Team> {
  const found = await findTeam(octokit, target);
  if (!found) throw new Fault('target-missing', `github: no team ${target.org}/${target.team}`);
  return found;
}

async function readMembership({ octokit, org, slug, account }: At): Promise<Membership> {
  const { rest } = octokit;
  const at = { org, team_slug: slug };
  const found = await unlessMissing(rest.teams.getMembershipForUserInOrg({ ...at, username: account.login }));
  if (!found) return NONE;
  if (found.data.state === 'pending') return { ...NONE, pending: true };
  const own = found.data.role === 'maintainer' ? 'maintainer' : 'member';
  // Members of child teams also show as active. Only the list says so, and only where GitHub has enabled that.
  for await (const each of pages((page) => rest.teams.listMembersInOrg({ ...at, per_page: PAGE, page })))
    if (each.id === account.id && 'inherited' in each)
      return each.inherited === true
        ? { ...NONE, inherited: true }
        : { own, pending: false, inherited: false };
  const isInChild = await isInChildTeam({ octokit, org, slug, account });
  return { own, pending: false, inherited: isInChild ? 'unknown' : false };
}

/** A child team shows the members of its own child teams too. */
async function isInChildTeam({ octokit: { rest }, org, slug, account }: At): Promise<boolean> {
  const query = { org, team_slug: slug, per_page: PAGE };
  for await (const child of pages((page) => rest.teams.listChildInOrg({ ...query, page }))) {
    const at = { org, team_slug: child.slug, username: account.login };
    if ((await unlessMissing(rest.teams.getMembershipForUserInOrg(at)))?.data.state === 'active') return true;
  }
  return false;
}

/** Recorded as the person's own, a membership through a child team would stay with them for ever. */
const childRefusal = ({ login }: Account, { org, team }: TeamTarget): string =>
  `github: ${login} is in a child team of ${org}/${team}, and GitHub does not say whether they are also in ${team} itself. Remove them from the child team, or request that team`;

export async function observe(
  client: Client,
  { account: login, target }: { account: string; target: TeamTarget },
  signal: AbortSignal,
): Promise<Observation<TeamTarget>> {
  const octokit = await client.withToken({ permissions: { members: 'read' } }, signal);
  const subject = await accountNamed(octokit, login);
  const { id, slug } = await requireTeam(octokit, target);
  const { orgId } = await installationIn(client, target, signal);
  const found = { ...target, id, orgId };
  const account = { id: Number(subject.id), login: subject.name };
  if ((await orgStandingOf(octokit, target.org, account)) === 'owner')
    return { subject, level: 'maintainer', target: found, refusal: ownerRefusal(account, target.org) };
  const { own, pending, inherited } = await readMembership({ octokit, org: target.org, slug, account });
  if (inherited === 'unknown')
    return { subject, level: own, target: found, refusal: childRefusal(account, target) };
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
  const team = await findTeamToRevoke(client, octokit, target, signal);
  if (!team)
    return {
      level: 'none',
      seen: `GitHub answers 404 for the team ${target.org}/${target.team}`,
      note: 'The team does not exist any more.',
    };
  const account =
    (await accountOf(octokit, subject)) ?? (await memberWith(octokit, team, Number(subject.id)));
  if (!account)
    return {
      level: 'none',
      seen: `GitHub answers 404 for the account ${subject.id}, and it is not in the team ${team.org}/${team.slug}`,
      note: ACCOUNT_MISSING_NOTE,
    };

  const at = { octokit, ...team, account };
  const where = `${team.org}/${team.slug}`;
  const before = await readMembership(at);
  const standing = await orgStandingOf(octokit, team.org, account);
  // GitHub shows an owner as maintainer, whatever their own role is. So for an owner only `none` can be verified.
  const isTooHigh = ({ own, pending }: Membership) =>
    (level === 'none' && pending) || (rank(own) > rank(level) && !(standing === 'owner' && level !== 'none'));
  // Sent also when nothing shows, because reads may lag behind a grant. A person outside the team is never added.
  if (level === 'none') await setMembership(at, 'none', isTooHigh(before));
  else if (level === 'member' && before.own !== 'none') await setMembership(at, 'member', isTooHigh(before));
  const shown = await readMembership(at);
  // The own membership was just removed, so what still shows is that of the child team.
  const after = level === 'none' && shown.inherited === 'unknown' ? { ...NONE, inherited: true } : shown;
  if (isTooHigh(after))
    throw new Fault('not-verified', `github: ${account.login} is still in the team ${where}`);
  const note =
    standing === 'owner'
      ? OWNER_NOTE
      : after.inherited
        ? 'The person is still a member through a child team.'
        : standing === 'outside'
          ? OUTSIDE_NOTE
          : '';
  return {
    level: after.own,
    seen: `team ${where}: the role of ${account.login} is ${after.own}`,
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
