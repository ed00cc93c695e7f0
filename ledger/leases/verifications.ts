import type { Db } from '../pool.ts';
import { takeDue } from '../take-due.ts';

/** An access that may differ from the ledger, by the key of its lock. `token` tells this doubt from a later one. */
export type Verification = Readonly<{ key: string; provider: string; token: string }>;

/** The access is verified again after this time, until no late change can come any more. */
const AGAIN_MS = 15_000;

/** The first line of a key, as `lockKeyOf` writes it. */
const PROVIDER = `split_part(key, E'\\n', 1)`;

/** What the caller works on already. */
export type VerificationsExcept = Readonly<{ keys: readonly string[]; providers: readonly string[] }>;

/**
 * Takes one access that is to be verified now, except those that the caller works on. It is due again after 30 seconds,
 * in case that this process does not finish.
 */
export async function takeVerification(
  db: Db,
  { keys, providers }: VerificationsExcept,
): Promise<Verification | undefined> {
  const [taken] = await takeDue<Verification>(db, {
    table: 'provider_lock',
    key: 'key',
    dueAt: 'verify_at',
    againAfter: `interval '30 seconds'`,
    where: `key <> all ($2) and ${PROVIDER} <> all ($3)`,
    values: [keys, providers],
    returning: `key, ${PROVIDER} as provider, verify_at::text as token`,
  });
  return taken;
}

/** Ends a verification that succeeded. The access stays due when a newer doubt came, or when this one is not over. */
export async function endVerification(db: Db, { key, token }: Verification): Promise<void> {
  await db.query(
    `update provider_lock set
            verify_at = case when doubt_until > ledger_now()
                             then least(doubt_until, ledger_now() + $3 * interval '1 millisecond') end,
            doubt_since = case when doubt_until > ledger_now() then doubt_since end
      where key = $1 and verify_at = $2::timestamptz`,
    [key, token, AGAIN_MS],
  );
}

/**
 * `afterMs`: when the access is verified first. `lateMs`: how long a change that was sent already may still need to reach
 * the provider. The access is verified until then. Both are in milliseconds.
 */
export type Doubt = Readonly<{ afterMs: number; lateMs: number }>;

/** What a doubt sets in the row of a lock. `$2` and `$3` are its times. */
export const SET_DOUBT = `
  verify_at = least(verify_at, ledger_now() + $2 * interval '1 millisecond'),
  doubt_until = greatest(doubt_until, ledger_now() + $3 * interval '1 millisecond'),
  doubt_since = coalesce(doubt_since, ledger_now())`;

/** Marks the access under a lock, so that the sweeper verifies it also when this process is killed. */
export async function doubt(
  db: Db,
  { key }: Pick<Verification, 'key'>,
  { afterMs, lateMs }: Doubt,
): Promise<void> {
  await db.query(`update provider_lock set ${SET_DOUBT} where key = $1`, [key, afterMs, lateMs]);
}
