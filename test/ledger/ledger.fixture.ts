import { uuidv7 } from 'uuidv7';
import { clickIdOf, type Instant, type Minutes, type RequestId, requestIdOf } from '../../core/ids.ts';
import { type Command, ELIGIBLE, NOT_ELIGIBLE } from '../../core/request/commands.ts';
import type { CardContent } from '../../core/request/shown.ts';
import type { RequestState } from '../../core/request/state.ts';
import type { Ledger, Lease, NewRequest, Step } from '../../ledger/index.ts';
import { ana, bo, cy } from '../core/request/request.fixture.ts';
import { textHash } from '../../ledger/salted-text.ts';
import { asAdmin } from './database.fixture.ts';

export const newRequest = (): RequestId => requestIdOf(clickIdOf(uuidv7()));

/** The id of a request that is made at this time, with these last hex digits. */
export const requestMadeAt = (ms: number, tail: string): RequestId =>
  requestIdOf(clickIdOf(`${ms.toString(16).padStart(12, '0')}${tail.padStart(20, '0')}`));

export const target = {
  provider: 'fake',
  account: 'ana',
  spec: { thing: 'x' },
  lockKey: 'x',
  level: 'write',
  ownObject: false,
};

export const shown: CardContent = {
  title: 'Orders database',
  class: 'internal',
  requester: { name: 'Ana Ferreira' },
  targets: [
    {
      ...{ plain: 'the thing x', permissions: [], cautions: [], atEnd: [], widens: false },
      ...{ level: 'write', enforcement: 'C', residualMs: null },
    },
  ],
};

/** A request of ana for one target, which bo or cy can approve. */
export const opening = (
  id: RequestId,
  { reason = { salt: 's', body: 'incident 4312' }, ...more }: Partial<NewRequest> = {},
): NewRequest => ({
  details: {
    id,
    requester: ana,
    entitlement: 'orders-db',
    minutes: 60 as Minutes,
    targets: (more.targets ?? [target]).map(({ provider }) => provider),
    reasonHash: textHash(reason.salt, reason.body),
    digest: 'd1',
  },
  targets: [target],
  shown,
  reason,
  requirements: {
    stages: [{ needs: 1, approvers: [bo, cy].map((who) => ({ person: who, because: 'x' })) }],
    policy: 'p1',
  },
  waitMinutes: 480 as Minutes,
  mostOpen: 10_000,
  sameWithin: 0 as Minutes,
  via: 'workflow',
  ...more,
});

export const stepOf = (
  request: RequestId,
  name: string,
  command: (at: Instant, state: RequestState) => Command,
): Step => ({
  request,
  name,
  via: 'workflow',
  command: (state, at) => command(at, state),
});

export const approve = (request: RequestId, by = bo, name = `click/${by}`): Step =>
  stepOf(request, name, (at) => ({ kind: 'approve', by, digest: 'd1', eligibility: ELIGIBLE, at }));

export const end = (request: RequestId): Step =>
  stepOf(request, 'end', (at) => ({ kind: 'end', by: ana, eligibility: NOT_ELIGIBLE, at }));

export const LADDER = ['none', 'read', 'write', 'admin'];

/** What the provider shows before the first write. */
export const observed = {
  subject: { id: 'id-1', name: 'ana' },
  prior: 'none',
  target: { thing: 'x' },
  key: 'x',
  ladder: LADDER,
  readAt: Infinity as Instant,
};

export const confirmGranted = ({ id, request }: Lease, seen: string): Step =>
  stepOf(request, `granted/${id}`, (at) => ({ kind: 'confirm-granted', lease: id, seen, at }));

export const confirmRevoked = ({ id, request }: Lease): Step =>
  stepOf(request, `revoked/${id}`, (at) => ({ kind: 'confirm-revoked', lease: id, seen: 'none', at }));

/** A pending request, with a new id unless there are details with one. */
export async function openedIn(ledger: Ledger, more: Partial<NewRequest> = {}): Promise<RequestId> {
  const id = more.details?.id ?? newRequest();
  await ledger.open(opening(id, more));
  return id;
}

/** A request that was approved, and whose leases are not granted yet. */
export async function approvedIn(ledger: Ledger, more: Partial<NewRequest> = {}): Promise<RequestId> {
  const id = await openedIn(ledger, more);
  await ledger.record(approve(id));
  return id;
}

/** An active request. Every lease of it has a holding with the key of its target. */
export async function grantedIn(
  ledger: Ledger,
  more: Partial<NewRequest> = {},
  level = 'write',
  seen: Partial<typeof observed> = {},
): Promise<RequestId> {
  const id = await approvedIn(ledger, more);
  for (const lease of await ledger.leasesOf(id)) {
    await ledger.intend({
      lease,
      observed: { ...observed, key: lease.target.lockKey, ...seen },
      level,
      via: 'workflow',
    });
    await ledger.record(confirmGranted(lease, level));
  }
  return id;
}

/** Ends a request and records the receipts of all its leases. */
export async function revokedIn(ledger: Ledger, request: RequestId): Promise<void> {
  await ledger.record(end(request));
  for (const lease of await ledger.leasesOf(request)) await ledger.record(confirmRevoked(lease));
}

/** Writes another reason for a request, as if it had been requested with it: the hash in its event fits. */
export const rewriteReason = (url: string, request: RequestId, reason: string) =>
  asAdmin(async (owner) => {
    await owner.query(`begin; set local session_replication_role = replica`);
    await owner.query('update free_text set body = $2 where request_id = $1', [request, reason]);
    await owner.query(
      `update event e set body = jsonb_set(e.body, '{details,reasonHash}', to_jsonb($2::text))
        where request_id = $1 and kind = 'requested'`,
      [request, textHash('s', reason)],
    );
    await owner.query('commit');
  }, url);

/** Rows of a database that no function of the ledger returns. The owner of the tables reads or changes them. */
export async function rowsOf<T extends object>(
  url: string,
  sql: string,
  values: readonly unknown[] = [],
): Promise<readonly T[]> {
  let found: readonly T[] = [];
  await asAdmin(async (owner) => void (found = (await owner.query<T>(sql, [...values])).rows), url);
  return found;
}
