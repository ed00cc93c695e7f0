import type { PersonId } from '../../core/ids.ts';
import type { MassEnding } from '../../core/mass-ending.ts';
import type { ConsoleDeps } from '../deps.ts';
import type { Reader } from '../reader.ts';

/** A lock that keeps a person from getting access. `mayLift`: the reader may lift it. */
export type ShownLock = Readonly<{ massEnding: MassEnding; mayLift: boolean }>;

/** The locks on everything that a person can have. Those of one entitlement or of one provider are not among them. */
export async function readLocksOn(
  { ledger, policy }: Pick<ConsoleDeps, 'ledger' | 'policy'>,
  { person: reader }: Pick<Reader, 'person'>,
  person: PersonId,
): Promise<readonly ShownLock[]> {
  const found: ShownLock[] = [];
  for (const massEnding of await ledger.readLocks())
    if (locksAllOf(massEnding, person))
      found.push({ massEnding, mayLift: (await policy.mayLift(reader, massEnding)).ok });
  return found;
}

function locksAllOf({ scope }: MassEnding, person: PersonId): boolean {
  if (scope.kind === 'person') return scope.person === person;
  return scope.kind === 'everything' || (scope.kind === 'leavers' && scope.people.includes(person));
}
