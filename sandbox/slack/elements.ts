/** Checks of Block Kit's interactive elements and inputs. */
import { anything, both, flag, integer, list, maybe, needed, object, oneOf, pattern } from './check.ts';
import { problem, string, type Check, type Fields } from './check.ts';
import { LIMITS } from './limits.ts';
import { confirm, dispatchConfig, element, ids, imageFields, imageSource } from './objects.ts';
import { plain, plainOption, richOption } from './objects.ts';
import { common, preselected, selects, strings } from './selects.ts';

const style = maybe(oneOf('primary', 'danger'));
const label = { accessibility_label: maybe(string(LIMITS.accessibilityLabel)) };

const date = pattern(/^\d{4}-\d{2}-\d{2}$/, 'YYYY-MM-DD');
const time = pattern(/^\d{2}:\d{2}$/, 'HH:mm');
export const button = element({
  action_id: ids.action,
  text: needed(plain(LIMITS.buttonText)),
  url: maybe(string(LIMITS.buttonUrl)),
  value: maybe(string(LIMITS.buttonValue)),
  style,
  confirm: maybe(confirm),
  ...label,
});

const choicesOf = (field: 'initial_option' | 'initial_options'): Check =>
  both(
    element({
      action_id: ids.action,
      confirm: maybe(confirm),
      focus_on_load: maybe(flag),
      options: needed(list(richOption, LIMITS.choiceOptions, 1)),
      [field]: maybe(field === 'initial_option' ? richOption : list(richOption, LIMITS.choiceOptions)),
    }),
    preselected(field),
  );

const pickers: Readonly<Record<string, Check>> = {
  datepicker: element({ ...common, initial_date: maybe(date) }),
  timepicker: element({ ...common, initial_time: maybe(time), timezone: maybe(string(255)) }),
  datetimepicker: element({ ...common, initial_date_time: maybe(integer(1_000_000_000, 9_999_999_999)) }),
};

const shared = {
  ...selects,
  ...pickers,
  checkboxes: choicesOf('initial_options'),
  radio_buttons: choicesOf('initial_option'),
};

export const image = both(element(imageFields), imageSource);

/** The elements of an `actions` block. A section's accessory may be any of them or an image. */
export const interactive: Readonly<Record<string, Check>> = {
  ...shared,
  button,
  overflow: element({
    action_id: ids.action,
    confirm: maybe(confirm),
    options: needed(list(plainOption, LIMITS.overflowOptions, 1)),
  }),
  workflow_button: element({
    action_id: ids.action,
    text: needed(plain(LIMITS.buttonText)),
    workflow: needed(object({ trigger: needed(anything) })),
    style,
    ...label,
  }),
};

const typedInto: Fields = { ...common, dispatch_action_config: maybe(dispatchConfig) };
const numeric = maybe((value: unknown, at: string) =>
  typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value)
    ? []
    : problem(at, 'must be a number in a string'),
);

/** The elements of an `input` block. */
export const inputs: Readonly<Record<string, Check>> = {
  ...shared,
  plain_text_input: element({
    ...typedInto,
    multiline: maybe(flag),
    initial_value: maybe(string(LIMITS.plainTextInput)),
    min_length: maybe(integer(0, LIMITS.plainTextInput)),
    max_length: maybe(integer(1, LIMITS.plainTextInput)),
  }),
  email_text_input: element({ ...typedInto, initial_value: maybe(string(LIMITS.plainTextInput)) }),
  url_text_input: element({ ...typedInto, initial_value: maybe(string(LIMITS.plainTextInput)) }),
  number_input: element({
    ...typedInto,
    is_decimal_allowed: needed(flag),
    initial_value: numeric,
    min_value: numeric,
    max_value: numeric,
  }),
  rich_text_input: element({ ...typedInto, initial_value: maybe(anything) }),
  file_input: element({ action_id: ids.action, filetypes: maybe(strings), max_files: maybe(integer(1, 10)) }),
};
