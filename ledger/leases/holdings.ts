import { Fault } from '../../core/faults.ts';
import { priorAfter } from '../../core/holding.ts';
import type { Instant } from '../../core/ids.ts';
import type { Lease } from './leases.ts';
import { assertHeld, type HeldLock } from './lock.ts';
import { wantManifestOfHolding } from '../manifest-entries/manifest-entries.ts';
import { type Db, type HintingDb, toInstant } from '../pool.ts';
import { record, type RecordResult, type Via } from '../request/record.ts';

/**
 * What the provider showed before the first write: the account, its level in the ladder, and the target with the
 * vendor's own id. `key` is the key of that target: two spellings of one target are one holding. `readAt` is when the provider
 * was asked, by the clock of the ledger.
 */
export type ObservedHolding = Readonly<{
  subject: { id: string; name: string };
  prior: string;
  target: unknown;
  key: string;
  ladder: readonly string[];
  readAt: Instant;
}>;

export type NewIntent = Readonly<{
  lease: Lease;
  observed: ObservedHolding;
  level: string;
  via: Via;
  lock?: HeldLock;
}>;

/**
 * Records the intent before the first write to the provider (I2), and ties the lease to its holding. The prior state
 * is kept until the last lease of the holding is revoked (I5). It is lowered when less is observed now: somebody
 * lowered it by hand, and Curfew must not grant it again.
 */
export const intend = (
  db: HintingDb,
  { lease, observed, level, via, lock }: NewIntent,
): Promise<RecordResult> =>
  record(db, {
    request: lease.request,
    name: `intend/${lease.id}`,
    via,
    ...(lock ? { lock } : {}),
    command: async (state, at) => {
      const isWanted = state.kind === 'granting' && at < state.endsAt;
      const prior = isWanted ? await joinOrOpenHolding(db, lease, observed) : observed.prior;
      const { subject, key } = observed;
      return { kind: 'intend', lease: lease.id, prior, level, subject: subject.id, key, at };
    },
  });

/** Opens the holding, or joins the open one, and returns its prior state. */
async function joinOrOpenHolding(
  db: Db,
  { id, target: { provider, ownObject } }: Lease,
  { subject, prior: shown, target, key, ladder, readAt }: ObservedHolding,
): Promise<string> {
  const targetKey = ownObject ? `${key}\n${id}` : key;
  const access = [provider, targetKey, subject.id];
  const inDoubt = [shown, ...(await priorsInDoubt(db, [...access, shown]))];
  const { rows } = await db.query<OpenHolding>(
    `insert into holding as h (provider, target_key, subject_id, subject_name, prior) values ($1, $2, $3, $4, $5)
     on conflict (provider, target_key, subject_id) where closed_at is null
       do update set subject_name = excluded.subject_name
     returning ${OPEN_HOLDING}`,
    [...access, subject.name, ladder.find((level) => inDoubt.includes(level)) ?? shown],
  );
  const [holding] = rows;
  // A revocation under the lock of an older name may have come between: what was read is not prior state (I5).
  const revokedAt = await lastRevokedAt(db, provider, { key: targetKey, subject });
  if (revokedAt !== undefined && revokedAt >= readAt)
    throw new Fault('not-verified', 'the access was revoked while it was read', { retryAfterMs: 1 });
  await db.query('update lease set holding_id = $2, found_spec = $3 where id = $1', [
    id,
    holding?.id ?? null,
    JSON.stringify(target),
  ]);
  return holding ? lowered(db, holding, { shown, ladder }) : shown;
}

type OpenHolding = { id: number; prior: string; given: readonly string[] };
/** `given`: the levels that were approved for its leases. */
const OPEN_HOLDING = `h.id, h.prior, array(
  select q.targets -> l.position ->> 'level' from lease l join request q on q.id = l.request_id
   where l.holding_id = h.id) as given`;

type ShownLevel = Readonly<{ shown: string; ladder: readonly string[] }>;

/** Lowers the prior state when the provider shows less, and returns it. */
async function lowered(
  db: Db,
  { id, prior, given }: OpenHolding,
  { shown, ladder }: ShownLevel,
): Promise<string> {
  const after = priorAfter(ladder, { prior, shown, given });
  if (after === prior) return after;
  await db.query('update holding set prior = $2 where id = $1', [id, after]);
  await wantManifestOfHolding(db, id);
  return after;
}

/**
 * Lowers the prior state of a holding to what the provider shows now, before the access is granted again. Without this, the
 * end of the lease would leave what somebody else revoked meanwhile (I5).
 */
export async function lowerPrior(
  db: Db,
  holding: number,
  { shown, ladder, lock }: ShownLevel & Readonly<{ lock: HeldLock }>,
): Promise<void> {
  await assertHeld(db, lock);
  const { rows } = await db.query<OpenHolding>(
    `select ${OPEN_HOLDING} from holding h where h.id = $1 and h.closed_at is null`,
    [holding],
  );
  if (rows[0]) await lowered(db, rows[0], { shown, ladder });
}

/**
 * The prior states of closed holdings whose access is in doubt, when the observed level is that of one of their leases. A
 * change that was sent before the revocation may have given it again: recorded as prior state, it would stay for ever (F01, I5).
 */
async function priorsInDoubt(db: Db, observed: readonly string[]): Promise<readonly string[]> {
  const { rows } = await db.query<{ prior: string }>(
    `select distinct h.prior
       from holding h join lease l on l.holding_id = h.id join request q on q.id = l.request_id
            join provider_lock held on held.key = l.lock_key
      where h.provider = $1 and h.target_key = $2 and h.subject_id = $3 and q.targets -> l.position ->> 'level' = $4 and h.closed_at is not null
        and held.doubt_until > ledger_now() and l.changed_at > held.doubt_since - interval '1 minute'`,
    [...observed],
  );
  return rows.map(({ prior }) => prior);
}

/** When a lease on this account and target was last revoked; undefined when none was. */
export async function lastRevokedAt(
  db: Db,
  provider: string,
  { key, subject }: Pick<ObservedHolding, 'key' | 'subject'>,
): Promise<Instant | undefined> {
  const { rows } = await db.query<{ at: Date | null }>(
    `select max(l.changed_at) as at from lease l join holding h on h.id = l.holding_id
      where l.state = 'revoked' and l.changed_at <= ledger_now()
        and h.provider = $1 and h.target_key = $2 and h.subject_id = $3`,
    [provider, key, subject.id],
  );
  const at = rows[0]?.at;
  return at ? toInstant(at) : undefined;
}
