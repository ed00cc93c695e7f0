import { Command } from 'commander';
import { explain, type Explanation, type Verdict } from '../../policy/index.ts';
import { refusalPhrase } from '../../wording/refusals.ts';
import { AS_HELP, whoActs } from '../terminal/caller.ts';
import { type Context, withContext } from '../terminal/context.ts';
import { EXIT } from '../terminal/exit.ts';
import { type Format, outputOption, print } from '../terminal/output.ts';
import { terminalText } from '../terminal/phrase.ts';

type Options = Readonly<{ as?: string; output: Format }>;
type Typed = Readonly<{ entitlement: string; length: string; reason: string | undefined }>;

/** `curfew explain <entitlement> <length> [reason…]` */
export const explainCommand = (): Command =>
  new Command('explain')
    .description('show what each rule of the policy says about a request, without requesting')
    .argument('<entitlement>', 'an id or synonym of the catalogue, such as orders-db')
    .argument('<length>', 'the length of the access: 90m, 2h30m, 1d')
    .argument('[reason...]', 'the reason; without it a valid one is assumed')
    .option('--as <person>', 'act as this person (sandbox only)')
    .addOption(outputOption())
    .addHelpText(
      'after',
      `\nExit code 0 when the request is allowed, 4 when it is refused.\n\n  curfew explain orders-db 2h --as ana\n  curfew explain orders-db 2h --as ana --output jsonl | jq .saw\n${AS_HELP}`,
    )
    .action((entitlement: string, length: string, words: readonly string[], { as, output }: Options) =>
      withContext(async (context) => {
        const reason = words.length > 0 ? words.join(' ') : undefined;
        const typed = { entitlement, length, reason };
        const verdict = await judgeTyped(context, typed, as);
        const rows = explanationRows(verdict, typed);
        if (output === 'table') {
          print(rows.map(lineOf), output, COLUMNS, '');
          console.log(`\n${conclusionOf(verdict)}`);
        } else print(rows, output, {}, '');
        if (!verdict.allowed) process.exitCode = EXIT.notAllowed;
      }),
    );

// It must pass the rule `reason`. Nobody reads it, because the output never contains the text of a reason.
const ASSUMED_REASON = 'assumed';

async function judgeTyped(context: Context, typed: Typed, as: string | undefined): Promise<Verdict> {
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
  { reason }: Pick<Typed, 'reason'>,
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
