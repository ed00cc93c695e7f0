import { incompleteBefore, numberLines, numbersOf, wholePeriod } from '../../audit/questions/index.ts';
import { isTimeZone } from '../../core/local-time.ts';
import { CommandError } from '../terminal/exit.ts';
import { endIfTyped, momentIfTyped } from '../terminal/moments.ts';
import { formatOf, type OutputOptions, print } from '../terminal/output.ts';
import { sayNotWhole } from '../terminal/print-answer.ts';
import { withAuditLedger } from '../terminal/reading-context.ts';

export type NumbersOptions = OutputOptions & Readonly<{ from?: string; to?: string; zone: string }>;

const COLUMNS = { table: 'TABLE', row: 'ROW', measure: 'MEASURE', value: 'VALUE', unit: 'UNIT' };

/** `curfew audit numbers` */
export const runAuditNumbers = (options: NumbersOptions): Promise<void> =>
  withAuditLedger(async ({ ledger }) => {
    const now = await ledger.now();
    const [from, to] = [momentIfTyped(options.from, now), endIfTyped(options.to, now)];
    const period = wholePeriod({ from, to }, now);
    if (!period.ok) throw new CommandError('usage', period.error);
    const { zone } = options;
    if (!isTimeZone(zone))
      throw new CommandError('usage', `"${zone}" is not a time zone. Write it like Europe/Lisbon.`);
    const numbers = await numbersOf(ledger, { ...period.value, zone });
    const purged = await incompleteBefore(ledger);
    if (purged !== undefined && period.value.from < purged) sayNotWhole(purged);
    print(numberLines(numbers), formatOf(options), COLUMNS, '');
  });
