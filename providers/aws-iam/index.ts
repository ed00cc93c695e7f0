import type { ProviderModule } from '../module.ts';
import { settings } from './settings.ts';
import { Fault } from '../../core/faults.ts';
import type { Intent, Provider, Receipt, Remover, TakeTurn } from '../provider.ts';
import { iamApi, type IamApi } from './api.ts';
import { iamClient, stsClient, type AwsIamDeps } from './client.ts';
import { assertNotCutOff, cutOff } from './cut-off.ts';
import { endPolicy } from './end-policy.ts';
import { onlyRemoves } from './removal-calls.ts';
import { clockOf } from './vendor-clock.ts';
import { describe, residualSessionMs } from './describe.ts';
import { isMember, addMember, readMembership, removeMember, requireGroup } from './group.ts';
import { discover } from './discover.ts';
import { deletePolicy } from './delete-policy.ts';
import { listManaged, movePolicyEnd, putPolicy, readOwnPolicy } from './inline-policy.ts';
import { findLeftovers } from './leftovers.ts';
import { whyWrongPartition } from './partition.ts';
import { preflight } from './preflight.ts';
import { preflightApi } from './simulation.ts';
import { lastAccessedApi, MOST_CALLS } from './last-accessed.ts';
import { parseTarget, type AwsIamTarget } from './target.ts';
import { LATE_MS, readUse, usableParts } from './use.ts';
import { assertAccount, assertSameUser, findUser, receiptOfAbsence, requireUser } from './user.ts';

export type { AwsIamDeps } from './client.ts';
export type { AwsIamTarget } from './target.ts';

/**
 * AWS IAM users: an inline policy with an end (class A) or a group membership (class C). Curfew identifies the
 * user by its unique id (`AIDA...`). A user that was deleted and created again under the same name has another id.
 */
export function awsIamProvider(deps: AwsIamDeps, takeTurn?: TakeTurn): Provider<AwsIamTarget> {
  const client = iamClient(deps, takeTurn);
  const api = iamApi(client);
  const clock = clockOf(client);
  return {
    name: 'aws-iam',
    // About four seconds, sometimes more (measured by OFFENSAI). AWS itself gives no number, only "a few minutes". Only a person who joins
    // a group again just after leaving it waits this long. Without the wait, a read that still shows the old
    // membership would count it as prior state, and it would stay for ever.
    consistencyWindowMs: 30_000,
    // AWS publishes no rate for IAM. Five calls a second is our assumption: a higher rate was not tried in a real account.
    rateBudget: 300,
    cutsOff: 'accounts',
    useReadings: { lateMs: LATE_MS, beforeEnd: false, mostCalls: MOST_CALLS },
    needsSecret: false,
    parseTarget,
    targetKey,
    lockKey: (target) => (target.kind === 'group' ? `group ${target.group}` : targetKey(target)),
    ladder,
    level: ({ kind }) => (kind === 'policy' ? 'present' : 'member'),
    ownObject,
    enforcementClass: ({ kind }) => (kind === 'policy' ? 'A' : 'C'),
    residualSessionMs,
    describe,
    describeFound: (target) => describe(target).plain,
    async observe({ account: userName, target }, signal) {
      const user = await api.user(userName, signal);
      if (!user) throw new Fault('subject-missing', `aws-iam: no user "${userName}"`);
      const { id, name, account, partition } = user;
      assertAccount(target, account);
      const seen = { subject: { id, name }, sources: [] };
      if (target.kind === 'policy') {
        const refusal = whyWrongPartition(target, partition);
        return { ...seen, level: 'none', target: { ...target, account }, ...(refusal && { refusal }) };
      }
      const found = { ...target, account, id: (await requireGroup(api, target, signal)).id };
      const level = (await isMember(api, name, found, signal)) ? 'member' : 'none';
      return { ...seen, level, target: found };
    },
    async ensurePresent(intent, signal) {
      const { target } = intent;
      const { id, name } = await requireUser(api, intent.subject, target, signal);
      const subject = { id, name };
      if (target.kind === 'policy') return putPolicy(api, { ...intent, subject, target }, signal);
      await requireGroup(api, target, signal);
      assertNotCutOff(name, await api.policyNames(name, signal));
      return addMember(api, { ...intent, subject, target }, signal);
    },
    async moveEnd(intent, signal) {
      const { target } = intent;
      const { id, name } = await requireUser(api, intent.subject, target, signal);
      const subject = { id, name };
      return target.kind === 'policy'
        ? movePolicyEnd(api, { ...intent, subject, target }, signal)
        : readMembership(api, { ...intent, subject, target }, signal);
    },
    async ensureAbsent(intent, signal) {
      const { target, lease } = intent;
      const user = await findUser(api, intent.subject, target, signal);
      const receipt = user
        ? await revokeFrom(api, { ...intent, subject: { id: user.id, name: user.name } }, signal)
        : receiptOfAbsence(intent.subject, target);
      if (receipt.level !== 'none') return receipt;
      const left = await findLeftovers(api, { lease, target, user }, signal);
      return left === undefined
        ? receipt
        : { ...receipt, note: [receipt.note, left].filter(Boolean).join(' ') };
    },
    async readOwnObject(intent, signal) {
      const { target, subject } = intent;
      const user = await findUser(api, subject, target, signal);
      return user && target.kind === 'policy'
        ? readOwnPolicy(api, { ...intent, subject: user, target }, signal)
        : { level: 'none' };
    },
    discover: (target, at) => discover(api, target, at),
    listManaged: (signal) => listManaged(api, signal),
    endManaged: (managed, signal) => endPolicy(api, managed, { clock, signal }),
    clocks: async (signal) => [await clock.read(signal)],
    cutOff: (cut, signal) => cutOff(api, cut, signal),
    usableParts,
    readUse: (query, signal) => readUse(lastAccessedApi(client), query, signal),
    preflight: (input, signal) => preflight(api, preflightApi(client, stsClient(deps)), input, signal),
  };
}

