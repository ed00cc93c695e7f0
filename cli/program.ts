import { Command } from 'commander';
import { auditCommand } from './commands/audit.ts';
import { answerCommands, requestCommand } from './commands/request.ts';
import { demoCommand } from './commands/demo.ts';
import { doctorCommand } from './commands/doctor.ts';
import { extendCommand } from './commands/extend.ts';
import { explainCommand } from './commands/explain.ts';
import { listCommand } from './commands/list.ts';
import { migrateCommand } from './commands/migrate.ts';
import { upCommand } from './commands/up.ts';
import { EXIT } from './terminal/exit.ts';

/** The command `curfew` with all its commands. Wrong usage ends the process. */
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
    ...answerCommands(),
    extendCommand(),
    explainCommand(),
    listCommand(),
    auditCommand(),
    doctorCommand(),
  ]) {
    program.addCommand(command.copyInheritedSettings(program));
    for (const inner of command.commands) inner.copyInheritedSettings(program);
  }
  return program;
}
