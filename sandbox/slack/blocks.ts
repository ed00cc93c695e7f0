/**
 * Slack's checks of blocks, as a pure function. The sandbox responds `invalid_blocks` with its result, and
 * tests check Curfew's blocks with it. The messages are Slack's own where those are known.
 */
import { anything, both, byType, flag, isObject, list, maybe, needed, problem } from './check.ts';
import type { Check, Problem } from './check.ts';
import { image, inputs, interactive } from './elements.ts';
import { LIMITS } from './limits.ts';
import { newerBlocks } from './newer-blocks.ts';
import { element, ids, imageFields, imageSource, plain, text } from './objects.ts';
import { richText } from './rich-text.ts';

export type Surface = 'message' | 'modal' | 'home';

/** Blocks that Slack accepts in messages only. */
const MESSAGE_ONLY: readonly string[] = [
  'card',
  'carousel',
  'context_actions',
  'file',
  'markdown',
  'plan',
  'table',
  'task_card',
];

const uniqueActions: Check = (value, at) => {
  const elements = isObject(value) && Array.isArray(value['elements']) ? value['elements'] : [];
  return duplicateValues(elements, 'action_id').flatMap((id) =>
    problem(at, `action_id already in use in this block: ${id}`),
  );
};

const textOrFields: Check = (value, at) =>
  isObject(value) && value['text'] === undefined && value['fields'] === undefined
    ? problem(at, 'missing required field: text or fields')
    : [];

const commonBlocks: Readonly<Record<string, Check>> = {
  section: both(
    element({
      block_id: ids.block,
      text: maybe(text(LIMITS.sectionText)),
      fields: maybe(list(text(LIMITS.sectionField), LIMITS.sectionFields, 1)),
      accessory: maybe(byType({ ...interactive, image })),
      expand: maybe(flag),
    }),
    textOrFields,
  ),
  actions: both(
    element({ block_id: ids.block, elements: needed(list(byType(interactive), LIMITS.actionsElements, 1)) }),
    uniqueActions,
  ),
  context: element({
    block_id: ids.block,
    elements: needed(list(contextElement, LIMITS.contextElements, 1)),
  }),
  divider: element({ block_id: ids.block }),
  header: element({ block_id: ids.block, text: needed(plain(LIMITS.headerText)), level: maybe(anything) }),
  image: both(
    element({ block_id: ids.block, ...imageFields, title: maybe(plain(LIMITS.imageTitle)) }),
    imageSource,
  ),
  input: element({
    block_id: ids.block,
    label: needed(plain(LIMITS.inputLabel)),
    element: needed(byType(inputs)),
    hint: maybe(plain(LIMITS.inputHint)),
    optional: maybe(flag),
    dispatch_action: maybe(flag),
  }),
  rich_text: richText,
};

function contextElement(value: unknown, at: string): readonly Problem[] {
  return isObject(value) && value['type'] === 'image'
    ? image(value, at)
    : text(LIMITS.sectionText)(value, at);
}

const allBlocks = { ...commonBlocks, ...newerBlocks((value, at) => byType(commonBlocks)(value, at)) };

/**
 * The problems that Slack would report for `blocks` (unknown JSON) on this surface. Empty when Slack accepts
 * them.
 */
export function checkBlocks(surface: Surface, blocks: unknown, at = '/blocks'): readonly Problem[] {
  const max = surface === 'message' ? LIMITS.blocksInMessage : LIMITS.blocksInView;
  const found = list(byType(allowedOn(surface)), max)(blocks, at);
  const ids = Array.isArray(blocks) ? duplicateValues(blocks, 'block_id') : [];
  return [...found, ...ids.flatMap((id) => problem(at, `block_id already in use: ${id}`))];
}

const allowedOn = (surface: Surface): Readonly<Record<string, Check>> =>
  surface === 'message'
    ? allBlocks
    : Object.fromEntries(Object.entries(allBlocks).filter(([type]) => !MESSAGE_ONLY.includes(type)));

/** The values of `field` that more than one item has. */
function duplicateValues(items: readonly unknown[], field: string): readonly string[] {
  const values = items.flatMap((item) =>
    isObject(item) && typeof item[field] === 'string' ? [item[field]] : [],
  );
  return [...new Set(values.filter((value, index) => values.indexOf(value) !== index))];
}
