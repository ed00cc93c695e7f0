import type { Instant, LeaseId, PersonId, RequestId } from '../../core/ids.ts';
import type { RequestedTarget } from '../../core/target.ts';
import type { PartUse } from '../../core/use.ts';
import { type CountAndNewest, type CountLimit, countWithin } from '../count.ts';
import { type Db, toTimestamp } from '../pool.ts';

export const USE_VERDICTS = ['used', 'never-used', 'not-used-so-far', 'unknown'] as const;
/** What can be said of the use of a lease. `never-used`: the vendor showed everything from the grant to the end, and there was nothing. */
export type UseVerdict = (typeof USE_VERDICTS)[number];

/** A piece of what was granted. `last` is an RFC 3339 time. */
export type ShownPart = Readonly<{
  part: string;
  use: PartUse['use'];
  amount: number | null;
  last: string | null;
}>;

/**
 * The line of use of one lease, as the view `audit.lease_use` has it. `knownUntil`: until when the vendor showed everything since the grant. `isWhole`: that is so for
 * the whole time of the lease. `whyUnknown` is a sentence, where something is not known.
 */
export type LeaseUse = Readonly<{
  lease: LeaseId;
  request: RequestId;
  person: PersonId;
  entitlement: string;
  provider: string;
  target: RequestedTarget;
  grantedAt: Instant;
  endedAt: Instant | null;
  verdict: UseVerdict;
  first: Instant | null;
  last: Instant | null;
  amount: number | null;
  unit: string | null;
  source: string | null;
  knownUntil: Instant | null;
  isWhole: boolean;
  readAt: Instant | null;
  parts: readonly ShownPart[];
  whyUnknown: string | null;
}>;

/** Conditions that all hold. `before`: the leases that come after this one in the list, the newest lease first. */
export type UseFilter = Readonly<{
  request?: RequestId;
  lease?: LeaseId;
  person?: PersonId;
  entitlement?: string;
  verdicts?: readonly UseVerdict[];
  /** Only leases of which a piece was not used, or that were never used while another lease of the request was. */
  partly?: boolean;
  before?: LeaseId;
  /** Only leases that were granted from the first moment until the second one, both included. */
  grantedFrom?: Instant;
  grantedUntil?: Instant;
  limit: number;
}>;

const at = (column: string): string => `(extract(epoch from ${column}) * 1000)::float8`;

// The line of use of a lease is computed for each lease that the other conditions leave.
const MATCHES = `($1::text is null or request_id = $1) and ($2::text is null or lease_id = $2) and ($3::text is null or person = $3)
        and ($4::text is null or entitlement = $4) and ($5::text[] is null or verdict = any ($5))
        and (not $6 or verdict = 'used' and parts @> '[{"use": "not-used"}]' or verdict = 'never-used' and exists (
              select from audit.lease_use other where other.request_id = line.request_id and other.verdict = 'used'))
        and ($7::text is null or lease_id < $7)
        and ($8::timestamptz is null or granted_at >= $8) and ($9::timestamptz is null or granted_at <= $9)`;

/** From which lines a list is read, and its order. */
type Lines = Readonly<{ from: string; order: string }>;

const ALL_LINES: Lines = { from: 'audit.lease_use line', order: 'lease_id' };

/**
 * What is never used has a reading that shows nothing, and there is an index of these readings. So the lines of their leases alone are computed, one after
 * the other in the order of the list, until a page is full. A reading comes after the grant, so those from before the period are of older access. A day
 * is left for a clock that was set back. "offset 0" keeps Postgres from reading all access of the period instead.
 */
const MAYBE_UNUSED: Lines = {
  from: `(select distinct u.lease_id as candidate from use_reading u
           cross join lateral (
             select from audit.access a
              where a.id = u.lease_id and ($8::timestamptz is null or a.since >= $8) and ($9::timestamptz is null or a.since <= $9) offset 0) in_time
           where u.kind = 'known' and u.amount = 0 and ($7::text is null or u.lease_id < $7) and ($8::timestamptz is null or u.read_at > $8::timestamptz - interval '1 day')
           order by candidate desc offset 0) shown_nothing
         cross join lateral (select * from audit.lease_use u where u.lease_id = candidate offset 0) line`,
  order: 'candidate',
};

const linesOf = ({ verdicts }: Pick<UseFilter, 'verdicts'>): Lines =>
  verdicts?.every((verdict) => verdict === 'never-used') ? MAYBE_UNUSED : ALL_LINES;

const conditions = (filter: Omit<UseFilter, 'limit'>): readonly unknown[] => [
  ...[filter.request ?? null, filter.lease ?? null, filter.person ?? null, filter.entitlement ?? null],
  ...[filter.verdicts ?? null, filter.partly ?? false, filter.before ?? null],
  ...[filter.grantedFrom, filter.grantedUntil].map((at) => (at === undefined ? null : toTimestamp(at))),
];

/** The leases that were never used, as a statement that a login with the role curfew_auditor can run. */
export function neverUsedSql({
  grantedFrom,
  grantedUntil,
}: Pick<UseFilter, 'grantedFrom' | 'grantedUntil'>): string {
  const times = [
    ...(grantedFrom === undefined ? [] : [`since >= '${toTimestamp(grantedFrom).toISOString()}'`]),
    ...(grantedUntil === undefined ? [] : [`since <= '${toTimestamp(grantedUntil).toISOString()}'`]),
  ];
  return [
    'select *',
    '  from audit.lease_use',
    ` where verdict = 'never-used'`,
    ...(times.length === 0
      ? []
      : [`   and lease_id in (select id from audit.access where ${times.join(' and ')})`]),
    ' order by lease_id;',
  ].join('\n');
}

/** How many leases match, and when the newest was granted. Undefined when to count them takes too long. */
export const countLeaseUses = (
  db: Db,
  filter: Omit<UseFilter, 'limit'>,
  { most, withinMs }: CountLimit,
): Promise<CountAndNewest | undefined> =>
  countWithin(
    db,
    {
      sql: `select granted_at as at from ${linesOf(filter).from} where ${MATCHES} limit $10`,
      values: [...conditions(filter), most + 1],
    },
    withinMs,
  );

/** The lines of use of the leases that match, the newest lease first. */
export async function leaseUses(db: Db, filter: UseFilter): Promise<readonly LeaseUse[]> {
  const { from, order } = linesOf(filter);
  const { rows } = await db.query<LeaseUse>(
    `select lease_id as lease, request_id as request, person, entitlement, provider, target,
            ${at('granted_at')} as "grantedAt", ${at('ended_at')} as "endedAt", verdict, ${at('first_at')} as first, ${at('last_at')} as last,
            amount, unit, source, ${at('known_until')} as "knownUntil", whole as "isWhole", ${at('read_at')} as "readAt", parts, why_unknown as "whyUnknown"
       from ${from}
      where ${MATCHES}
      order by ${order} desc limit $10`,
    [...conditions(filter), filter.limit],
  );
  return rows;
}
