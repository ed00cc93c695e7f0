import type { Instant, LeaseId, RequestId } from '../../core/ids.ts';
import { type LeaseStanding, leaseStates } from '../../core/request/lease-states.ts';
import { restoredEvent } from '../request/event-texts.ts';
import { type Db, toInstant } from '../pool.ts';
import { CHANGES_STATE, lockRequest, readEvents } from '../request/record.ts';

/** A lease whose row is not what the events say. `found` is what is in the row, null when there is none. */
export type WrongLease = Readonly<{ lease: LeaseId; expected: LeaseStanding; found: LeaseRow | null }>;

/** `nextTryAt`: when the sweeper looks at the lease; null for never. */
export type LeaseRow = Readonly<{ state: string; endsAt: Instant; nextTryAt: Instant | null }>;

/** The sweeper looks at a lease at most this long after its end, or after now. */
const LATEST_LOOK_MS = 70_000;

/**
 * The requests that are not closed and have a lease whose row differs from the events: another state, another end, or a next
 * look of the sweeper that comes too late. Only somebody who writes to the tables by hand makes such a row (T24).
 */
export async function requestsWithWrongLeases(db: Db): Promise<readonly RequestId[]> {
  await db.query('set transaction isolation level repeatable read'); // Both reads see the same moment.
  const { rows } = await db.query<{ request_id: RequestId; bodies: readonly unknown[]; now: Date }>(
    `select request_id, array_agg(body order by seq) as bodies, ledger_now() as now from event
      where ${CHANGES_STATE} and request_id in (select request_id from event g where kind = 'grant-started'
                              and not exists (select from event c where c.request_id = g.request_id and c.kind = 'closed'))
      group by request_id`,
  );
  const found = await leaseRows(
    db,
    rows.map(({ request_id }) => request_id),
  );
  return rows.flatMap(({ request_id, bodies, now }) => {
    try {
      const expected = leaseStates(bodies.map((body) => restoredEvent(body, { salt: null, texts: null })));
      return differences(expected, found, toInstant(now)).length > 0 ? [request_id] : [];
    } catch {
      return [request_id]; // An event that cannot be read is reported for its request only.
    }
  });
}

/** Where each lease of a request stands, as its events say. */
export const standingsOf = async (db: Db, request: RequestId): Promise<ReadonlyMap<LeaseId, LeaseStanding>> =>
  leaseStates(await readEvents(db, request));

/** Sets the rows of a request's leases right, under the lock of the request. Returns those that were wrong. */
export async function correctLeases(db: Db, request: RequestId): Promise<readonly WrongLease[]> {
  await lockRequest(db, request);
  const expected = await standingsOf(db, request);
  const { rows } = await db.query<{ now: Date }>('select ledger_now() as now');
  const now = toInstant(rows[0]?.now ?? new Date(Number.NaN));
  const wrong = differences(expected, await leaseRows(db, [request]), now);
  for (const { lease, expected: to } of wrong)
    await db.query(
      `update lease set state = $2, changed_at = ledger_now(),
              next_try_at = case when $2 <> 'revoked' then greatest(to_timestamp($3 / 1000.0), ledger_now()) end
        where id = $1`,
      [lease, to.state, to.endsAt],
    );
  return wrong;
}

async function leaseRows(db: Db, requests: readonly RequestId[]): Promise<ReadonlyMap<LeaseId, LeaseRow>> {
  const { rows } = await db.query<{ id: LeaseId; state: string; ends: number; next: number | null }>(
    `select id, state, extract(epoch from ends_at)::float8 * 1000 as ends, extract(epoch from next_try_at)::float8 * 1000 as next
       from lease where request_id = any ($1)`,
    [requests],
  );
  return new Map(
    rows.map(({ id, state, ends, next }) => [
      id,
      { state, endsAt: Math.round(ends) as Instant, nextTryAt: next as Instant | null },
    ]),
  );
}

function differences(
  expected: ReadonlyMap<LeaseId, LeaseStanding>,
  found: ReadonlyMap<LeaseId, LeaseRow>,
  now: Instant,
): readonly WrongLease[] {
  return [...expected].flatMap(([lease, standing]) => {
    const row = found.get(lease) ?? null;
    return row && isRight(row, standing, now) ? [] : [{ lease, expected: standing, found: row }];
  });
}

function isRight({ state, endsAt, nextTryAt }: LeaseRow, expected: LeaseStanding, now: Instant): boolean {
  if (state !== expected.state || endsAt !== expected.endsAt) return false;
  if (state === 'revoked') return true;
  return nextTryAt !== null && nextTryAt <= Math.max(endsAt, now) + LATEST_LOOK_MS;
}
