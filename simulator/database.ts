import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { migrate } from '../ledger/migrate.ts';

/** The server's clock is the virtual time, which each transaction sets. */
const LEDGER_NOW = `create or replace function ledger_now() returns timestamptz language sql volatile as
  $$select timestamptz 'epoch' + current_setting('simulator.now')::bigint * interval '1 millisecond'$$`;

/** The same seed must find the same plans, so nothing is counted between two seeds. */
const NO_STATISTICS = `do $$ declare t regclass; begin
  for t in select c.oid::regclass from pg_class c where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace loop
    execute format('alter table %s set (autovacuum_enabled = off)', t);
  end loop; end $$`;

export type SimulatorDatabase = Readonly<{ client: pg.Client; drop(): Promise<void> }>;

/** Creates a database for all seeds on this server, with one connection. */
export async function createDatabase(serverUrl: string): Promise<SimulatorDatabase> {
  const name = `simulator_${randomBytes(6).toString('hex')}`;
  await asOwner(serverUrl, `create database ${name}`);
  const url = Object.assign(new URL(serverUrl), { pathname: `/${name}` }).href;
  await migrate(url);
  const client = await connect(url, { pipeline: true });
  await client.query(LEDGER_NOW);
  await client.query(NO_STATISTICS);
  // A plan of an unknown value is good enough for these small tables, and costs no time for planning.
  await client.query(`set plan_cache_mode = force_generic_plan; set timezone = 'UTC'; set jit = off`);
  return {
    client,
    async drop() {
      await client.end();
      await asOwner(serverUrl, `drop database ${name} with (force)`);
    },
  };
}

async function asOwner(url: string, sql: string): Promise<void> {
  const client = await connect(url);
  await client.query(sql);
  await client.end();
}

async function connect(url: string, options: Readonly<{ pipeline?: boolean }> = {}): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, ...options });
  await client.connect();
  return client;
}
