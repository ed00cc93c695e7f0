import { randomBytes } from 'node:crypto';
import { Fault } from '../core/faults.ts';
import { desiredLevel } from '../core/holding.ts';
import type { Instant, LeaseId } from '../core/ids.ts';
import { stateAfter } from '../core/request/evolve.ts';
import type { Ledger, Lease } from '../ledger/index.ts';
import type { Intent, Provider } from '../providers/provider.ts';
import { type Deps, lockKeyOf, providerFor, eventsSince, type NewEvents, newEventsOf } from './deps.ts';
import { remainingIntent } from './revoke-lease.ts';
import type { Undo } from './undo.ts';

export type Granted = NewEvents & Readonly<{ undo: Undo }>;

type Granting = Readonly<{
  lease: LeaseId;
  version: number;
  signal: AbortSignal;
  /** Told how to undo what comes next, before the first write to the provider. */
  rememberUndo: (undo: Undo) => void;
}>;

/**
 * Gives one lease. Fenced twice: it does not begin unless the ledger still wants it, and when the ledger
 * stopped wanting it meanwhile, it takes back what it gave (F41). May run again after any crash: the intent
 * and the prior state are written before the first write to the provider, and only once.
 */
export async function grantLease(
  deps: Deps,
  { lease: id, version, signal, rememberUndo }: Granting,
): Promise<Granted> {
  const { target: row } = await leaseOrFault(deps, id);
  return deps.ledger.lane(lockKeyOf(row), async () => {
    const lease = await leaseOrFault(deps, id); // another attempt may have had the lane before
    const { provider, target } = providerFor(deps, lease.target);
    if (lease.state === 'granted') {
      const trail = await deps.ledger.readTrail(lease.request);
      return { events: eventsSince(trail, version), undo: undoOf(lease) };
    }
    await assertStillWanted(deps, lease, provider, target, signal);
    const intended = lease.holding ? lease : await writeIntent(deps, lease, provider, target, signal);
    const { target: found } = providerFor(deps, intended.target);
    const intent = await grantIntent(deps, intended, provider, found);
    const undo = undoOf(intended);
    rememberUndo(undo);
    const receipt = await provider.ensurePresent(intent, signal);
    const confirmed = await deps.ledger.record({
      request: lease.request,
      name: `granted/${id}`,
      via: 'workflow',
      command: (_state, at) => ({ kind: 'confirm-granted', lease: id, seen: receipt.seen, at }),
    });
    if (!confirmed.outcome.ok) {
      await provider.ensureAbsent(remainingIntent(intended, provider, found), signal);
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

/** Throws unless this lease is still to be given, judged once more by the ledger and the policy. */
async function assertStillWanted(
  { ledger, policy }: Deps,
  lease: Lease,
  provider: Provider,
  target: unknown,
  signal: AbortSignal,
): Promise<void> {
  const state = stateAfter((await ledger.readTrail(lease.request)).map(({ event }) => event));
  if (state.kind !== 'granting' || (await ledger.now()) >= state.endsAt) {
    // An ended lease has its receipt: what is there now is not ours to take.
    if (lease.holding && lease.state !== 'revoked')
      await provider.ensureAbsent(remainingIntent(lease, provider, target), signal);
    throw new Fault('superseded', `the request is ${state.kind}`);
  }
  const still = await policy.stillAllowed(
    state.details,
    state.approvals,
    await ledger.readTargets(lease.request),
  );
  if (!still.ok) throw new Fault('no-longer-allowed', still.error);
}

/** Looks before the first write, and writes down what was there and what will be done. */
async function writeIntent(
  { ledger }: Deps,
  lease: Lease,
  provider: Provider,
  target: unknown,
  signal: AbortSignal,
): Promise<Lease> {
  const { account } = lease.target;
  const lookedAt = await ledger.now();
  const { subject, level: prior, target: found } = await provider.observe({ account, target }, signal);
  const seen = {
    subject,
    prior,
    target: found,
    key: provider.targetKey(found),
    ladder: provider.ladder(target),
  };
  if (!provider.ownObject(target)) await assertFreshRead(ledger, provider, seen, lookedAt);
  const written = await ledger.intend(lease, seen, provider.level(target), 'workflow');
  if (!written.outcome.ok) throw new Fault('superseded', `the request is ${written.state.kind}`);
  const intended = await ledger.readLease(lease.id);
  if (!intended?.holding) throw new Fault('superseded', 'the intent is not there');
  return intended;
}

/** Just after a removal what was read may lag, and what is gone would be kept for good as standing (F15, I5). */
async function assertFreshRead(
  ledger: Ledger,
  { name, consistencyWindowMs }: Provider,
  seen: Parameters<Ledger['lastEnded']>[1],
  lookedAt: Instant,
): Promise<void> {
  const ended = await ledger.lastEnded(name, seen);
  const surelyShown = ended === undefined ? lookedAt : ended + consistencyWindowMs;
  if (lookedAt >= surelyShown) return;
  throw new Fault('not-verified', 'an earlier removal may not show everywhere yet', {
    retryAfterMs: Math.max(surelyShown - (await ledger.now()), 1),
  });
}

async function grantIntent(
  { ledger, sealer }: Deps,
  lease: Lease,
  provider: Provider,
  target: unknown,
): Promise<Intent<unknown>> {
  const rest = remainingIntent(lease, provider, target);
  const level = desiredLevel(provider.ladder(target), rest.level, [provider.level(target)]);
  if (!provider.needsSecret) return { ...rest, level };
  const sealed = await ledger.keepSecret(lease.id, sealer.seal(randomBytes(24).toString('base64url')));
  if (!sealed) throw new Fault('superseded', 'the credential was taken before the access was there');
  return { ...rest, level, secret: sealer.open(sealed) };
}

/** Down to what was there before: the other leases may have ended when nobody can be asked. */
function undoOf({ id, holding, endsAt, target }: Lease): Undo {
  if (!holding) throw new Fault('superseded', `lease ${id} has no intent`);
  return { intent: { lease: id, subject: holding.subject, level: holding.prior, endsAt }, target };
}
