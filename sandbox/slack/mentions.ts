/** Whom a message mentions. Slack notifies a person of a mention, so a test counts them. */
import { isObject } from './check.ts';
import type { Message } from './model.ts';

/**
 * How often a message mentions each person, by user id. `here`, `channel` and `everyone` are keys of their own:
 * they mention the members of the channel.
 */
export type Mentions = ReadonlyMap<string, number>;

// `<@U0ANAFERR1>`, `<@U0ANAFERR1|ana>`, `<!here>`, `<!here|here>`. Text that a person typed has `&lt;`, and mentions nobody.
const IN_MARKUP = /<(?:@([UW][A-Z0-9]+)|!(here|channel|everyone))(?:\|[^<>]*)?>/g;

const inMarkup = (text: string): readonly string[] =>
  [...text.matchAll(IN_MARKUP)].map(([, user, range]) => user ?? range ?? '');

/**
 * Everybody whom blocks mention, once for each mention: in `mrkdwn` texts and in `markdown` blocks, and in the
 * elements `user` and `broadcast` of rich text. `plain_text` mentions nobody.
 */
function inBlocks(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(inBlocks);
  if (!isObject(value)) return [];
  const { type, text, user_id, range } = value;
  if ((type === 'mrkdwn' || type === 'markdown') && typeof text === 'string') return inMarkup(text);
  if (type === 'user' && typeof user_id === 'string') return [user_id];
  if (type === 'broadcast' && typeof range === 'string') return [range];
  return Object.values(value).flatMap(inBlocks);
}

const counted = (all: readonly string[]): Mentions => {
  const counts = new Map<string, number>();
  for (const each of all) counts.set(each, (counts.get(each) ?? 0) + 1);
  return counts;
};

/**
 * The mentions of a message. The text of a message with blocks is what its notification shows, and repeats the
 * blocks. So a mention in both counts once.
 */
export function mentions({ text, blocks }: Pick<Message, 'text' | 'blocks'>): Mentions {
  const [shown, notified] = [counted(inBlocks(blocks)), counted(inMarkup(text))];
  return new Map(
    [...shown.keys(), ...notified.keys()].map((each) => [
      each,
      Math.max(shown.get(each) ?? 0, notified.get(each) ?? 0),
    ]),
  );
}
