import { isDeepStrictEqual } from 'node:util';
import { Fault } from '../core/faults.ts';
import { highestLevel, levelLeft } from '../core/holding.ts';
import type { Instant } from '../core/ids.ts';
import type { Event, EventKind } from '../core/request/events.ts';
import { stateAfter } from '../core/request/evolve.ts';
import { startedExtension } from '../core/request/extension.ts';
import { lockKeyOf, type RequestedTarget } from '../core/target.ts';
import type { Lease, OtherLease } from '../ledger/index.ts';
import type { Intent } from '../providers/provider.ts';
import type { Deps } from './deps.ts';
import { hasAccess, type LeaseAtProvider, ownLevel } from './lease-at-provider.ts';
import { publishedEvents } from './published-approval.ts';

/**
 * What the published log says of a lease: the target that was approved, its end, and the account and the object of its intent. `key` is
 * that of the target with the vendor's own id; an earlier version did not record it.
 */
export type ApprovedAccess = Readonly<{
  target: RequestedTarget;
  endsAt: Instant;
  subject?: string;
  key?: string;
}>;

/**
 * The events that decide what a lease gives, to whom, and until when. A started extension decides too. One that is over does not: where it moved the
 * end, it must be moved back also while nothing new is published.
 */
const DECIDING: ReadonlySet<EventKind> = new Set<EventKind>([
  'grant-started',
  'intended',
  'granted',
  'extended',
  'end-adopted',
]);

/**
 * What was approved for a lease that was granted, from the events that are published, and from the targets that its digest covers. Undefined
 * when its request is over. Throws the fault `log-behind` while the events are not published, and `log-altered` when the ledger has something else.
 */
export async function approvedAccess(
  deps: Deps,
  { id, request }: Pick<Lease, 'id' | 'request'>,
  signal: AbortSignal,
): Promise<ApprovedAccess | undefined> {
  const { ledger, policy } = deps;
  const trail = (await ledger.readTrail(request)).map(({ event }) => event);
  const state = stateAfter(trail);
  const isExtending = startedExtension(state) !== undefined;
  const until = trail.findLast(
    ({ kind }) => DECIDING.has(kind) || (isExtending && kind === 'extension-started'),
  )?.kind;
  if (until === undefined || (state.kind !== 'granting' && state.kind !== 'active')) return undefined;
  const events = await publishedEvents(deps, { request, until, state }, signal);
  const [targets, shown] = await Promise.all([ledger.readTargets(request), ledger.readShown(request)]);
  if (!(await policy.isWhatWasApproved({ ...state, targets, shown })))
    throw new Fault('log-altered', `the targets of ${request} are not those that were approved`);
  return approvedOf(id, { targets, endsAt: state.endsAt, events });
}

/** The part of an approval that is for one lease. Throws when there is none. */
export function approvedOf(
  id: Lease['id'],
  {
    targets,
    endsAt,
    events,
  }: Readonly<{ targets: readonly RequestedTarget[]; endsAt: Instant; events: readonly Event[] }>,
): ApprovedAccess {
  const started = events.findLast((event) => event.kind === 'grant-started');
  const target = targets[started?.leases.indexOf(id) ?? -1];
  if (!target) throw new Fault('log-altered', `no target was approved for ${id}`);
  const intended = events.find((event) => event.kind === 'intended' && event.lease === id);
  if (intended?.kind !== 'intended') return { target, endsAt };
  const { subject, key } = intended;
  return { target, endsAt, subject, ...(key === undefined ? {} : { key }) };
}

/**
 * Throws unless the rows of a lease are about what was approved, and about the account and the object of its intent. Whoever can write rows could
 * have changed them.
 */
export function assertIsApproved(
  { lease, provider, target }: LeaseAtProvider,
  approved: ApprovedAccess,
): void {
  const { spec, ...rest } = approved.target;
  const found = lease.target.spec as Readonly<Record<string, unknown>>;
  const isSame =
    Object.entries(rest).every(([name, value]) =>
      isDeepStrictEqual(lease.target[name as keyof typeof rest], value),
    ) &&
    Object.entries(spec as object).every(([name, value]) => isDeepStrictEqual(found[name], value)) &&
    lease.holding?.subject.id === approved.subject &&
    (approved.key === undefined || provider.targetKey(target) === approved.key);
  if (!isSame) throw new Fault('log-altered', `the row of ${lease.id} is not what was approved`);
}

/** What one lease gives, or several that share one access, to the account and the object that a read just showed or that the log names. */
type Giving = Readonly<{
  leases: readonly [LeaseAtProvider, ...(readonly LeaseAtProvider[])];
  subject: Intent<unknown>['subject'];
  target: unknown;
  endsAt: Instant;
}>;

/**
 * What the provider must ensure for leases whose rows are known to be what was approved: the highest of them and of the other leases whose grant
 * is confirmed. Another lease counts only when the published log says so. The prior state does not count: `ensurePresent` lowers nothing, and nobody
 * approved what somebody else revoked meanwhile (I9). What somebody lowered by hand stays lowered (I22).
 */
export async function approvedIntent(
  deps: Deps,
  { leases, subject, target, endsAt }: Giving,
  signal: AbortSignal,
): Promise<Intent<unknown>> {
  const [{ lease, provider }] = leases;
  const ladder = provider.ladder(target);
  const own = highestLevel(ladder, leases.map(ownLevel));
  const key = provider.targetKey(target);
  const levels = [own];
  for (const other of lease.holding?.others.filter(hasAccess) ?? []) {
    const isHigher = ladder.indexOf(levelLeft(ladder, other)) > ladder.indexOf(own);
    if (isHigher) levels.push(...(await levelOfOther(deps, other, { lease, subject, key, ladder, signal })));
  }
  return { lease: lease.id, subject, target, level: highestLevel(ladder, levels), endsAt };
}

type Access = Readonly<{
  lease: Lease;
  subject: Intent<unknown>['subject'];
  key: string;
  ladder: readonly string[];
  signal: AbortSignal;
}>;

/** The level of another lease of this access. None when what was approved for it is not this access. */
async function levelOfOther(
  deps: Deps,
  other: OtherLease,
  { lease, subject, key, ladder, signal }: Access,
): Promise<readonly string[]> {
  const approved = await approvedAccess(deps, other, signal);
  const isThis =
    approved !== undefined &&
    approved.target.provider === lease.target.provider &&
    approved.subject === subject.id &&
    (approved.key === undefined
      ? lockKeyOf(approved.target) === lockKeyOf(lease.target)
      : approved.key === key);
  return isThis ? [levelLeft(ladder, { ...other, level: approved.target.level })] : [];
}
