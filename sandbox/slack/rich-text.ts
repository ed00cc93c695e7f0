/** Checks of `rich_text` blocks. In these blocks Slack does not interpret text as markup. */
import {
  anything,
  byType,
  flag,
  integer,
  list,
  maybe,
  needed,
  object,
  oneOf,
  string,
  type Check,
} from './check.ts';
import { element, ids } from './objects.ts';

const style = maybe(
  object({
    bold: maybe(flag),
    italic: maybe(flag),
    strike: maybe(flag),
    underline: maybe(flag),
    code: maybe(flag),
    highlight: maybe(flag),
    client_highlight: maybe(flag),
    unlink: maybe(flag),
  }),
);

const inline: Check = byType({
  text: element({ text: needed(string(Infinity, 1)), style }),
  link: element({ url: needed(string(3000, 1)), text: maybe(string(Infinity)), unsafe: maybe(flag), style }),
  emoji: element({
    name: needed(string(255, 1)),
    unicode: maybe(anything),
    skin_tone: maybe(anything),
    url: maybe(anything),
    style,
  }),
  user: element({ user_id: needed(string(255, 1)), style }),
  usergroup: element({ usergroup_id: needed(string(255, 1)), style }),
  channel: element({ channel_id: needed(string(255, 1)), style }),
  team: element({ team_id: needed(string(255, 1)), style }),
  broadcast: element({ range: needed(oneOf('here', 'channel', 'everyone')), style }),
  color: element({ value: needed(string(255, 1)), style }),
  date: element({
    timestamp: needed(integer(0, 9_999_999_999)),
    format: needed(string(255, 1)),
    url: maybe(string(3000)),
    fallback: maybe(string(3000)),
    style,
  }),
});

const run = needed(list(inline, Infinity));
const section = element({ elements: run });
const border = maybe(integer(0, 100));

export const richText: Check = element({
  block_id: ids.block,
  elements: needed(
    list(
      byType({
        rich_text_section: section,
        rich_text_preformatted: element({ elements: run, border, language: maybe(string(255)) }),
        rich_text_quote: element({ elements: run, border }),
        rich_text_list: element({
          elements: needed(list(byType({ rich_text_section: section }), Infinity)),
          style: needed(oneOf('bullet', 'ordered')),
          indent: maybe(integer(0, 8)),
          offset: maybe(integer(0, 1_000_000)),
          border,
        }),
      }),
      Infinity,
    ),
  ),
});
