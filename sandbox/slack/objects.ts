/** Checks of Block Kit's composition objects: text, options, confirm dialogs. */
import {
  anything,
  byType,
  fieldsOf,
  flag,
  isObject,
  list,
  maybe,
  needed,
  object,
  oneOf,
  problem,
  string,
  type Check,
  type Fields,
} from './check.ts';
import { LIMITS } from './limits.ts';

export const ids = { block: maybe(string(LIMITS.blockId)), action: maybe(string(LIMITS.actionId)) };

const typed = (fields: Fields): Check => object({ type: needed(anything), ...fields });

/** Plain text of at most `max` code points. */
export const plain = (max: number, min = 1): Check =>
  byType({ plain_text: typed({ text: needed(string(max, min)), emoji: maybe(flag) }) });

/** Plain text or mrkdwn. */
export const text = (max: number): Check =>
  byType({
    plain_text: typed({ text: needed(string(max, 1)), emoji: maybe(flag) }),
    mrkdwn: typed({ text: needed(string(max, 1)), verbatim: maybe(flag) }),
  });

const option = (label: Check): Check =>
  object({
    text: needed(label),
    value: needed(string(LIMITS.optionValue, 1)),
    description: maybe(text(LIMITS.optionDescription)),
    url: maybe(string(LIMITS.buttonUrl)),
  });

/** An option of a select or overflow menu. Its text cannot be mrkdwn. */
export const plainOption = option(plain(LIMITS.optionText));
/** An option of checkboxes or radio buttons. */
export const richOption = option(text(LIMITS.optionText));

export const optionGroup = object({
  label: needed(plain(LIMITS.optionGroupLabel)),
  options: needed(list(plainOption, LIMITS.options, 1)),
});

/** Exactly one of `options` and `option_groups`, as in a select and in the response to a block_suggestion. */
export const choices: Check = (value, at) => {
  if (!isObject(value)) return problem(at, 'must provide an object');
  const { options, option_groups } = value;
  if ((options === undefined) === (option_groups === undefined))
    return problem(at, 'must provide exactly one of options or option_groups');
  return options === undefined
    ? list(optionGroup, LIMITS.optionGroups)(option_groups, `${at}/option_groups`)
    : list(plainOption, LIMITS.options)(options, `${at}/options`);
};

export const confirm = object({
  title: needed(plain(LIMITS.confirmTitle)),
  text: needed(text(LIMITS.confirmText)),
  confirm: needed(plain(LIMITS.confirmButton)),
  deny: needed(plain(LIMITS.confirmButton)),
  style: maybe(oneOf('primary', 'danger')),
});

export const slackFile: Check = object({ id: maybe(string(255)), url: maybe(string(LIMITS.imageUrl)) });

export const dispatchConfig = object({
  trigger_actions_on: needed(list(oneOf('on_enter_pressed', 'on_character_entered'), 2, 1)),
});

/** An image needs a URL or a Slack file, and an `alt_text`. */
export const imageFields: Fields = {
  image_url: maybe(string(LIMITS.imageUrl, 1)),
  slack_file: maybe(slackFile),
  alt_text: needed(string(LIMITS.imageAlt)),
};

export const imageSource: Check = (value, at) =>
  isObject(value) && (value['image_url'] === undefined) === (value['slack_file'] === undefined)
    ? problem(at, 'must provide exactly one of image_url or slack_file')
    : [];

/** An object with a `type`, these fields and no others. */
export const element =
  (fields: Fields): Check =>
  (value, at) =>
    isObject(value)
      ? fieldsOf(value, { type: needed(anything), ...fields }, at)
      : problem(at, 'must provide an object');
