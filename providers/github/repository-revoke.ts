import { Fault } from '../../core/faults.ts';
import type { Intent, Level, Receipt } from '../provider.ts';
import { describeSources, isAbove, isRole, rank, readAccess, readEntry, type RepoAccess } from './access.ts';
import { ACCOUNT_MISSING_NOTE, accountOf, type Account } from './account.ts';
import type { Client } from './client.ts';
import { lowerCollaborator } from './collaborators.ts';
import { hasUnknownRole, replacedNote, replaceEntry } from './unknown-role.ts';
import { accountIn, deleteInvitation, invitationOf, updateInvitation } from './invitations.ts';
import { findRepository, type At } from './locate.ts';
import { assertSameAccount, assertSameRepository } from './same-names.ts';
import type { RepoTarget } from './target.ts';

const WRITE = { administration: 'write', members: 'read', metadata: 'read' } as const;
const DELETED_NOTE = 'The repository was deleted, as an operator says in the settings.';
const GONE_NOTE =
  'The organisation has no such repository any more. It was deleted, or somebody transferred it: then its new owner decides who has access.';

/** Lowers the person's own entry to `level` and never raises it: what somebody else lowered meanwhile stays low. */
export async function ensureAbsent(
  client: Client,
  { subject, target, level }: Intent<RepoTarget>,
  signal: AbortSignal,
): Promise<Receipt> {
  const found = await findRepository(client, target, WRITE, signal);
  if (found.kind === 'missing') return receiptWithout(found, target, level);
  const { at } = found;
  const account = (await accountOf(at.octokit, subject)) ?? (await accountIn(at, Number(subject.id)));
  if (!account)
    return {
      level: 'none',
      seen: `GitHub answers 404 for the account ${subject.id}, and it is no collaborator of ${at.owner}/${at.repo}`,
      note: ACCOUNT_MISSING_NOTE,
    };
  const before = await readEntry(at, account);
  if (mustSend(before, level)) await lowerCollaborator(at, account, level);
  const wasInvited = await lowerInvitation(at, account, level);
  return receipt(client, at, account, { level, before, wasInvited });
}

/**
 * The receipt of a repository that the organisation does not have any more. GitHub gives the same answer for a deleted one and
 * for one that was transferred, and there "collaborators […] remain intact" (Transferring a repository). An admin can transfer
 * it, so for the role admin nobody knows that the access is gone until a person looks.
 */
function receiptWithout(
  { isKnownDeleted, seen }: Readonly<{ isKnownDeleted: boolean; seen: string }>,
  { org, repo, id, role }: RepoTarget,
  level: Level,
): Receipt {
  if (isKnownDeleted) return { level: 'none', seen, note: DELETED_NOTE };
  if (role !== 'admin' && level !== 'admin') return { level: 'none', seen, note: GONE_NOTE };
  throw new Fault(
    'provider-forbidden',
    `github: the organisation has no repository ${org}/${repo} any more. GitHub's answer does not say whether it was deleted, or transferred to another owner. If it was transferred, the person still has access. ` +
      `Look at Settings, Deleted repositories of ${org}. If it is there, add ${id ?? 'its number'} to GITHUB_DELETED_REPOSITORIES and restart Curfew. Otherwise let its new owner transfer it back`,
  );
}

/** The level is sent also when it shows already, because reads may lag behind a grant. A person without an entry gets none. */
const mustSend = ({ own, certain }: RepoAccess, level: Level): boolean =>
  level === 'none' || isAbove(own, level) || (certain && own === level);

/** True when an open invitation to more than the level was lowered or deleted. */
async function lowerInvitation(at: At, account: Account, level: Level): Promise<boolean> {
  const isTooHigh = ({ role }: { role: Level }): boolean => rank(role) > rank(level);
  const open = await invitationOf(at, account.id);
  if (!open || !isTooHigh(open)) return false;
  await (isRole(level) ? updateInvitation(at, open, level) : deleteInvitation(at, open));
  const left = await invitationOf(at, account.id);
  if (left && isTooHigh(left)) throw stillHas(at, account, { what: `an invitation to ${left.role}`, level });
  return true;
}

type Lowered = Readonly<{ level: Level; before: RepoAccess; wasInvited: boolean }>;

async function receipt(
  { onlyRemoves }: Client,
  at: At,
  account: Account,
  { level, before, wasInvited }: Lowered,
): Promise<Receipt> {
  const read = await readAccess(at, account);
  const isUnknown = await hasUnknownRole(at, account, read, level);
  // The reaper could not add the entry again after it removed it.
  if (isUnknown && onlyRemoves)
    throw new Fault(
      'not-verified',
      `github: the entry of ${account.login} in ${at.owner}/${at.repo} was set to ${level}, and GitHub does not say which role it has now`,
    );
  const after = isUnknown ? await replaceEntry(at, account, level) : read;
  const { own } = after;
  if (isAbove(own, level)) throw stillHas(at, account, { what: own, level });
  if (own === 'none') {
    await assertSameRepository(at);
    await assertSameAccount(at.octokit, account);
  }
  const others = after.sources.filter((source) => isAbove(source.level, level));
  const notes = [
    ...(isUnknown ? [replacedNote(own)] : []),
    ...(others.length > 0
      ? [
          `The person still has ${describeSources(others)}. That is standing access, which Curfew does not revoke.`,
        ]
      : []),
  ];
  return {
    level: own,
    ...(before.certain && { found: before.own }),
    seen: `${at.owner}/${at.repo}: the own entry of ${account.login} is ${own}, and the role from all sources is ${highest(after)}`,
    ...(notes.length > 0 && { note: notes.join(' ') }),
    ...((wasInvited || isAbove(before.own, own)) && { lowered: true }),
  };
}

const highest = ({ own, sources }: RepoAccess): Level =>
  [own, ...sources.map(({ level }) => level)].reduce((top, level) => (isAbove(level, top) ? level : top));

const stillHas = (
  { owner, repo }: At,
  { login }: Account,
  { what, level }: Readonly<{ what: string; level: Level }>,
): Fault => new Fault('not-verified', `github: ${login} still has ${what} in ${owner}/${repo}, not ${level}`);
