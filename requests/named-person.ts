import { nearest } from '../core/nearest.ts';
import type { PersonId } from '../core/ids.ts';
import type { Person, PolicySet } from '../policy/index.ts';

/** A mention of Slack, with or without the name after it. */
const MENTION = /^<@([A-Z0-9]+)(?:\|[^>]*)?>$/;

/** The person whom somebody typed: by their id, by their whole name, or by a mention of their Slack account. */
export function personTyped({ directory: { people } }: PolicySet, typed: string): Person | undefined {
  const slack = MENTION.exec(typed)?.[1];
  const name = wordOf(typed);
  return [...people.values()].find((person) =>
    slack === undefined
      ? person.id === name || person.name.toLowerCase() === name
      : person.accounts['slack']?.includes(slack),
  );
}

/** With fewer letters, every short name is similar. */
const LETTERS_TO_GUESS = 3;

/** The id of the person whose id or name is most like what was typed. Only people for whom `may` is true are named. */
export function nearestPerson(
  { directory: { people } }: PolicySet,
  typed: string,
  may: (person: PersonId) => boolean,
): PersonId | undefined {
  if (typed.length < LETTERS_TO_GUESS) return undefined;
  const known = new Map(
    [...people.values()]
      .filter(({ id }) => may(id))
      .flatMap(({ id, name }) => [id, name, ...name.split(' ')].map((each) => [each.toLowerCase(), id])),
  );
  const guess = nearest(wordOf(typed), known.keys());
  return guess === undefined ? undefined : known.get(guess);
}

/** Slack leaves the @ of a name that somebody typed. */
const wordOf = (typed: string): string => typed.trim().replace(/^@/, '').toLowerCase();
