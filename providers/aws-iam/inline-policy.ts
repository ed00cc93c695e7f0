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
  const others = names.filter((one) => one !== name);
  await assertRoom(api, subject, { others, document: JSON.stringify(document) }, signal);
  await api.putPolicy(subject.name, name, JSON.stringify(document), signal);
  // After an extension, the policy with the old end is deleted last, so that access has no gap.
  for (const old of names.filter((one) => one.startsWith(policyPrefix(lease)) && one !== name))
    await api.deletePolicy(subject.name, old, signal);

  const now = await api.user(subject.name, signal);
  if (now?.id !== subject.id) {
    // The user was created again during the write. So the new policy is on another person's user, and only that one
    // has this name.
    if (now) await api.deletePolicy(subject.name, name, signal);
    throw new Fault(
      'subject-changed',
      `aws-iam: the user "${subject.name}" was replaced by another during the write`,
    );
  }
  const seen = await api.policy(subject.name, name, signal);
  if (seen === undefined || !isDeepStrictEqual(readDocument(seen), document))
    throw new Fault('not-verified', `aws-iam: the policy ${name} does not read back as it was written`);
  return {
    level: 'present',
    seen: `${subject.name} (${subject.id}) has the policy ${name} until ${iamTime(endsAt)}`,
  };
}

/** Refuses before the write what IAM would refuse during the write: a policy that does not fit. */
async function assertRoom(
  api: IamApi,
  subject: Subject,
  { others, document }: Readonly<{ others: readonly string[]; document: string }>,
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
      `aws-iam: the policy needs ${needs} characters, and the inline policies of ${subject.name} have ${USER_ROOM - used} left. Remove a policy of the user, or grant a smaller one`,
    );
}

export async function deletePolicy(
  api: IamApi,
  intent: Intent<PolicyTarget>,
  signal: AbortSignal,
): Promise<Receipt> {
  const { subject, lease, endsAt } = intent;
  const policiesOfLease = async () =>
    (await api.policyNames(subject.name, signal)).filter((name) => name.startsWith(policyPrefix(lease)));
  const shown = await policiesOfLease();
  // The name of this intent is deleted also when the list does not show it: the list may be older than an earlier
  // attempt's write.
  for (const name of new Set([policyName(lease, endsAt), ...shown]))
    await api.deletePolicy(subject.name, name, signal);
  const left = await policiesOfLease();
  if (left.length > 0) throw new Fault('not-verified', `aws-iam: IAM still lists ${left.join(', ')}`);
  return {
    level: 'none',
    seen: `${subject.name} (${subject.id}) has no policy of ${lease}`,
    ...(shown.length > 0 && { lowered: true }),
  };
}

export async function listManaged(api: IamApi, signal: AbortSignal): Promise<readonly Managed[]> {
  const { users } = await api.accountUsers(signal);
  return users.flatMap(({ name: subject, policies }) =>
    policies.flatMap((what) => {
      const read = readPolicyName(what);
      return read ? [{ ...read, subject, what }] : [];
    }),
  );
}
