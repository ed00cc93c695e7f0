import { Fault } from '../../core/faults.ts';
import type { Level } from '../provider.ts';
import { isAbove, readAccess, type RepoAccess } from './access.ts';
import { orgStandingOf, type Account } from './account.ts';
import { lowerCollaborator, removeCollaborator } from './collaborators.ts';
import { toFault } from './failures.ts';
import type { At } from './locate.ts';

/**
 * True when GitHub does not say which role the own entry has, and the role that shows may come from another source. A person
 * outside the organisation has no other source, so the role that shows is the one of the entry.
 */
export const hasUnknownRole = async (
  at: At,
  account: Account,
  { own, certain }: RepoAccess,
  level: Level,
): Promise<boolean> =>
  level !== 'none' &&
  !certain &&
  isAbove(own, level) &&
  ['member', 'owner'].includes(await orgStandingOf(at.octokit, at.owner, account));

/**
 * Why nothing can be granted to a person whose entry has an unknown role. Recorded as the person's own, the role of another source
 * would stay with them for ever.
 */
export const unknownRoleRefusal = ({ owner, repo }: At, { login }: Account, shown: Level): string =>
  `github: ${login} is a collaborator of ${owner}/${repo} and shows as ${shown}, and GitHub does not say whether that is the role of their own entry, so Curfew could not restore it. Remove the entry, or request access to a team`;

/**
 * Where GitHub does not show the role of an entry, it cannot be seen whether the entry was lowered. So it is removed, which can
 * be seen, and added again with the level. Then it has no more than that, and what another lease gives, or what the person had
 * before, is not lost (I5, I6).
 *
 * It is added again whatever the removal and the read after it give: the next attempt would find no entry, and add none.
 */
export async function replaceEntry(at: At, account: Account, level: Level): Promise<RepoAccess> {
  const [removed] = await Promise.allSettled([removeAndRead(at, account)]);
  const own = await addAgain(at, account, level);
  if (removed.status === 'rejected') throw removed.reason;
  return removed.value.own === 'none' ? { ...removed.value, own } : removed.value;
}

async function removeAndRead(at: At, account: Account): Promise<RepoAccess> {
  await removeCollaborator(at, account);
  return readAccess(at, account);
}

/** Tries twice. Returns the level that was sent. */
async function addAgain(at: At, account: Account, level: Level): Promise<Level> {
  const add = () => lowerCollaborator(at, account, level);
  try {
    return await add().catch(add);
  } catch (error) {
    const { code, message, retryAfterMs } = toFault(error);
    throw new Fault(
      code,
      `github: Curfew removed the own entry of ${account.login} in ${at.owner}/${at.repo} and could not add it again. ` +
        `Somebody must add ${account.login} with the role ${level} by hand (${message.replace(`${code}: github: `, '')})`,
      retryAfterMs === undefined ? {} : { retryAfterMs },
    );
  }
}

export const replacedNote = (level: Level): string =>
  `GitHub does not say which role the own entry of the person had, so Curfew removed the entry and added it again as ${level}.`;
