import type { RequestRefusal } from '../../core/request/refusals.ts';
import type { RuleResult, RuleVerdict, Verdict } from './verdict.ts';

/**
 * The refusal of a verdict: the one of the first rule that refused. Undefined when every rule passed. No rules at all,
 * or a rule that was not evaluated, is a refusal too.
 */
export function refusalOf(rules: readonly RuleResult[]): RequestRefusal | undefined {
  for (const result of rules) if (result.verdict === 'refuse') return result.refusal;
  const open = rules.find(({ verdict }) => verdict !== 'pass');
  if (open) return { code: 'not-allowed', why: `the rule "${open.rule}" was not evaluated` };
  return rules.length === 0 ? { code: 'not-allowed', why: 'the policy has no rules' } : undefined;
}

/** The result of one rule or of one stage, for people and programs to read. `refusal` is the code of the refusal. */
export type Explanation = Readonly<{
  rule: string;
  /** The stage of approval, counted from 1; null for the rule itself. */
  stage: number | null;
  verdict: RuleVerdict;
  wanted: string;
  saw: string;
  refusal: RequestRefusal['code'] | null;
}>;

/** The whole tree as a list: each rule in its order, and the stages of a rule directly after it. */
export const explain = ({ rules }: Verdict): readonly Explanation[] =>
  rules.flatMap((result) => {
    const { rule, verdict, wanted, saw, stages = [] } = result;
    const refusal = result.verdict === 'refuse' ? result.refusal.code : null;
    return [
      { rule, stage: null, verdict, wanted, saw, refusal },
      ...stages.map((each) => ({
        rule,
        stage: each.stage,
        verdict: each.verdict,
        wanted: each.wanted,
        saw: each.saw,
        refusal: null,
      })),
    ];
  });
