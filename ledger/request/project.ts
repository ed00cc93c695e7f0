import { type Instant, leaseIdOf, type LeaseId, type RequestId } from '../../core/ids.ts';
import type { LeaseState } from '../../core/lease.ts';
import { extensionDueAt } from '../../core/request/due.ts';
import type { Event } from '../../core/request/events.ts';
import type { RequestState, Stage } from '../../core/request/state.ts';
import { skipNewer } from '../../core/result.ts';
import { lockKeyOf, type RequestedTarget } from '../../core/target.ts';
import { wantManifestEntry, wantManifestOfRequest } from '../manifest-entries/manifest-entries.ts';
import { REDRAW } from '../messages/outbox.ts';
import { type Db, toTimestamp } from '../pool.ts';
import { addReminder } from '../messages/reminders.ts';
import { doubt } from '../leases/verifications.ts';

// The workflow acts at the end by itself. The sweeper comes after it, well before the 60 s of I3 are over.
const SWEEPER_GRACE_MS = 10_000;
/** The workflow revokes within this time after the end, while everything works. */
const ON_TIME_MS = 5_000;
/** A change that was sent may reach the provider this much later. */
const LATE_MS = 60_000;

type Projection = Readonly<{ request: RequestId; state: RequestState; events: readonly Event[] }>;

/** Updates the tables that lists and the sweeper read, after new events. `state` is the state after them. */
export async function project(db: Db, { request, state, events }: Projection): Promise<void> {
  for (const event of events) await projectOne(db, request, { event, state });
  if (state.kind === 'blank') return;
  const endsAt = 'endsAt' in state && state.endsAt !== undefined ? toTimestamp(state.endsAt) : null;
  const closedAt = state.kind === 'closed' ? toTimestamp(state.at) : null;
  await db.query(
    `update request set state = $2, ends_at = $3, closed_at = $4, extension_due_at = $5, extension_approvers = $6
      where id = $1`,
    [request, state.kind, endsAt, closedAt, ...extensionColumns(state)],
  );
}

/** When the open extension is due, and who can still approve it. Null without one. */
function extensionColumns(
  state: RequestState,
): readonly [dueAt: Date | null, approvers: readonly string[] | null] {
  const extension = state.kind === 'active' ? state.extension : undefined;
  if (!extension) return [null, null];
  const { kind, approvals, requirements } = extension;
  const named = kind === 'pending' ? approversOf(requirements.stages) : [];
  const open = named.filter((person) => approvals.every(({ by }) => by !== person));
  return [toTimestamp(extensionDueAt(extension)), open];
}

async function projectOne(
  db: Db,
  request: RequestId,
  { event, state }: Readonly<{ event: Event; state: RequestState }>,
): Promise<void> {
  switch (event.kind) {
    case 'judged':
      return projectRequirements(db, request, event);
    case 'asked':
    case 'answered':
      return projectLapse(db, request, state);
    case 'grant-started':
      return createLeases(db, request, event.endsAt);
    case 'intended':
    case 'granted':
      return setLeaseState(db, event.lease, event.kind);
    case 'revoke-started':
      return startRevocations(db, request);
    case 'lease-extended':
    case 'repaired':
      return setGeneration(db, event.lease, event.generation);
    case 'extended':
      await extendLeases(db, request);
      return remind(db, request, { event, state });
    case 'end-adopted':
      await adoptEnd(db, request);
      return remind(db, request, { event, state });
    case 'activated':
      return remind(db, request, { event, state });
    case 'extension-closed':
      await wantManifestOfRequest(db, request);
      return event.ending.kind === 'failed' ? doubtAccessOfRequest(db, request) : undefined;
    case 'extension-started':
      return wantManifestOfRequest(db, request);
    case 'undone':
      return doubtAccess(db, event.lease);
    case 'drifted':
      return wantManifestEntry(db, event.lease);
    case 'revoked':
      await endLease(db, event.lease, event.at); // A trigger wants its entry of the manifest.
      return event.untidied ? doubtAccess(db, event.lease) : undefined;
    case 'requested':
    case 'approved':
    case 'delivered':
    case 'extension-requested':
    case 'extension-approved':
    case 'tidied':
    case 'closed':
    case 'refused':
      return undefined;
    default:
      skipNewer(event);
      return undefined;
  }
}

async function projectRequirements(
  db: Db,
  request: RequestId,
  { requirements: { stages, lapsesAt } }: Extract<Event, { kind: 'judged' }>,
): Promise<void> {
  const approvers = approversOf(stages);
  await db.query('update request set approvers = $2, lapses_at = $3 where id = $1', [
    request,
    approvers,
    toTimestamp(lapsesAt),
  ]);
}

/** A question postpones the lapse. */
async function projectLapse(db: Db, request: RequestId, state: RequestState): Promise<void> {
  if (state.kind === 'pending')
    await db.query('update request set lapses_at = $2 where id = $1', [
      request,
      toTimestamp(state.requirements.lapsesAt),
    ]);
}

