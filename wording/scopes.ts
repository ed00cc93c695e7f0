import type { EndScope } from '../core/mass-ending.ts';
import { code, list, person, type Phrase, phrase } from './phrase.ts';

/** What a mass ending ends, as the object of a sentence. */
export function scopePhrase(scope: EndScope): Phrase {
  switch (scope.kind) {
    case 'person':
      return phrase`everything of ${person(scope.person)}`;
    case 'entitlement':
      return phrase`everything of ${code(scope.entitlement)}`;
    case 'provider':
      return phrase`everything at ${code(scope.provider)}`;
    case 'everything':
      return phrase`everything`;
    case 'leavers':
      return scope.people.length === 0
        ? phrase`everything of accounts that nobody has`
        : phrase`everything of people who left: ${list(scope.people.map(person))}`;
  }
}
