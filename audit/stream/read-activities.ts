import type { LogLedger } from '../../ledger/index.ts';
import { readEntries } from '../log-reader.ts';
import { leafHash } from '../tree/hash.ts';
import { type Activity, activityOf } from './activity.ts';
import { accessFacts, jsonOf, NO_FACTS, requestOf } from './facts.ts';

/** The activities of the entries `from` to `to`, without `to`. Throws `LogAltered` when one is not what the log has. */
export async function readActivities(
  ledger: Pick<LogLedger, 'rowsOfEntries' | 'readLogTile' | 'accessEntries'>,
  log: string,
  from: number,
  to: number,
): Promise<readonly Activity[]> {
  const entries = await readEntries(ledger, from, to);
  const parsed = entries.map(jsonOf);
  const requests = [...new Set(parsed.flatMap((entry) => requestOf(entry) ?? []))];
  const facts = await accessFacts(ledger, requests);
  return parsed.map((entry, at) => {
    const bytes = entries[at]?.bytes ?? Buffer.alloc(0);
    const place = { log, index: from + at, leafHash: leafHash(bytes).toString('hex') };
    return activityOf(entry, place, facts.get(requestOf(entry) ?? '') ?? NO_FACTS);
  });
}
