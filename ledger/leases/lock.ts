import { randomUUID } from 'node:crypto';
import { Fault } from '../../core/faults.ts';
import { WAITS } from '../../core/waits.ts';
import type { Db } from '../pool.ts';
import { doubt, type Doubt, SET_DOUBT } from './verifications.ts';

/**
 * A lock that this process has. `fence` grows each time the lock is taken, and `owner` is new each time: after a failover
 * that lost the last commits, a fence may come again. `lost` says that somebody else took the lock, or that the time of
 * this work is over.
 */
export type HeldLock = Readonly<{
  key: string;
  fence: number;
  owner: string;
  /** True when the access was in doubt when the lock was taken: a change of Curfew itself may still be on its way. */
  isInDoubt: boolean;
  lost: AbortSignal;
  /**
   * Call this before each change at the provider. When the work fails after it, the access is verified. Throws when this
   * process knows that the lock is lost, because then no change may begin.
   */
  markWriting: () => void;
  /** Another lock that the same work has. */
  heldWith?: HeldLock;
}>;

type TakenLock = Pick<HeldLock, 'key' | 'fence' | 'owner' | 'isInDoubt'>;

/** After this time without a renewal, somebody else may take the lock: its owner was killed or is frozen. */
const LENGTH_MS = 10_000;
const RENEW_MS = 3_000;
/** A change that was sent and not answered may reach the provider within a minute. Whoever has the lock comes first. */
const UNANSWERED: Doubt = { afterMs: 5_000, lateMs: 60_000 };
const POLL_MS = 200;
const RELEASE_MS = 500;

/** Runs a statement on a connection of its own, so that no connection and no transaction stays open meanwhile. */
type Query = <T>(work: (db: Db) => Promise<T>) => Promise<T>;

/**
 * Runs `work` while no other process works on the same key (F16). There is one key for each account at each target. The
 * lock is a row with an end by the ledger's clock, which is renewed while `work` runs. A process that lost it cannot
 * record a receipt, because `assertHeld` compares the fence.
 */
export async function withLock<T>(
  query: Query,
  key: string,
  work: (lock: HeldLock) => Promise<T>,
): Promise<T> {
  const taken = await take(query, key);
  const lost = new AbortController();
  const renewing = setInterval(() => {
    query((db) => renew(db, taken)).then(
      (isHeld) => isHeld || lost.abort(new Fault('lock-lost', 'another process took over')),
      () => undefined, // While the ledger is unavailable, nobody else can take the lock.
    );
  }, RENEW_MS);
  let hasWritten = false;
  let isDoubtful = false;
  const release = (db: Db) => (isDoubtful ? endLockInDoubt(db, taken) : endLock(db, taken));
  try {
    const markWriting = (): void => {
      lost.signal.throwIfAborted();
      hasWritten = true;
    };
    return await endsInTime(work({ ...taken, lost: lost.signal, markWriting }), lost);
  } catch (error) {
    isDoubtful = hasWritten && !isSettled(error);
    throw error;
  } finally {
    clearInterval(renewing);
    await query(release).catch(() => void releaseLater(query, release));
  }
}

/**
 * While the ledger is unavailable, the lock cannot be released. It ends by itself, and sooner when the ledger is there again. The
 * statement that releases the lock also records the doubt. Whoever takes a lock that was not released records one too.
 */
async function releaseLater(query: Query, release: (db: Db) => Promise<unknown>): Promise<void> {
  for (let waitedMs = 0; waitedMs < LENGTH_MS; waitedMs += RELEASE_MS) {
    await pause(RELEASE_MS);
    const isReleased = await query(release).then(
      () => true,
      () => false,
    );
    if (isReleased) return;
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms).unref());

/** These faults are thrown only after everything that was written was revoked again. */
const isSettled = (error: unknown): boolean => error instanceof Fault && error.code === 'superseded';

