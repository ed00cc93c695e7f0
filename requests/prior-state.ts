import type { Deps } from './deps.ts';
import type { LeaseAtProvider, UnderLock } from './lease-at-provider.ts';

/**
 * Reads what the account shows now, and lowers the prior state in the ledger to it, before access is granted again. It
 * returns the level that shows. An account that has the name of the lease's account and another id is another person's.
 */
export async function lowerPriorState(
  { ledger }: Pick<Deps, 'ledger'>,
  { lease: { holding }, provider, target }: LeaseAtProvider,
  { lock, signal }: UnderLock,
): Promise<string> {
  const account = holding?.subject.name ?? '';
  const { subject, level: shown } = await provider.observe({ account, target }, signal);
  if (holding && holding.subject.id === subject.id && !provider.ownObject(target))
    await ledger.lowerPrior(holding.id, { shown, ladder: provider.ladder(target), lock });
  return shown;
}
