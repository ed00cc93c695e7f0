import type { Instant, PersonId, RequestId } from '../../core/ids.ts';
import type { Ending } from '../../core/request/events.ts';
import type { GrantWait } from '../../core/request/grant-wait.ts';
import type { OpenedRequest } from '../../core/request/state.ts';
import type { EnforcementClass } from '../../core/target.ts';
import { TRIED, waitIn } from '../leases/grant-waits.ts';
import type { Db } from '../pool.ts';

/** What lists show of a request: whose it is, who approved it, and what happened to its end. */
export type RequestFacts = Readonly<{
  id: RequestId;
  requester: PersonId;
  entitlement: string;
  state: OpenedRequest['kind'];
  /** Who may approve it while it is pending, or its extension. */
  approvers: readonly PersonId[];
  lapsesAt: Instant;
  /** Who asked its requester a question that waits for an answer, and when. Null when none does. */
  askedBy: PersonId | null;
  askedAt: Instant | null;
  /** An extension of it waits for approval. */
  isExtending: boolean;
  endsAt: Instant | null;
  title: string;
  class: string;
  approvedBy: readonly PersonId[];
  /** Who enforces the end of each of its leases, in their order. */
  enforcement: readonly EnforcementClass[];
  /** For what its grant waits; null when it waits for nothing that is known. */
  wait: GrantWait | null;
  /** Why the access ends or ended; null while nothing ends it. */
  ending: Ending['kind'] | null;
  endingAt: Instant | null;
  /** Who ended it; null when nobody did. */
  endingBy: PersonId | null;
  extendedAt: readonly Instant[];
  /** The approved ends, each with the moment at which it was recorded. */
  ends: readonly Readonly<{ at: Instant; endsAt: Instant }>[];
  /** When attempts about it were refused. */
  refusedAt: readonly Instant[];
}>;

const MS = (column: string): string => `(extract(epoch from ${column}) * 1000)::float8`;

/** The events of some kinds, in their order, as an array of `what`. */
const each = (what: string, kinds: string): string =>
  `coalesce(array_agg(${what} order by e.seq) filter (where e.kind in (${kinds})), '{}')`;

/** The first of the events of some kinds, or with `desc` the last. */
const one = (what: string, kinds: string, order: '' | 'desc' = ''): string =>
  `(array_agg(${what} order by e.seq ${order}) filter (where e.kind in (${kinds})))[1]`;

/** As many refusals of a request are marked. */
const MOST_MARKS = 100;

const ENDED = `'revoke-started', 'closed'`;
const QUESTION = `'asked', 'answered'`;
const ENDS = `'grant-started', 'extended', 'end-adopted'`;

/** The facts of these requests, in no order. Those of a purged request are missing. The events of each are read once. */
export async function requestFacts(db: Db, ids: readonly string[]): Promise<readonly RequestFacts[]> {
  const { rows } = await db.query<Omit<RequestFacts, 'wait'> & { tried: Parameters<typeof waitIn>[0] }>(
    `select r.id, r.requester, r.entitlement, r.state, coalesce(r.extension_approvers, r.approvers) as approvers,
            ${MS('coalesce(r.extension_due_at, r.lapses_at)')} as "lapsesAt", r.extension_due_at is not null as "isExtending", ${MS('r.ends_at')} as "endsAt",
            case when r.state = 'pending' then s.asked_by end as "askedBy", case when r.state = 'pending' then s.asked_at end as "askedAt",
            r.shown ->> 'title' as title, r.shown ->> 'class' as class,
            array(select t ->> 'enforcement' from jsonb_array_elements(r.shown -> 'targets') with ordinality x (t, n) order by n) as enforcement,
            s.approved_by as "approvedBy", s.ending, s.ending_at as "endingAt", s.ending_by as "endingBy", s.extended_at as "extendedAt", s.ends, s.refused_at as "refusedAt", ${TRIED} as tried
       from request r
       cross join lateral (
         select ${each(`e.body ->> 'by'`, `'approved'`)} as approved_by,
                ${one(`e.body -> 'ending' ->> 'kind'`, ENDED)} as ending, ${one(MS('e.at'), ENDED)} as ending_at,
                ${one(`e.body -> 'ending' ->> 'by'`, ENDED)} as ending_by,
                ${one(`case e.kind when 'asked' then e.body ->> 'by' end`, QUESTION, 'desc')} as asked_by,
                ${one(`case e.kind when 'asked' then ${MS('e.at')} end`, QUESTION, 'desc')} as asked_at,
                ${each(MS('e.at'), `'extended'`)} as extended_at,
                array_to_json(${each(`jsonb_build_object('at', ${MS('e.at')}, 'endsAt', (e.body ->> 'endsAt')::float8)`, ENDS)}) as ends,
                array(select ${MS('f.at')} from event f where f.request_id = r.id and f.kind = 'refused' order by f.seq limit ${MOST_MARKS}) as refused_at
           from event e where e.request_id = r.id and e.kind <> 'refused') s
      where r.id = any ($1)`,
    [ids],
  );
  return rows.map(({ tried, ...row }) => ({ ...row, wait: waitIn(tried) }));
}
