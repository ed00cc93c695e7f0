import type { Instant } from '../../core/ids.ts';
import { type Db, toInstant, toTimestamp } from '../pool.ts';
import { coverOf, type KeptTime } from './cover.ts';
import type { NumberQuestion } from './question.ts';

/**
 * Counts of one list of `audit.numbers_between`; `amount` is how many there are. decided: `value` is the rounded seconds until a decision. granted:
 * `label` is the day, or the first day of the week, in which grants began. approved, held: `label` is the number of the bin of the length, `value`
 * the rounded seconds. refused, requested, state: `label` is the code, the entitlement, the state. ended: `label` is the number of the bin, `value`
 * the longest time after an end in it, in seconds.
 */
export type Part = Readonly<{ list: string; label: string; value: number; amount: number }>;

/**
 * Counts what is in a time: from what is kept of it, and at the same time from the facts what is not kept. So a value can be there twice, with the
 * amount of each.
 */
export async function readParts(db: Db, question: NumberQuestion): Promise<readonly Part[]> {
  const { from, to, zone, by } = question;
  const { kept, gaps } = coverOf(question, await keptTimes(db, question));
  const days = [zone, by, toTimestamp(from), toTimestamp(to)];
  const read = (source: string, ...values: readonly unknown[]) =>
    db.query<Part>(partsSql(zone, source), [...days, ...values]);
  const found = await Promise.all([
    read(KEPT, kept),
    read(
      GAPS,
      gaps.map(({ from: begin }) => toTimestamp(begin)),
      gaps.map(({ before }) => (before === undefined ? justAfter(to) : toTimestamp(before))),
    ),
  ]);
  return found.flatMap(({ rows }) => rows);
}

const KEPT = 'select list, label, value, amount from number_count where time_id = any ($5)';
const GAPS = `select n.list, n.label, n.value, n.amount
                from unnest($5::timestamptz[], $6::timestamptz[]) g (from_at, before_at)
               cross join lateral audit.numbers_between(g.from_at, g.before_at) n`;

/** The quarters of an hour of grants are told apart by the beginnings of the days, or weeks, which are found once. */
const partsSql = (zone: string, source: string): string =>
  `with days as (
       select array_agg(extract(epoch from d at time zone ${zoneOf(zone)})::float8 order by d) as starts, array_agg(d::date::text order by d) as labels
         from generate_series(date_trunc($2, $3::timestamptz at time zone ${zoneOf(zone)}), $4::timestamptz at time zone ${zoneOf(zone)}, ('1 ' || $2)::interval) d)
     select list, case list when 'granted' then labels[day] else label end as label, value, amount
       from days cross join lateral (
         select list, label, case list when 'granted' then 0 else value end as value,
                case list when 'granted' then width_bucket(value, starts) end as day, sum(amount)::bigint as amount
           from (${source}) counted
          group by 1, 2, 3, 4) summed`;

/** As a text, Postgres reads "+01:00" as west of Greenwich. */
const zoneOf = (zone: string): string => (/^[+-]/.test(zone) ? '$1::interval' : '$1::text');

/** The next time that Postgres has. It counts microseconds. */
const justAfter = (at: Instant): string => toTimestamp(at).toISOString().replace('Z', '001Z');

/** The days and months in a time that are counted, and of which nothing changed since. */
async function keptTimes(db: Db, { from, to }: NumberQuestion): Promise<readonly KeptTime[]> {
  const { rows } = await db.query<{ id: number; from: Date; before: Date }>(
    `select id, from_at as "from", before_at as before
       from number_time n
      where from_at >= $1 and before_at <= $2
        and not exists (select from number_change c where c.from_at = n.from_at and c.before_at = n.before_at)
      order by from_at, before_at desc`,
    [toTimestamp(from), toTimestamp(to)],
  );
  return rows.map(({ id, ...time }) => ({ id, from: toInstant(time.from), before: toInstant(time.before) }));
}
