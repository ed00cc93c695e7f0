import type { PersonId } from '../../core/ids.ts';
import { nearest } from '../../core/nearest.ts';
import { no, ok, type Result } from '../../core/result.ts';
import type { Directory } from './people.ts';

/** The people that an entitlement or a route names. */
export type PeopleSelector = Readonly<
  | { kind: 'owner' | 'manager' | 'everyone' }
  | { kind: 'group'; group: string }
  | { kind: 'person'; person: PersonId }
>;

/** A selector without a name after a colon. Each key of the catalogue permits only some of them. */
export type BuiltIn = 'owner' | 'manager' | 'everyone';

/** Reads `owner`, `group:<name>` and the like. The error says which selector was probably meant. */
export function parseSelector(
  text: string,
  builtIn: readonly BuiltIn[],
  { people, groups }: Directory,
): Result<PeopleSelector, string> {
  const simple = builtIn.find((each) => each === text);
  if (simple) return ok({ kind: simple });
  const [kind, name = ''] = text.split(/:(.*)/s);
  if (kind === 'group' && groups.has(name)) return ok({ kind, group: name });
  if (kind === 'person' && people.has(name as PersonId)) return ok({ kind, person: name as PersonId });

  const known = [
    ...builtIn,
    ...[...groups.keys()].map((group) => `group:${group}`),
    ...[...people.keys()].map((person) => `person:${person}`),
  ];
  const guess = nearest(text, known);
  const hint = guess ? `did you mean "${guess}"?` : `write ${[...builtIn, 'group:…', 'person:…'].join(', ')}`;
  return no(`"${text}" names no known person or group; ${hint}`);
}

/** Writes a selector as the catalogue does. */
export function spellSelector(selector: PeopleSelector): string {
  switch (selector.kind) {
    case 'group':
      return `group:${selector.group}`;
    case 'person':
      return `person:${selector.person}`;
    case 'owner':
    case 'manager':
    case 'everyone':
      return selector.kind;
  }
}

/** True when the selector names this person. `owner` and `manager` depend on a request, so they name nobody here. */
export function isSelected(directory: Directory, selector: PeopleSelector, person: PersonId): boolean {
  switch (selector.kind) {
    case 'everyone':
      return directory.people.has(person);
    case 'group':
      return directory.groups.get(selector.group)?.has(person) ?? false;
    case 'person':
      return selector.person === person;
    case 'owner':
    case 'manager':
      return false;
  }
}
