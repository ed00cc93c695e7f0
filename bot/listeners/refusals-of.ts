import type { RequestRefusal } from '../../core/request/refusals.ts';
import type { Verdict } from '../../policy/index.ts';

/** Why a request is refused: every mistake in it, in the order of the rules. */
export const refusalsOf = (verdict: Extract<Verdict, { allowed: false }>): readonly RequestRefusal[] => {
  const found = verdict.rules.flatMap((rule) => (rule.verdict === 'refuse' ? [rule.refusal] : []));
  return found.length > 0 ? found : [verdict.refusal];
};
