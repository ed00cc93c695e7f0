import type { Observation } from '../providers/provider.ts';
import type { Deps } from './deps.ts';
import type { LeaseAtProvider, UnderLock } from './lease-at-provider.ts';

/**
 * Reads what the account shows now, and lowers the prior state in the ledger to it, before access is granted again. It
 * returns what it read. An account that has the name of the lease's account and another id is another person's. With a
 * refusal, the level that shows may not be all that the account has, so nothing is lowered.
 */
export async function lowerPriorState(
  { ledger }: Pick<Deps, 'ledger'>,
  { lease: { holding }, provider, target }: LeaseAtProvider,
  { lock, signal, account = holding?.subject.name ?? '' }: UnderLock & Readonly<{ account?: string }>,
): Promise<Observation<unknown>> {
  const seen = await provider.observe({ account, target }, signal);
  const { subject, level: shown, refusal } = seen;
  if (refusal === undefined && holding?.subject.id === subject.id && !provider.ownObject(target))
    await ledger.lowerPrior(holding.id, { shown, ladder: provider.ladder(target), lock });
  return seen;
}
