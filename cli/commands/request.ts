import { Command } from 'commander';
import { AS_HELP, AS_OPTION } from '../terminal/as-option.ts';

/** `curfew request <entitlement> <length> <reason…>` */
export const requestCommand = (): Command =>
  new Command('request')
    .description('request access')
    .argument('<entitlement>', 'an id or synonym in the catalogue, such as orders-db')
    .argument('<length>', 'for how long: 90m, 2h30m, 1d')
    .argument('<reason...>', 'why you need the access')
    .option(...AS_OPTION)
    .addHelpText('after', `\n  curfew request orders-db 2h incident 4312 --as ana\n${AS_HELP}`)
    .action(async (entitlement: string, length: string, reason: readonly string[], { as }: { as?: string }) =>
      (await import('../actions/request.ts')).runRequest(
        { entitlement, length, reason: reason.join(' ') },
        as,
      ),
    );
