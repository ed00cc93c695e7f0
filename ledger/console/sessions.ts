import type { PersonId } from '../../core/ids.ts';
import { countAttempt } from '../clicks/person-limits.ts';
import type { Db } from '../pool.ts';

/** Who signed in with which account of the identity provider, and in which zone they see times. */
export type Session = Readonly<{ person: PersonId; account: string; zone: string; ownZone: string }>;

/** A session ends after this many minutes without a page, and after this many hours in any case (OWASP ASVS 5.0, 7.3). */
export const SESSION = { idleMinutes: 30, hours: 10 } as const;
/** How long it is known who was signed in. */
const KEPT_DAYS = 30;

/** Opens a session under the hash of its id, or throws `OverLimit`. */
export async function openSession(
  db: Db,
  idHash: Buffer,
  { person, account, ownZone }: Omit<Session, 'zone'>,
): Promise<void> {
  await countAttempt(db, person, 'sign-in');
  await db.query(`delete from console_session where begun_at < ledger_now() - $1 * interval '1 day'`, [
    KEPT_DAYS,
  ]);
  await db.query(
    'insert into console_session (id_hash, person, account, zone, own_zone) values ($1, $2, $3, $4, $4)',
    [idHash, person, account, ownZone],
  );
}

/** The session with this id, if it has not ended. `isSeen`: a person opened a page, which keeps the session from ending. */
export async function useSession(
  db: Db,
  idHash: Buffer,
  { isSeen }: Readonly<{ isSeen: boolean }>,
): Promise<Session | undefined> {
  const { rows } = await db.query<{ person: PersonId; account: string; zone: string; own_zone: string }>(
    `update console_session set seen_at = case when $4 then ledger_now() else seen_at end
      where id_hash = $1 and ended_at is null
        and seen_at > ledger_now() - $2 * interval '1 minute' and begun_at > ledger_now() - $3 * interval '1 hour'
     returning person, account, zone, own_zone`,
    [idHash, SESSION.idleMinutes, SESSION.hours, isSeen],
  );
  const [row] = rows;
  return row && { person: row.person, account: row.account, zone: row.zone, ownZone: row.own_zone };
}

/** Whose session it is, also when it has ended. */
export async function personOfSession(db: Db, idHash: Buffer): Promise<PersonId | undefined> {
  const { rows } = await db.query<{ person: PersonId }>(
    'select person from console_session where id_hash = $1',
    [idHash],
  );
  return rows[0]?.person;
}

/** The zone in which the session's person sees times from now on. */
export async function setSessionZone(db: Db, idHash: Buffer, zone: string): Promise<void> {
  await db.query('update console_session set zone = $2 where id_hash = $1', [idHash, zone]);
}

export async function endSession(db: Db, idHash: Buffer): Promise<void> {
  await db.query(
    'update console_session set ended_at = ledger_now() where id_hash = $1 and ended_at is null',
    [idHash],
  );
}
