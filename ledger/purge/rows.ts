import pg from 'pg';
import type { Db } from '../pool.ts';
import { eventsIn, type Leaving } from './partitions.ts';
import { CHANGE_SUMS, LIST_CHANGED_SUMS, OF_REQUESTS } from './sums.ts';

const LEASES = `select id from lease where ${OF_REQUESTS}`;
const CLICKS = `select id from click where ${OF_REQUESTS}`;

/** Marks every counted day and month as changed. The lock stops the sweeper until the purge commits, so that it counts no purged request. */
const MARK_NUMBERS: readonly string[] = [
  `select from number_count_lock for update`,
  'insert into number_change (from_at, before_at) select from_at, before_at from number_time',
];

/** Each deletes what a table has about the requests in `leaving_request`. What refers to another table comes before it. */
const DELETIONS: readonly string[] = [
  ...MARK_NUMBERS,
  ...LIST_CHANGED_SUMS,
  ...['use_reading', 'use_plan', 'access_check', 'manifest_entry', 'secret'].map(
    (table) => `delete from ${table} where lease_id in (${LEASES})`,
  ),
  ...['unchecked_click', 'account_check'].map(
    (table) => `delete from ${table} where click_id in (${CLICKS})`,
  ),
  ...['access_period', 'approval_list', 'judgement', 'event_text', 'event_free_text', 'free_text'].map(
    (table) => `delete from ${table} where ${OF_REQUESTS}`,
  ),
  ...['outbox', 'posted_message', 'deferred_message', 'request_lock', 'click'].map(
    (table) => `delete from ${table} where ${OF_REQUESTS}`,
  ),
  `with gone as (delete from lease where ${OF_REQUESTS} returning holding_id)
   delete from holding h where closed_at is not null and id in (select holding_id from gone)
      and not exists (select from lease l where l.holding_id = h.id and l.request_id not in (select id from leaving_request))`,
  'delete from request_list where id in (select id from leaving_request)',
  'delete from request where id in (select id from leaving_request)',
];

/** Deletes everything about the requests that leave, except their events and the sums. */
export async function deleteRequests(owner: Db): Promise<void> {
  for (const deletion of DELETIONS) await owner.query(deletion);
}

/**
 * While the partitions are removed and the sums are changed, and while the purge waits for that, everybody else waits who reads or writes the trail.
 * A page of the console gives up after 2 s, and everything else after 5 s.
 */
const LOCK_TIMEOUT = '1s';

/** Something was recorded in the partitions after they were compared, so they do not leave. */
export class TrailChanged extends Error {
  override readonly name = 'TrailChanged';
}

/** Others used the trail for all the time that the purge waits for it. */
export class TrailBusy extends Error {
  override readonly name = 'TrailBusy';
}
const LOCK_NOT_AVAILABLE = '55P03';

/** Removes these partitions, which must have just these events, and changes the sums. Throws when they have others, or when the trail is busy. */
export async function dropPartitions(owner: Db, leaving: Leaving, events: number): Promise<void> {
  await owner.query(`set local lock_timeout = '${LOCK_TIMEOUT}'`);
  await owner.query('lock table event in access exclusive mode').catch((error: unknown) => {
    throw (error as { code?: unknown }).code === LOCK_NOT_AVAILABLE
      ? new TrailBusy('the trail is in use')
      : error;
  });
  const { rows } = await owner.query<{ count: number }>(
    `select count(*)::integer as count from ${eventsIn(leaving)} e`,
  );
  if (rows[0]?.count !== events) throw new TrailChanged('an event was recorded meanwhile');
  for (const change of CHANGE_SUMS) await owner.query(change);
  for (const name of leaving.names) await owner.query(`drop table ${pg.escapeIdentifier(name)}`);
  await owner.query('update event_partition set left_at = ledger_now() where name = any ($1)', [
    leaving.names,
  ]);
}
