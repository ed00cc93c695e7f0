import type { Db } from '../pool.ts';

/** A sign-in that began: what the return from the identity provider must fit, and the path where the person wanted to go. */
export type SignIn = Readonly<{ state: string; nonce: string; verifier: string; path: string }>;

/** How long somebody may take to sign in at the identity provider. */
export const SIGN_IN_MINUTES = 10;

/** Anybody can begin a sign-in. When so many wait for their end, a new one takes the place of the oldest. */
export const MOST_SIGN_INS = 10_000;

/** Stores a sign-in under the hash of its id, and removes those that began too long ago or are too many. */
export async function beginSignIn(
  db: Db,
  idHash: Buffer,
  { state, nonce, verifier, path }: SignIn,
): Promise<void> {
  await db.query(
    `delete from console_sign_in
      where begun_at < greatest(ledger_now() - $1 * interval '1 minute',
                                (select begun_at from console_sign_in order by begun_at desc offset $2 limit 1))`,
    [SIGN_IN_MINUTES, MOST_SIGN_INS - 2],
  );
  await db.query(
    'insert into console_sign_in (id_hash, state, nonce, verifier, path) values ($1, $2, $3, $4, $5)',
    [idHash, state, nonce, verifier, path],
  );
}

/** Takes a sign-in, once. Undefined when there is none with this id, when it was taken, or when it began too long ago. */
export async function takeSignIn(db: Db, idHash: Buffer): Promise<SignIn | undefined> {
  const { rows } = await db.query<SignIn & { is_late: boolean }>(
    `delete from console_sign_in where id_hash = $1
     returning state, nonce, verifier, path, begun_at < ledger_now() - $2 * interval '1 minute' as is_late`,
    [idHash, SIGN_IN_MINUTES],
  );
  const [{ is_late: isLate, ...signIn } = { is_late: true }] = rows;
  return isLate ? undefined : (signIn as SignIn);
}
