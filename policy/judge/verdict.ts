import type { Minutes, PersonId } from '../../core/ids.ts';
import type { RequestRefusal } from '../../core/request/refusals.ts';
import type { CardContent } from '../../core/request/shown.ts';
import type { Approver, Stage } from '../../core/request/state.ts';
import type { RequestedTarget } from '../../core/target.ts';
import type { Entitlement } from '../files/catalogue.ts';
import type { Person } from '../files/people.ts';

/** What a person submitted, as they typed it, and what the ledger knows about them. */
export type Submission = Readonly<{
  /** Null when the account belongs to nobody in `people.yaml`. */
  person: PersonId | null;
  entitlement: string;
  length: string;
  reason: string;
  /** Salted hash of the reason. The digest covers it. */
  reasonHash: string;
  openRequests: number;
}>;

/** A request that the policy allows: its parsed values and its route of approval. */
export type AllowedRequest = Readonly<{
  person: Person;
  entitlement: Entitlement;
  minutes: Minutes;
  targets: readonly RequestedTarget[];
  stages: readonly Stage[];
  waitMinutes: Minutes;
  shown: CardContent;
  /** SHA-256, in hex, of the whole request and of the policy that judged it. An approval names it (I11). */
  digest: string;
  policy: string;
}>;

/** The rules, by their stable names. Programs read them in `curfew explain --output json`. */
export type RuleId =
  | 'policy-files'
  | 'known-person'
  | 'entitlement'
  | 'requester'
  | 'length'
  | 'reason'
  | 'open-requests'
  | 'accounts'
  | 'approvers'
  | 'digest';

/** `not-reached`: the rule could not be evaluated, because an earlier rule did not find what it needs. */
export type RuleVerdict = 'pass' | 'refuse' | 'not-reached';

/** What every node of the tree says. The sentences never contain the text of a reason. */
type NodeText = Readonly<{ wanted: string; saw: string }>;

/** A person whom the route names and who still cannot approve this request. */
export type ExcludedApprover = Readonly<Approver & { excluded: 'requester' | 'inactive' }>;

/** One stage of approval: a leaf under the rule `approvers`. Stages are counted from 1. */
export type StageResult = NodeText &
  Readonly<{
    stage: number;
    verdict: 'pass' | 'refuse';
    needs: number;
    approvers: readonly Approver[];
    excluded: readonly ExcludedApprover[];
  }>;

/** The result of one rule: what it wanted, what it saw, and its verdict. */
export type RuleResult = NodeText &
  Readonly<{ rule: RuleId; stages?: readonly StageResult[] }> &
  Readonly<{ verdict: 'pass' | 'not-reached' } | { verdict: 'refuse'; refusal: RequestRefusal }>;

/**
 * The answer of the policy: a tree with one result for each rule, in the order of the rules. The request is
 * allowed when every rule passed. Otherwise the refusal is the one of the first rule that refused.
 */
export type Verdict = Readonly<{ rules: readonly RuleResult[] }> &
  Readonly<{ allowed: true; judged: AllowedRequest } | { allowed: false; refusal: RequestRefusal }>;
