import { randomBytes } from 'node:crypto';
import { afterEach, expect, test } from '@jest/globals';
import pg from 'pg';
import { dumpSchema } from '../scripts/schema.ts';

const SERVERS = [
  ['18', process.env['TEST_PG_URL']],
  ['15', process.env['TEST_PG15_URL']],
] as const;

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function connected(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  cleanups.push(() => client.end());
  return client;
}

/** The schema of a new database after these statements. `reader` in them is a role of its own. */
async function dumpAfter(server: string, statements: string): Promise<string> {
  const suffix = randomBytes(5).toString('hex');
  const [name, reader] = [`dump_${suffix}`, `reader_${suffix}`];
  const superuser = await connected(server);
  cleanups.push(async () => {
    await superuser.query(`drop database if exists ${name} with (force)`);
    await superuser.query(`drop role ${reader}`);
  });
  await superuser.query(`create database ${name}`);
  await superuser.query(`create role ${reader}`);
  const url = Object.assign(new URL(server), { pathname: `/${name}` }).href;
  const client = await connected(url);
  await client.query(statements.replaceAll('reader', reader));
  return (await dumpSchema(url)).replaceAll(reader, 'reader');
}

const STATEMENTS = `
  create function second() returns trigger language plpgsql as 'begin return new; end';
  create function first() returns int language sql as 'select 1';
  create table parent (
    id int generated always as identity primary key,
    gone int,
    name varchar(20) not null default 'new',
    counted int unique,
    doubled int generated always as (counted * 2) stored
  );
  alter table parent drop column gone;
  create table "Child" (parent int references parent, note text check (note <> ''));
  create table by_year (year int) partition by range (year);
  create index noted on "Child" (note) where note is not null;
  create trigger later before update on parent for each row execute function second();
  create trigger earlier before insert on parent for each row execute function second();
  create table migration (id int primary key);
  create index migrated on migration (id);
  grant select on migration to reader;
  create schema other;
  create table other.ignored (id int);
  create function other.ignored() returns int language sql as 'select 1';
  create schema audit;
  create view audit.seen as select id, counted from parent;
  create function audit.one() returns int language sql as 'select 1';
  grant usage on schema audit to reader;
  grant select on audit.seen to reader;
  revoke all on function audit.one() from public;
  grant execute on function audit.one() to reader;
  grant usage on schema public to reader;
  grant update, select, delete on parent to reader;
  grant usage on sequence parent_id_seq to reader;
  grant update (note, parent) on "Child" to reader;
  grant execute on function first() to reader;
  create sequence counter;
  create view named_parents as select name, counted from parent where name <> 'x';
  alter table parent enable row level security;
  create policy named on parent for insert to reader with check (name <> '');
  grant select on "Child" to public;`;

const EXPECTED = `
-- functions

CREATE OR REPLACE FUNCTION public.first()
 RETURNS integer
 LANGUAGE sql
AS $function$select 1$function$;

CREATE OR REPLACE FUNCTION public.second()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$begin return new; end$function$;

-- sequences

create sequence counter;

-- tables

create table "Child" (
  parent integer,
  note text
);

create table by_year (
  year integer
) partition by RANGE (year);

create table parent (
  id integer generated always as identity not null,
  name character varying(20) default 'new'::character varying not null,
  counted integer,
  doubled integer generated always as ((counted * 2)) stored
);

-- constraints

alter table "Child" add constraint "Child_note_check" CHECK ((note <> ''::text));

alter table parent add constraint parent_counted_key UNIQUE (counted);

alter table parent add constraint parent_pkey PRIMARY KEY (id);

alter table "Child" add constraint "Child_parent_fkey" FOREIGN KEY (parent) REFERENCES parent(id);

-- indexes

CREATE INDEX noted ON public."Child" USING btree (note) WHERE (note IS NOT NULL);

-- views

create view named_parents as
 SELECT name,
    counted
   FROM parent
  WHERE ((name)::text <> 'x'::text);

-- triggers

CREATE TRIGGER earlier BEFORE INSERT ON public.parent FOR EACH ROW EXECUTE FUNCTION second();

CREATE TRIGGER later BEFORE UPDATE ON public.parent FOR EACH ROW EXECUTE FUNCTION second();

-- the schema audit

create schema audit;

create view audit.seen as select null::integer as id, null::integer as counted;

CREATE OR REPLACE FUNCTION audit.one()
 RETURNS integer
 LANGUAGE sql
AS $function$select 1$function$;

-- policies

alter table parent enable row level security;

create policy named on parent for insert to reader with check (((name)::text <> ''::text));

-- rights

grant usage on schema public to reader;

grant select on "Child" to public;

grant update (parent, note) on "Child" to reader;

grant select on audit.seen to reader;

grant execute on function audit.one() to reader;

grant execute on function first() to reader;

grant delete, select, update on parent to reader;

grant usage on parent_id_seq to reader;

grant usage on schema audit to reader;
`;

test.each(SERVERS.filter(([, url]) => url !== undefined))(
  'the dump of Postgres %s contains each object of the schema public and no other',
  async (_version, server = '') => {
    const dump = await dumpAfter(server, STATEMENTS);
    expect(dump.slice(dump.indexOf('\n-- functions'))).toBe(EXPECTED);
  },
);
