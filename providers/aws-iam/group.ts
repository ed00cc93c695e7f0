import { Fault } from '../../core/faults.ts';
import type { Intent, Level, Receipt, Subject } from '../provider.ts';
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
  const found = levelOf(await isMember(api, subject.name, target, signal));
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
  return { level: 'member', found, seen: `${subject.name} (${subject.id}) is in ${target.group}` };
}

/** A membership has no end at IAM, so an extension only reads it. Somebody who was removed by hand is not added again. */
export async function readMembership(
  api: IamApi,
  { subject, target }: Intent<GroupTarget>,
  signal: AbortSignal,
): Promise<Receipt> {
  if (!(await isMember(api, subject.name, target, signal)))
    throw new Fault(
      'provider-refused',
      `aws-iam: the end was not moved: somebody removed ${subject.name} from the group ${target.group}`,
    );
  return {
    level: 'member',
    found: 'member',
    seen: `${subject.name} (${subject.id}) is in ${target.group}, and IAM stores no end of that`,
  };
}

export async function removeMember(
  api: IamApi,
  intent: Intent<GroupTarget>,
  signal: AbortSignal,
): Promise<Receipt> {
  const { subject, target, level } = intent;
  const shown = (await api.groupsOf(subject.name, signal)).find((one) => isTarget(target, one));
  if (level === 'none') await sendRemoval(api, { subject, target, shown }, signal);
  const member = level === 'none' ? await isMember(api, subject.name, target, signal) : shown !== undefined;
  if (member && level === 'none')
    throw new Fault('not-verified', `aws-iam: IAM still lists ${subject.name} in ${target.group}`);
  const seen = `${subject.name} (${subject.id}) is ${member ? '' : 'not '}in ${target.group}`;
  const lowered = shown !== undefined && !member;
  return { level: levelOf(member), found: levelOf(shown !== undefined), seen, ...(lowered && { lowered }) };
}

const levelOf = (isMember: boolean): Level => (isMember ? 'member' : 'none');

/**
 * Uses the group's current name, which the user's own list shows. It is sent also when the list does not show the
 * group, because reads may lag.
 */
async function sendRemoval(
  api: IamApi,
  {
    subject,
    target,
    shown,
  }: Readonly<{ subject: Subject; target: GroupTarget; shown: IamGroup | undefined }>,
  signal: AbortSignal,
): Promise<void> {
  const named = shown ?? (await api.group(target.group, signal));
  if (named && isTarget(target, named)) await api.removeFromGroup(subject.name, named.name, signal);
}
