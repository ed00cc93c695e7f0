import { Fault } from '../../core/faults.ts';
import type { Permission, Preflight, PreflightInput } from '../provider.ts';
import type { IamApi } from './api.ts';
import { excess, missing, unknown, useUnknownWithout, type Ask, type PreflightReads } from './findings.ts';
import { warnOfGroup } from './group-policies.ts';
import { checkGroups, groupsOf } from './preflight-groups.ts';
import { checkOthers } from './preflight-others.ts';
import { checkUsers } from './preflight-users.ts';
import { whyWrongPartition } from './partition.ts';
import { readPrincipal, type Principal } from './principal.ts';
import { rightsFor } from './rights.ts';
import type { Answer, PreflightApi } from './simulation.ts';
import type { AwsIamTarget } from './target.ts';

/**
 * Compares what Curfew's credential may do with what it needs. It asks IAM's policy simulation about the credential's own user
 * or role, with the ARNs of the users and groups of the account. It sends no call that changes something.
 */
export async function preflight(
  api: IamApi,
  probes: PreflightApi,
  input: PreflightInput<AwsIamTarget>,
  signal: AbortSignal,
): Promise<Preflight> {
  const principal = await readPrincipal(probes, signal);
  const places = input.targets.flatMap((target) => misplaced(target, principal));
  if (principal.kind === 'root')
    return {
      permissions: [
        ...places,
        excess(`everything: the credential is ${principal.arn}. Use a user or a role`),
      ],
      note: '',
    };
  if (principal.kind === 'other') return { permissions: [...places, unknown(principal.unclear)], note: '' };
  const unknownKeys = new Set<string>();
  const ask: Ask = async (actions, resources, boundary) => {
    const question = { principal: principal.arn, actions, resources, boundary };
    const simulated = await probes.simulate(question, signal);
    for (const key of simulated.unknownKeys) unknownKeys.add(key);
    return simulated.may;
  };
  const rights = rightsFor(input.targets, input.duty);
  let mayInAccount: Answer;
  try {
    mayInAccount = await ask([...rights.account, ...rights.use.account], ['*']);
    if (mayInAccount('iam:GetAccountAuthorizationDetails', '*') === false)
      return { permissions: [...places, missing('iam:GetAccountAuthorizationDetails')], note: '' };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { permissions: [...places, unknown(sentenceFor(principal, error))], note: '' };
  }
  const account = await api.account(['User', 'Group', 'Role', 'LocalManagedPolicy'], signal);
  const seen: PreflightReads = {
    ...input,
    principal,
    account,
    ask: (...question) => ask(...question).catch(unknownAnswer),
  };
  const groups = groupsOf(seen);
  const found = groups.flatMap((group) => group.found ?? []);
  // At the same time, because whoever runs the doctor waits for it.
  const [users, ...others] = await Promise.all([
    checkUsers(seen),
    checkGroups(seen, groups),
    checkOthers(seen),
    ...found.map((group) => warnOfGroup(probes, group, account, signal)),
  ]);
  return {
    permissions: [...places, ...users.permissions, ...others.flat()],
    note: [
      `IAM simulated what ${principal.arn} may do. A simulation leaves out policies of sessions and of network endpoints, and conditions of the organization.`,
      ...users.notes,
      ...rights.use.account.filter((action) => mayInAccount(action, '*') === false).map(useUnknownWithout),
      ...dependsOn([...unknownKeys]),
    ].join(' '),
  };
}

const dependsOn = (keys: readonly string[]): readonly string[] =>
  keys.length > 0
    ? [`Not found out is what depends on conditions that a simulation does not know: ${keys.join(', ')}.`]
    : [];

/** The answer of a simulation that failed, for example because IAM limits the rate: everything is unknown. */
function unknownAnswer(error: unknown): Answer {
  if (!(error instanceof Fault)) throw error;
  return () => undefined;
}

/** A target that is in another account or partition than the credential. */
function misplaced(target: AwsIamTarget, { account, partition }: Principal): readonly Permission[] {
  const what = target.kind === 'group' ? `the group ${target.group}` : 'a target';
  const wrongPartition = whyWrongPartition(target, partition);
  return [
    ...(target.account === undefined || target.account === account
      ? []
      : [missing(`${what} is in account ${target.account}, and the credential is for account ${account}`)]),
    ...(wrongPartition === undefined ? [] : [missing(wrongPartition)]),
  ];
}

function sentenceFor({ arn }: Principal, { code, message }: Fault): string {
  return code === 'provider-forbidden'
    ? `which permissions the credential has. Allow iam:SimulatePrincipalPolicy on ${arn}, and iam:GetRole when that is a role`
    : `which permissions the credential has, because policy simulation of ${arn} did not answer: ${message}`;
}
