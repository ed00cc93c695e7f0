import pg from 'pg';
import type { Instant } from '../../core/ids.ts';
import {
  ALLOWED_SECONDS,
  binNames,
  type Bins,
  DECISION_BINS,
  END_BINS,
  LENGTH_BINS,
  MOST_USES,
  type NumberName,
} from '../../core/numbers.ts';
import { type Db, toTimestamp } from '../pool.ts';
import type { NumberQuestion, NumberRow } from './question.ts';

/** The number of the bin of a value, from 0. A number is grouped sooner than a text. */
const binOf = (value: string, bins: Bins): string =>
  `width_bucket(${value}, array[${bins.others.map(([from]) => from).join(', ')}]::float8[]) as bin`;

const binName = (bins: Bins): string =>
  `(array[${binNames(bins)
    .map((name) => `'${name}'`)
    .join(', ')}])[1 + bin] as label`;

/** A question whose times and zone are literals of a statement. */
type Bound = Readonly<{ from: string; to: string; zone: string; by: NumberQuestion['by'] }>;

const within = (column: string, { from, to }: Bound): string => `${column} >= ${from} and ${column} <= ${to}`;

/** Grants that began in the time and are over. */
const overSince = (bound: Bound): string =>
  `basis = 'granted' and ${within('since', bound)} and until is not null`;

/** Grants whose end a read showed in the time. */
const endedIn = (bound: Bound): string =>
  `select round(extract(epoch from until - planned_end), 3)::float8 as seconds
          from audit.access
         where basis = 'granted' and ${within('until', bound)} and planned_end is not null`;

const median = (seconds: string, part = 0.5): string =>
  `percentile_disc(${part}) within group (order by audit.rounded_up(${seconds}))`;

const usesOf = (bound: Bound): string => `
select verdict as label, count(*)::integer as grants
  from audit.lease_use
 where lease_id = any (array(
        select id from audit.access
         where ${overSince(bound)}
         order by since desc, id desc limit ${MOST_USES}))
 group by label
 order by label;`;

const STATEMENTS: Readonly<Record<NumberName, (bound: Bound) => string>> = {
  /** How many requests were decided, with the median and the 90th percentile of the seconds. */
  decisions: (bound) => `
select count(*)::integer as requests, ${median('decided_in')} as median,
       ${median('decided_in', 0.9)} as ninetieth
  from audit.request
 where ${within('decided_at', bound)} and decided_in is not null;`,
  'decision-times': (bound) => `
select ${binName(DECISION_BINS)}, count(*)::integer as requests
  from (select ${binOf('ceil(decided_in)', DECISION_BINS)}
          from audit.request
         where ${within('decided_at', bound)} and decided_in is not null) decided
 group by bin
 order by bin;`,
  grants: (bound) => `
select date_trunc('${bound.by}', since at time zone ${bound.zone})::date::text as label, count(*)::integer as grants
  from audit.access
 where basis = 'granted' and ${within('since', bound)}
 group by label
 order by label;`,
  lengths: (bound) => `
select ${binName(LENGTH_BINS)}, count(*)::integer as grants,
       ${median('approved')} as approved,
       ${median('held')} as held
  from (select extract(epoch from planned_end - since)::float8 as approved, extract(epoch from until - since)::float8 as held,
               ${binOf('ceil(extract(epoch from planned_end - since)::float8 / 60)', LENGTH_BINS)}
          from audit.access
         where ${overSince(bound)} and planned_end is not null) ended
 group by bin
 order by bin;`,
  use: usesOf,
  refusals: (bound) => `
select body -> 'refusal' ->> 'code' as label, count(*)::integer as attempts
  from audit.event
 where kind = 'refused' and ${within('at', bound)}
 group by label
 order by attempts desc, label;`,
  /** How many grants ended, how many of them too late, the longest time after an end in seconds, and how many are held too long now. */
  overstays: (bound) => `
select count(*)::integer as grants, count(*) filter (where seconds > ${ALLOWED_SECONDS})::integer as overstays, max(seconds) as longest,
       (select count(*) from audit.overstay where until is null and seconds > ${ALLOWED_SECONDS})::integer as held_now
  from (${endedIn(bound)}) ended;`,
  ends: (bound) => `
select ${binName(END_BINS)}, count(*)::integer as grants
  from (select ${binOf('seconds', END_BINS)}
          from (${endedIn(bound)}) ended) binned
 group by bin
 order by bin;`,
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

/** A list of numbers as a statement that a login with the role curfew_auditor can run. It counts the facts, and reads nothing that is kept. */
export const numbersSql = (name: NumberName, { from, to, zone, by }: NumberQuestion): string =>
  STATEMENTS[name]({
    by,
    from: timestamp(from),
    to: timestamp(to),
    // As a text, Postgres reads "+01:00" as west of Greenwich.
    zone: `${/^[+-]/.test(zone) ? 'interval ' : ''}${pg.escapeLiteral(zone)}`,
  }).trim();

const timestamp = (at: Instant): string => `timestamptz ${pg.escapeLiteral(toTimestamp(at).toISOString())}`;

/** What was done with the newest grants of a time that are over. Few are read, so nothing is kept. */
export async function readUses(db: Db, question: NumberQuestion): Promise<readonly NumberRow[]> {
  const { rows } = await db.query<NumberRow>(numbersSql('use', question));
  return rows;
}
