import type { Elsewhere } from '../../core/elsewhere.ts';
import type { PersonId } from '../../core/ids.ts';
import type { MassEnding } from '../../core/mass-ending.ts';
import { deniedTo } from '../../requests/elsewhere.ts';
import type { ConsoleDeps } from '../deps.ts';
import type { Reader } from '../reader.ts';

/** A lock that keeps a person from getting access. `mayLift`: the reader may lift it. */
export type ShownLock = Readonly<{ massEnding: MassEnding; mayLift: boolean }>;

/** What keeps a person from getting access. `denied`: what providers may still refuse after a lock was lifted. */
export type LocksOn = Readonly<{ held: readonly ShownLock[]; denied: readonly Elsewhere[] }>;

/** The locks on everything that a person can have. Those of one entitlement or of one provider are not among them. */
export async function readLocksOn(
  { ledger, policy }: Pick<ConsoleDeps, 'ledger' | 'policy'>,
  { person: reader }: Pick<Reader, 'person'>,
  person: PersonId,
): Promise<LocksOn> {
  const held: ShownLock[] = [];
  for (const massEnding of await ledger.readLocks())
    if (locksAllOf(massEnding, person))
      held.push({ massEnding, mayLift: (await policy.mayLift(reader, massEnding)).ok });
  return { held, denied: await deniedTo(ledger, person) };
}

function locksAllOf({ scope }: MassEnding, person: PersonId): boolean {
  if (scope.kind === 'person') return scope.person === person;
  return scope.kind === 'everything' || (scope.kind === 'leavers' && scope.people.includes(person));
}
