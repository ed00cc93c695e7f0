import type { RequestRefusal } from '../../core/request/refusals.ts';
import type { PolicySet } from '../files/policy-set.ts';
import type { AllowedRequest, RuleId, RuleResult, StageResult, Submission } from '../judge/verdict.ts';

/** What the earlier rules found. A value is missing when the rule that finds it did not pass. */
export type Found = Readonly<Partial<Omit<AllowedRequest, 'waitMinutes' | 'policy'>>>;

/** Everything that a rule may look at. */
export type Facts = Readonly<{ policy: PolicySet; submission: Submission; found: Found }>;

/** What a rule says. `wanted` replaces the rule's general sentence where the facts permit a more exact one. */
export type Finding = Readonly<{ saw: string; wanted?: string; stages?: readonly StageResult[] }> &
  Readonly<
    | { verdict: 'pass'; found?: Found }
    | { verdict: 'refuse'; refusal: RequestRefusal }
    | { verdict: 'not-reached' }
  >;

/** A rule of the policy. `judge` is a pure function: the same facts always have the same finding. */
export type Rule = Readonly<{ id: RuleId; wanted: string; judge(facts: Facts): Finding }>;

export const pass = (saw: string, found: Found = {}): Finding => ({ verdict: 'pass', saw, found });

export const refuse = (refusal: RequestRefusal, saw: string): Finding => ({
  verdict: 'refuse',
  saw,
  refusal,
});

/** For a rule that needs what an earlier rule did not find. `missing` is a whole sentence. */
export const notReached = (missing: string): Finding => ({ verdict: 'not-reached', saw: missing });

export const NO_PERSON = 'Not evaluated: the requester is not known.';
export const NO_ENTITLEMENT = 'Not evaluated: the entitlement is not known.';

/**
 * Evaluates one rule. An exception inside a rule is a refusal, never a pass. The message of the exception is left
 * out, because it may quote what the person wrote.
 */
export function evaluate(rule: Rule, facts: Facts): Readonly<{ result: RuleResult; found: Found }> {
  try {
    const finding = rule.judge(facts);
    return { result: resultOf(rule, finding), found: foundBy(finding) };
  } catch {
    const why = `the rule "${rule.id}" failed with an error`;
    const finding = refuse({ code: 'not-allowed', why }, 'The rule failed with an error, so it refuses.');
    return { result: resultOf(rule, finding), found: {} };
  }
}

const foundBy = (finding: Finding): Found => (finding.verdict === 'pass' ? (finding.found ?? {}) : {});

function resultOf({ id, wanted }: Rule, finding: Finding): RuleResult {
  const { saw, stages, verdict } = finding;
  const node = { rule: id, wanted: finding.wanted ?? wanted, saw, ...(stages ? { stages } : {}) };
  return verdict === 'refuse' ? { ...node, verdict, refusal: finding.refusal } : { ...node, verdict };
}
