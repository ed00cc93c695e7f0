import { Fault } from '../../core/errors.ts';
import type { Intent, Receipt } from '../provider.ts';
import type { IamApi } from './api.ts';
import type { GroupTarget } from './target.ts';

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
  if (!(await api.groupsOf(subject.name, signal)).includes(target.group))
    throw new Fault('not-verified', `aws-iam: ${subject.name} does not show in ${target.group} yet`);
  return { level: 'member', seen: `${subject.name} (${subject.id}) in ${target.group}` };
}

export async function leaveGroup(
  api: IamApi,
  intent: Intent<GroupTarget>,
  signal: AbortSignal,
): Promise<Receipt> {
  const { subject, target, level } = intent;
  if (level === 'none') await api.removeFromGroup(subject.name, target.group, signal);
  const member = (await api.groupsOf(subject.name, signal)).includes(target.group);
  if (member && level === 'none')
    throw new Fault('not-verified', `aws-iam: ${subject.name} still shows in ${target.group}`);
  const seen = `${subject.name} (${subject.id}) ${member ? '' : 'not '}in ${target.group}`;
  return { level: member ? 'member' : 'none', seen };
}
