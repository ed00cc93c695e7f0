/** Converts what a person entered to what Slack sends in `state.values`. Pure. */
import type { KnownBlock } from '@slack/types';
import { no, ok, type Result } from '../../core/result.ts';
import { isObject, type Json } from './check.ts';
import type { Option, StateValue, StateValues, EnteredValue, EnteredValues } from './model.ts';

/** An interactive element and its block. `input` is its block if that is an input block. */
export type FoundElement = Readonly<{
  block_id: string;
  action_id: string;
  type: string;
  element: Json;
  input?: Json;
}>;

/** All interactive elements of these blocks, in order. */
export function elementsOf(blocks: readonly KnownBlock[]): readonly FoundElement[] {
  return (blocks as readonly unknown[]).filter(isObject).flatMap((block) => {
    const inside = [block['elements'], block['accessory'], block['element']].flat().filter(isObject);
    return inside.flatMap((element) =>
      typeof element['action_id'] === 'string'
        ? [
            {
              block_id: String(block['block_id']),
              action_id: element['action_id'],
              type: String(element['type']),
              element,
              ...(block['type'] === 'input' ? { input: block } : {}),
            },
          ]
        : [],
    );
  });
}

/** The options in the element. An external select has none, because the app sends them on request. */
export function optionsOf(element: Json): readonly Option[] {
  const groups = Array.isArray(element['option_groups']) ? element['option_groups'].filter(isObject) : [];
  // The blocks were checked when the app sent them.
  return [element['options'], ...groups.map((group) => group['options'])]
    .flat()
    .filter(isObject) as readonly Json[] as readonly Option[];
}

type Shape = Readonly<{
  field: keyof StateValue;
  many?: boolean;
  option?: boolean;
  number?: boolean;
  initial: string;
}>;

const SHAPES: Readonly<Record<string, Shape>> = {
  plain_text_input: { field: 'value', initial: 'initial_value' },
  number_input: { field: 'value', initial: 'initial_value' },
  email_text_input: { field: 'value', initial: 'initial_value' },
  url_text_input: { field: 'value', initial: 'initial_value' },
  static_select: { field: 'selected_option', option: true, initial: 'initial_option' },
  external_select: { field: 'selected_option', option: true, initial: 'initial_option' },
  radio_buttons: { field: 'selected_option', option: true, initial: 'initial_option' },
  overflow: { field: 'selected_option', option: true, initial: 'initial_option' },
  multi_static_select: { field: 'selected_options', option: true, many: true, initial: 'initial_options' },
  multi_external_select: { field: 'selected_options', option: true, many: true, initial: 'initial_options' },
  checkboxes: { field: 'selected_options', option: true, many: true, initial: 'initial_options' },
  users_select: { field: 'selected_user', initial: 'initial_user' },
  multi_users_select: { field: 'selected_users', many: true, initial: 'initial_users' },
  conversations_select: { field: 'selected_conversation', initial: 'initial_conversation' },
  multi_conversations_select: {
    field: 'selected_conversations',
    many: true,
    initial: 'initial_conversations',
  },
  channels_select: { field: 'selected_channel', initial: 'initial_channel' },
  multi_channels_select: { field: 'selected_channels', many: true, initial: 'initial_channels' },
  datepicker: { field: 'selected_date', initial: 'initial_date' },
  timepicker: { field: 'selected_time', initial: 'initial_time' },
  datetimepicker: { field: 'selected_date_time', number: true, initial: 'initial_date_time' },
};

/** Elements that have no value in `state.values`. */
const TYPES_WITHOUT_VALUE: readonly string[] = ['button', 'overflow', 'workflow_button'];

/**
 * The value of one element: what the person entered, or else its initial value. `offered` are an external
 * select's options.
 */
export function valueOf(
  { type, element }: FoundElement,
  typed: EnteredValue | undefined,
  offered: readonly Option[],
): Result<StateValue, string> {
  const shape = SHAPES[type];
  if (shape === undefined) return ok({ type });
  if (typed === undefined)
    return ok({ type, [shape.field]: element[shape.initial] ?? (shape.many ? [] : null) });
  const given = [typed ?? []].flat().filter((each) => each !== '');
  const values = given.map((each) => (shape.option ? pick(each, [...optionsOf(element), ...offered]) : each));
  const unknown = given.find((_, index) => values[index] === undefined);
  if (unknown !== undefined) return no(`there is no option ${JSON.stringify(unknown)}`);
  const [first] = values;
  if (shape.many) return ok({ type, [shape.field]: values });
  return ok({ type, [shape.field]: first === undefined ? null : shape.number ? Number(first) : first });
}

const pick = (chosen: string | Option, options: readonly Option[]): Option | undefined =>
  typeof chosen === 'string' ? options.find((option) => option.value === chosen) : chosen;

/** The values of all elements in these blocks. */
export function valuesOf(
  blocks: readonly KnownBlock[],
  typed: EnteredValues,
  offeredFor: (found: FoundElement) => readonly Option[],
): Result<StateValues, string> {
  const values: Record<string, Record<string, StateValue>> = {};
  for (const found of elementsOf(blocks).filter(({ type }) => !TYPES_WITHOUT_VALUE.includes(type))) {
    const value = valueOf(found, typed[found.block_id]?.[found.action_id], offeredFor(found));
    if (!value.ok) return no(`${found.block_id}/${found.action_id}: ${value.error}`);
    values[found.block_id] = { ...values[found.block_id], [found.action_id]: value.value };
  }
  return ok(values);
}

/** The errors that Slack's client shows before it sends a modal to the app: at most one for each block. */
export function inputErrors(
  blocks: readonly KnownBlock[],
  values: StateValues,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    elementsOf(blocks).flatMap((found) => {
      if (found.input === undefined) return [];
      const said = inputError(found, values[found.block_id]?.[found.action_id]);
      return said === undefined ? [] : [[found.block_id, said]];
    }),
  );
}

function inputError(
  { element, type, input }: FoundElement,
  value: StateValue | undefined,
): string | undefined {
  const held = Object.entries(value ?? {}).find(([name]) => name !== 'type')?.[1];
  const empty = held === null || held === undefined || (Array.isArray(held) && held.length === 0);
  if (empty) return input?.['optional'] === true ? undefined : 'Please complete this required field.';
  const text = value?.value ?? '';
  const { min_length, max_length } = element;
  if (typeof min_length === 'number' && text.length < min_length)
    return `Must be at least ${min_length} characters.`;
  if (typeof max_length === 'number' && text.length > max_length)
    return `Must be at most ${max_length} characters.`;
  if (type === 'number_input' && !/^-?\d+(\.\d+)?$/.test(text)) return 'Must be a number.';
  if (type === 'email_text_input' && !/^\S+@\S+$/.test(text)) return 'Must be a valid email address.';
  if (type === 'url_text_input' && !URL.canParse(text)) return 'Must be a valid URL.';
  return undefined;
}
