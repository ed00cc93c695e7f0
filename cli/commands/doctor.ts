import { Command } from 'commander';
import { withContext } from '../terminal/context.ts';
import { EXIT } from '../terminal/exit.ts';
import { type Format, outputOption, print } from '../terminal/output.ts';

/** `curfew doctor`: checks every part, and lists the accesses that should have been revoked already. */
export const doctorCommand = (): Command =>
  new Command('doctor')
    .description('check every part, and list what is wrong and what is overdue')
    .addOption(outputOption())
    .addHelpText(
      'after',
      `
  curfew doctor
  curfew doctor --output json

The exit code is 1 when a part is broken. It is 0 when there are only warnings and notes.`,
    )
    .action(({ output }: { output: Format }) =>
      withContext(async (context) => {
        const { examine } = await import('../../app/doctor.ts');
        const findings = await examine(context);
        print(findings, output, { state: 'STATE', part: 'PART', what: 'WHAT' }, '');
        if (findings.some(({ state }) => state === 'broken')) process.exitCode = EXIT.failed;
      }),
    );
