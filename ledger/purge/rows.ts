import pg from 'pg';
import type { Db } from '../pool.ts';
import type { Leaving } from './partitions.ts';

/** Some tables have other ids too, which begin with other letters. */
const OF_REQUESTS = `request_id >= 'req_' and request_id < $1`;
const LEASES = `select id from lease where ${OF_REQUESTS}`;
const CLICKS = `select id from click where ${OF_REQUESTS}`;

/** Each deletes what a table has about the requests with ids below $1. What refers to another table comes before it. */
const DELETIONS: readonly string[] = [
  ...['use_reading', 'use_plan', 'access_check', 'manifest_entry', 'secret'].map(
    (table) => `delete from ${table} where lease_id in (${LEASES})`,
  ),
  ...['unchecked_click', 'account_check'].map(
    (table) => `delete from ${table} where click_id in (${CLICKS})`,
  ),
  ...[
    'access_period',
    'event_text',
    'event_free_text',
    'free_text',
    'outbox',
    'posted_message',
    'deferred_message',
    'request_lock',
  ].map((table) => `delete from ${table} where ${OF_REQUESTS}`),
  `delete from click where ${OF_REQUESTS}`,
  `with gone as (delete from lease where ${OF_REQUESTS} returning holding_id)
   delete from holding h where closed_at is not null and id in (select holding_id from gone)
      and not exists (select from lease l where l.holding_id = h.id and l.request_id >= $1)`,
  'delete from request where id < $1',
];

/** Deletes everything about the requests of these partitions but their events. */
export async function deleteRequests(owner: Db, { bound }: Leaving): Promise<void> {
  for (const deletion of DELETIONS) await owner.query(deletion, [bound]);
}

/** Nobody can read or write the trail while a partition is taken away, so it is tried for a moment only. */
const LOCK_TIMEOUT = '5s';

/** Removes these partitions with their events. Throws when the trail is busy. */
export async function dropPartitions(owner: Db, { names }: Leaving): Promise<void> {
  await owner.query(`set local lock_timeout = '${LOCK_TIMEOUT}'`);
  await owner.query('lock table event in access exclusive mode');
  for (const name of names) await owner.query(`drop table ${pg.escapeIdentifier(name)}`);
  await owner.query('delete from event_partition where name = any ($1)', [names]);
}
