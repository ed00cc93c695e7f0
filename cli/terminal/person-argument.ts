import type { PersonId } from '../../core/ids.ts';
import { nearest } from '../../core/nearest.ts';
import type { Person, PolicySet } from '../../policy/index.ts';
import { CommandError } from './exit.ts';

/** Finds a person in people.yaml by their id. When there is none, the error names the nearest id. */
export function personNamed({ directory: { people } }: PolicySet, text: string): Person {
  const person = people.get(text as PersonId);
  if (person) return person;
  const guess = nearest(text, people.keys());
  throw new CommandError(
    'notFound',
    `There is no person "${text}" in people.yaml.${guess ? ` Did you mean "${guess}"?` : ''}`,
  );
}
