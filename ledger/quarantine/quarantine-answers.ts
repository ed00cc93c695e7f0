import type { PersonId } from '../../core/ids.ts';
import { countAttempt } from '../clicks/person-limits.ts';
import type { Db } from '../pool.ts';
import { raiseManifestSerial } from './quarantine.ts';

/** Somebody has seen the plan with this digest and wants to end the quarantine. `account` is their login. */
export type QuarantineAnswer = Readonly<{
  id: string;
  quarantine: number;
  account: string;
  person: PersonId | null;
  planDigest: string;
}>;

/** Stores that somebody wants to end the quarantine. The sweeper decides. */
export async function writeQuarantineAnswer(
  db: Db,
  { id, quarantine: of, account, person, planDigest }: QuarantineAnswer,
): Promise<void> {
  await countAttempt(db, person ?? `cli:${account}`, 'end-quarantine');
  await db.query(
    `insert into quarantine_answer (id, quarantine_id, account, person, plan_digest) values ($1, $2, $3, $4, $5)
     on conflict do nothing`,
    [id, of, account, person, planDigest],
  );
}

/** The answers that nobody decided, the oldest first. */
export async function openQuarantineAnswers(db: Db): Promise<readonly QuarantineAnswer[]> {
  const { rows } = await db.query<QuarantineAnswer>(
    `select id, quarantine_id as quarantine, account, person, plan_digest as "planDigest"
       from quarantine_answer where decided_at is null order by asked_at, id`,
  );
  return rows;
}

/** `refusal` is a sentence, or undefined when the quarantine was ended. */
export type DecidedAnswer = Readonly<{ refusal?: string }>;

/** What was decided about an answer; undefined while nobody decided it. */
export async function quarantineAnswerOutcome(db: Db, id: string): Promise<DecidedAnswer | undefined> {
  const { rows } = await db.query<{ refusal: string | null }>(
    'select refusal from quarantine_answer where id = $1 and decided_at is not null',
    [id],
  );
  const [row] = rows;
  return row && (row.refusal === null ? {} : { refusal: row.refusal });
}

export async function refuseQuarantineAnswer(db: Db, id: string, refusal: string): Promise<void> {
  await db.query(
    'update quarantine_answer set decided_at = ledger_now(), refusal = $2 where id = $1 and decided_at is null',
    [id, refusal],
  );
}

/** Ends the quarantine for the answer of this person. Returns false when it is over already. */
export async function endQuarantine(
  db: Db,
  { id, quarantine: of, planDigest }: QuarantineAnswer,
  { by, serial }: Readonly<{ by: PersonId; serial: number }>,
): Promise<boolean> {
  await raiseManifestSerial(db, serial);
  const { rowCount } = await db.query(
    `update quarantine set ended_at = ledger_now(), ended_by = $2, plan_digest = $3 where id = $1 and ended_at is null`,
    [of, by, planDigest],
  );
  await db.query('update quarantine_answer set decided_at = ledger_now() where id = $1', [id]);
  return rowCount === 1;
}
