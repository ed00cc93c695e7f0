import type { NameOf } from '../rich-text.ts';

/** Names people without a mention, so that Slack notifies nobody of them. */
export const withoutMentions =
  (nameOf: NameOf): NameOf =>
  (person) => ({ name: nameOf(person).name });
