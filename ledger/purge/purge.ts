import { randomUUID } from 'node:crypto';
import type { Instant } from '../../core/ids.ts';
import { no, ok, type Result } from '../../core/result.ts';
import { asOwner } from '../as-owner.ts';
import type { LogRow } from '../log/rows.ts';
import type { Db } from '../pool.ts';
import { compareWithExport } from './comparison.ts';
import { eventsIn, type Leaving, listRequests, partitionsBefore } from './partitions.ts';
import { type PurgeRefusal, whyNotYet } from './refusals.ts';
import { deleteRequests, dropPartitions, TrailBusy, TrailChanged } from './rows.ts';

/** What is purged: the requests that were made before this time. `by` is a login of the operating system. */
export type Purge = Readonly<{
  before: Instant;
  by: string;
  /** The export has the published checkpoint of this size. */
  exportSize: number;
  /** The names of places and streams that may stay without the purged entries. */
  without: readonly string[];
  /** The hash of the entry of a row. */
  hashOf(row: LogRow): Buffer;
  /** Whether the export has the entry with this hash at this index. It is called in the order of the indices. */
  isExported(index: number, hash: Buffer): Promise<boolean>;
}>;

/** What a purge removed: the requests that were made before `before`, and how many entries of the log have only their hash now. */
export type PurgeEntry = Readonly<{ id: string; before: Instant; requests: number; entries: number }>;

/**
 * Removes the partitions of the trail that end at `before` or earlier, and everything of their requests, as the owner of the tables. They
 * leave only when a published checkpoint covers every event in them, and when the export has each of these entries. A row of the log
 * says what left. Nothing is changed when it is refused.
 */
export const purge = (url: string, wanted: Purge): Promise<Result<PurgeEntry, PurgeRefusal>> =>
  asOwner(url, async (owner) => {
    const found = await partitionsBefore(owner, wanted.before);
    if (!found.ok) return found;
    const leaving = found.value;
    const requests = await listRequests(owner, leaving);
    const refusal = await whyNotYet(owner, leaving, wanted);
    if (refusal) return no(refusal);
    const compared = await compareWithExport(owner, leaving, wanted);
    if (!compared.ok) return compared;
    const purged = { id: randomUUID(), before: leaving.before, requests, ...compared.value };
    await recordPurge(owner, leaving, { ...wanted, ...purged });
    await deleteRequests(owner);
    await dropPartitions(owner, leaving, purged.entries);
    return ok(purged);
  }).catch((error: unknown) => {
    if (error instanceof TrailChanged) return no({ kind: 'changed' });
    if (error instanceof TrailBusy) return no({ kind: 'busy' });
    throw error;
  });

async function recordPurge(
  owner: Db,
  leaving: Leaving,
  {
    id,
    requests,
    entries,
    digest,
    exportSize,
    by,
  }: PurgeEntry & Readonly<{ digest: string }> & Pick<Purge, 'exportSize' | 'by'>,
): Promise<void> {
  await owner.query(
    `insert into purge (id, before_at, requests, entries, digest, export_size, purged_by)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [id, new Date(leaving.before), requests, entries, digest, exportSize, by],
  );
  const { rowCount } = await owner.query(
    `insert into purged_entry (index, purge) select x.index, $1 from ${eventsIn(leaving)} e join log_entry x using (log_id)`,
    [id],
  );
  if (rowCount !== entries) throw new TrailChanged('an event was recorded meanwhile');
}
