import { isDeepStrictEqual } from 'node:util';
import { Fault } from '../../core/faults.ts';
import type { Intent, Managed, Receipt, Subject } from '../provider.ts';
import type { IamApi } from './api.ts';
import {
  documentFor,
  iamTime,
  policyName,
  policyPrefix,
  readDocument,
  readPolicyName,
  sizeOf,
  USER_ROOM,
} from './policy.ts';
import type { PolicyTarget } from './target.ts';

export async function putPolicy(
  api: IamApi,
  intent: Intent<PolicyTarget>,
  signal: AbortSignal,
): Promise<Receipt> {
  const { subject, target, lease, endsAt } = intent;
  const name = policyName(lease, endsAt);
  const document = documentFor(target.statements, endsAt);
  const names = await api.policyNames(subject.name, signal);
  await needRoom(
    api,
    subject,
    names.filter((one) => one !== name),
    JSON.stringify(document),
    signal,
  );
  await api.putPolicy(subject.name, name, JSON.stringify(document), signal);
  // After an extension the old end's policy goes last, so that access has no gap.
  for (const old of names.filter((one) => one.startsWith(policyPrefix(lease)) && one !== name))
    await api.deletePolicy(subject.name, old, signal);

  const now = await api.user(subject.name, signal);
  if (now?.id !== subject.id) {
    // Recreated while we wrote: what we wrote belongs to somebody else, and only it bears this name.
    if (now) await api.deletePolicy(subject.name, name, signal);
    throw new Fault('subject-changed', `aws-iam: user "${subject.name}" changed during the write`);
  }
  const seen = await api.policy(subject.name, name, signal);
  if (seen === undefined || !isDeepStrictEqual(readDocument(seen), document))
    throw new Fault('not-verified', `aws-iam: ${name} does not read back as written`);
  return { level: 'present', seen: `${name} on ${subject.name} (${subject.id}), until ${iamTime(endsAt)}` };
}

/** Refuses before the write what IAM would refuse at it. */
async function needRoom(
  api: IamApi,
  subject: Subject,
  others: readonly string[],
  document: string,
  signal: AbortSignal,
): Promise<void> {
  let used = 0;
  for (const name of others) {
    const text = await api.policy(subject.name, name, signal);
    used += text === undefined ? 0 : sizeOf(JSON.stringify(readDocument(text)) ?? text);
  }
  const needs = sizeOf(document);
  if (used + needs > USER_ROOM)
    throw new Fault(
      'no-room',
      `aws-iam: ${subject.name} has ${USER_ROOM - used} characters left, ${needs} needed`,
    );
}

export async function deletePolicy(
  api: IamApi,
  intent: Intent<PolicyTarget>,
  signal: AbortSignal,
): Promise<Receipt> {
  const { subject, lease, endsAt } = intent;
  const ours = async () =>
    (await api.policyNames(subject.name, signal)).filter((name) => name.startsWith(policyPrefix(lease)));
  // The name we would have written too: a list may be older than an earlier attempt's write.
  for (const name of new Set([policyName(lease, endsAt), ...(await ours())]))
    await api.deletePolicy(subject.name, name, signal);
  const left = await ours();
  if (left.length > 0) throw new Fault('not-verified', `aws-iam: ${left.join(', ')} still listed`);
  return { level: 'none', seen: `no policy of ${lease} on ${subject.name} (${subject.id})` };
}

export async function listManaged(api: IamApi, signal: AbortSignal): Promise<readonly Managed[]> {
  const { users } = await api.everybody(signal);
  return users.flatMap(({ name: subject, policies }) =>
    policies.flatMap((what) => {
      const read = readPolicyName(what);
      return read ? [{ ...read, subject, what }] : [];
    }),
  );
}
