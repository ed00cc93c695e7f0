import pg from 'pg';
import { INSERT_EVENTS } from './events.ts';
import { keepNumbers } from '../../ledger/numbers/index.ts';
import { makeLives } from './lives.ts';
import { INSERT_LOG, INSERT_OTHERS, INSERT_ROWS } from './rows.ts';

/** The tables that get many rows. Their indexes are made afterwards, which is faster. */
const TABLES = [
  'event',
  'click',
  'request',
  'lease',
  'holding',
  'use_reading',
  'access_period',
  'request_list',
  'approval_list',
  'judgement',
  'policy_use',
  'first_request',
];

/**
 * Fills an empty ledger with so many requests of the last two years, with everything that they leave behind, and what triggers keep. `url` is that
 * of its owner, who is a superuser.
 */
export async function fillLargeLedger(url: string, requests: number): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(
      `set synchronous_commit = off; set session_replication_role = replica; set maintenance_work_mem = '512MB'; set work_mem = '256MB'; set timezone = 'UTC'`,
    );
    await client.query(PAST_PARTITIONS);
    const { rows } = await client.query<{ name: string; definition: string }>(
      `select c.relname as name, pg_get_indexdef(i.indexrelid) as definition
         from pg_index i join pg_class c on c.oid = i.indexrelid
        where i.indrelid = any ($1::regclass[]) and not exists (select from pg_constraint k where k.conindid = i.indexrelid)`,
      [TABLES],
    );
    await client.query(rows.map(({ name }) => `drop index ${name}`).join(';'));
    await makeLives(client, requests, Date.now());
    await client.query(INSERT_EVENTS);
    for (const insert of INSERT_ROWS) await client.query(insert);
    for (const { definition } of rows) await client.query(definition.replace(' ON ONLY ', ' ON '));
    for (const insert of INSERT_OTHERS) await client.query(insert, insert.includes('$1') ? [requests] : []);
    for (const insert of INSERT_LOG) await client.query(insert);
    await client.query('drop table life; drop table thing; drop table thing_target');
    await client.query('vacuum (analyze)');
    while (await keepNumbers(client));
    await client.query('vacuum (analyze) number_count');
  } finally {
    await client.end();
  }
}

/** A ledger of two years has a partition for each quarter of them. A new one begins with the present quarter. */
const PAST_PARTITIONS = `
do $$
declare
  present event_partition;
  first_at timestamptz := date_trunc('quarter', ledger_now()) - interval '2 years';
  next_at timestamptz;
  name text;
begin
  select * into present from event_partition p where p.first_at is null;
  execute format('alter table event detach partition %I', present.name);
  execute format('create table event_earlier partition of event for values from (minvalue) to (%L)', request_ids_from(first_at));
  while first_at < present.before_at - interval '3 months' loop
    next_at := first_at + interval '3 months';
    name := 'event_before_' || to_char(next_at, 'YYYY_MM');
    execute format('create table %I partition of event for values from (%L) to (%L)', name, request_ids_from(first_at), request_ids_from(next_at));
    insert into event_partition (name, first_at, before_at) values (name, first_at, next_at);
    first_at := next_at;
  end loop;
  execute format('alter table event attach partition %I for values from (%L) to (%L)', present.name, request_ids_from(first_at), request_ids_from(present.before_at));
  update event_partition p set first_at = present.before_at - interval '3 months' where p.name = present.name;
  insert into event_partition (name, before_at) values ('event_earlier', date_trunc('quarter', ledger_now()) - interval '2 years');
end $$`;
