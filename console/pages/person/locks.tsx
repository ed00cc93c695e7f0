import type { FC } from 'hono/jsx';
import { type PersonId, shortOf } from '../../../core/ids.ts';
import { elsewherePhrase } from '../../../wording/elsewhere.ts';
import { lockHoldsPhrase } from '../../../wording/mass-endings.ts';
import type { Elsewhere } from '../../../core/elsewhere.ts';
import type { MassEnding } from '../../../core/mass-ending.ts';
import { deniedTo } from '../../../requests/elsewhere.ts';
import { Words } from '../../parts/phrase.tsx';
import type { ConsoleDeps } from '../../deps.ts';
import type { Reader } from '../../reader.ts';

/** What keeps a person from getting access: the locks with how they are lifted, and what providers still refuse with how that is undone. */
export const Locks: FC<Readonly<{ locks: LocksOn }>> = ({ locks: { held, denied } }) => (
  <>
    {held.map(({ massEnding, mayLift }) => (
      <div class="notice notice--careful">
        <p>
          <Words of={lockHoldsPhrase(massEnding)} />
        </p>
        <p>
          {mayLift ? 'You lift it at the command line: ' : 'A security person lifts it at the command line: '}
          <code>curfew locks lift {shortOf(massEnding.id)}</code>
        </p>
      </div>
    ))}
    {denied.map((each) => (
      <p class="notice notice--careful">
        <Words of={elsewherePhrase(each)} />
      </p>
    ))}
  </>
);

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
