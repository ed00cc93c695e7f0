import type { PersonId } from '../core/ids.ts';
import type { Approval, Ask, AskRefusal, Eligibility } from '../core/request/request.ts';
import { no, type Result } from '../core/result.ts';
import type { AskedTarget } from '../core/target.ts';
import type { Entitlement, ReadTarget } from './files/catalogue.ts';
import {
  askableBy,
  type Asking,
  eligibleNow,
  findEntitlement,
  judgeAsk,
  type Judged,
  stillAllowed,
} from './judge/judge.ts';
import { type Person, personOf } from './files/people.ts';
import type { PolicySet } from './files/policy-set.ts';
import { policyFolder } from './files/source.ts';
import { type Problem, spell } from './files/yaml.ts';

export type { Entitlement, ReadTarget } from './files/catalogue.ts';
export type { Asking, Judged } from './judge/judge.ts';
export type { Person } from './files/people.ts';
export type { PolicySet } from './files/policy-set.ts';
export { type Problem, spell } from './files/yaml.ts';

/** The policy as it is now. While its files cannot be read, everything new is refused (I14, B54). */
export type Policy = Readonly<{
  current(): Promise<Result<PolicySet, readonly Problem[]>>;
  /** As it last could be read: who people are and what things are called, never what anybody may. */
  lastKnown(): Promise<PolicySet | undefined>;
  /** Why it cannot be read now, and where; nothing while it can. */
  unreadable(): Promise<string | undefined>;
  /** Who an account belongs to; nobody while the policy cannot be read. */
  personOf(place: string, account: string): Promise<Person | undefined>;
  /** The same, by the people file as it last was when it cannot be read now: who somebody is, not what they may. */
  lastKnownPersonOf(place: string, account: string): Promise<Person | undefined>;
  /** What this person may ask for, in the catalogue's order. */
  askableBy(person: PersonId): Promise<readonly Entitlement[]>;
  /** By id or synonym, in any case. */
  entitlementNamed(typed: string): Promise<Entitlement | undefined>;
  judge(asking: Asking): Promise<Result<Judged, AskRefusal>>;
  eligibleNow(ask: Pick<Ask, 'requester' | 'entitlement'>, by: PersonId): Promise<Eligibility>;
  stillAllowed(
    ask: Ask,
    approvals: readonly Approval[],
    approved: readonly AskedTarget[],
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
    unreadable: async () => {
      const policy = await current();
      return policy.ok ? undefined : unreadable(policy.error);
    },
    personOf: async (place, account) => {
      const policy = await current();
      return policy.ok ? personOf(policy.value.directory, place, account) : undefined;
    },
    lastKnownPersonOf: async (place, account) => {
      const policy = await lastKnown();
      return policy && personOf(policy.directory, place, account);
    },
    askableBy: async (person) => {
      const policy = await current();
      return policy.ok ? askableBy(policy.value, person) : [];
    },
    entitlementNamed: async (typed) => {
      const policy = await current();
      return policy.ok ? findEntitlement(policy.value, typed) : undefined;
    },
    judge: async (asking) => {
      const policy = await current();
      return policy.ok
        ? judgeAsk(policy.value, asking)
        : no({ code: 'not-allowed', why: unreadable(policy.error) });
    },
    eligibleNow: async (ask, by) => {
      const policy = await current();
      return policy.ok ? eligibleNow(policy.value, ask, by) : unreadable(policy.error);
    },
    stillAllowed: async (...args) => {
      const policy = await current();
      return policy.ok ? stillAllowed(policy.value, ...args) : no(unreadable(policy.error));
    },
  };
}

const unreadable = ([first]: readonly Problem[]): string =>
  `the policy cannot be read${first ? ` (${spell(first)})` : ''}`;
