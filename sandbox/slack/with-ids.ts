/** Checks blocks and views of the app and adds the ids that Slack generates. */
import { randomBytes } from 'node:crypto';
import type { KnownBlock } from '@slack/types';
import { no, ok, type Result } from '../../core/result.ts';
import { checkBlocks, type Surface } from './blocks.ts';
import { isObject, type Json, type Problem } from './check.ts';
import type { Option, OptionGroup, PlainText, View } from './model.ts';
import { choices } from './objects.ts';
import { newId } from './store.ts';
import { checkView } from './views.ts';

const shortId = (): string => randomBytes(4).toString('base64url').slice(0, 5);

/** Adds an `action_id` to an interactive element that has none. Changes nothing else. */
const withActionId = (element: unknown): unknown =>
  isObject(element) && element['action_id'] === undefined && INERT[String(element['type'])] === undefined
    ? { ...element, action_id: shortId() }
    : element;

const INERT: Readonly<Record<string, true>> = { image: true, mrkdwn: true, plain_text: true };

function withIds(block: Json): Json {
  const { type, elements } = block;
  return {
    ...block,
    block_id: block['block_id'] ?? shortId(),
    ...(type === 'actions' && Array.isArray(elements) ? { elements: elements.map(withActionId) } : {}),
    ...(block['accessory'] === undefined ? {} : { accessory: withActionId(block['accessory']) }),
    ...(type === 'input' ? { element: withActionId(block['element']) } : {}),
  };
}

export function checkedBlocks(
  surface: Surface,
  blocks: unknown,
  at?: string,
): Result<readonly KnownBlock[], readonly Problem[]> {
  const problems = checkBlocks(surface, blocks, at);
  if (problems.length > 0 || !Array.isArray(blocks)) return no(problems);
  // checkBlocks has checked the shape.
  return ok(blocks.filter(isObject).map(withIds) as readonly unknown[] as readonly KnownBlock[]);
}

type AppIds = Readonly<{ team_id: string; app_id: string; bot_id: string }>;

/**
 * A checked view with the ids that Slack adds. `place` has the id of the view that it replaces and its
 * position in the stack.
 */
export function checkedView(
  view: unknown,
  shell: AppIds,
  place: Readonly<{ id?: string; root?: string; previous?: string | null }> = {},
): Result<View, readonly Problem[]> {
  const problems = checkView(view);
  if (problems.length > 0 || !isObject(view)) return no(problems);
  const blocks = checkedBlocks(view['type'] === 'home' ? 'home' : 'modal', view['blocks'], '/view/blocks');
  if (!blocks.ok) return blocks;
  const id = place.id ?? newId('V');
  const words = (name: string): PlainText | null => (view[name] as PlainText | undefined) ?? null;
  const string = (name: string): string => (typeof view[name] === 'string' ? view[name] : '');
  return ok({
    id,
    ...shell,
    type: view['type'] === 'home' ? 'home' : 'modal',
    title: words('title'),
    submit: words('submit'),
    close: words('close'),
    blocks: blocks.value,
    callback_id: string('callback_id'),
    private_metadata: string('private_metadata'),
    external_id: string('external_id'),
    state: { values: {} },
    hash: `${Math.floor(Date.now() / 1000)}.${newId('', 8)}`,
    clear_on_close: view['clear_on_close'] === true,
    notify_on_close: view['notify_on_close'] === true,
    root_view_id: place.root ?? id,
    previous_view_id: place.previous ?? null,
  });
}

/** The app's response to a `block_suggestion`: options, or groups of options. */
export function checkedChoices(
  payload: Json,
): Result<Readonly<{ options: readonly Option[]; groups: readonly OptionGroup[] }>, readonly Problem[]> {
  const problems = choices(payload, '');
  if (problems.length > 0) return no(problems);
  // `choices` has checked both shapes.
  const options = (payload['options'] ?? []) as readonly Option[];
  return ok({ options, groups: (payload['option_groups'] ?? []) as readonly OptionGroup[] });
}
