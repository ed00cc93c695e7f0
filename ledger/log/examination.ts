import type { Instant } from '../../core/ids.ts';
import { type Db, toInstant } from '../pool.ts';
import { quarantineForLog } from './checkpoints.ts';

/**
 * How far the examination of the log is. The pass ends at the checkpoint of `size` entries; 0 between two passes. The entries before `next` and
 * the access of leases up to `leaseAfter` are examined. `differences`: how many this pass has found.
 */
export type Examination = Readonly<{
  log: string | null;
  size: number;
  next: number;
  leaseAfter: string;
  differences: number;
}>;

/** A step that was done. `pauseMs` milliseconds later the next one is due. `isLast`: the pass is over with it. */
export type ExaminedStep = Readonly<{ now: Examination; pauseMs: number; isLast: boolean }>;

/** The last whole examination. `endedAt` is undefined before the first one ended. `days` is how often the sequencer makes one. */
export type LastExamination = Readonly<{
  since: Instant;
  endedAt?: Instant;
  found: number;
  days: number;
}>;

/**
 * A row of the answers about access that is not what the events say. `wrong` has the columns that differ, or only `missing` or `unknown`. `print`
 * is the beginning of the hash of the row.
 */
export type AlteredAccess = Readonly<{ lease: string; wrong: readonly string[]; print: string }>;

/**
 * Takes the next step, which another process can take `forMs` milliseconds later. Undefined while none is due, and in a quarantine. `days`: how often
 * the whole log is examined.
 */
export async function claimExamination(
  db: Db,
  { days, forMs }: Readonly<{ days: number; forMs: number }>,
): Promise<Examination | undefined> {
  const { rows } = await db.query<Examination>(
    `update log_examination set due_at = ledger_now() + $2 * interval '1 millisecond', every_days = $1
      where due_at <= ledger_now() and not exists (select from quarantine where ended_at is null)
     returning log, size, next, lease_after as "leaseAfter", differences`,
    [days, forMs],
  );
  return rows[0];
}

/** Stores a step, unless another process did it meanwhile. */
export async function saveExamination(
  db: Db,
  before: Examination,
  { now: { log, size, next, leaseAfter, differences }, pauseMs, isLast }: ExaminedStep,
): Promise<void> {
  const kept = isLast
    ? { size: 0, next: 0, leaseAfter: '', differences: 0 }
    : { size, next, leaseAfter, differences };
  await db.query(
    `update log_examination set log = $1, size = $2, next = $3, lease_after = $4, differences = $5,
            due_at = ledger_now() + $6 * interval '1 millisecond',
            ended_at = case when $7 then ledger_now() else ended_at end, found = case when $7 then $8 else found end
      where log is not distinct from $9 and next = $10 and lease_after = $11`,
    [
      ...[log, kept.size, kept.next, kept.leaseAfter, kept.differences],
      ...[pauseMs, isLast, differences],
      ...[before.log, before.next, before.leaseAfter],
    ],
  );
}

export async function lastExamination(db: Db): Promise<LastExamination> {
  const { rows } = await db.query<{ since: Date; endedAt: Date | null; found: number; days: number }>(
    'select since, ended_at as "endedAt", found, every_days as days from log_examination',
  );
  const [row] = rows;
  if (!row) throw new Error('the row of the examination of the log is missing');
  const { since, endedAt, ...rest } = row;
  return { ...rest, since: toInstant(since), ...(endedAt && { endedAt: toInstant(endedAt) }) };
}

/** Up to `most` leases after this one that are in the answers about access. */
export async function leasesWithAccess(db: Db, after: string, most: number): Promise<readonly string[]> {
  const { rows } = await db.query<{ lease: string }>('select lease from leases_with_access($1, $2) lease', [
    after,
    most,
  ]);
  return rows.map(({ lease }) => lease);
}

/** The rows of the answers that are not what the events say, of these leases and of every lease of these requests. */
export async function alteredAccess(
  db: Db,
  requests: readonly string[],
  leases: readonly string[],
): Promise<readonly AlteredAccess[]> {
  const { rows } = await db.query<AlteredAccess>(
    'select lease_id as lease, wrong, print from altered_access($1, $2)',
    [requests, leases],
  );
  return rows;
}

/** A reason names so many differences. The next pass names the others. */
const MOST_NAMED = 5;

/**
 * Begins a quarantine for those of these differences for which there never was one. An entry of the log keeps each quarantine, so nobody hides a
 * difference with one that was never there.
 */
export async function quarantineForDifferences(db: Db, differences: readonly string[]): Promise<void> {
  const { rows } = await db.query<{ difference: string }>(
    `select difference from unnest($1::text[]) with ordinality as found (difference, place)
      where not exists (select from quarantine where position(difference in reason) > 0) order by place`,
    [differences],
  );
  if (rows.length === 0) return;
  const named = rows.slice(0, MOST_NAMED).map(({ difference }) => difference);
  const more = rows.length > MOST_NAMED ? `; and ${rows.length - MOST_NAMED} more` : '';
  await quarantineForLog(
    db,
    `the examination of the log found that somebody changed the database: ${named.join('; ')}${more}`,
  );
}
