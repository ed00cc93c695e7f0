import { Command } from 'commander';
import type { EndQuarantineOptions } from '../actions/quarantine.ts';
import { AS_HELP, AS_OPTION } from '../terminal/as-option.ts';
import { addOutputOptions, type OutputOptions } from '../terminal/output.ts';

/** `curfew quarantine`, which is short for `curfew quarantine show`, and `curfew quarantine end`. */
export const quarantineCommand = (): Command =>
  new Command('quarantine')
    .description('after the ledger was restored: show what it lost, and end the quarantine')
    .addCommand(showCommand(), { isDefault: true })
    .addCommand(endCommand());

const showCommand = (): Command =>
  addOutputOptions(
    new Command('show').description('show each lease of which the manifest knows more than the ledger'),
  )
    .addHelpText(
      'after',
      `
When the manifest shows that the ledger was restored from an older state, nothing is granted or extended until a security
person has seen this plan. Access ends on time meanwhile, and a later end that the manifest has counts.

  curfew quarantine
  curfew quarantine --json`,
    )
    .action(async (options: OutputOptions) =>
      (await import('../actions/quarantine.ts')).showQuarantine(options),
    );

const endCommand = (): Command =>
  new Command('end')
    .description('show the plan, ask once more, and end the quarantine')
    .option('--digest <digest>', 'end it without a question, for the plan that has this digest')
    .option(...AS_OPTION)
    .addHelpText(
      'after',
      `
Who, when and the digest of the plan are recorded. The later ends of the manifest are the ends from then on. Where nobody can
answer, it shows the plan with its digest, and ends with the exit code 2. Give the digest back to end the quarantine.

  curfew quarantine end
  curfew quarantine end --digest 5f0c…
${AS_HELP}`,
    )
    .action(async (options: EndQuarantineOptions) =>
      (await import('../actions/quarantine.ts')).runEndQuarantine(options),
    );
