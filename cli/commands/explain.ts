import { Command } from 'commander';
import type { ExplainOptions } from '../actions/explain.ts';
import { AS_HELP, AS_OPTION } from '../terminal/as-option.ts';
import { addOutputOptions } from '../terminal/output.ts';

/** `curfew explain <entitlement> <length> [reason…]` */
export const explainCommand = (): Command =>
  addOutputOptions(
    new Command('explain')
      .description('show what each rule of the policy says about a request, without requesting')
      .argument('<entitlement>', 'an id or synonym of the catalogue, such as orders-db')
      .argument('<length>', 'the length of the access: 90m, 2h30m, 1d')
      .argument('[reason...]', 'the reason; without it a valid one is assumed')
      .option(...AS_OPTION),
  )
    .addHelpText(
      'after',
      `\nExit code 0 when the request is allowed, 4 when it is refused.\n\n  curfew explain orders-db 2h --as ana\n  curfew explain orders-db 2h --as ana --output jsonl | jq .saw\n${AS_HELP}`,
    )
    .action(async (entitlement: string, length: string, words: readonly string[], options: ExplainOptions) =>
      (await import('../actions/explain.ts')).runExplain(
        { entitlement, length, reason: words.length > 0 ? words.join(' ') : undefined },
        options,
      ),
    );
