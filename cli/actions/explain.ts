import { explain, type Explanation, type Verdict } from '../../policy/index.ts';
import { refusalPhrase } from '../../wording/refusals.ts';
import { whoActs } from '../terminal/caller.ts';
import { type Context, withContext } from '../terminal/context.ts';
import { EXIT } from '../terminal/exit.ts';
import { formatOf, type OutputOptions, print, type Row, writeLine } from '../terminal/output.ts';
import { terminalText } from '../terminal/phrase.ts';

export type ExplainOptions = OutputOptions & Readonly<{ as?: string }>;
type TypedRequest = Readonly<{ entitlement: string; length: string; reason: string | undefined }>;

/** `curfew explain` */
export const runExplain = (typed: TypedRequest, options: ExplainOptions): Promise<void> =>
  withContext(async (context) => {
    const verdict = await judgeTyped(context, typed, options.as);
    const rows = explanationRows(verdict, typed);
    const format = formatOf(options);
    if (format === 'table') {
      print(rows.map(lineOf), format, COLUMNS, '');
      ['', conclusionOf(verdict)].forEach(writeLine);
    } else print(rows as readonly Row[], format, {}, '');
    if (!verdict.allowed) process.exitCode = EXIT.notAllowed;
  });

// It must pass the rule `reason`. Nobody reads it, because the output never contains the text of a reason.
const ASSUMED_REASON = 'assumed';

async function judgeTyped(context: Context, typed: TypedRequest, as: string | undefined): Promise<Verdict> {
  const { ledger, policy } = context.deps;
  const { person } = await whoActs(context, as);
  return policy.judge({
    person,
    entitlement: typed.entitlement,
    length: typed.length,
    reason: typed.reason ?? ASSUMED_REASON,
    reasonHash: '',
    openRequests: await ledger.countOpenRequests(person),
  });
}

/** The result of each rule and stage as a row. When no reason was typed, the row of the rule `reason` says so. */
export const explanationRows = (
  verdict: Verdict,
  { reason }: Pick<TypedRequest, 'reason'>,
): readonly Explanation[] =>
  explain(verdict).map((each) =>
    each.rule === 'reason' && each.verdict === 'pass' && reason === undefined
      ? { ...each, saw: 'No reason was typed. A valid one is assumed.' }
      : each,
  );

const COLUMNS = { verdict: 'VERDICT', rule: 'RULE', wanted: 'WANTED', saw: 'SAW' };

const lineOf = ({ verdict, rule, stage, wanted, saw }: Explanation) => ({
  verdict,
  rule: stage === null ? rule : `  stage ${stage}`,
  wanted,
  saw,
});

/** The last line of the table: the same sentence that the requester would read. */
export const conclusionOf = (verdict: Verdict): string =>
  verdict.allowed
    ? 'Allowed. The request would wait for its approvers.'
    : `Refused (${verdict.refusal.code}). ${terminalText(refusalPhrase(verdict.refusal, 'request'))}`;
