import type { FC } from 'hono/jsx';
import { shortOf } from '../../core/ids.ts';
import { lockHoldsPhrase } from '../../wording/mass-endings.ts';
import type { Names } from '../parts/names.tsx';
import { Words } from '../parts/phrase.tsx';
import type { ShownLock } from './read-locks.ts';

type LocksProps = Readonly<{ locks: readonly ShownLock[]; names: Names; zone: string }>;

/** The locks that keep a person from getting access, and how they are lifted. */
export const Locks: FC<LocksProps> = ({ locks, names, zone }) => (
  <>
    {locks.map(({ massEnding, mayLift }) => (
      <div class="notice notice--careful">
        <p>
          <Words of={lockHoldsPhrase(massEnding)} names={names} zone={zone} />
        </p>
        <p>
          {mayLift ? 'You lift it at the command line: ' : 'A security person lifts it at the command line: '}
          <code>curfew locks lift {shortOf(massEnding.id)}</code>
        </p>
      </div>
    ))}
  </>
);
