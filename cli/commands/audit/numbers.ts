import { Command } from 'commander';
import type { NumbersOptions } from '../../actions/audit-numbers.ts';
import { addOutputOptions } from '../../terminal/output.ts';
import { addPeriodOptions } from './options.ts';

/** `curfew audit numbers` */
export const numbersCommand = (): Command =>
  addOutputOptions(
    addPeriodOptions(
      new Command('numbers').description(
        'numbers of a time: decisions, grants, lengths, use, refusals, overstays, requests',
      ),
    ).option('--zone <zone>', 'the time zone of the days, such as Europe/Lisbon', 'UTC'),
  ).action(async (options: NumbersOptions) =>
    (await import('../../actions/audit-numbers.ts')).runAuditNumbers(options),
  );
