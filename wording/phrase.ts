import { formatDuration } from '../core/duration.ts';
import type { Minutes, PersonId } from '../core/ids.ts';

type TaggedPart = Readonly<
  | { kind: 'person'; person: PersonId }
  | { kind: 'instant'; before: string; at: number }
  | { kind: 'code'; text: string }
  | { kind: 'quoted'; text: string }
  | { kind: 'emphasis'; phrase: Phrase }
>;

/**
 * Text for a person, before it is known where it is shown: a plain string is our own text, everything else says what
 * it is. `bot/mrkdwn.ts` renders a phrase for Slack and `cli/terminal/phrase.ts` renders it for a terminal.
 */
export type Phrase = readonly (string | TaggedPart)[];

/** A person. Slack shows a mention, a terminal shows a name. */
export const person = (who: PersonId): Phrase => [{ kind: 'person', person: who }];

/**
 * A time in the zone of the reader. The text before it is part of it, because Slack writes "Today" with a capital
 * letter where its format begins with the date.
 */
export const instant = (at: number, before = ''): Phrase => [{ kind: 'instant', before, at }];

/** Something that the reader can type or copy, or the exact text of a vendor: set apart from what Curfew says. */
export const code = (text: string): Phrase => [{ kind: 'code', text }];

/** A name or a sentence that a person, the catalogue or a vendor wrote. The renderer makes it harmless. */
export const quoted = (text: string): Phrase => [{ kind: 'quoted', text }];

export const emphasis = (text: Phrase): Phrase => [{ kind: 'emphasis', phrase: text }];

export const duration = (minutes: Minutes): Phrase => [formatDuration(minutes)];

/**
 * Builds a phrase. The template is our own text. A string cannot be inserted by itself: it is first marked with one
 * of the functions above, so that text from elsewhere is never taken as ours.
 */
export const phrase = (own: TemplateStringsArray, ...inserted: readonly Phrase[]): Phrase =>
  own.flatMap((text, index) => [...(text === '' ? [] : [text]), ...(inserted[index] ?? [])]);

const MAX_LISTED = 10;

/** "Ana, Bo and Cy", with the given conjunction. Of a long list it names the first ten and counts the others. */
export function list(all: readonly Phrase[], conjunction: 'and' | 'or' = 'and'): Phrase {
  const more = all.length - MAX_LISTED;
  const items = more > 1 ? [...all.slice(0, MAX_LISTED), [`${more} more`]] : all;
  return items.length === 0
    ? ['nobody']
    : items.flatMap((item, index) => {
        if (index === 0) return item;
        return [index === items.length - 1 ? ` ${conjunction} ` : ', ', ...item];
      });
}
