import type { Permission } from '../provider.ts';
import type { AccountGroup } from './account.ts';
import { excess, missing, namesOf, SAMPLE, unknown, type PreflightReads } from './findings.ts';
import { rightsFor, TOO_MUCH_ON_GROUPS } from './rights.ts';
import type { GroupTarget } from './target.ts';

export type FoundGroup = Readonly<{ target: GroupTarget; found: AccountGroup | undefined }>;

/** The groups of the targets, each once, as the account has them. */
export function groupsOf({ targets, account }: PreflightReads): readonly FoundGroup[] {
  const wanted = new Map(
    targets.flatMap((target) =>
      target.kind === 'group' ? [[target.id ?? target.group, target] as const] : [],
    ),
  );
  return [...wanted.values()].map((target) => ({
    target,
    found: account.groups.find(
      ({ id, name }) => name === target.group && (target.id === undefined || id === target.id),
    ),
  }));
}

/** What the credential may do with the groups of the targets, and with others. */
export async function checkGroups(
  seen: PreflightReads,
  groups: readonly FoundGroup[],
): Promise<readonly Permission[]> {
  const { targets, duty, account, ask } = seen;
  const rights = rightsFor(targets, duty).groups;
  const named = groups.flatMap(({ found }) => found ?? []);
  const others = account.groups.filter((group) => !named.includes(group)).slice(0, SAMPLE);
  const all = [...named, ...others];
  if (all.length === 0)
    return groups.map(({ target }) => missing(`the group ${target.group}: the account has no such group`));
  const answer = await ask(
    [...rights, 'iam:AddUserToGroup', ...TOO_MUCH_ON_GROUPS],
    all.map(({ arn }) => arn),
  );
  const allowedFor = (action: string, of: readonly AccountGroup[]) =>
    of.filter(({ arn }) => answer(action, arn) === true);
  const needless = allowedFor('iam:AddUserToGroup', rights.includes('iam:AddUserToGroup') ? others : all);
  return [
    ...groups.flatMap(({ target, found }) =>
      found
        ? rights.flatMap((action) => {
            const decision = answer(action, found.arn);
            if (decision === undefined) return [unknown(`${action} on the group ${target.group}`)];
            return decision ? [] : [missing(`${action} on the group ${target.group} (${found.arn})`)];
          })
        : [missing(`the group ${target.group}: the account has no such group`)],
    ),
    ...(needless.length > 0 ? [excess(`iam:AddUserToGroup on ${namesOf(needless)}`)] : []),
    ...TOO_MUCH_ON_GROUPS.filter((action) => allowedFor(action, all).length > 0).map((action) =>
      excess(`${action} on ${namesOf(allowedFor(action, all))}`),
    ),
  ];
}
