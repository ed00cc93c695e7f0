import type { Instant, PersonId, RequestId } from '../../core/ids.ts';
import type { Ending } from '../../core/request/events.ts';
import type { OpenedRequest } from '../../core/request/state.ts';
import type { EnforcementClass } from '../../core/target.ts';
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
  /** Why the access ends or ended; null while nothing ends it. */
  ending: Ending['kind'] | null;
  endingAt: Instant | null;
  extendedAt: readonly Instant[];
  /** The approved ends, each with the moment at which it was recorded. */
  ends: readonly Readonly<{ at: Instant; endsAt: Instant }>[];
  /** When attempts about it were refused. */
  refusedAt: readonly Instant[];
}>;

const MS = (column: string): string => `(extract(epoch from ${column}) * 1000)::float8`;

/** The facts of these requests, in no order. Those of a purged request are missing. */
export async function requestFacts(db: Db, ids: readonly string[]): Promise<readonly RequestFacts[]> {
  const { rows } = await db.query<RequestFacts>(
    `select r.id, r.requester, r.entitlement, r.state, coalesce(r.extension_approvers, r.approvers) as approvers,
            ${MS('coalesce(r.extension_due_at, r.lapses_at)')} as "lapsesAt", r.extension_due_at is not null as "isExtending", ${MS('r.ends_at')} as "endsAt",
            asked.body ->> 'by' as "askedBy", ${MS('asked.at')} as "askedAt",
            r.shown ->> 'title' as title, r.shown ->> 'class' as class,
            array(select e.body ->> 'by' from event e where e.request_id = r.id and e.kind = 'approved' order by e.seq) as "approvedBy",
            array(select t ->> 'enforcement' from jsonb_array_elements(r.shown -> 'targets') with ordinality x (t, n) order by n) as enforcement,
            ended.body -> 'ending' ->> 'kind' as ending, ${MS('ended.at')} as "endingAt",
            array(select ${MS('e.at')} from event e where e.request_id = r.id and e.kind = 'extended' order by e.seq) as "extendedAt",
            (select coalesce(jsonb_agg(jsonb_build_object('at', ${MS('e.at')}, 'endsAt', (e.body ->> 'endsAt')::float8) order by e.seq), '[]')
               from event e where e.request_id = r.id and e.kind in ('grant-started', 'extended', 'end-adopted')) as ends,
            array(select ${MS('e.at')} from event e where e.request_id = r.id and e.kind = 'refused' order by e.seq) as "refusedAt"
       from request r
       left join lateral (
         select e.body, e.at from event e where e.request_id = r.id and e.kind in ('revoke-started', 'closed') order by e.seq limit 1) ended on true
       left join lateral (
         select e.kind, e.body, e.at from event e
          where e.request_id = r.id and r.state = 'pending' and e.kind in ('asked', 'answered') order by e.seq desc limit 1) asked on asked.kind = 'asked'
      where r.id = any ($1)`,
    [ids],
  );
  return rows;
}
