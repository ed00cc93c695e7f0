import { type Command, InvalidArgumentError, Option } from 'commander';
import { parseLimit } from '../../list/filter-options.ts';
import { addOutputOptions } from '../../terminal/output.ts';

/** `--at`, `--from`, `--to` and `--known-at`. The action reads them, because a moment such as 3h ago depends on the ledger's clock. */
export const addTimeOptions = (command: Command): Command =>
  command
    .addOption(
      new Option('--at <moment>', 'at this moment; without any of these options, now').conflicts([
        'from',
        'to',
      ]),
    )
    .option('--from <moment>', 'from this moment on')
    .option('--to <moment>', 'until this moment; without it, until now')
    .option('--known-at <moment>', 'answer with only what had been recorded at this moment');

/** `--from` and `--to`, for what happened in a period. */
export const addPeriodOptions = (command: Command): Command =>
  command
    .option('--from <moment>', 'only from this moment on: "2026-11-24 14:00", "yesterday", "30d ago"')
    .option('--to <moment>', 'only until this moment');

/** How much of the answer is printed, and how. */
export const addAnswerOptions = (command: Command): Command =>
  addOutputOptions(
    command
      .option(
        '-n, --limit <number>',
        'at most this many rows (1 to 500); a table has 50, the other formats have all',
        parseLimit,
      )
      .option('--after <row>', 'the next page: give what the page before it says after More', parseAfter),
  );

function parseAfter(text: string): string {
  if (/^\d{4}-\d{2}-\d{2}T[\d:.]+Z\/./.test(text)) return text;
  throw new InvalidArgumentError('The value is a row, as a page prints it after More.');
}
