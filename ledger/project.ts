import { type Instant, leaseIdOf, type LeaseId, type RequestId } from '../core/ids.ts';
import type { RequestedTarget } from '../core/target.ts';
import type { Event } from '../core/request/events.ts';
import type { RequestState, Stage } from '../core/request/state.ts';
import { type Db, toTimestamp } from './pool.ts';

// The workflow acts at the end itself; the sweeper comes after it, well inside the 60 s of I3.
const SWEEPER_GRACE_MS = 10_000;

/** Brings the tables that lists and sweeps read in line with what has just happened. */
export async function project(
  db: Db,
  request: RequestId,
  state: RequestState,
  events: readonly Event[],
): Promise<void> {
  for (const event of events) await projectOne(db, request, event);
  if (state.kind === 'blank' || events.every(({ kind }) => kind === 'refused')) return;
  const end = 'endsAt' in state && state.endsAt !== undefined ? toTimestamp(state.endsAt) : null;
  await db.query('update request set state = $2, ends_at = $3, closed_at = $4 where id = $1', [
    request,
    state.kind,
    end,
    state.kind === 'closed' ? toTimestamp(state.at) : null,
  ]);
}

async function projectOne(db: Db, request: RequestId, event: Event): Promise<void> {
  switch (event.kind) {
    case 'judged':
      return void (await db.query('update request set approvers = $2, lapses_at = $3 where id = $1', [
        request,
        approversOf(event.requirements.stages),
        toTimestamp(event.requirements.lapsesAt),
      ]));
    case 'grant-started':
      return createLeases(db, request, event.endsAt);
    case 'intended':
      return void (await db.query(
        `update lease set state = 'intended', changed_at = ledger_now() where id = $1`,
        [event.lease],
      ));
    case 'granted':
      return void (await db.query(
        `update lease set state = 'granted', changed_at = ledger_now(), last_fault = null where id = $1`,
        [event.lease],
      ));
    case 'revoke-started':
      return void (await db.query(
        `update lease set state = 'revoke-started', changed_at = ledger_now(),
                next_try_at = ledger_now() + $2 * interval '1 millisecond'
          where request_id = $1 and state <> 'revoked'`,
        [request, SWEEPER_GRACE_MS],
      ));
    case 'revoked':
      return revokeLease(db, event.lease);
    case 'requested':
    case 'approved':
    case 'activated':
    case 'delivered':
    case 'closed':
    case 'refused':
      return undefined;
  }
}

/** From this moment something is owed: each lease is looked at by the sweeper after its end, whoever lives. */
async function createLeases(db: Db, request: RequestId, end: Instant): Promise<void> {
  const { rows } = await db.query<{ targets: readonly RequestedTarget[] }>(
    'select targets from request where id = $1',
    [request],
  );
  for (const [index, target] of (rows[0]?.targets ?? []).entries())
    await db.query(
      `insert into lease (id, request_id, position, provider, state, level, ends_at, next_try_at)
       values ($1, $2, $3, $4, 'grant-started', $5, $6, $6::timestamptz + $7 * interval '1 millisecond')`,
      [
        leaseIdOf(request, index),
        request,
        index,
        target.provider,
        target.level,
        toTimestamp(end),
        SWEEPER_GRACE_MS,
      ],
    );
}

/** The receipt is in: nothing is owed any more, and the last lease of a holding closes it. */
async function revokeLease(db: Db, lease: LeaseId): Promise<void> {
  const { rows } = await db.query<{ holding_id: number | null }>(
    `update lease set state = 'revoked', changed_at = ledger_now(), next_try_at = null, last_fault = null
      where id = $1 returning holding_id`,
    [lease],
  );
  // Locked first: a lease that joins meanwhile must be seen by the next statement, or its access would outlive it.
  await db.query('select from holding where id = $1 for update', [rows[0]?.holding_id ?? null]);
  await db.query(
    `update holding set closed_at = ledger_now()
      where id = $1 and not exists (select from lease where holding_id = $1 and state <> 'revoked')`,
    [rows[0]?.holding_id ?? null],
  );
  await db.query(
    `update secret set sealed = null, taken_at = ledger_now() where lease_id = $1 and taken_at is null`,
    [lease],
  );
}

const approversOf = (stages: readonly Stage[]): readonly string[] => [
  ...new Set(stages.flatMap(({ approvers }) => approvers.map(({ person }) => person))),
];
