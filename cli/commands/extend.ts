import { Command } from 'commander';
import { AS_HELP, AS_OPTION } from '../terminal/as-option.ts';

/** `curfew extend <request> <length> <reason…>` */
export const extendCommand = (): Command =>
  new Command('extend')
    .description('request a later end of your own access')
    .argument('<request>', 'the id of the request, or its last letters')
    .argument('<length>', 'how much longer: 30m, 2h')
    .argument('<reason...>', 'why you need it longer')
    .option(...AS_OPTION)
    .addHelpText('after', `\n  curfew extend 6n8p0 1h the restore takes longer --as ana\n${AS_HELP}`)
    .action(async (text: string, length: string, reason: readonly string[], { as }: { as?: string }) =>
      (await import('../actions/extend.ts')).runExtend(text, { length, reason: reason.join(' ') }, as),
    );
