import type { FC } from 'hono/jsx';
import { shortOf } from '../../../core/ids.ts';
import { elsewherePhrase } from '../../../wording/elsewhere.ts';
import { lockHoldsPhrase } from '../../../wording/mass-endings.ts';
import type { Names } from '../../parts/names.tsx';
import { Words } from '../../parts/phrase.tsx';
import type { LocksOn } from '../read-locks.ts';

type LocksProps = Readonly<{ locks: LocksOn; names: Names; zone: string }>;

/** What keeps a person from getting access: the locks with how they are lifted, and what providers still refuse with how that is undone. */
export const Locks: FC<LocksProps> = ({ locks: { held, denied }, names, zone }) => (
  <>
    {held.map(({ massEnding, mayLift }) => (
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
    {denied.map((each) => (
      <p class="notice notice--careful">
        <Words of={elsewherePhrase(each)} names={names} zone={zone} />
      </p>
    ))}
  </>
);
