import { Fault } from '../../core/faults.ts';
import type { Intent, Receipt } from '../provider.ts';
import type { IamApi, IamGroup } from './api.ts';
import type { GroupTarget } from './target.ts';

const isTarget = ({ group, id }: GroupTarget, seen: IamGroup): boolean =>
  id === undefined ? seen.name === group : seen.id === id;

/**
 * The group for a grant. A renamed group is refused until the catalogue has its new name, because people approve a
 * name.
 */
export async function requireGroup(api: IamApi, target: GroupTarget, signal: AbortSignal): Promise<IamGroup> {
  const named = await api.group(target.group, signal);
  if (!named || !isTarget(target, named))
    throw new Fault(
      'target-missing',
      named
        ? `aws-iam: the group "${target.group}" has the id ${named.id}, not ${target.id}`
        : `aws-iam: no group "${target.group}"`,
    );
  return named;
}

export async function isMember(
  api: IamApi,
  userName: string,
  target: GroupTarget,
  signal: AbortSignal,
): Promise<boolean> {
  return (await api.groupsOf(userName, signal)).some((one) => isTarget(target, one));
}

export async function addMember(
  api: IamApi,
  intent: Intent<GroupTarget>,
  signal: AbortSignal,
): Promise<Receipt> {
  const { subject, target } = intent;
  await api.addToGroup(subject.name, target.group, signal);
  const now = await api.user(subject.name, signal);
  if (now?.id !== subject.id) {
    if (now) await api.removeFromGroup(subject.name, target.group, signal);
    throw new Fault(
      'subject-changed',
      `aws-iam: the user "${subject.name}" was replaced by another during the write`,
    );
  }
  if (!(await isMember(api, subject.name, target, signal)))
    throw new Fault('not-verified', `aws-iam: IAM does not list ${subject.name} in ${target.group} yet`);
  return { level: 'member', seen: `${subject.name} (${subject.id}) is in ${target.group}` };
}

export async function removeMember(
  api: IamApi,
  intent: Intent<GroupTarget>,
  signal: AbortSignal,
): Promise<Receipt> {
  const { subject, target, level } = intent;
  const wasMember = level === 'none' && (await sendRemoval(api, intent, signal));
  const member = await isMember(api, subject.name, target, signal);
  if (member && level === 'none')
    throw new Fault('not-verified', `aws-iam: IAM still lists ${subject.name} in ${target.group}`);
  const seen = `${subject.name} (${subject.id}) is ${member ? '' : 'not '}in ${target.group}`;
  return { level: member ? 'member' : 'none', seen, ...(wasMember && { lowered: true }) };
}

/**
 * Uses the group's current name, which the user's own list shows. It is sent also when the list does not show the
 * group, because reads may lag. Returns whether the list showed it.
 */
async function sendRemoval(
  api: IamApi,
  { subject, target }: Intent<GroupTarget>,
  signal: AbortSignal,
): Promise<boolean> {
  const shown = (await api.groupsOf(subject.name, signal)).find((one) => isTarget(target, one));
  const named = shown ?? (await api.group(target.group, signal));
  if (named && isTarget(target, named)) await api.removeFromGroup(subject.name, named.name, signal);
  return shown !== undefined;
}
