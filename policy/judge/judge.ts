import type { RequestRefusal } from '../../core/request/refusals.ts';
import type { PolicySet } from '../files/policy-set.ts';
import { RULES } from '../rules/index.ts';
import { evaluate, type Found, type Rule } from '../rules/rule.ts';
import { refusalOf } from './readings.ts';
import type { AllowedRequest, RuleResult, Submission, Verdict } from './verdict.ts';

/**
 * Judges a submission by every rule. A rule is evaluated also after an earlier refusal, unless it needs what the
 * earlier rule did not find. A missing text, an unknown name and an empty set all refuse (I14, B37).
 */
export function judgeSubmission(
  policy: PolicySet,
  submission: Submission,
  rules: readonly Rule[] = RULES,
): Verdict {
  const results: RuleResult[] = [];
  let found: Found = {};
  for (const rule of rules) {
    const evaluated = evaluate(rule, { policy, submission, found });
    results.push(evaluated.result);
    found = { ...found, ...evaluated.found };
  }
  const refusal = refusalOf(results);
  if (refusal) return { rules: results, allowed: false, refusal };
  const judged = judgedFrom(policy, found);
  return judged
    ? { rules: results, allowed: true, judged }
    : { rules: results, allowed: false, refusal: { code: 'not-allowed', why: 'the rules found too little' } };
}

/** The verdict while the policy files cannot be read: nothing is allowed, and no other rule is evaluated (I14, B54). */
export function unreadableVerdict(why: string, rules: readonly Rule[] = RULES): Verdict {
  const refusal: RequestRefusal = { code: 'not-allowed', why };
  const results = rules.map(({ id, wanted }): RuleResult =>
    id === 'policy-files'
      ? {
          rule: id,
          wanted,
          saw: `${why.charAt(0).toUpperCase()}${why.slice(1)}.`,
          verdict: 'refuse',
          refusal,
        }
      : { rule: id, wanted, saw: 'Not evaluated: the policy cannot be read.', verdict: 'not-reached' },
  );
  return { rules: results, allowed: false, refusal };
}

/** Undefined unless the rules found every value: a request without one of them would be granted in part. */
function judgedFrom(policy: PolicySet, found: Found): AllowedRequest | undefined {
  const { person, entitlement, minutes, targets, stages, shown, digest } = found;
  if (!person || !entitlement || minutes === undefined || !targets || !stages || !digest) return undefined;
  if (!shown) return undefined;
  const waitMinutes = entitlement.route.waits;
  return { minutes, targets, policy: policy.digest, person, entitlement, stages, waitMinutes, shown, digest };
}
