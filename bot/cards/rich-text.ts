import type { RichTextElement } from '@slack/types';
import { oneLine } from '../../core/text.ts';
import type { RequestView } from '../../requests/view.ts';
import type { Phrase } from '../../wording/phrase.ts';
import { capped, utcMinute } from '../../wording/text.ts';

export type NameOf = RequestView['nameOf'];
type Style = Readonly<{ bold?: true; code?: true }>;

/** How many code points of one text from elsewhere are shown, because a message has room for several of them. */
const MOST_SHOWN = 500;

/**
 * A phrase as elements of rich text, in which Slack reads no markup, mention, link or emoji. Each text from elsewhere is an
 * element of its own and has one line, so it can look like nothing that Curfew says (T18, T48).
 */
export const richText = (phrase: Phrase, nameOf: NameOf, style: Style = {}): readonly RichTextElement[] =>
  phrase.flatMap((part): readonly RichTextElement[] => {
    if (typeof part === 'string') return text(part, style);
    switch (part.kind) {
      case 'person': {
        const { slack, name } = nameOf(part.person);
        return slack === undefined
          ? fromElsewhere(name, style)
          : [{ type: 'user', user_id: slack, ...styled(style) }];
      }
      case 'instant':
        return [{ ...date(part.at, part.before), ...styled(style) }];
      case 'code':
        return fromElsewhere(part.text, { ...style, code: true });
      case 'quoted':
        return fromElsewhere(part.text, style);
      case 'emphasis':
        return richText(part.phrase, nameOf, { ...style, bold: true });
    }
  });

/** Slack takes no empty text. */
const text = (own: string, style: Style): readonly RichTextElement[] =>
  own === '' ? [] : [{ type: 'text', text: own, ...styled(style) }];

const fromElsewhere = (theirs: string, style: Style): readonly RichTextElement[] =>
  text(capped(oneLine(theirs), MOST_SHOWN), style);

const styled = (style: Style) => (Object.keys(style).length === 0 ? {} : { style });

/** A time in the zone of the reader, and in UTC for a client that cannot show that. */
const date = (at: number, before: string): RichTextElement => ({
  type: 'date',
  timestamp: Math.floor(at / 1000),
  format: `${before}{date_short_pretty} at {time}`,
  fallback: `${before}${utcMinute(at)}`,
});

/** Names people without a mention, so that Slack notifies nobody of them. */
export const withoutMentions =
  (nameOf: NameOf): NameOf =>
  (person) => ({ name: nameOf(person).name });
