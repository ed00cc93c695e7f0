import { Command } from 'commander';
import type { PasswordOptions } from '../actions/password.ts';
import { AS_HELP, AS_OPTION } from '../terminal/as-option.ts';

/** `curfew password <request>` */
export const passwordCommand = (): Command =>
  new Command('password')
    .description('show the password of your access, once')
    .argument('<request>', 'the id of the request, or its last letters')
    .option('--print', 'write the password to the output, also when this is a file or another program')
    .option(...AS_OPTION)
    .addHelpText(
      'after',
      `
Only the requester can see it, at the command line or in Slack, and only once: then it is erased. On a terminal it is
shown on a screen of its own, and is gone when you press Enter.

  curfew password 8n0p4x7q
  psql "$(curfew password 8n0p4x7q --print)"
${AS_HELP}`,
    )
    .action(async (text: string, options: PasswordOptions) =>
      (await import('../actions/password.ts')).runPassword(text, options),
    );
