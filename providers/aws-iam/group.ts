import { Fault } from '../../core/faults.ts';
import type { Intent, Receipt } from '../provider.ts';
import type { IamApi, IamGroup } from './api.ts';
import type { GroupTarget } from './target.ts';

const isTarget = ({ group, id }: GroupTarget, seen: IamGroup): boolean =>
  id === undefined ? seen.name === group : seen.id === id;

/** To give. A renamed group is refused until the catalogue knows its name: people approve a name. */
export async function needGroup(api: IamApi, target: GroupTarget, signal: AbortSignal): Promise<IamGroup> {
  const named = await api.group(target.group, signal);
  if (!named || !isTarget(target, named))
    throw new Fault(
      'target-missing',
      named
        ? `aws-iam: group "${target.group}" is ${named.id}, not ${target.id}`
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

export async function joinGroup(
  api: IamApi,
  intent: Intent<GroupTarget>,
  signal: AbortSignal,
): Promise<Receipt> {
  const { subject, target } = intent;
  await api.addToGroup(subject.name, target.group, signal);
  const now = await api.user(subject.name, signal);
  if (now?.id !== subject.id) {
    if (now) await api.removeFromGroup(subject.name, target.group, signal);
    throw new Fault('subject-changed', `aws-iam: user "${subject.name}" changed during the write`);
  }
  if (!(await isMember(api, subject.name, target, signal)))
    throw new Fault('not-verified', `aws-iam: ${subject.name} does not show in ${target.group} yet`);
  return { level: 'member', seen: `${subject.name} (${subject.id}) in ${target.group}` };
}

export async function leaveGroup(
  api: IamApi,
  intent: Intent<GroupTarget>,
  signal: AbortSignal,
): Promise<Receipt> {
  const { subject, target, level } = intent;
  if (level === 'none') await removeFrom(api, intent, signal);
  const member = await isMember(api, subject.name, target, signal);
  if (member && level === 'none')
    throw new Fault('not-verified', `aws-iam: ${subject.name} still shows in ${target.group}`);
  const seen = `${subject.name} (${subject.id}) ${member ? '' : 'not '}in ${target.group}`;
  return { level: member ? 'member' : 'none', seen };
}

/** By the name of today, which the user's own list tells. Also where it shows nothing: it may lag. */
async function removeFrom(
  api: IamApi,
  { subject, target }: Intent<GroupTarget>,
  signal: AbortSignal,
): Promise<void> {
  const shown = (await api.groupsOf(subject.name, signal)).find((one) => isTarget(target, one));
  const named = shown ?? (await api.group(target.group, signal));
  if (named && isTarget(target, named)) await api.removeFromGroup(subject.name, named.name, signal);
}
