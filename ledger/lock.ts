import { Fault } from '../core/faults.ts';
import { WAITS } from '../core/waits.ts';
import type { Db } from './pool.ts';
import { verifyLock } from './verifications.ts';

/** A lock that this process has. `fence` grows each time the lock is taken. `lost` says that somebody else took it. */
export type HeldLock = Readonly<{ key: string; fence: number; lost: AbortSignal }>;

/** After this time without a renewal, somebody else may take the lock: its owner was killed or is frozen. */
const LENGTH_MS = 10_000;
const RENEW_MS = 3_000;
/** How long a change of a process that lost its lock may take to reach the provider, if it was sent at all. */
const LATE_CHANGE_MS = 60_000;
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
  const fence = await take(query, key);
  const lost = new AbortController();
  const renewing = setInterval(() => {
    query((db) => renew(db, key, fence)).then(
      (isHeld) => isHeld || lost.abort(new Fault('lock-lost', 'another process took over')),
      () => undefined, // While the ledger is away, nobody else can take the lock.
    );
  }, RENEW_MS);
  try {
    return await work({ key, fence, lost: lost.signal });
  } catch (error) {
    // What this process changed may have come after the change of the next owner.
    if (wasLost(error)) await query((db) => verifyLock(db, key, 0)).catch(() => undefined);
    throw error;
  } finally {
    clearInterval(renewing);
    await query((db) => release(db, key, fence)).catch(() => void releaseLater(query, key, fence));
  }
}

/** While the ledger is away, the lock cannot be released. It ends by itself, and sooner when the ledger is there again. */
async function releaseLater(query: Query, key: string, fence: number): Promise<void> {
  for (let waitedMs = 0; waitedMs < LENGTH_MS; waitedMs += RELEASE_MS) {
    await pause(RELEASE_MS);
    const isReleased = await query((db) => release(db, key, fence)).then(
      () => true,
      () => false,
    );
    if (isReleased) return;
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms).unref());

const wasLost = (error: unknown): boolean => error instanceof Fault && error.code === 'lock-lost';

/** Takes the lock and returns its fence. It tries again while another process has the lock. */
async function take(query: Query, key: string): Promise<number> {
  const until = performance.now() + WAITS.providerLock.ms;
  for (;;) {
    const fence = await query((db) => tryTake(db, key));
    if (fence !== undefined) return fence;
    if (performance.now() > until)
      throw new Fault('provider-unavailable', 'an earlier change of the same access is still in progress');
    await pause(POLL_MS);
  }
}

/** Returns the fence, or undefined while another process has the lock. */
async function tryTake(db: Db, key: string): Promise<number | undefined> {
  const { rows } = await db.query<{ fence: number; was_left: boolean }>(
    `with before as (select ends_at from provider_lock where key = $1)
     insert into provider_lock as held (key, fence, ends_at)
     values ($1, 1, ledger_now() + $2 * interval '1 millisecond')
     on conflict (key) do update set fence = held.fence + 1, ends_at = excluded.ends_at
       where held.ends_at <= ledger_now()
     returning fence, exists (select from before where ends_at > '-infinity') as was_left`,
    [key, LENGTH_MS],
  );
  const [taken] = rows;
  // Its owner was killed, or is frozen and may still reach the provider.
  if (taken?.was_left) await verifyLock(db, key, LATE_CHANGE_MS);
  return taken?.fence;
}

async function renew(db: Db, key: string, fence: number): Promise<boolean> {
  const { rowCount } = await db.query(
    `update provider_lock set ends_at = ledger_now() + $3 * interval '1 millisecond' where key = $1 and fence = $2`,
    [key, fence, LENGTH_MS],
  );
  return rowCount === 1;
}

const release = (db: Db, key: string, fence: number) =>
  db.query(`update provider_lock set ends_at = '-infinity' where key = $1 and fence = $2`, [key, fence]);

/** Throws when somebody else took the lock since. In a transaction, nobody can take it before the transaction ends. */
export async function assertHeld(db: Db, { key, fence }: Pick<HeldLock, 'key' | 'fence'>): Promise<void> {
  const { rowCount } = await db.query('select from provider_lock where key = $1 and fence = $2 for update', [
    key,
    fence,
  ]);
  if (rowCount !== 1) throw new Fault('lock-lost', 'another process took over the change of this access');
}
