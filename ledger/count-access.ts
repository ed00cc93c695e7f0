import type { Instant } from '../core/ids.ts';
import { type AuditQuery, type Bind, sourceOf, sqlOf } from './audit-views.ts';
import { type Db, toTimestamp } from './pool.ts';

/** How many accesses of an answer were held at each of these moments, which are in the order of time. */
export async function countAccess(
  db: Db,
  query: AuditQuery,
  moments: readonly Instant[],
): Promise<readonly number[]> {
  const values: unknown[] = [];
  const bind = (value: unknown): string => `$${values.push(value)}`;
  const times = `${bind(moments.map(toTimestamp))}::timestamptz[]`;
  const sql =
    query.known === undefined ? countedByIndex(query, times, bind) : countedOnce(query, times, bind);
  const { rows } = await db.query<{ held: number }>(sql, values);
  return rows.map(({ held }) => held);
}

/** Each moment has its own search in the index of the times. */
const countedByIndex = ({ view, known, where }: AuditQuery, times: string, bind: Bind): string =>
  `select (select count(*) from ${sourceOf(view, known, bind)} a
            where ${['during @> moment', ...where.map((each) => sqlOf(each, bind))].join(' and ')})::float8 as held
     from unnest(${times}) with ordinality m (moment, n) order by n`;

/**
 * What is computed has no index, so it is read once. Each access adds one from the first moment that is not before its beginning on, and takes one away from
 * the first moment after its end on.
 */
const countedOnce = ({ view, known, where }: AuditQuery, times: string, bind: Bind): string =>
  `with held as materialized (
     select since, until from ${sourceOf(view, known, bind)} a where ${where.map((each) => sqlOf(each, bind)).join(' and ') || 'true'}),
   change as (
     select width_bucket(since - interval '1 microsecond', ${times}) as before, count(*) as more from held group by 1
     union all
     select width_bucket(until, ${times}), -count(*) from held where until is not null group by 1)
   select coalesce((select sum(more) from change where before < n), 0)::float8 as held from generate_series(1, cardinality(${times})) n order by n`;
