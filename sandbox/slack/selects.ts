/** Checks of all kinds of select elements. */
import { isDeepStrictEqual } from 'node:util';
import { anything, both, flag, integer, isObject, list, maybe, object, problem, string } from './check.ts';
import type { Check, Fields } from './check.ts';
import { LIMITS } from './limits.ts';
import { choices, confirm, element, ids, plain, plainOption } from './objects.ts';

/** The fields that every select and input may have. */
export const common: Fields = {
  action_id: ids.action,
  confirm: maybe(confirm),
  focus_on_load: maybe(flag),
  placeholder: maybe(plain(LIMITS.placeholder)),
};

export const strings = list(string(255), LIMITS.options);

/** Each preselected option must be one of the options. Slack compares the whole object. */
export const preselected =
  (field: 'initial_option' | 'initial_options'): Check =>
  (value, at) => {
    if (!isObject(value) || value[field] === undefined) return [];
    const chosen: readonly unknown[] = [value[field]].flat();
    return chosen.every((option) => offeredBy(value).some((each) => isDeepStrictEqual(each, option)))
      ? []
      : problem(`${at}/${field}`, 'must match one of the options provided');
  };

const offeredBy = (value: Readonly<Record<string, unknown>>): readonly unknown[] => {
  if (Array.isArray(value['options'])) return value['options'];
  const groups = Array.isArray(value['option_groups']) ? value['option_groups'] : [];
  return groups.flatMap((group: unknown) =>
    isObject(group) && Array.isArray(group['options']) ? group['options'] : [],
  );
};

const select = (own: Fields): Check => element({ ...common, ...own });
const multiFields: Fields = { max_selected_items: maybe(integer(1, LIMITS.options)) };
const offered: Fields = { options: maybe(anything), option_groups: maybe(anything) };
const filter = maybe(
  object({
    include: maybe(anything),
    exclude_external_shared_channels: maybe(flag),
    exclude_bot_users: maybe(flag),
  }),
);
const conversations: Fields = {
  default_to_current_conversation: maybe(flag),
  response_url_enabled: maybe(flag),
  filter,
};

export const selects: Readonly<Record<string, Check>> = {
  static_select: both(
    select({ ...offered, initial_option: maybe(plainOption) }),
    choices,
    preselected('initial_option'),
  ),
  multi_static_select: both(
    select({ ...offered, ...multiFields, initial_options: maybe(list(plainOption, LIMITS.options)) }),
    choices,
    preselected('initial_options'),
  ),
  external_select: select({ min_query_length: maybe(integer(0, 3000)), initial_option: maybe(plainOption) }),
  multi_external_select: select({
    ...multiFields,
    min_query_length: maybe(integer(0, 3000)),
    initial_options: maybe(list(plainOption, LIMITS.options)),
  }),
  users_select: select({ initial_user: maybe(string(255)) }),
  multi_users_select: select({ ...multiFields, initial_users: maybe(strings) }),
  conversations_select: select({ ...conversations, initial_conversation: maybe(string(255)) }),
  multi_conversations_select: select({
    ...conversations,
    ...multiFields,
    initial_conversations: maybe(strings),
  }),
  channels_select: select({ response_url_enabled: maybe(flag), initial_channel: maybe(string(255)) }),
  multi_channels_select: select({ ...multiFields, initial_channels: maybe(strings) }),
};
