import { Fault } from '../../core/faults.ts';
import type { Provider } from '../provider.ts';
import { iamApi } from './api.ts';
import { iamClient, type AwsIamDeps } from './client.ts';
import { describe, residualSessionMs } from './describe.ts';
import { isMember, joinGroup, leaveGroup, needGroup } from './group.ts';
import { deletePolicy, listManaged, putPolicy } from './inline-policy.ts';
import { preflight } from './preflight.ts';
import { parseTarget, type AwsIamTarget } from './target.ts';
import { needAccount, needSame, needUser, userOf } from './user.ts';

export type { AwsIamDeps } from './client.ts';
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
    // About four seconds, sometimes more (measured by OFFENSAI); AWS itself gives no number. Only who joins a group
    // again just after leaving it waits for this, and a read that still shows the old membership would keep it for good.
    consistencyWindowMs: 30_000,
    rateBudget: 300,
    needsSecret: false,
    parseTarget,
    targetKey,
    lockKey: (target) => (target.kind === 'group' ? `group ${target.group}` : targetKey(target)),
    ladder: ({ kind }) => (kind === 'policy' ? ['none', 'present'] : ['none', 'member']),
    level: ({ kind }) => (kind === 'policy' ? 'present' : 'member'),
    ownObject: ({ kind }) => kind === 'policy',
    enforcementClass: ({ kind }) => (kind === 'policy' ? 'A' : 'C'),
    residualSessionMs,
    describe,
    async observe({ account: userName, target }, signal) {
      const user = await api.user(userName, signal);
      if (!user) throw new Fault('subject-missing', `aws-iam: no user "${userName}"`);
      const { id, name, account } = user;
      needAccount(target, account);
      const subject = { id, name };
      if (target.kind === 'policy') return { subject, level: 'none', target: { ...target, account } };
      const found = { ...target, account, id: (await needGroup(api, target, signal)).id };
      return {
        subject,
        level: (await isMember(api, name, found, signal)) ? 'member' : 'none',
        target: found,
      };
    },
    async ensurePresent(intent, signal) {
      const { target } = intent;
      const { id, name } = await needUser(api, intent.subject, target, signal);
      const subject = { id, name };
      if (target.kind === 'policy') return putPolicy(api, { ...intent, subject, target }, signal);
      await needGroup(api, target, signal);
      return joinGroup(api, { ...intent, subject, target }, signal);
    },
    async ensureAbsent(intent, signal) {
      const { target } = intent;
      const user = await userOf(api, intent.subject, target, signal);
      if (!user) return { level: 'none', seen: `no user ${intent.subject.id}, under any name` };
      const subject = { id: user.id, name: user.name };
      const receipt =
        target.kind === 'policy'
          ? await deletePolicy(api, { ...intent, subject, target }, signal)
          : await leaveGroup(api, { ...intent, subject, target }, signal);

      await needSame(api, subject, signal);
      return receipt;
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
    ? `group ${account} ${target.id ?? target.group}`
    : `policy ${account} ${JSON.stringify(target.statements)}`;
}
