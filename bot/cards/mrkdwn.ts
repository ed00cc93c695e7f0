import type { PersonId } from '../../core/ids.ts';
import { oneLine } from '../../core/text.ts';
import type { Phrase } from '../../wording/phrase.ts';
import { utcMinute } from '../../wording/text.ts';
import type { NameOf } from './rich-text.ts';

/** Writes a person in mrkdwn. */
export type RenderPerson = (person: PersonId) => string;

/**
 * Text from elsewhere as one line of the text of a notification, which Slack shows as it is. The characters &, < and > are
 * escaped. An invisible word joiner prevents that a formatting character (* _ ~ `) formats, that a name between colons becomes
 * an emoji, and that a > at the start becomes a quotation. People copy names from a view, so a view shows such text as rich
 * text or plain text, which needs no joiner.
 */
export const escaped = (text: string): string =>
  withEntities(text)
    .replaceAll(/[*_~`]|:(?=[^\s:]+:)/g, (mark) => `${mark}\u2060`)
    .replace(/^&gt;/, '\u2060&gt;');

/** Text from elsewhere as code, which can be copied. A backtick would end the code, so a similar character replaces it. */
const codeMarkup = (text: string): string => `\`${withEntities(text).replaceAll('`', '\u02cb')}\``;

const withEntities = (text: string): string =>
  oneLine(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** A time in the zone of the reader, and in UTC for a client that cannot show that. */
export const dateMarkup = (at: number, before: string): string =>
  `<!date^${Math.floor(at / 1000)}^${before}{date_short_pretty} at {time}|${before}${utcMinute(at)}>`;

/** Mentions a person, or names a person who has no Slack account. */
export const mention =
  (nameOf: NameOf): RenderPerson =>
  (person) => {
    const { slack, name } = nameOf(person);
    return slack ? `<@${slack}>` : escaped(name);
  };

/** Names a person, for notifications and screen readers. */
export const escapedName =
  (nameOf: NameOf): RenderPerson =>
  (person) =>
    escaped(nameOf(person).name);

/** A phrase as Slack's mrkdwn. */
export const mrkdwn = (phrase: Phrase, renderPerson: RenderPerson): string =>
  phrase
    .map((part) => {
      if (typeof part === 'string') return part;
      switch (part.kind) {
        case 'person':
          return renderPerson(part.person);
        case 'instant':
          return dateMarkup(part.at, part.before);
        case 'code':
          return codeMarkup(part.text);
        case 'quoted':
          return escaped(part.text);
        case 'emphasis':
          return `*${mrkdwn(part.phrase, renderPerson)}*`;
      }
    })
    .join('');

/** A phrase as mrkdwn with the ids of people, for text that names nobody. */
export const mrkdwnWithIds = (phrase: Phrase): string => mrkdwn(phrase, escaped);

/** A phrase for the places where Slack reads no markup, such as the errors of a form. */
export const plainText = (phrase: Phrase, nameOf: (person: PersonId) => string = String): string =>
  phrase
    .map((part) => {
      if (typeof part === 'string') return part;
      switch (part.kind) {
        case 'person':
          return oneLine(nameOf(part.person));
        case 'instant':
          return `${part.before}${utcMinute(part.at)}`;
        case 'code':
        case 'quoted':
          return oneLine(part.text);
        case 'emphasis':
          return plainText(part.phrase, nameOf);
      }
    })
    .join('');