/** Creates one lease for each target. From now on the sweeper looks at each after its end, whatever else runs. */
async function createLeases(db: Db, request: RequestId, endsAt: Instant): Promise<void> {
  const state: LeaseState = 'grant-started';
  const { rows } = await db.query<{ targets: readonly RequestedTarget[] }>(
    'select targets from request where id = $1',
    [request],
  );
  for (const [position, target] of (rows[0]?.targets ?? []).entries())
    await db.query(
      `insert into lease (id, request_id, position, provider, state, lock_key, ends_at, next_try_at)
       values ($1, $2, $3, $4, $5, $6, $7, $7::timestamptz + $8 * interval '1 millisecond')`,
      [
        leaseIdOf(request, position),
        request,
        position,
        target.provider,
        state,
        lockKeyOf(target),
        toTimestamp(endsAt),
        SWEEPER_GRACE_MS,
      ],
    );
}

/** The intent ends a wait and is no news, so the cards that say for what the grant waited are drawn again. */
async function setLeaseState(db: Db, lease: LeaseId, state: 'intended' | 'granted'): Promise<void> {
  await db.query(
    `with changed as (
       update lease l set state = $2, changed_at = ledger_now(), last_fault = null
         from lease before where l.id = $1 and before.id = l.id
       returning l.request_id, l.state, before.last_fault)
     insert into outbox (request_id, body)
     select request_id, $3 from changed where state = 'intended' and last_fault is not null`,
    [lease, state, JSON.stringify(REDRAW)],
  );
}

async function setGeneration(db: Db, lease: LeaseId, generation: number): Promise<void> {
  await db.query('update lease set generation = $2, last_fault = null where id = $1', [lease, generation]);
}

/** Reminds the requester before the end that the access has now. */
async function remind(
  db: Db,
  request: RequestId,
  { event, state }: Readonly<{ event: Event; state: RequestState }>,
): Promise<void> {
  if (state.kind === 'active') await addReminder(db, request, { from: event.at, endsAt: state.endsAt });
}

/** Moves the ends of the leases to the approved one. The function reads it in the events, so no role can move an end by itself. */
async function extendLeases(db: Db, request: RequestId): Promise<void> {
  await db.query('select extend_leases($1)', [request]);
}

/** A part of the leases may have the later end at their providers. The sweeper sets them back. */
async function doubtAccessOfRequest(db: Db, request: RequestId): Promise<void> {
  await db.query('select doubt_leases($1)', [request]);
}

/** Moves the ends of the leases to the adopted one. The function reads it in the events and in the plan of the quarantine. */
async function adoptEnd(db: Db, request: RequestId): Promise<void> {
  await db.query('select adopt_end($1)', [request]);
}

async function startRevocations(db: Db, request: RequestId): Promise<void> {
  await db.query(
    `update lease set state = 'revoke-started', changed_at = ledger_now(),
            next_try_at = ledger_now() + $2 * interval '1 millisecond'
      where request_id = $1`,
    [request, SWEEPER_GRACE_MS],
  );
}

/**
 * Puts the access in doubt under the lock of each of its leases; after a rename these locks differ. The sweeper then verifies it,
 * because what was done without the ledger may have taken access of other leases. It also cleans up what is left.
 */
async function doubtAccess(db: Db, lease: LeaseId): Promise<void> {
  const { rows } = await db.query<{ lock_key: string }>(
    `select distinct o.lock_key from lease l join lease o on o.id = l.id or o.holding_id = l.holding_id
      where l.id = $1 order by o.lock_key`,
    [lease],
  );
  for (const { lock_key: key } of rows) await doubt(db, { key }, { afterMs: 0, lateMs: LATE_MS });
}

/**
 * After the receipt: the sweeper skips the lease and its secret is erased. The last receipt closes the holding: the events
 * say which leases have one, because somebody may have written another state into their rows (T24).
 */
async function endLease(db: Db, lease: LeaseId, at: Instant): Promise<void> {
  const { rows } = await db.query<{ holding_id: number | null; is_late: boolean }>(
    `update lease set state = 'revoked', changed_at = ledger_now(), next_try_at = null, last_fault = null
      where id = $1 returning holding_id, ends_at < $2 as is_late`,
    [lease, toTimestamp((at - ON_TIME_MS) as Instant)],
  );
  const [ended] = rows;
  // Before a late receipt, the ledger may have been unavailable and the access revoked without it, and nobody can report that.
  if (ended?.is_late) await doubtAccess(db, lease);
  const holding = ended?.holding_id ?? null;
  // The lock makes the next statement see a lease that joins now. Otherwise the access of that lease would remain.
  await db.query('select from holding where id = $1 for update', [holding]);
  await db.query(
    `update holding set closed_at = ledger_now()
      where id = $1 and not exists (
        select from lease l where l.holding_id = $1 and not exists (
          select from event e where e.request_id = l.request_id and e.kind = 'revoked' and e.body ->> 'lease' = l.id))`,
    [holding],
  );
  await db.query(
    'update secret set sealed = null, erased_at = coalesce(erased_at, ledger_now()) where lease_id = $1',
    [lease],
  );
}

const approversOf = (stages: readonly Stage[]): readonly string[] => [
  ...new Set(stages.flatMap(({ approvers }) => approvers.map(({ person }) => person))),
];
