import type { PersonId } from '../../core/ids.ts';
import type { Person, PolicySet } from '../../policy/index.ts';
import { unknownPerson } from './known-names.ts';

/** Finds a person in people.yaml by their id. When there is none, the error names the nearest id. */
export function personNamed({ directory: { people } }: PolicySet, text: string): Person {
  const person = people.get(text as PersonId);
  if (person) return person;
  throw unknownPerson(text, people.keys());
}
