import type { FindingId } from '../../core/findings/finding.ts';
import type { LeaseId } from '../../core/ids.ts';
import type { Lease, NewFinding, TargetPass } from '../../ledger/index.ts';
import type { ManagedObject, Provider } from '../../providers/provider.ts';
import { Fault } from '../../core/faults.ts';
import type { Deps } from '../deps.ts';
import { leaseAtProvider } from '../lease-at-provider.ts';
import { LEFT_BY_LEASE, revokeUnderLock } from './check-revoked.ts';
import { mayRemove } from './may-remove.ts';

/** What one pass through the objects with our mark did. */
export type ReconciledMarks = Readonly<{
  fresh: readonly FindingId[];
  repaired: readonly LeaseId[];
  gone: number;
}>;

const UNKNOWN_LEASE =
  'The ledger has no such lease, so nobody knows what the account had before. Another Curfew may have made the object, or the ledger was restored from a backup. Look at it, and remove it at the provider.';

/**
 * Compares the objects that carry Curfew's mark with the ledger. What a lease left that has its receipt is revoked again, at most as much
 * as the cap allows. Any other object without a live lease is a finding.
 */
export async function reconcileMarks(
  deps: Deps,
  { provider: name, now }: Pick<TargetPass, 'provider' | 'now'>,
  signal: AbortSignal,
): Promise<ReconciledMarks> {
  const provider = deps.providers.get(name);
  if (!provider) throw new Fault('unknown-provider', name);
  const marked = await provider.listManaged(signal);
  const findings: NewFinding[] = [];
  const repaired: LeaseId[] = [];
  for (const each of marked) {
    const lease = await deps.ledger.readLease(each.lease);
    if (!lease) findings.push(markFinding(provider, each, { whyNoRevoke: UNKNOWN_LEASE }));
    else if (isOver(lease)) {
      const found = await repairOrFind(deps, each, lease, signal);
      if (found === 'repaired') repaired.push(lease.id);
      else if (found) findings.push(found);
    }
  }
  const fresh = await deps.ledger.recordFindings(findings);
  const seen = findings.map(({ lease = '' }) => lease);
  const gone = await deps.ledger.closeGone({
    provider: name,
    kind: 'mark',
    open: seen,
    present: seen,
    since: now,
  });
  return { fresh, repaired, gone };
}

/** A lease that is still to be cleaned up has its own verification. */
const isOver = ({ state, untidied }: Lease): boolean => state === 'revoked' && untidied !== true;

async function repairOrFind(
  deps: Deps,
  marked: ManagedObject,
  lease: Lease,
  signal: AbortSignal,
): Promise<NewFinding | 'repaired' | undefined> {
  const current = leaseAtProvider(deps, lease);
  if (!(await mayRemove(deps, current))) return markFinding(current.provider, marked, {}, lease);
  const wasThere = await revokeUnderLock(deps, current, signal);
  if (!wasThere) return undefined; // Nothing gave access any more.
  await deps.ledger.noteRepaired(lease.id);
  return 'repaired';
}

/** A mark of an unknown lease has no target, so its finding names the object instead. */
const markFinding = (
  provider: Provider,
  { lease, subject, what }: ManagedObject,
  more: Pick<NewFinding, 'whyNoRevoke'>,
  known?: Lease,
): NewFinding => ({
  kind: 'mark',
  provider: provider.name,
  targetKey: `mark ${lease}`,
  targetName: known?.target.lockKey ?? '',
  target: known?.target.spec ?? {},
  what,
  subject: { id: known?.holding?.subject.id ?? subject, name: subject },
  lease,
  level: 'present',
  onLadder: true,
  sources: [],
  whyNoAdopt: LEFT_BY_LEASE,
  ...more,
});
