import type { Instant } from '../../core/ids.ts';
import { type Db, toInstant } from '../pool.ts';

/** How far a stream is: its sink has every record of the log before `next`. `problem`: why the last attempt failed. */
export type Stream = Readonly<{
  sink: string;
  log: string;
  next: number;
  problem: string | null;
  sentAt: Instant | null;
  /** Until when one process may send. In the past, when none does. */
  claimedUntil: Instant;
}>;

/** `by` names the process, and is new each time it starts. `forMs` milliseconds after its last claim, another process may claim the stream. */
export type StreamClaim = Readonly<{ sink: string; log: string; by: string; forMs: number }>;

/** The index after the purged entries. */
const FIRST_INDEX = '(select coalesce(max(index) + 1, 0) from purged_entry)';

/**
 * Returns the index of the next record, or undefined while another process sends. A new log begins with its first entry. A sink that has not
 * got purged entries goes on after the last of them.
 */
export async function claimStream(
  db: Db,
  { sink, log, by, forMs }: StreamClaim,
): Promise<number | undefined> {
  const { rows } = await db.query<{ next: number }>(
    `insert into log_stream as s (sink, log, next, claimed_by, claimed_until)
     values ($1, $2, ${FIRST_INDEX}, $3, ledger_now() + $4 * interval '1 millisecond')
     on conflict (sink) do update set log = excluded.log, next = case when s.log = excluded.log then greatest(s.next, excluded.next) else excluded.next end,
       claimed_by = excluded.claimed_by, claimed_until = excluded.claimed_until
     where s.claimed_by = excluded.claimed_by or s.claimed_until <= ledger_now()
     returning s.next`,
    [sink, log, by, forMs],
  );
  return rows[0]?.next;
}

/** Records that a stream has every record before `next`. It changes nothing when another process claimed it meanwhile. */
export async function recordSent(db: Db, { sink, log, by }: StreamClaim, next: number): Promise<void> {
  await db.query(
    `update log_stream set next = $4, sent_at = ledger_now(), problem = null
      where sink = $1 and log = $2 and claimed_by = $3 and next <= $4`,
    [sink, log, by, next],
  );
}

/** Notes why an attempt failed, also before the first claim, unless another process sends. It claims nothing. Run it in one transaction. */
export async function recordSendFailure(db: Db, claim: StreamClaim, problem: string): Promise<void> {
  const { sink, log, by } = claim;
  await db.query(
    `insert into log_stream (sink, log, next, claimed_by, claimed_until) values ($1, $2, ${FIRST_INDEX}, $3, ledger_now())
     on conflict do nothing`,
    [sink, log, by],
  );
  await db.query(
    'update log_stream set problem = $3 where sink = $1 and (claimed_by = $2 or claimed_until <= ledger_now())',
    [sink, by, problem],
  );
}

/** Lets another process claim the stream at once. */
export async function releaseStream(db: Db, { sink, by }: StreamClaim): Promise<void> {
  await db.query('update log_stream set claimed_until = ledger_now() where sink = $1 and claimed_by = $2', [
    sink,
    by,
  ]);
}

export async function streams(db: Db): Promise<readonly Stream[]> {
  const { rows } = await db.query<
    Omit<Stream, 'sentAt' | 'claimedUntil'> & { sentAt: Date | null; claimedUntil: Date }
  >(
    `select sink, log, next, problem, sent_at as "sentAt", claimed_until as "claimedUntil" from log_stream order by sink`,
  );
  return rows.map(({ sentAt, claimedUntil, ...row }) => ({
    ...row,
    sentAt: sentAt && toInstant(sentAt),
    claimedUntil: toInstant(claimedUntil),
  }));
}
