import { Command } from 'commander';
import { AS_HELP, AS_OPTION } from '../terminal/as-option.ts';
import { addOutputOptions, type OutputOptions } from '../terminal/output.ts';

/** `curfew locks list` and `curfew locks lift <lock>` */
export function locksCommand(): Command {
  const locks = new Command('locks').description(
    'the locks that follow when everything of a scope is ended: list and lift them',
  );
  addOutputOptions(locks.command('list', { isDefault: true }))
    .description('what is locked, by whom and why, who lifted it so far, and who can lift it')
    .addHelpText('after', '\n  curfew locks\n  curfew locks --json')
    .action(async (options: OutputOptions) => (await import('../actions/locks.ts')).runLocks(options));
  locks
    .command('lift')
    .description('lift a lock: it holds until as many security people have lifted it as it needs')
    .argument('<lock>', 'the id of the lock, or its last letters')
    .option(...AS_OPTION)
    .addHelpText('after', `\n  curfew locks lift 6n8p0 --as sam\n${AS_HELP}`)
    .action(async (text: string, { as }: { as?: string }) =>
      (await import('../actions/locks.ts')).runLift(text, as),
    );
  return locks;
}
