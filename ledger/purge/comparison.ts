import { createHash } from 'node:crypto';
import { no, ok, type Result } from '../../core/result.ts';
import { type LogRow, ROW } from '../log/rows.ts';
import type { Db } from '../pool.ts';
import { eventsIn, type Leaving } from './partitions.ts';
import type { PurgeRefusal } from './refusals.ts';

const AT_ONCE = 2_000;

/** What leaves. `digest` is the SHA-256, in hex, of a line for each entry: its index, a space, and its hash in base64. */
export type ExportComparison = Readonly<{ entries: number; digest: string }>;

type LeavingRow = LogRow & Readonly<{ index: number; leaf: Buffer | null }>;

/** Compares each event that leaves with the hash in the tree and with the export, in constant memory. */
export async function compareWithExport(
  db: Db,
  leaving: Leaving,
  {
    hashOf,
    isExported,
  }: Readonly<{
    hashOf(row: LogRow): Buffer;
    isExported(index: number, hash: Buffer): Promise<boolean>;
  }>,
): Promise<Result<ExportComparison, PurgeRefusal>> {
  await db.query(
    `declare leaving no scroll cursor for
     select x.index, ${ROW}, substr(t.hashes, (x.index % 256 * 32 + 1)::integer, 32) as leaf
       from (select log_id, 'event' as type, request_id || '/' || seq as id, at, body, step, via from ${eventsIn(leaving)} event) e
       join log_entry x using (log_id) left join log_tile t on t.level = 0 and t.n = x.index / 256
      order by x.index`,
  );
  const digest = createHash('sha256');
  let entries = 0;
  for (;;) {
    const { rows } = await db.query<LeavingRow>(`fetch ${AT_ONCE} from leaving`);
    for (const { index, leaf, ...row } of rows) {
      const hash = hashOf(row);
      if (!leaf?.equals(hash)) return no({ kind: 'altered', index });
      if (!(await isExported(index, hash))) return no({ kind: 'not-exported', index });
      digest.update(`${index} ${hash.toString('base64')}\n`);
      entries += 1;
    }
    if (rows.length < AT_ONCE) break;
  }
  await db.query('close leaving');
  return ok({ entries, digest: digest.digest('hex') });
}
