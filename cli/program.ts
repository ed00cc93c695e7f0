import { Command } from 'commander';
import { answerCommands } from './commands/answer.ts';
import { approveCommand } from './commands/approve.ts';
import { auditCommand } from './commands/audit.ts';
import { completeCommand, completionCommand } from './commands/completion.ts';
import { demoCommand } from './commands/demo.ts';
import { doctorCommand } from './commands/doctor.ts';
import { extendCommand } from './commands/extend.ts';
import { explainCommand } from './commands/explain.ts';
import { listCommand } from './commands/list.ts';
import { migrateCommand } from './commands/migrate.ts';
import { passwordCommand } from './commands/password.ts';
import { quarantineCommand } from './commands/quarantine.ts';
import { reapCommand } from './commands/reap.ts';
import { requestCommand } from './commands/request.ts';
import { upCommand } from './commands/up.ts';
import { EXIT } from './terminal/exit.ts';

/**
 * The command `curfew` with all its commands. Wrong usage ends the process. A command loads what it needs when it runs, so
 * that help, completion and errors of usage appear at once.
 */
export function createProgram(): Command {
  const program = new Command('curfew')
    .description('Just-in-time access: requested in Slack, approved by the right people, revoked on time.')
    .version('0.1.0')
    .showHelpAfterError('(--help shows the arguments and options)')
    .addHelpText(
      'after',
      `
Exit codes: 0 done (also when there was nothing to do), 1 failed, 2 wrong usage or settings,
3 not found, 4 not allowed, 5 verification failed.

Settings are environment variables or lines of .env; .env.example lists them all.`,
    )
    .exitOverride((error) => {
      process.exit(error.exitCode === 0 ? EXIT.done : EXIT.usage);
    });

  for (const command of [
    demoCommand(),
    upCommand(),
    migrateCommand(),
    requestCommand(),
    approveCommand(),
    ...answerCommands(),
    extendCommand(),
    passwordCommand(),
    explainCommand(),
    listCommand(),
    auditCommand(),
    quarantineCommand(),
    doctorCommand(),
    reapCommand(),
    completionCommand(),
  ])
    add(program, command);
  add(
    program,
    completeCommand(() => program),
    { hidden: true },
  );
  return program;
}

/** Adds a command that ends the process in the same way as the program, and so do its inner commands. */
function add(program: Command, command: Command, options: { hidden?: true } = {}): void {
  program.addCommand(command.copyInheritedSettings(program), options);
  for (const inner of command.commands) inner.copyInheritedSettings(program);
}
