import type { PersonId } from '../core/ids.ts';
import { ELIGIBLE, type Eligibility, NOT_ELIGIBLE } from '../core/request/commands.ts';
import type { RequestRefusal } from '../core/request/refusals.ts';
import type { Approval, RequestDetails } from '../core/request/state.ts';
import { no, type Result } from '../core/result.ts';
import type { RequestedTarget } from '../core/target.ts';
import type { Entitlement, ReadTarget } from './files/catalogue.ts';
import {
  requestableBy,
  type Submission,
  eligibleNow,
  findEntitlement,
  judgeSubmission,
  type Judged,
  stillAllowed,
} from './judge/judge.ts';
import { type Person, personOf } from './files/people.ts';
import type { PolicySet } from './files/policy-set.ts';
import { policyFolder } from './files/source.ts';
import { type Problem, formatProblem } from './files/yaml.ts';

export type { Entitlement, ReadTarget } from './files/catalogue.ts';
export type { Submission, Judged } from './judge/judge.ts';
export type { Person } from './files/people.ts';
export type { PolicySet } from './files/policy-set.ts';
export { type Problem, formatProblem } from './files/yaml.ts';

/** The policy as it is now. While its files cannot be read, everything new is refused (I14, B54). */
export type Policy = Readonly<{
  current(): Promise<Result<PolicySet, readonly Problem[]>>;
  /** As it last could be read: who people are and what things are called, never what anybody may. */
  lastKnown(): Promise<PolicySet | undefined>;
  /** Why it cannot be read now, and where; nothing while it can. */
  problem(): Promise<string | undefined>;
  /** Who an account belongs to; nobody while the policy cannot be read. */
  personOf(place: string, account: string): Promise<Person | undefined>;
  /** The same, by the people file as it last was when it cannot be read now: who somebody is, not what they may. */
  lastKnownPersonOf(place: string, account: string): Promise<Person | undefined>;
  /** What this person may ask for, in the catalogue's order. */
  requestableBy(person: PersonId): Promise<readonly Entitlement[]>;
  /** By id or synonym, in any case. */
  entitlementNamed(typed: string): Promise<Entitlement | undefined>;
  judge(asking: Submission): Promise<Result<Judged, RequestRefusal>>;
  eligibility(details: Pick<RequestDetails, 'requester' | 'entitlement'>, by: PersonId): Promise<Eligibility>;
  stillAllowed(
    ask: RequestDetails,
    approvals: readonly Approval[],
    approved: readonly RequestedTarget[],
  ): Promise<Result<undefined, string>>;
}>;

export function openPolicy(folder: string, readTarget: ReadTarget): Policy {
  const read = policyFolder(folder, readTarget);
  let lastGood: PolicySet | undefined;
  const current = async (): Promise<Result<PolicySet, readonly Problem[]>> => {
    const policy = await read();
    if (policy.ok) lastGood = policy.value;
    return policy;
  };
  const lastKnown = async (): Promise<PolicySet | undefined> => {
    await current();
    return lastGood;
  };
  return {
    current,
    lastKnown,
    problem: async () => {
      const policy = await current();
      return policy.ok ? undefined : unreadablePolicy(policy.error);
    },
    personOf: async (place, account) => {
      const policy = await current();
      return policy.ok ? personOf(policy.value.directory, place, account) : undefined;
    },
    lastKnownPersonOf: async (place, account) => {
      const policy = await lastKnown();
      return policy && personOf(policy.directory, place, account);
    },
    requestableBy: async (person) => {
      const policy = await current();
      return policy.ok ? requestableBy(policy.value, person) : [];
    },
    entitlementNamed: async (typed) => {
      const policy = await current();
      return policy.ok ? findEntitlement(policy.value, typed) : undefined;
    },
    judge: async (asking) => {
      const policy = await current();
      return policy.ok
        ? judgeSubmission(policy.value, asking)
        : no({ code: 'not-allowed', why: unreadablePolicy(policy.error) });
    },
    eligibility: async (details, by) => {
      const policy = await current();
      if (!policy.ok) return { kind: 'unknown', why: unreadablePolicy(policy.error) };
      return eligibleNow(policy.value, details, by) ? ELIGIBLE : NOT_ELIGIBLE;
    },
    stillAllowed: async (...args) => {
      const policy = await current();
      return policy.ok ? stillAllowed(policy.value, ...args) : no(unreadablePolicy(policy.error));
    },
  };
}

const unreadablePolicy = ([first]: readonly Problem[]): string =>
  `the policy cannot be read${first ? ` (${formatProblem(first)})` : ''}`;
