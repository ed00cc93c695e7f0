import { Fault, messageOf } from '../core/faults.ts';
import { desiredLevel } from '../core/holding.ts';
import type { LeaseId } from '../core/ids.ts';
import type { Lease, Recorded, Via } from '../ledger/index.ts';
import type { Intent, Provider, Receipt } from '../providers/provider.ts';
import type { Undo } from './undo.ts';
import { type Deps, lockKeyOf, providerFor, type NewEvents, newEventsOf } from './deps.ts';

export type RevokeInput = Readonly<{
  lease: LeaseId;
  /** True when it is to end because its time is up; the ledger's clock has the last word. */
  expire: boolean;
  via: Via;
  undo?: Undo;
  version: number;
  signal: AbortSignal;
}>;

/** `inMs`: how long until its end by the ledger's clock, when that is not reached yet; 0 when it is removed. */
export type RevokeResult = NewEvents & Readonly<{ endsInMs: number }>;

/**
 * Ends one lease: says so in the ledger, makes it so at the provider, reads it back, and writes the receipt.
 * The ledger being away does not stop the removal (I14), only the receipt, so the caller tries again.
 */
export async function revokeLease(deps: Deps, removing: RevokeInput): Promise<RevokeResult> {
  const { ledger } = deps;
  const { lease: id, expire, via, undo, version, signal } = removing;
  let gone = false;
  try {
    const begun = expire ? await beginExpiry(deps, removing) : undefined;
    if (begun && !begun.outcome.ok && begun.outcome.error.code === 'not-yet')
      return { ...newEventsOf(begun, version), endsInMs: await msUntilEnd(deps, begun) };

    const lease = await ledger.readLease(id);
    if (!lease)
      throw new Fault('ledger-unavailable', `it has no lease ${id}: was it restored to an earlier day?`);
    const confirm = ({ seen, note }: Receipt) =>
      ledger.record({
        request: lease.request,
        name: `revoked/${id}`,
        via,
        command: (_state, at) => ({
          kind: 'confirm-revoked',
          lease: id,
          at,
          seen,
          ...(note === undefined ? {} : { note }),
        }),
      });
    // The receipt is written in the lane too: whoever has it next must know that this lease is over (F15).
    const confirmed =
      lease.state === 'revoked'
        ? await confirm(ALREADY_REVOKED)
        : await ledger.lane(lockKeyOf(lease.target), async () => {
            const receipt = await ensureRevoked(deps, id, signal);
            gone = true;
            return confirm(receipt);
          });
    return { ...newEventsOf(confirmed, version), endsInMs: 0 };
  } catch (error) {
    // In this try the ledger had the last word already, so an older one has nothing to add.
    if (undo && !gone && isLedgerFailure(error)) {
      const { provider, target } = providerFor(deps, undo.target);
      await provider.ensureAbsent({ ...undo.intent, target }, signal);
    } else if (!gone) {
      await ledger.noteFault(id, messageOf(error)).catch(() => undefined); // the first trouble is the one to tell of
    }
    throw error;
  }
}

/** Away, or broken in a way we do not know: a provider's trouble is always a fault of its own. */
const isLedgerFailure = (error: unknown): boolean =>
  !(error instanceof Fault) || error.code === 'ledger-unavailable';

const msUntilEnd = async ({ ledger }: Deps, { state }: Recorded): Promise<number> =>
  Math.max(('endsAt' in state ? (state.endsAt ?? 0) : 0) - (await ledger.now()), 1);

const beginExpiry = async (
  { ledger }: Deps,
  { lease: id, via }: RevokeInput,
): Promise<Recorded | undefined> => {
  const lease = await ledger.readLease(id);
  return (
    lease &&
    ledger.record({
      request: lease.request,
      name: 'expire',
      via,
      command: (_state, at) => ({ kind: 'expire', at }),
    })
  );
};

const ALREADY_REVOKED: Receipt = { level: 'none', seen: 'it was gone' };

/**
 * A lease without an intent never reached its provider: the intent would be refused by now. One that another
 * removal ended while we waited for the lane has its receipt: what is there now is not ours to take.
 */
async function ensureRevoked(deps: Deps, id: LeaseId, signal: AbortSignal): Promise<Receipt> {
  const lease = await deps.ledger.readLease(id);
  if (lease?.state === 'revoked') return ALREADY_REVOKED;
  if (lease?.state !== 'revoke-started')
    throw new Fault('superseded', `nothing ended ${id}: its lease is ${lease?.state}`);
  if (!lease.holding) return { level: 'none', seen: 'nothing was begun' };
  const { provider, target } = providerFor(deps, lease.target);
  return provider.ensureAbsent(remainingIntent(lease, provider, target), signal);
}

/** What must be there once this lease is not: the prior state, joined with the other live leases (I5, I6). */
export function remainingIntent(lease: Lease, provider: Provider, target: unknown): Intent<unknown> {
  const { holding, id, endsAt } = lease;
  if (!holding) throw new Fault('superseded', `lease ${id} has no intent`);
  const level = desiredLevel(provider.ladder(target), holding.prior, holding.otherLevels);
  return { lease: id, subject: holding.subject, target, level, endsAt };
}
