/**
 * Checks of Block Kit's newer blocks, which Curfew does not use. They check the known limits and accept
 * unknown fields.
 */
import { anything, byType, list, maybe, needed, object, string, type Check, type Fields } from './check.ts';
import { button } from './elements.ts';
import { LIMITS } from './limits.ts';
import { ids, plain, text } from './objects.ts';
import { richText } from './rich-text.ts';

const open = (fields: Fields): Check =>
  object({ type: needed(anything), block_id: ids.block, ...fields }, true);
const cell: Check = byType({
  raw_text: open({ text: needed(string(20_000)) }),
  raw_number: open({}),
  rich_text: richText,
});
const rows = (min: number): Check => list(list(cell, 20, 1), 201, min);

const card = open({
  title: maybe(text(LIMITS.cardTitle)),
  subtitle: maybe(text(LIMITS.cardTitle)),
  body: maybe(text(LIMITS.cardBody)),
  subtext: maybe(text(LIMITS.cardBody)),
  actions: maybe(list(button, LIMITS.cardActions)),
});
const task = {
  task_id: needed(string(255, 1)),
  title: needed(string(LIMITS.sectionText, 1)),
  output: maybe(richText),
};

/** `child` checks the blocks inside a container. */
export const newerBlocks = (child: Check): Readonly<Record<string, Check>> => ({
  alert: open({ text: needed(text(LIMITS.alertText)) }),
  card,
  carousel: open({ elements: needed(list(byType({ card }), LIMITS.carouselElements, 1)) }),
  container: open({
    title: maybe(plain(LIMITS.containerTitle)),
    subtitle: maybe(text(LIMITS.containerTitle)),
    child_blocks: needed(list(child, LIMITS.containerBlocks, 1)),
  }),
  context_actions: open({
    elements: needed(
      list(byType({ feedback_buttons: open({}), icon_button: open({}) }), LIMITS.contextActions),
    ),
  }),
  data_table: open({ rows: needed(rows(2)), caption: needed(string(LIMITS.sectionText)) }),
  data_visualization: open({ title: needed(string(50)), chart: needed(anything) }),
  file: open({ source: needed(string(255)), external_id: needed(string(255, 1)) }),
  markdown: open({ text: needed(string(LIMITS.markdown, 1)) }),
  plan: open({ title: needed(string(LIMITS.sectionText, 1)), tasks: maybe(list(object(task, true), 50)) }),
  table: open({ rows: needed(rows(1)) }),
  task_card: open(task),
  video: open({
    alt_text: needed(string(200, 1)),
    title: needed(plain(LIMITS.videoTitle)),
    thumbnail_url: needed(string(LIMITS.imageUrl)),
    video_url: needed(string(LIMITS.imageUrl)),
    author_name: maybe(string(LIMITS.videoAuthor)),
    provider_name: maybe(string(LIMITS.videoAuthor)),
    description: maybe(plain(200)),
  }),
});