/**
 * What the reaper works with. Its client sends no call that gives anything. It does not look for what people left: the revocation
 * of the sweeper does that, and needs more permissions for it.
 */
export function awsIamRemover(deps: AwsIamDeps, takeTurn?: TakeTurn): Remover<AwsIamTarget> {
  const client = onlyRemoves(iamClient(deps, takeTurn));
  const api = iamApi(client);
  const clock = clockOf(client);
  return {
    ...{ name: settings.name, parseTarget, targetKey, ladder, ownObject },
    async ensureAbsent(intent, signal) {
      const user = await findUser(api, intent.subject, intent.target, signal);
      return user
        ? revokeFrom(api, { ...intent, subject: { id: user.id, name: user.name } }, signal)
        : receiptOfAbsence(intent.subject, intent.target);
    },
    listManaged: (signal) => listManaged(api, signal),
    endManaged: (managed, signal) => endPolicy(api, managed, { clock, signal }),
    clocks: async (signal) => [await clock.read(signal)],
    preflight: (input, signal) => preflight(api, preflightApi(client, stsClient(deps)), input, signal),
  };
}

async function revokeFrom(api: IamApi, intent: Intent<AwsIamTarget>, signal: AbortSignal): Promise<Receipt> {
  const { target, subject } = intent;
  const receipt =
    target.kind === 'policy'
      ? await deletePolicy(api, { ...intent, target }, signal)
      : await removeMember(api, { ...intent, target }, signal);
  await assertSameUser(api, subject, signal);
  return receipt;
}

const ladder = ({ kind }: AwsIamTarget): readonly string[] =>
  kind === 'policy' ? ['none', 'present'] : ['none', 'member'];

const ownObject = ({ kind }: AwsIamTarget): boolean => kind === 'policy';

function targetKey(target: AwsIamTarget): string {
  const account = target.account ?? '-';
  return target.kind === 'group'
    ? `group ${account} ${target.id ?? target.group}`
    : `policy ${account} ${JSON.stringify(target.statements)}`;
}

export const module: ProviderModule<typeof settings.variables, AwsIamDeps> = {
  settings,
  create: (deps, takeTurn) => awsIamProvider(deps, takeTurn) as Provider,
  createRemover: (deps, takeTurn) => awsIamRemover(deps, takeTurn) as Remover,
  describer: () => awsIamProvider({}) as Provider,
  whyCaseIsIgnored: 'AWS IAM does not distinguish upper and lower case',
};
