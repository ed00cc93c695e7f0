import type pg from 'pg';
import { approversOf, CLASSES, ENTITLEMENTS, PEOPLE, providersOf } from './things.ts';

/** The ledger has the requests of so long. */
const YEARS = 2;
/** The newest thousandth is open. */
const OPEN_SHARE = 0.001;

/** What each entitlement gives, for the statements that make rows. */
const THINGS = `
create temporary table thing (what integer primary key, approvers text[], providers text[], classes text[]);
create temporary table thing_target (what integer, place integer, provider text, lock_key text, class text, primary key (what, place));`;

/**
 * A row for each life of a request: how it goes, and when. "ends" is the approved end with an extension, and "over" the beginning of the
 * revocation. What did not happen is null.
 */
const LIVES = `
create temporary table life as
select n, id, substr(id, 5) as tail, at, 'p' || who as person, what, cardinality(thing.providers) as width, kind, minutes, decided, first_end, ends, over,
       over + lag as gone, coalesce(over + lag, decided) + interval '1 second' as closed, policy, mass, may, may[1] as approver,
       case when other < 0.03 and kind <> 'refused' then date_trunc('milliseconds', at + (coalesce(decided, at + interval '1 minute') - at) / 2) end as attempt,
       encode(sha256(convert_to(id, 'UTF8')), 'hex') as digest, kind in ('ended', 'mass-ended', 'expired', 'active', 'revoking') as granted
  from generate_series(0, $1::bigint - 1) n
  cross join lateral (
    select date_trunc('milliseconds', to_timestamp($2::float8 / 1000) - ($1::bigint - n - random()) * interval '${YEARS} years' / $1::bigint) as at, n >= $1::bigint * ${1 - OPEN_SHARE} as is_open,
           random() as fate, random() as extra, random() as other, random() as share, random() as whom, random() as which, random() as late,
           random() as longer offset 0) r
  cross join lateral (
    select request_ids_from(at) || lpad(n::text, 16, '0') as id, floor(power(which, 3) * ${ENTITLEMENTS})::integer as what,
           case when is_open then n % ${PEOPLE} else floor(power(whom, 3) * ${PEOPLE})::bigint end as who,
           case when is_open then (array['pending', 'active', 'active', 'revoking'])[1 + n % 4]
                when fate < 0.02 then 'refused' when fate < 0.10 then 'denied' when fate < 0.14 then 'lapsed' when fate < 0.1405 then 'voided'
                when fate < 0.15 then 'withdrawn' when fate < 0.155 then 'grant-failed' when fate < 0.30 then 'ended' when fate < 0.3005 then 'mass-ended'
                else 'expired' end as kind,
           case when is_open then 2880 when share < 0.7 then 60 when share < 0.9 then 240 else 480 end as minutes,
           encode(sha256(convert_to(to_char(at, 'IYYY-IW'), 'UTF8')), 'hex') as policy,
           'end_' || lpad((n * 20 / $1::bigint)::text, 26, '0') as mass offset 0) k
  join thing using (what)
  cross join lateral (
    select array(select each from unnest(thing.approvers) each where each <> 'p' || who) as may,
           date_trunc('milliseconds', case when kind in ('refused', 'pending') then null when kind = 'lapsed' then at + interval '8 hours'
                when extra < 0.005 then at + extra * 1800 * interval '1 second'
                else at + least(-ln(1 - other) * 15, 240) * interval '1 minute' end) as decided) d
  cross join lateral (
    select case when kind in ('ended', 'mass-ended', 'expired', 'active', 'revoking', 'grant-failed') then decided + minutes * interval '1 minute' end as first_end) f
  cross join lateral (select first_end + case when kind = 'expired' and longer < 0.05 then interval '30 minutes' else interval '0' end as ends) e
  cross join lateral (
    select date_trunc('milliseconds', case kind when 'expired' then ends when 'ended' then decided + interval '1 minute' + share * minutes * interval '50 seconds'
                     when 'mass-ended' then decided + minutes * interval '30 seconds' when 'revoking' then decided + interval '2 minutes'
                     when 'grant-failed' then decided + interval '5 seconds' end) as over,
           case when late < 0.0002 then interval '5 minutes' else interval '2 seconds' end as lag) o`;

/** Makes the lives of so many requests, with the same random numbers each time. Nothing of the ledger has them yet. */
export async function makeLives(client: pg.Client, requests: number, end: number): Promise<void> {
  await client.query(THINGS);
  const all = Array.from({ length: ENTITLEMENTS }, (_, what) => ({ what, at: providersOf(what) }));
  await client.query(
    `insert into thing select * from jsonb_to_recordset($1) t (what integer, approvers text[], providers text[], classes text[])`,
    [
      JSON.stringify(
        all.map(({ what, at }) => ({
          ...{ what, approvers: approversOf(what), providers: at },
          classes: at.map((name) => CLASSES[name]).sort(),
        })),
      ),
    ],
  );
  await client.query(
    `insert into thing_target select * from jsonb_to_recordset($1) t (what integer, place integer, provider text, lock_key text, class text)`,
    [
      JSON.stringify(
        all.flatMap(({ what, at }) =>
          at.map((provider, place) => ({
            ...{ what, place, provider, lock_key: `thing-${what}`, class: CLASSES[provider] },
          })),
        ),
      ),
    ],
  );
  await client.query('select setseed(0.5)');
  await client.query(LIVES, [requests, end]);
  await client.query('analyze life');
}
