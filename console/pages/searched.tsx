import type { FC } from 'hono/jsx';
import { oneLine } from '../../core/text.ts';
import { Entitlement, type Names, Person, personPath } from '../parts/names.tsx';
import type { SearchedSubjects } from './read-searched.ts';

/** Links to the pages of what the search names. */
export const Searched: FC<Readonly<{ searched: SearchedSubjects; names: Names }>> = ({
  searched: { people, entitlements },
  names,
}) =>
  people.length + entitlements.length === 0 ? null : (
    <ul class="links" aria-label="Pages of what the search names">
      {people.map(({ id, maySee, mayEndAll }) => (
        <li>
          {maySee && <Person id={id} names={names} />}{' '}
          {mayEndAll && <a href={`${personPath(id)}/end`}>End everything of {oneLine(names.person(id))}…</a>}
        </li>
      ))}
      {entitlements.map((id) => (
        <li>
          <Entitlement id={id} names={names} />
        </li>
      ))}
    </ul>
  );
