import { Fault } from '../../core/faults.ts';
import type { Intent, Level, Observation, Receipt } from '../provider.ts';
import { isRole, rank, readAccess, readEntry, type RepoAccess } from './access.ts';
import { accountNamed, OWNER_NOTE, ownerRefusal, requireAccount, type Account } from './account.ts';
import { awaitsAcceptance } from './awaiting.ts';
import type { Client } from './client.ts';
import { setCollaborator } from './collaborators.ts';
import { invitationOf, updateInvitation } from './invitations.ts';
import { requireRepository, type At } from './locate.ts';
import { assertNotGrantedToAnother, assertSameAccount } from './same-names.ts';
import type { RepoRole, RepoTarget } from './target.ts';
import { unknownRoleRefusal } from './unknown-role.ts';

const READ = { administration: 'read', members: 'read', metadata: 'read' } as const;
const WRITE = { administration: 'write', members: 'read', metadata: 'read' } as const;

/**
 * A custom role of the organisation may be higher or lower than any level of the ladder, so Curfew does not change
 * it.
 */
function assertLadderRole(own: Level, { login }: Account): void {
  if (rank(own) < 0)
    throw new Fault(
      'provider-refused',
      `github: ${login} has the custom role "${own}". Curfew does not change custom roles`,
    );
}

export async function observe(
  client: Client,
  { account: login, target }: { account: string; target: RepoTarget },
  signal: AbortSignal,
): Promise<Observation<RepoTarget>> {
  const at = await requireRepository(client, target, READ, signal);
  const subject = await accountNamed(at.octokit, login);
  const account = { id: Number(subject.id), login: subject.name, hidden: false };
  const { own, certain, isOwner, sources } = await readAccess(at, account);
  const seen = { subject, level: own, sources, target: { ...target, id: at.id, orgId: at.orgId } };
  if (isOwner) return { ...seen, refusal: ownerRefusal(account, at.owner) };
  if (!certain) return { ...seen, refusal: unknownRoleRefusal(at, account, own) };
  assertLadderRole(own, account);
  if (own === 'none') await assertSameAccount(at.octokit, account);
  const isInvited = own === 'none' && (await invitationOf(at, account.id)) !== undefined;
  return { ...seen, ...(isInvited && { note: 'The person is invited and has not accepted yet.' }) };
}

export async function ensurePresent(
  client: Client,
  { subject, target, level }: Intent<RepoTarget>,
  signal: AbortSignal,
): Promise<Receipt> {
  if (!isRole(level))
    throw new Fault('provider-refused', `github: "${level}" is not a role that can be granted`);
  const at = await requireRepository(client, target, WRITE, signal);
  const account = await requireAccount(at.octokit, subject);
  const before = await readAccess(at, account);
  if (before.isOwner)
    return { level: 'admin', seen: `${account.login} is an owner of the organisation`, note: OWNER_NOTE };
  assertLadderRole(before.own, account);
  await raise(at, account, before, level);

  const where = `${at.owner}/${at.repo}`;
  const { own } = await readEntry(at, account);
  if (own === 'none' && (await invitationOf(at, account.id))) throw awaitsAcceptance(account, where);
  if (rank(own) < rank(level)) {
    await assertNotGrantedToAnother(at.octokit, account);
    throw new Fault('not-verified', `github: ${account.login} has ${own} in ${where}, not ${level}`);
  }
  return {
    level: own,
    ...(before.certain && { found: before.own }),
    seen: `${account.login} is a collaborator of ${where} with the role ${own}`,
  };
}

/**
 * Sent also when the level shows already, because reads may lag behind a revoke. Never sent when it would lower the level. A
 * person who is invited is not invited again.
 */
async function raise(at: At, account: Account, { own }: RepoAccess, level: RepoRole): Promise<void> {
  if (rank(own) > rank(level)) return;
  const invitation = own === 'none' ? await invitationOf(at, account.id) : undefined;
  if (!invitation) return setCollaborator(at, account, level);
  if (rank(invitation.role) < rank(level)) await updateInvitation(at, invitation, level);
}
