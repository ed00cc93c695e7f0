import { isDeepStrictEqual } from 'node:util';
import { Fault } from '../../core/errors.ts';
import type { Intent, Managed, Provider, Receipt, Subject } from '../provider.ts';
import { iamApi, iamClient, type AwsIamDeps, type IamApi, type IamUser } from './api.ts';
import { describe, residualSessionMs } from './describe.ts';
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
import { preflight } from './preflight.ts';
import { parseTarget, type AwsIamTarget, type GroupTarget, type PolicyTarget } from './target.ts';

export type { AwsIamDeps } from './api.ts';
export type { AwsIamTarget } from './target.ts';

/**
 * AWS IAM users: a time-boxed inline policy (class A) or a group membership (class C). The user is bound
 * by its unique id (`AIDA...`), which a deleted and recreated user of the same name does not share.
 */
export function awsIamProvider(deps: AwsIamDeps): Provider<AwsIamTarget> {
  const client = iamClient(deps);
  const api = iamApi(client);
  return {
    name: 'aws-iam',
    // About four seconds (measured by OFFENSAI); AWS itself gives no number.
    consistencyWindowMs: 4_000,
    rateBudget: 300,
    needsSecret: false,
    parseTarget,
    targetKey,
    ladder: ({ kind }) => (kind === 'policy' ? ['none', 'present'] : ['none', 'member']),
    level: ({ kind }) => (kind === 'policy' ? 'present' : 'member'),
    ownObject: ({ kind }) => kind === 'policy',
    enforcementClass: ({ kind }) => (kind === 'policy' ? 'A' : 'C'),
    residualSessionMs,
    describe,
    async observe({ account, target }, signal) {
      const user = await api.user(account, signal);
      if (!user) throw new Fault('subject-missing', `aws-iam: no user "${account}"`);
      await needTarget(api, target, user, signal);
      const member =
        target.kind === 'group' && (await api.groupsOf(user.name, signal)).includes(target.group);
      return { subject: { id: user.id, name: user.name }, level: member ? 'member' : 'none' };
    },
    async ensurePresent(intent, signal) {
      const user = await needUser(api, intent.subject, signal);
      await needTarget(api, intent.target, user, signal);
      const { target } = intent;
      return target.kind === 'policy'
        ? putPolicy(api, { ...intent, target }, signal)
        : joinGroup(api, { ...intent, target }, signal);
    },
    async ensureAbsent(intent, signal) {
      const { subject, target } = intent;
      const user = await api.user(subject.name, signal);
      if (!user) return { level: 'none', seen: `no user "${subject.name}"` };
      // A credential for another account sees other people, and must not take them for proof of absence.
      needAccount(target, user);
      if (user.id !== subject.id)
        return {
          level: 'none',
          seen: `user "${subject.name}" is ${user.id} now, not ${subject.id}: left alone`,
        };
      return target.kind === 'policy'
        ? deletePolicy(api, { ...intent, target }, signal)
        : leaveGroup(api, { ...intent, target }, signal);
    },
    listManaged: (signal) => listManaged(api, signal),
    // Nothing to cut: a user's keys open no session, and each call is judged by the policies of the moment.
    cutSessions: () => Promise.resolve(0),
    preflight: (signal) => preflight(client, signal),
  };
}

function targetKey(target: AwsIamTarget): string {
  const account = target.account ?? '-';
  return target.kind === 'group'
    ? `group ${account} ${target.group}`
    : `policy ${account} ${JSON.stringify(target.statements)}`;
}

async function needUser(api: IamApi, subject: Subject, signal: AbortSignal): Promise<IamUser> {
  const user = await api.user(subject.name, signal);
  if (!user) throw new Fault('subject-missing', `aws-iam: no user "${subject.name}"`);
  if (user.id !== subject.id)
    throw new Fault(
      'subject-changed',
      `aws-iam: user "${subject.name}" is ${user.id} now, not ${subject.id}`,
    );
  return user;
}

function needAccount({ account }: AwsIamTarget, user: IamUser): void {
  if (account !== undefined && account !== user.account)
    throw new Fault('provider-forbidden', `aws-iam: our credential is for ${user.account}, not ${account}`);
}

async function needTarget(
  api: IamApi,
  target: AwsIamTarget,
  user: IamUser,
  signal: AbortSignal,
): Promise<void> {
  needAccount(target, user);
  if (target.kind === 'group' && !(await api.groupExists(target.group, signal)))
    throw new Fault('target-missing', `aws-iam: no group "${target.group}"`);
}

async function putPolicy(api: IamApi, intent: Intent<PolicyTarget>, signal: AbortSignal): Promise<Receipt> {
  const { subject, target, lease, end } = intent;
  const name = policyName(lease, end);
  const document = documentFor(target, end);
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
  return { level: 'present', seen: `${name} on ${subject.name} (${subject.id}), until ${iamTime(end)}` };
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

async function deletePolicy(
  api: IamApi,
  intent: Intent<PolicyTarget>,
  signal: AbortSignal,
): Promise<Receipt> {
  const { subject, lease, end } = intent;
  const ours = async () =>
    (await api.policyNames(subject.name, signal)).filter((name) => name.startsWith(policyPrefix(lease)));
  // The name we would have written too: a list may be older than an earlier attempt's write.
  for (const name of new Set([policyName(lease, end), ...(await ours())]))
    await api.deletePolicy(subject.name, name, signal);
  const left = await ours();
  if (left.length > 0) throw new Fault('not-verified', `aws-iam: ${left.join(', ')} still listed`);
  return { level: 'none', seen: `no policy of ${lease} on ${subject.name} (${subject.id})` };
}

async function joinGroup(api: IamApi, intent: Intent<GroupTarget>, signal: AbortSignal): Promise<Receipt> {
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

async function leaveGroup(api: IamApi, intent: Intent<GroupTarget>, signal: AbortSignal): Promise<Receipt> {
  const { subject, target, level } = intent;
  if (level === 'none') await api.removeFromGroup(subject.name, target.group, signal);
  const member = (await api.groupsOf(subject.name, signal)).includes(target.group);
  if (member && level === 'none')
    throw new Fault('not-verified', `aws-iam: ${subject.name} still shows in ${target.group}`);
  const seen = `${subject.name} (${subject.id}) ${member ? '' : 'not '}in ${target.group}`;
  return { level: member ? 'member' : 'none', seen };
}

async function listManaged(api: IamApi, signal: AbortSignal): Promise<readonly Managed[]> {
  const all = await api.inlinePolicies(signal);
  return all.flatMap(({ user, policy }) => {
    const read = readPolicyName(policy);
    return read ? [{ ...read, subject: user, what: policy }] : [];
  });
}
