import { Command, InvalidArgumentError, Option } from 'commander';
import type { FastOptions, PeriodOptions } from '../../actions/audit-lists.ts';
import { addAnswerOptions, addPeriodOptions } from './options.ts';

/** `curfew audit approvals [person]` */
export const approvalsCommand = (): Command =>
  addAnswerOptions(
    addPeriodOptions(
      new Command('approvals')
        .description('everything that was approved, or that a person approved')
        .argument('[person]', 'the id of a person, also of one who left'),
    ),
  )
    .addHelpText('after', '\n  curfew audit approvals bo --from "30d ago"')
    .action(async (person: string | undefined, options: PeriodOptions) =>
      (await import('../../actions/audit-lists.ts')).runAuditApprovals(person, options),
    );

/** `curfew audit fast` */
export const fastCommand = (): Command =>
  addAnswerOptions(
    addPeriodOptions(
      new Command('fast')
        .description('everything that was approved in less than some seconds')
        .addOption(
          new Option('--under <seconds>', 'in less than this: 10s, or 2m')
            .argParser(parseSeconds)
            .default(10, '10s'),
        ),
    ),
  )
    .addHelpText('after', '\n  curfew audit fast --under 5s')
    .action(async (options: FastOptions) =>
      (await import('../../actions/audit-lists.ts')).runAuditFast(options),
    );

/** `curfew audit pairs` */
export const pairsCommand = (): Command =>
  addAnswerOptions(
    new Command('pairs').description('pairs of people who approved requests or extensions of each other'),
  ).action(async (options: PeriodOptions) =>
    (await import('../../actions/audit-lists.ts')).runAuditPairs(options),
  );

const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

/** Reads a number of seconds: 10, 10s, 2m or 1h. */
export function parseSeconds(text: string): number {
  const [, amount, unit = 's'] = /^(\d{1,6}(?:\.\d{1,3})?)\s*(s|m|h)?$/i.exec(text.trim()) ?? [];
  if (amount === undefined) throw new InvalidArgumentError('The value is a time such as 10s or 2m.');
  return Number(amount) * (UNIT_SECONDS[unit.toLowerCase()] ?? 1);
}
