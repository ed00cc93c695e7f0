import { TREE_RULES } from '../../../audit/tree/rules.ts';
import type { Ledger, NumberedRow } from '../../../ledger/index.ts';

export const LOG_NAME = 'log.example/test';

/** Adds everything to the log that is committed. Returns the rows that were added, in the order of the log. */
export async function sequenceAll(
  ledger: Ledger,
  name = LOG_NAME,
  most = 1000,
): Promise<readonly NumberedRow[]> {
  const added: NumberedRow[] = [];
  for (;;) {
    const pass = await ledger.sequence({ name, most, rules: TREE_RULES });
    if (!pass) continue;
    if (pass.rows.length === 0) return added;
    added.push(...pass.rows);
  }
}
