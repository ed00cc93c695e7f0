import { Command } from 'commander';
import { addOutputOptions, formatOf, type OutputOptions, print } from '../terminal/output.ts';
import { EXIT } from '../terminal/exit.ts';

/** `curfew doctor`: checks every part, and lists the accesses that should have been revoked already. */
export const doctorCommand = (): Command =>
  addOutputOptions(
    new Command('doctor').description('check every part, and list what is wrong and what is overdue'),
  )
    .addHelpText(
      'after',
      `
  curfew doctor
  curfew doctor --json

The exit code is 1 when a part is broken. It is 0 when there are only warnings and notes.`,
    )
    .action(async (options: OutputOptions) => {
      const [{ withEverything }, { examine }] = [
        await import('../terminal/context.ts'),
        await import('../../app/doctor.ts'),
      ];
      await withEverything(async (context) => {
        const findings = await examine(context);
        print(findings, formatOf(options), { state: 'STATE', part: 'PART', what: 'WHAT' }, '');
        if (findings.some(({ state }) => state === 'broken')) process.exitCode = EXIT.failed;
      });
    });
