import { Fault, messageOf } from '../core/faults.ts';
import { desired } from '../core/holding.ts';
import type { LeaseId } from '../core/ids.ts';
import type { AskedTarget } from '../core/target.ts';
import type { Lease, Recorded, Via } from '../ledger/index.ts';
import type { Intent, Provider, Receipt } from '../providers/provider.ts';
import { type Deps, laneOf, providerOf, type Update, updateOf } from './deps.ts';

/** All that a removal needs, carried by whoever owes it, so that it can be done with the ledger away. */
export type Undo = Readonly<{ intent: Omit<Intent<unknown>, 'target'>; row: AskedTarget }>;

export type Removing = Readonly<{
  lease: LeaseId;
  /** True when it is to end because its time is up; the ledger's clock has the last word. */
  expire: boolean;
  via: Via;
  undo?: Undo;
  version: number;
  signal: AbortSignal;
}>;

/** `inMs`: how long until its end by the ledger's clock, when that is not reached yet; 0 when it is removed. */
export type Removed = Update & Readonly<{ inMs: number }>;

/**
 * Ends one lease: says so in the ledger, makes it so at the provider, reads it back, and writes the receipt.
 * The ledger being away does not stop the removal (I14), only the receipt, so the caller tries again.
 */
export async function remove(deps: Deps, removing: Removing): Promise<Removed> {
  const { ledger } = deps;
  const { lease: id, expire, via, undo, version, signal } = removing;
  let gone = false;
  try {
    const begun = expire ? await beginExpiry(deps, removing) : undefined;
    if (begun && !begun.outcome.ok && begun.outcome.error.code === 'not-yet')
      return { ...updateOf(begun, version), inMs: await untilEnd(deps, begun) };

    const lease = await ledger.readLease(id);
    if (!lease)
      throw new Fault('ledger-unavailable', `it has no lease ${id}: was it restored to an earlier day?`);
    const confirm = ({ seen, note }: Receipt) =>
      ledger.record({
        request: lease.request,
        name: `removed/${id}`,
        via,
        command: (_state, at) => ({
          kind: 'confirm-removed',
          lease: id,
          at,
          seen,
          ...(note === undefined ? {} : { note }),
        }),
      });
    // The receipt is written in the lane too: whoever has it next must know that this lease is over (F15).
    const confirmed =
      lease.state === 'ended'
        ? await confirm(GONE)
        : await ledger.lane(laneOf(lease.target), async () => {
            const receipt = await takeAway(deps, id, signal);
            gone = true;
            return confirm(receipt);
          });
    return { ...updateOf(confirmed, version), inMs: 0 };
  } catch (error) {
    // In this try the ledger had the last word already, so an older one has nothing to add.
    if (undo && !gone && isTheLedgers(error)) {
      const { provider, target } = providerOf(deps, undo.row);
      await provider.ensureAbsent({ ...undo.intent, target }, signal);
    } else if (!gone) {
      await ledger.noteFault(id, messageOf(error)).catch(() => undefined); // the first trouble is the one to tell of
    }
    throw error;
  }
}

/** Away, or broken in a way we do not know: a provider's trouble is always a fault of its own. */
const isTheLedgers = (error: unknown): boolean =>
  !(error instanceof Fault) || error.code === 'ledger-unavailable';

const untilEnd = async ({ ledger }: Deps, { state }: Recorded): Promise<number> =>
  Math.max(('end' in state ? (state.end ?? 0) : 0) - (await ledger.now()), 1);

const beginExpiry = async ({ ledger }: Deps, { lease: id, via }: Removing): Promise<Recorded | undefined> => {
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

const GONE: Receipt = { level: 'none', seen: 'it was gone' };

/**
 * A lease without an intent never reached its provider: the intent would be refused by now. One that another
 * removal ended while we waited for the lane has its receipt: what is there now is not ours to take.
 */
async function takeAway(deps: Deps, id: LeaseId, signal: AbortSignal): Promise<Receipt> {
  const lease = await deps.ledger.readLease(id);
  if (lease?.state === 'ended') return GONE;
  if (lease?.state !== 'ending')
    throw new Fault('fenced', `nothing ended ${id}: its lease is ${lease?.state}`);
  if (!lease.holding) return { level: 'none', seen: 'nothing was begun' };
  const { provider, target } = providerOf(deps, lease.target);
  return provider.ensureAbsent(remaining(lease, provider, target), signal);
}

/** What must be there once this lease is not: the prior state, joined with the other live leases (I5, I6). */
export function remaining(lease: Lease, provider: Provider, target: unknown): Intent<unknown> {
  const { holding, id, end } = lease;
  if (!holding) throw new Fault('fenced', `lease ${id} has no intent`);
  const level = desired(provider.ladder(target), holding.prior, holding.others);
  return { lease: id, subject: holding.subject, target, level, end };
}
