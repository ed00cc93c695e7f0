import { Fault } from '../../core/faults.ts';
import type { Intent, Observation, Receipt, Source } from '../provider.ts';
import {
  accountNamed,
  orgStandingOf,
  OWNER_NOTE,
  ownerRefusal,
  requireAccount,
  THROUGH_OWNERSHIP,
} from './account.ts';
import { awaitsAcceptance } from './awaiting.ts';
import type { Client } from './client.ts';
import { rank, readMembership, setMembership } from './membership.ts';
import { assertNotGrantedToAnother, assertSameAccount } from './same-names.ts';
import type { TeamTarget } from './target.ts';
import { requireTeam } from './team-locate.ts';

const THROUGH_CHILD: Source = { level: 'member', through: 'through a child team' };

export async function observe(
  client: Client,
  { account: login, target }: { account: string; target: TeamTarget },
  signal: AbortSignal,
): Promise<Observation<TeamTarget>> {
  const octokit = await client.withToken({ permissions: { members: 'read' } }, signal);
  const subject = await accountNamed(octokit, login);
  const team = await requireTeam(client, octokit, target, signal);
  const account = { id: Number(subject.id), login: subject.name, hidden: false };
  const seen = { subject, target: { ...target, id: team.id, orgId: team.orgId } };
  if ((await orgStandingOf(octokit, team.org, account)) === 'owner')
    return {
      ...seen,
      level: 'none',
      sources: [{ level: 'maintainer', through: THROUGH_OWNERSHIP }],
      refusal: ownerRefusal(account, team.org),
    };
  const { own, invited, viaChild, certain } = await readMembership({ octokit, team, account });
  if (!certain)
    return {
      ...seen,
      level: own,
      sources: [],
      refusal: `github: ${account.login} is in the team ${team.org}/${team.slug} or in a child team of it, and GitHub does not say which. Recorded as their own, a membership through a child team would stay with them for ever`,
    };
  if (own === 'none') await assertSameAccount(octokit, account);
  return {
    ...seen,
    level: own,
    sources: viaChild ? [THROUGH_CHILD] : [],
    ...(invited !== 'none' && { note: 'The person is invited and has not accepted yet.' }),
  };
}

export async function ensurePresent(
  client: Client,
  { target, subject, level }: Intent<TeamTarget>,
  signal: AbortSignal,
): Promise<Receipt> {
  const octokit = await client.withToken({ permissions: { members: 'write' } }, signal);
  const account = await requireAccount(octokit, subject);
  const team = await requireTeam(client, octokit, target, signal);
  const where = `${team.org}/${team.slug}`;
  const standing = await orgStandingOf(octokit, team.org, account);
  if (standing === 'owner')
    return {
      level: 'maintainer',
      seen: `${account.login} is an owner of the organisation`,
      note: OWNER_NOTE,
    };
  if (standing === 'outside')
    throw new Fault(
      'provider-refused',
      `github: ${account.login} is not a member of ${team.org}, and a team membership would make them one permanently. Add them to the organisation first`,
    );

  const at = { octokit, team, account };
  const before = await readMembership(at);
  // Sent also when the level shows already, because reads may lag behind a revoke. Never sent when it would lower the
  // level, or to a person who is invited: after they accept, the next attempt raises a lower role.
  if (rank(before.own) <= rank(level) && before.invited === 'none')
    await setMembership(at, level === 'maintainer' ? 'maintainer' : 'member', before.own !== level);
  const { own, invited } = await readMembership(at);
  if (invited !== 'none') throw awaitsAcceptance(account, team.org);
  if (rank(own) < rank(level)) {
    await assertNotGrantedToAnother(octokit, account);
    throw new Fault(
      'not-verified',
      `github: the role of ${account.login} in the team ${where} is ${own}, not ${level}`,
    );
  }
  return {
    level: own,
    ...(before.certain && { found: before.own }),
    seen: `team ${where}: the active role of ${account.login} is ${own}`,
  };
}