/** A provider that ignores cancellation and never answers must not keep the lock, nor whoever waits for this work. */
async function endsInTime<T>(work: Promise<T>, lost: AbortController): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const overdue = new Promise<never>((_resolve, reject) => {
    const late = new Fault('provider-unavailable', 'the change did not end in time');
    timer = setTimeout(() => {
      lost.abort(late);
      reject(late);
    }, WAITS.underLock.ms);
  });
  return Promise.race([work, overdue]).finally(() => clearTimeout(timer));
}

/** Takes the lock. It tries again while another process has it. */
async function take(query: Query, key: string): Promise<TakenLock> {
  const until = performance.now() + WAITS.providerLock.ms;
  for (;;) {
    const taken = await query((db) => tryTake(db, key));
    if (taken) return taken;
    if (performance.now() > until)
      throw new Fault('provider-unavailable', 'an earlier change of the same access is still in progress');
    await pause(POLL_MS);
  }
}

/**
 * Returns the lock, or undefined while another process has it. An end that is later than a lock can last comes from a
 * clock that was ahead, so it does not count.
 */
async function tryTake(db: Db, key: string): Promise<TakenLock | undefined> {
  const owner = randomUUID();
  const { rows } = await db.query<{ fence: number; was_left: boolean; in_doubt: boolean | null }>(
    `with before as (select ends_at from provider_lock where key = $1)
     insert into provider_lock as held (key, fence, owner, ends_at)
     values ($1, 1, $2, ledger_now() + $3 * interval '1 millisecond')
     on conflict (key) do update
       set fence = held.fence + 1, owner = excluded.owner, ends_at = excluded.ends_at
       where held.ends_at <= ledger_now() or held.ends_at > excluded.ends_at + interval '1 minute'
     returning fence, (doubt_until > ledger_now() or verify_at is not null) as in_doubt, exists (select from before where ends_at > '-infinity') as was_left`,
    [key, owner, LENGTH_MS],
  );
  const [taken] = rows;
  // Its owner was killed, or is frozen and may still reach the provider.
  if (taken?.was_left) await doubt(db, { key }, UNANSWERED);
  return taken && { key, fence: taken.fence, owner, isInDoubt: taken.was_left || taken.in_doubt === true };
}

async function renew(db: Db, { key, fence, owner }: TakenLock): Promise<boolean> {
  const { rowCount } = await db.query(
    `update provider_lock set ends_at = ledger_now() + $4 * interval '1 millisecond'
      where key = $1 and fence = $2 and owner = $3 and ends_at > '-infinity'`, // A renewal may come after the release.
    [key, fence, owner, LENGTH_MS],
  );
  return rowCount === 1;
}

const endLock = (db: Db, { key, fence, owner }: TakenLock) =>
  db.query(`update provider_lock set ends_at = '-infinity' where key = $1 and fence = $2 and owner = $3`, [
    key,
    fence,
    owner,
  ]);

/**
 * Ends the lock and records the doubt in one statement, so that nobody takes the lock before the access is in doubt. A lock that
 * somebody else took meanwhile stays theirs, and its access is in doubt too.
 */
const endLockInDoubt = (db: Db, { key, fence, owner }: TakenLock) =>
  db.query(
    `update provider_lock set ${SET_DOUBT},
            ends_at = case when fence = $4 and owner = $5 then '-infinity' else ends_at end
      where key = $1`,
    [key, UNANSWERED.afterMs, UNANSWERED.lateMs, fence, owner],
  );

/**
 * Throws when another process has taken this lock, or a lock held with it, since. In a transaction, nobody can take it before the
 * transaction ends.
 */
export async function assertHeld(
  db: Db,
  { key, fence, owner, heldWith: other }: Pick<HeldLock, 'key' | 'fence' | 'owner' | 'heldWith'>,
): Promise<void> {
  if (other) await assertHeld(db, other);
  const { rowCount } = await db.query(
    'select from provider_lock where key = $1 and fence = $2 and owner = $3 for update',
    [key, fence, owner],
  );
  if (rowCount !== 1) throw new Fault('lock-lost', 'another process took over the change of this access');
}
