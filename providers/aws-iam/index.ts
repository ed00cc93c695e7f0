import { Fault } from '../../core/errors.ts';
import type { Provider, Subject } from '../provider.ts';
import { iamApi, iamClient, type AwsIamDeps, type IamApi, type IamUser } from './api.ts';
import { describe, residualSessionMs } from './describe.ts';
import { joinGroup, leaveGroup } from './group.ts';
import { deletePolicy, listManaged, putPolicy } from './inline-policy.ts';
import { preflight } from './preflight.ts';
import { parseTarget, type AwsIamTarget } from './target.ts';

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
