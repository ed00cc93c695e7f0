import type { LogLedger } from '../ledger/index.ts';

/** Looks for rows that answers could have and the log does not, beside the entries `from` to `to`, without `to`. Returns a sentence for each. */
export async function examineRows(
  ledger: Pick<LogLedger, 'strayRows'>,
  from: number,
  to: number,
): Promise<readonly string[]> {
  const { unnumbered, shared } = await ledger.strayRows({ from, to });
  return [
    ...unnumbered.map((name) => `the row "${name}" has no number of the log, so the log will never have it`),
    ...shared.map(
      (names) =>
        `the rows ${names.map((name) => `"${name}"`).join(' and ')} have one number, so the log has one of them`,
    ),
  ];
}
