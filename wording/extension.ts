import type { Minutes, PersonId } from '../core/ids.ts';
import type { Extension } from '../core/request/state.ts';
import { duration, emphasis, instant, type Phrase, person, phrase } from './phrase.ts';

type ShownExtension = Readonly<{ extension: Extension; given: Minutes }>;

/** What an extension is: how much longer, until when, and how long the access then lasts in all. */
export function extensionPhrase(
  requester: PersonId,
  { extension: { details }, given }: ShownExtension,
): Phrase {
  const total = (given + details.minutes) as Minutes;
  return phrase`${emphasis(phrase`${person(requester)} requests ${duration(details.minutes)} more`)}, ${instant(details.endsAt, 'until ')}: ${duration(total)} in all.`;
}
