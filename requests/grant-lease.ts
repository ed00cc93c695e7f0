import { randomBytes } from 'node:crypto';
import { Fault } from '../core/faults.ts';
import { desiredLevel } from '../core/holding.ts';
import type { LeaseId } from '../core/ids.ts';
import { stateAfter } from '../core/request/evolve.ts';
import type { Lease } from '../ledger/index.ts';
import type { Intent } from '../providers/provider.ts';
import { type Deps, eventsSince, type NewEvents, newEventsOf } from './deps.ts';
import { type LeaseAtProvider, leaseAtProvider, lockKeyOf, remainingIntent } from './lease-at-provider.ts';
import type { Undo } from './undo.ts';
import { writeIntent } from './write-intent.ts';

export type Granted = NewEvents & Readonly<{ undo: Undo }>;

type GrantInput = Readonly<{
  lease: LeaseId;
  version: number;
  signal: AbortSignal;
  /** Called with the way to undo the grant, before the first write to the provider. */
  rememberUndo: (undo: Undo) => void;
}>;

/**
 * Grants one lease. It starts only while the ledger says that the request is being granted. When the request ended
 * during the grant, it revokes what it granted (F41). It may run again after any crash: the intent and the prior state
 * are recorded once, before the first write to the provider.
 */
export async function grantLease(deps: Deps, input: GrantInput): Promise<Granted> {
  const { lease: id, version, signal, rememberUndo } = input;
  return deps.ledger.withLock(lockKeyOf(await leaseOrFault(deps, id)), async () => {
    const lease = await leaseOrFault(deps, id); // Another attempt may have changed it before we had the lock.
    const current = leaseAtProvider(deps, lease);
    if (lease.state === 'granted') {
      const trail = await deps.ledger.readTrail(lease.request);
      return { ...eventsSince(trail, version), undo: undoOf(lease) };
    }
    await assertMayGrant(deps, current, signal);
    const intended = lease.holding
      ? current
      : leaseAtProvider(deps, await writeIntent(deps, current, signal));
    const intent = await grantIntent(deps, intended);
    const undo = undoOf(intended.lease);
    rememberUndo(undo);
    const { seen } = await current.provider.ensurePresent(intent, signal);
    const confirmed = await deps.ledger.record({
      request: lease.request,
      name: `granted/${id}`,
      via: 'workflow',
      command: (_state, at) => ({ kind: 'confirm-granted', lease: id, seen, at }),
    });
    if (!confirmed.outcome.ok) {
      await current.provider.ensureAbsent(remainingIntent(intended), signal);
      throw new Fault('superseded', `the request is ${confirmed.state.kind}`);
    }
    return { ...newEventsOf(confirmed, version), undo };
  });
}

async function leaseOrFault({ ledger }: Deps, id: LeaseId): Promise<Lease> {
  const lease = await ledger.readLease(id);
  if (!lease) throw new Fault('superseded', `no lease ${id}`);
  return lease;
}

/**
 * Throws unless the request is still being granted and the policy still allows it. When the request ended, it first
 * revokes what an earlier attempt granted.
 */
async function assertMayGrant(
  { ledger, policy }: Deps,
  current: LeaseAtProvider,
  signal: AbortSignal,
): Promise<void> {
  const { lease, provider } = current;
  const state = stateAfter((await ledger.readTrail(lease.request)).map(({ event }) => event));
  if (state.kind !== 'granting' || (await ledger.now()) >= state.endsAt) {
    // A revoked lease has its receipt. What the account has now belongs to other leases.
    if (lease.holding && lease.state !== 'revoked')
      await provider.ensureAbsent(remainingIntent(current), signal);
    throw new Fault('superseded', `the request is ${state.kind}`);
  }
  const [targets, shown] = await Promise.all([
    ledger.readTargets(lease.request),
    ledger.readShown(lease.request),
  ]);
  const still = await policy.stillAllowed({ ...state, targets, shown });
  if (!still.ok) throw new Fault('no-longer-allowed', still.error);
}

/** What the provider must ensure: the level with this lease, and the secret when the provider needs one. */
async function grantIntent({ ledger, sealer }: Deps, intended: LeaseAtProvider): Promise<Intent<unknown>> {
  const { lease, provider, target } = intended;
  const rest = remainingIntent(intended);
  const level = desiredLevel(provider.ladder(target), rest.level, [provider.level(target)]);
  if (!provider.needsSecret) return { ...rest, level };
  const sealed = await ledger.storeSecret(lease.id, sealer.seal(randomBytes(24).toString('base64url')));
  if (!sealed) throw new Fault('superseded', 'the credential was delivered before the access was granted');
  return { ...rest, level, secret: sealer.open(sealed) };
}

/**
 * Lowers the account to its prior state and ignores its other leases: while the ledger is away, nobody can tell
 * whether they are still live.
 */
function undoOf({ id, holding, endsAt, target }: Lease): Undo {
  if (!holding) throw new Fault('superseded', `lease ${id} has no intent`);
  return { intent: { lease: id, subject: holding.subject, level: holding.prior, endsAt }, target };
}
