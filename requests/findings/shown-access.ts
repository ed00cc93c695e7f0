import { Fault } from '../../core/faults.ts';
import type { LeaseAtProvider } from '../lease-at-provider.ts';

/**
 * What a provider shows of the access of a lease. `changed` says what somebody changed by hand in the lease's own object. `unknown`: the
 * read says nothing about this account, and `why` is a sentence.
 */
export type ShownAccess = Readonly<
  { kind: 'shown'; level: string; changed?: string } | { kind: 'unknown'; why: string }
>;

/**
 * Reads what the account of a lease has now. It changes nothing. An account that was renamed or deleted is found by its id in a
 * revocation only, so here its name says nothing about it (F24).
 */
export async function readShownAccess(
  { lease, provider, target }: LeaseAtProvider,
  signal: AbortSignal,
): Promise<ShownAccess> {
  const { id, holding, endsAt } = lease;
  if (!holding) return { kind: 'unknown', why: 'Nothing was granted.' };
  const { subject } = holding;
  if (provider.ownObject(target)) {
    if (!provider.readOwnObject) return { kind: 'unknown', why: 'The provider does not show the object.' };
    const intent = { lease: id, subject, target, level: provider.level(target), endsAt };
    return { kind: 'shown', ...(await provider.readOwnObject(intent, signal)) };
  }
  try {
    const seen = await provider.observe({ account: subject.name, target }, signal);
    if (seen.subject.id !== subject.id)
      return { kind: 'unknown', why: `The name “${subject.name}” belongs to another account now.` };
    return seen.refusal === undefined
      ? { kind: 'shown', level: seen.level }
      : { kind: 'unknown', why: seen.refusal };
  } catch (error) {
    if (error instanceof Fault && error.code === 'subject-missing')
      return { kind: 'unknown', why: `There is no account of the name “${subject.name}” any more.` };
    throw error;
  }
}
