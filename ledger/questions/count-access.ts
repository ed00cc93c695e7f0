import type { Instant } from '../../core/ids.ts';
import { type Bind, sqlOf } from './audit-conditions.ts';
import { type AuditQuery, sourceOf } from './audit-query.ts';
import { type Db, toTimestamp } from '../pool.ts';

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

/**
 * Each moment has its own search in the index of what Curfew granted. What it did not grant has no person and no such index, and conditions about it read other
 * tables. So it is read once.
 */
const countedByIndex = ({ view, known, where }: AuditQuery, times: string, bind: Bind): string => {
  const conditions = where.map((each) => sqlOf(each, bind));
  const source = sourceOf(view, known, bind);
  return `${changes(source, ["basis <> 'granted'", ...conditions], times)}
   select ((select count(*) from ${source} a where ${['person is not null', 'during @> moment', ...conditions].join(' and ')})
           + ${HELD_AT_N})::float8 as held
     from unnest(${times}) with ordinality m (moment, n) order by n`;
};

/** What is computed has no index, so it is read once. */
const countedOnce = ({ view, known, where }: AuditQuery, times: string, bind: Bind): string => {
  const conditions = where.map((each) => sqlOf(each, bind));
  return `${changes(sourceOf(view, known, bind), conditions, times)}
   select ${HELD_AT_N}::float8 as held from generate_series(1, cardinality(${times})) n order by n`;
};

/** By how much the number changes: one more from the first moment that is not before the beginning of an access on, and one less from the first one after its end on. */
const changes = (source: string, conditions: readonly string[], times: string): string =>
  `with held as materialized (select since, until from ${source} a where ${conditions.join(' and ') || 'true'}),
   change as materialized (
     select width_bucket(since - interval '1 microsecond', ${times}) as before, count(*) as more from held group by 1
     union all
     select width_bucket(until, ${times}), -count(*) from held where until is not null group by 1)`;

const HELD_AT_N = '(select coalesce(sum(more), 0) from change where before < n)';
