import pg from 'pg';
import type { Instant } from '../core/ids.ts';
import {
  binNames,
  type Bins,
  DECISION_BINS,
  endBins,
  LENGTH_BINS,
  MOST_USES,
  type NumberName,
} from '../core/numbers.ts';
import type { Bind } from './audit-views.ts';
import { type Db, toTimestamp } from './pool.ts';

/** A time, both ends included, and how its days are told apart. */
export type NumberQuestion = Readonly<{
  from: Instant;
  to: Instant;
  /** The zone of the days. */
  zone: string;
  by: 'day' | 'week';
  /** How many seconds the revocation of access may take after its end. */
  allowedSeconds: number;
}>;

/** A time is in seconds. */
export type NumberRow = Readonly<Record<string, string | number | null>>;

/** The number of the bin of a value, from 0. A number is grouped sooner than a text. */
const binOf = (value: string, bins: Bins): string =>
  `width_bucket(${value}, array[${bins.others.map(([from]) => from).join(', ')}]::float8[]) as bin`;

const binName = (bins: Bins): string =>
  `(array[${binNames(bins)
    .map((name) => `'${name}'`)
    .join(', ')}])[1 + bin] as label`;

/** A question whose times and zone are values of a statement, or literals of it. */
type Bound = Readonly<{ from: string; to: string; zone: string }> &
  Pick<NumberQuestion, 'by' | 'allowedSeconds'>;

const within = (column: string, { from, to }: Bound): string => `${column} >= ${from} and ${column} <= ${to}`;

/** Grants that began in the time and are over. */
const overSince = (bound: Bound): string =>
  `basis = 'granted' and ${within('since', bound)} and until is not null`;

/** Grants whose end a read showed in the time. */
const endedIn = (bound: Bound): string =>
  `select round(extract(epoch from until - planned_end), 3)::float8 as seconds
          from audit.access
         where basis = 'granted' and ${within('until', bound)}`;

const STATEMENTS: Readonly<Record<NumberName, (bound: Bound) => string>> = {
  /** How many requests were decided, with the median and the 90th percentile of the seconds. */
  decisions: (bound) => `
select count(*)::integer as requests, percentile_cont(0.5) within group (order by decided_in) as median,
       percentile_cont(0.9) within group (order by decided_in) as ninetieth
  from audit.request
 where ${within('decided_at', bound)};`,
  'decision-times': (bound) => `
select ${binName(DECISION_BINS)}, count(*)::integer as requests
  from (select ${binOf('decided_in', DECISION_BINS)}
          from audit.request
         where ${within('decided_at', bound)}) decided
 group by bin;`,
  grants: (bound) => `
select date_trunc('${bound.by}', since at time zone ${bound.zone})::date::text as label, count(*)::integer as grants
  from audit.access
 where basis = 'granted' and ${within('since', bound)}
 group by label
 order by label;`,
  lengths: (bound) => `
select ${binName(LENGTH_BINS)}, count(*)::integer as grants,
       percentile_cont(0.5) within group (order by approved) as approved,
       percentile_cont(0.5) within group (order by held) as held
  from (select extract(epoch from planned_end - since)::float8 as approved, extract(epoch from until - since)::float8 as held,
               ${binOf('ceil(extract(epoch from planned_end - since)::float8 / 60)', LENGTH_BINS)}
          from audit.access
         where ${overSince(bound)}) ended
 group by bin;`,
  use: (bound) => `
select verdict as label, count(*)::integer as grants
  from audit.lease_use
 where lease_id = any (array(
        select id from audit.access
         where ${overSince(bound)}
         order by since desc, id desc limit ${MOST_USES}))
 group by label
 order by label;`,
  refusals: (bound) => `
select body -> 'refusal' ->> 'code' as label, count(*)::integer as attempts
  from audit.event
 where kind = 'refused' and ${within('at', bound)}
 group by label
 order by attempts desc, label;`,
  /** How many grants ended, how many of them too late, the longest time after an end in seconds, and how many are held too long now. */
  overstays: (bound) => `
select count(*)::integer as grants, count(*) filter (where seconds > ${bound.allowedSeconds})::integer as overstays, max(seconds) as longest,
       (select count(*) from audit.overstay where until is null and seconds > ${bound.allowedSeconds})::integer as held_now
  from (${endedIn(bound)}) ended;`,
  ends: (bound) => `
select ${binName(endBins(bound.allowedSeconds))}, count(*)::integer as grants
  from (select ${binOf('seconds', endBins(bound.allowedSeconds))}
          from (${endedIn(bound)}) ended) binned
 group by bin;`,
  entitlements: (bound) => `
select coalesce(entitlement, '') as label, count(*)::integer as requests
  from audit.request
 where ${within('at', bound)}
 group by label
 order by requests desc, label;`,
  endings: (bound) => `
select case state when 'closed' then ending else state end as label, count(*)::integer as requests
  from audit.request
 where ${within('at', bound)}
 group by label
 order by requests desc, label;`,
};

const statement = (name: NumberName, { from, to, zone, ...question }: NumberQuestion, bind: Bind): string =>
  STATEMENTS[name]({
    ...question,
    from: `${bind(toTimestamp(from))}::timestamptz`,
    to: `${bind(toTimestamp(to))}::timestamptz`,
    // As a text, Postgres reads "+01:00" as west of Greenwich.
    zone: name === 'grants' ? `${bind(zone)}::${/^[+-]/.test(zone) ? 'interval' : 'text'}` : '',
  }).trim();

/** The rows of a list of numbers. What was not there at all has no row. */
export async function readNumbers(
  db: Db,
  name: NumberName,
  question: NumberQuestion,
): Promise<readonly NumberRow[]> {
  const values: unknown[] = [];
  const bind = (value: unknown): string => `$${values.push(value)}`;
  const { rows } = await db.query<NumberRow>(statement(name, question, bind), values);
  return rows;
}

/** The same as a statement that a login with the role curfew_auditor can run. */
export const numbersSql = (name: NumberName, question: NumberQuestion): string =>
  statement(name, question, (value) =>
    pg.escapeLiteral(value instanceof Date ? value.toISOString() : String(value)),
  ).replaceAll(/('[^']*')::(timestamptz|interval|text)/g, (_, literal: string, type: string) =>
    type === 'text' ? literal : `${type} ${literal}`,
  );
