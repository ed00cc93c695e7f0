import type { PersonId } from '../../core/ids.ts';
import type { Ending, Event } from '../../core/request/events.ts';
import type { GrantWait } from '../../core/request/grant-wait.ts';
import { restoredEvent } from './event-texts.ts';
import { reasonsOf } from './free-texts.ts';
import { TRIED, waitIn } from '../leases/grant-waits.ts';
import type { Db } from '../pool.ts';
import type { StoredRow } from './record.ts';
import { type RequestFilter, type RequestSummary, listRequests } from './requests.ts';

/** A request as a list for people shows it: with its decision, the reasons that people gave, and how it ended. */
export type ListedRequest = RequestSummary &
  Readonly<{
    /** Everybody whom a stage names. */
    approvers: readonly PersonId[];
    /** Who approved it, in their order. */
    approvedBy: readonly PersonId[];
    /** Null when it was erased. */
    reason: string | null;
    /** What the person wrote who denied it. */
    denial: string | null;
    /** For what its grant waits; null when it waits for nothing that is known. */
    wait: GrantWait | null;
    /** Why it ends or ended; null while nothing ends it. */
    ending: Ending | null;
  }>;

/** Requests that match, with what was decided about them and the reasons that people gave, newest first. */
export async function listWithDecisions(db: Db, filter: RequestFilter): Promise<readonly ListedRequest[]> {
  const found = await listRequests(db, filter);
  const { rows } = await db.query<DecisionRow>(
    `select r.id, r.approvers,
            array(select e.body ->> 'by' from event e
                   where e.request_id = r.id and e.kind = 'approved' order by e.seq) as approved_by,
            (select jsonb_build_object('body', e.body, 'salt', t.salt, 'texts', t.texts)
               from event e left join event_text t using (request_id, seq)
              where e.request_id = r.id and e.kind in ('revoke-started', 'closed')
              order by e.seq desc limit 1) as ended,
            ${TRIED} as tried
       from request r where r.id = any ($1)`,
    [found.map(({ id }) => id)],
  );
  const decisions = new Map(rows.map((row) => [row.id, row]));
  const texts = await reasonsOf(
    db,
    found.map(({ id }) => id),
  );
  return found.map((request) => ({
    ...request,
    reason: texts.get(request.id)?.reason ?? null,
    denial: texts.get(request.id)?.denial ?? null,
    ...decisionOf(decisions.get(request.id)),
  }));
}

type DecisionRow = {
  id: string;
  approvers: readonly PersonId[];
  approved_by: readonly PersonId[];
  ended: StoredRow | null;
  tried: Parameters<typeof waitIn>[0];
};

function decisionOf(
  row: DecisionRow | undefined,
): Omit<ListedRequest, keyof RequestSummary | 'reason' | 'denial'> {
  const event = row?.ended ? (restoredEvent(row.ended.body, row.ended) as Event) : undefined;
  return {
    approvers: row?.approvers ?? [],
    approvedBy: row?.approved_by ?? [],
    wait: waitIn(row?.tried ?? []),
    ending: event?.kind === 'revoke-started' || event?.kind === 'closed' ? event.ending : null,
  };
}
