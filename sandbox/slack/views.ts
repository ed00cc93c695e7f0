/** Slack's checks of a view (a modal or a Home), as a pure function. */
import { anything, flag, isObject, maybe, needed, problem, string, fieldsOf } from './check.ts';
import type { Check, Fields, Json, Problem } from './check.ts';
import { checkBlocks } from './blocks.ts';
import { LIMITS } from './limits.ts';
import { plain } from './objects.ts';

const common: Fields = {
  type: needed(anything),
  private_metadata: maybe(string(LIMITS.privateMetadata)),
  callback_id: maybe(string(LIMITS.callbackId)),
  external_id: maybe(string(255)),
};

const blocksOf =
  (surface: 'modal' | 'home'): Check =>
  (value, at) =>
    checkBlocks(surface, value, at);

const modal: Fields = {
  ...common,
  title: needed(plain(LIMITS.viewTitle)),
  submit: maybe(plain(LIMITS.viewButton)),
  close: maybe(plain(LIMITS.viewButton)),
  blocks: needed(blocksOf('modal')),
  clear_on_close: maybe(flag),
  notify_on_close: maybe(flag),
  submit_disabled: maybe(flag),
};

const home: Fields = { ...common, blocks: needed(blocksOf('home')) };

/** The problems that Slack would report for `view` (unknown JSON). Empty when Slack accepts it. */
export function checkView(view: unknown, at = '/view'): readonly Problem[] {
  if (!isObject(view)) return problem(at, 'must provide an object');
  if (view['type'] === 'home') return fieldsOf(view, home, at);
  if (view['type'] !== 'modal') return problem(`${at}/type`, `unsupported type: ${String(view['type'])}`);
  return [...fieldsOf(view, modal, at), ...submitForInputs(view, at)];
}

/** A modal with inputs needs a submit button. */
const submitForInputs = (view: Json, at: string): readonly Problem[] =>
  hasInputs(view['blocks']) && (view['submit'] === undefined || view['submit'] === null)
    ? problem(at, 'missing required field: submit')
    : [];

const hasInputs = (blocks: unknown): boolean =>
  Array.isArray(blocks) && blocks.some((block: unknown) => isObject(block) && block['type'] === 'input');

/** Slack refuses a view of more than 250 KB with `view_too_large`, before its other checks. */
export const isTooLarge = (view: unknown): boolean =>
  Buffer.byteLength(JSON.stringify(view) ?? '') > LIMITS.view;
