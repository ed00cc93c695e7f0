import type { LogLedger } from '../../ledger/index.ts';
import { readEntry, tileReader } from '../log-reader.ts';
import { leafHash } from '../tree/hash.ts';
import { type Activity, activityOf } from './activity.ts';
import { factsIn, jsonOf } from './facts.ts';

/** The activities of one request that the log has, in their order. Throws `LogAltered` when an entry is not what the log has. */
export async function requestActivities(
  ledger: Pick<LogLedger, 'entriesOfRequest' | 'readLogTile' | 'logProgress'>,
  request: string,
): Promise<readonly Activity[]> {
  const { name } = await ledger.logProgress();
  const read = tileReader(ledger);
  const entries: Readonly<{ index: number; leaf: string; json: unknown }>[] = [];
  for (const { index, ...row } of await ledger.entriesOfRequest(request)) {
    if (index === null) continue;
    const entry = await readEntry(row, index, read);
    entries.push({ index, leaf: leafHash(entry.bytes).toString('hex'), json: jsonOf(entry) });
  }
  const facts = factsIn(entries.map(({ json }) => json));
  return entries.map(({ index, leaf, json }) =>
    activityOf(json, { log: name ?? '', index, leafHash: leaf }, facts),
  );
}
