import type { RequestId } from '../../core/ids.ts';
import type { Db, HintingDb } from '../pool.ts';
import { takeDue } from '../take-due.ts';

/** A workflow that must look at its request again. `version` tells this wake-up from every other one. */
export type WakeUp = Readonly<{ request: RequestId; version: number }>;

/** Adds a wake-up of the workflow of a request, in the transaction that gives it something to see. */
export async function addWakeUp(db: HintingDb, request: RequestId): Promise<void> {
  await db.query(
    `insert into wake_up (request_id) values ($1)
     on conflict (request_id) do update set version = default, tries = 0, next_try_at = ledger_now()`,
    [request],
  );
  db.hint('curfew_wake_up');
}

/**
 * Takes up to `most` wake-ups that are due. Each is due again later, after a pause that grows from 1 s to 30 s, so that
 * one that could not be delivered is tried again.
 */
export async function takeWakeUps(db: Db, most: number): Promise<readonly WakeUp[]> {
  return takeDue(db, {
    table: 'wake_up',
    key: 'request_id',
    dueAt: 'next_try_at',
    againAfter: `least(power(2, least(tries, 5)), 30) * interval '1 second'`,
    isCounted: true,
    returning: 'request_id as request, version',
    limit: most,
  });
}

/** Removes a wake-up that was delivered. One that was added meanwhile stays. */
export async function removeWakeUp(db: Db, { request, version }: WakeUp): Promise<void> {
  await db.query('delete from wake_up where request_id = $1 and version = $2', [request, version]);
}
