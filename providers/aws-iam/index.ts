import { Fault } from '../../core/faults.ts';
import type { Provider } from '../provider.ts';
import { iamApi } from './api.ts';
import { iamClient, type AwsIamDeps } from './client.ts';
import { describe, residualSessionMs } from './describe.ts';
import { isMember, addMember, removeMember, requireGroup } from './group.ts';
import { deletePolicy, listManaged, putPolicy } from './inline-policy.ts';
import { preflight } from './preflight.ts';
import { parseTarget, type AwsIamTarget } from './target.ts';
import { assertAccount, assertSameUser, requireUser, findUser } from './user.ts';

export type { AwsIamDeps } from './client.ts';
export type { AwsIamTarget } from './target.ts';

/**
 * AWS IAM users: an inline policy with an end (class A) or a group membership (class C). Curfew identifies the
 * user by its unique id (`AIDA...`). A user that was deleted and created again under the same name has another id.
 */
export function awsIamProvider(deps: AwsIamDeps): Provider<AwsIamTarget> {
  const client = iamClient(deps);
  const api = iamApi(client);
  return {
    name: 'aws-iam',
    // About four seconds, sometimes more (measured by OFFENSAI). AWS itself gives no number. Only a person who joins
    // a group again just after leaving it waits this long. Without the wait, a read that still shows the old
    // membership would count it as prior state, and it would stay for ever.
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
      assertAccount(target, account);
      const subject = { id, name };
      if (target.kind === 'policy') return { subject, level: 'none', target: { ...target, account } };
      const found = { ...target, account, id: (await requireGroup(api, target, signal)).id };
      return {
        subject,
        level: (await isMember(api, name, found, signal)) ? 'member' : 'none',
        target: found,
      };
    },
    async ensurePresent(intent, signal) {
      const { target } = intent;
      const { id, name } = await requireUser(api, intent.subject, target, signal);
      const subject = { id, name };
      if (target.kind === 'policy') return putPolicy(api, { ...intent, subject, target }, signal);
      await requireGroup(api, target, signal);
      return addMember(api, { ...intent, subject, target }, signal);
    },
    async ensureAbsent(intent, signal) {
      const { target } = intent;
      const user = await findUser(api, intent.subject, target, signal);
      if (!user) return { level: 'none', seen: `no user in the account has the id ${intent.subject.id}` };
      const subject = { id: user.id, name: user.name };
      const receipt =
        target.kind === 'policy'
          ? await deletePolicy(api, { ...intent, subject, target }, signal)
          : await removeMember(api, { ...intent, subject, target }, signal);

      await assertSameUser(api, subject, signal);
      return receipt;
    },
    listManaged: (signal) => listManaged(api, signal),
    // There is nothing to terminate: a user's keys open no session, and IAM checks each call against the current
    // policies.
    terminateSessions: () => Promise.resolve(0),
    preflight: (signal) => preflight(client, signal),
  };
}

function targetKey(target: AwsIamTarget): string {
  const account = target.account ?? '-';
  return target.kind === 'group'
    ? `group ${account} ${target.id ?? target.group}`
    : `policy ${account} ${JSON.stringify(target.statements)}`;
}
