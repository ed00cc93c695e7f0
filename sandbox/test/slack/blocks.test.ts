import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { checkBlocks, type Surface } from '../../slack/blocks.ts';
import { formatProblem, isObject, type Json } from '../../slack/check.ts';
import { LIMITS } from '../../slack/limits.ts';
import { checkView } from '../../slack/views.ts';

const CORPUS = '../shared/data/slack';
const words = (count: number) => ({ type: 'plain_text', text: 'x'.repeat(count) });
const button = (more: object = {}) => ({ type: 'button', action_id: 'go', text: words(4), ...more });
const actions = (...elements: readonly object[]) => ({ type: 'actions', elements });
const section = (more: object = {}) => ({ type: 'section', text: words(3), ...more });
const option = (more: object = {}) => ({ text: words(2), value: 'v', ...more });
const select = (more: object = {}) => ({
  type: 'static_select',
  action_id: 's',
  options: [option()],
  ...more,
});
const input = (element: object) => ({ type: 'input', label: words(3), element });
const many = <T>(count: number, make: (index: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, index) => make(index));

const said = (surface: Surface, blocks: unknown): readonly string[] =>
  checkBlocks(surface, blocks).map(formatProblem);

describe('a block beyond a limit is refused with Slack’s message', () => {
  test.each<[string, Surface, unknown, string]>([
    [
      'a 51st block in a message',
      'message',
      many(51, () => ({ type: 'divider' })),
      '[ERROR] no more than 50 items allowed [json-pointer:/blocks]',
    ],
    [
      'a 101st block in a modal',
      'modal',
      many(101, () => ({ type: 'divider' })),
      '[ERROR] no more than 100 items allowed [json-pointer:/blocks]',
    ],
    ['blocks that are not an array', 'message', {}, '[ERROR] must provide an array [json-pointer:/blocks]'],
    [
      'a block that is not an object',
      'message',
      ['hello'],
      '[ERROR] must provide an object [json-pointer:/blocks/0]',
    ],
    [
      'a block without a type',
      'message',
      [{}],
      '[ERROR] missing required field: type [json-pointer:/blocks/0]',
    ],
    [
      'a block of an unknown type',
      'message',
      [{ type: 'marquee' }],
      '[ERROR] unsupported type: marquee [json-pointer:/blocks/0/type]',
    ],
    [
      'a block type named like a property of every object',
      'message',
      [{ type: 'constructor' }],
      '[ERROR] unsupported type: constructor [json-pointer:/blocks/0/type]',
    ],
    [
      'an unknown field',
      'message',
      [section({ colour: 'red' })],
      '[ERROR] invalid additional property: colour [json-pointer:/blocks/0]',
    ],
    [
      'a section with nothing in it',
      'message',
      [{ type: 'section' }],
      '[ERROR] missing required field: text or fields [json-pointer:/blocks/0]',
    ],
    [
      'a section of 3,001 characters',
      'message',
      [section({ text: words(3001) })],
      '[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]',
    ],
    [
      'an empty text',
      'message',
      [section({ text: words(0) })],
      '[ERROR] must be more than 0 characters [json-pointer:/blocks/0/text/text]',
    ],
    [
      'an 11th field',
      'message',
      [section({ fields: many(11, () => words(1)) })],
      '[ERROR] no more than 10 items allowed [json-pointer:/blocks/0/fields]',
    ],
    [
      'a field of 2,001 characters',
      'message',
      [section({ fields: [words(2001)] })],
      '[ERROR] must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]',
    ],
    [
      'a header of 151 characters',
      'message',
      [{ type: 'header', text: words(151) }],
      '[ERROR] must be less than 151 characters [json-pointer:/blocks/0/text/text]',
    ],
    [
      'a header in mrkdwn',
      'message',
      [{ type: 'header', text: { type: 'mrkdwn', text: 'x' } }],
      '[ERROR] unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]',
    ],
    [
      'a button of 76 characters',
      'message',
      [actions(button({ text: words(76) }))],
      '[ERROR] must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]',
    ],
    [
      'a button value of 2,001 characters',
      'message',
      [actions(button({ value: 'x'.repeat(2001) }))],
      '[ERROR] must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]',
    ],
    [
      'a button value that is a number',
      'message',
      [actions(button({ value: 7 }))],
      '[ERROR] must provide a string [json-pointer:/blocks/0/elements/0/value]',
    ],
    [
      'an unknown button style',
      'message',
      [actions(button({ style: 'warning' }))],
      '[ERROR] must be a valid enum value: primary, danger [json-pointer:/blocks/0/elements/0/style]',
    ],
    [
      'an action_id of 256 characters',
      'message',
      [actions(button({ action_id: 'x'.repeat(256) }))],
      '[ERROR] must be less than 256 characters [json-pointer:/blocks/0/elements/0/action_id]',
    ],
    [
      'the same action_id twice in a block',
      'message',
      [actions(button(), button())],
      '[ERROR] action_id already in use in this block: go [json-pointer:/blocks/0]',
    ],
    [
      'the same block_id twice',
      'message',
      [
        { type: 'divider', block_id: 'a' },
        { type: 'divider', block_id: 'a' },
      ],
      '[ERROR] block_id already in use: a [json-pointer:/blocks]',
    ],
    [
      'a block_id of 256 characters',
      'message',
      [{ type: 'divider', block_id: 'x'.repeat(256) }],
      '[ERROR] must be less than 256 characters [json-pointer:/blocks/0/block_id]',
    ],
    [
      'actions with nothing in them',
      'message',
      [actions()],
      '[ERROR] no fewer than 1 items allowed [json-pointer:/blocks/0/elements]',
    ],
    [
      'a 26th element of actions',
      'message',
      [actions(...many(26, (n) => button({ action_id: `a${n}` })))],
      '[ERROR] no more than 25 items allowed [json-pointer:/blocks/0/elements]',
    ],
    [
      'an 11th element of context',
      'message',
      [{ type: 'context', elements: many(11, () => words(1)) }],
      '[ERROR] no more than 10 items allowed [json-pointer:/blocks/0/elements]',
    ],
    [
      'a button in a context',
      'message',
      [{ type: 'context', elements: [button()] }],
      '[ERROR] unsupported type: button [json-pointer:/blocks/0/elements/0/type]',
    ],
    [
      'a text input among actions',
      'message',
      [actions({ type: 'plain_text_input', action_id: 'x' })],
      '[ERROR] unsupported type: plain_text_input [json-pointer:/blocks/0/elements/0/type]',
    ],
    [
      '101 options',
      'modal',
      [section({ accessory: select({ options: many(101, (n) => option({ value: `${n}` })) }) })],
      '[ERROR] no more than 100 items allowed [json-pointer:/blocks/0/accessory/options]',
    ],
    [
      'an option of 76 characters',
      'modal',
      [section({ accessory: select({ options: [option({ text: words(76) })] }) })],
      '[ERROR] must be less than 76 characters [json-pointer:/blocks/0/accessory/options/0/text/text]',
    ],
    [
      'an option value of 151 characters',
      'modal',
      [section({ accessory: select({ options: [option({ value: 'x'.repeat(151) })] }) })],
      '[ERROR] must be less than 151 characters [json-pointer:/blocks/0/accessory/options/0/value]',
    ],
    [
      'a description of 76 characters',
      'modal',
      [section({ accessory: select({ options: [option({ description: words(76) })] }) })],
      '[ERROR] must be less than 76 characters [json-pointer:/blocks/0/accessory/options/0/description/text]',
    ],
    [
      'both options and groups',
      'modal',
      [section({ accessory: select({ option_groups: [] }) })],
      '[ERROR] must provide exactly one of options or option_groups [json-pointer:/blocks/0/accessory]',
    ],
    [
      'a preselected option that is not offered',
      'modal',
      [section({ accessory: select({ initial_option: option({ value: 'w' }) }) })],
      '[ERROR] must match one of the options provided [json-pointer:/blocks/0/accessory/initial_option]',
    ],
    [
      'a date in another format',
      'modal',
      [section({ accessory: { type: 'datepicker', action_id: 'd', initial_date: '24.12.2026' } })],
      '[ERROR] must be in the format YYYY-MM-DD [json-pointer:/blocks/0/accessory/initial_date]',
    ],
    [
      'an input that allows 3,001 characters',
      'modal',
      [input({ type: 'plain_text_input', action_id: 'x', max_length: 3001 })],
      '[ERROR] must be an integer between 1 and 3000 [json-pointer:/blocks/0/element/max_length]',
    ],
    [
      'a confirm title of 101 characters',
      'message',
      [
        actions(
          button({ confirm: { title: words(101), text: words(1), confirm: words(1), deny: words(1) } }),
        ),
      ],
      '[ERROR] must be less than 101 characters [json-pointer:/blocks/0/elements/0/confirm/title/text]',
    ],
    [
      'an image without alt_text',
      'message',
      [{ type: 'image', image_url: 'https://e.example/i.png' }],
      '[ERROR] missing required field: alt_text [json-pointer:/blocks/0]',
    ],
    [
      'an empty text in rich text',
      'message',
      [
        {
          type: 'rich_text',
          elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: '' }] }],
        },
      ],
      '[ERROR] must be more than 0 characters [json-pointer:/blocks/0/elements/0/elements/0/text]',
    ],
    [
      'a markdown block in a modal',
      'modal',
      [{ type: 'markdown', text: 'x' }],
      '[ERROR] unsupported type: markdown [json-pointer:/blocks/0/type]',
    ],
  ])('%s', (_name, surface, blocks, message) => {
    expect(said(surface, blocks)).toContain(message);
  });

  test('a preselected option may have its fields in another order', () => {
    const chosen = { value: 'v', text: words(2) };
    expect(said('modal', [section({ accessory: select({ initial_option: chosen }) })])).toEqual([]);
  });

  test('an emoji counts as one character, not as two', () => {
    expect(
      said('message', [{ type: 'header', text: { type: 'plain_text', text: '🔑'.repeat(150) } }]),
    ).toEqual([]);
    expect(
      said('message', [{ type: 'header', text: { type: 'plain_text', text: '🔑'.repeat(151) } }]),
    ).toHaveLength(1);
  });
});

describe('a view beyond a limit is refused', () => {
  const modal = (more: object = {}) => ({ type: 'modal', title: words(5), blocks: [section()], ...more });
  test.each<[string, unknown, string]>([
    [
      'a title of 25 characters',
      modal({ title: words(25) }),
      '[ERROR] must be less than 25 characters [json-pointer:/view/title/text]',
    ],
    ['no title', modal({ title: undefined }), '[ERROR] missing required field: title [json-pointer:/view]'],
    [
      'a submit of 25 characters',
      modal({ submit: words(25) }),
      '[ERROR] must be less than 25 characters [json-pointer:/view/submit/text]',
    ],
    [
      'private_metadata of 3,001 characters',
      modal({ private_metadata: 'x'.repeat(3001) }),
      '[ERROR] must be less than 3001 characters [json-pointer:/view/private_metadata]',
    ],
    [
      'an input and no submit',
      modal({ blocks: [input({ type: 'plain_text_input', action_id: 'x' })] }),
      '[ERROR] missing required field: submit [json-pointer:/view]',
    ],
    [
      'a bad block inside',
      modal({ blocks: [{ type: 'header', text: words(151) }] }),
      '[ERROR] must be less than 151 characters [json-pointer:/view/blocks/0/text/text]',
    ],
    [
      'a Home with a title',
      { type: 'home', title: words(3), blocks: [] },
      '[ERROR] invalid additional property: title [json-pointer:/view]',
    ],
    ['another type', { type: 'popup' }, '[ERROR] unsupported type: popup [json-pointer:/view/type]'],
    ['no object', 'modal', '[ERROR] must provide an object [json-pointer:/view]'],
  ])('%s', (_name, view, message) => {
    expect(checkView(view).map(formatProblem)).toContain(message);
  });
});

const files = (folder: string): readonly string[] =>
  readdirSync(join(CORPUS, 'valid', folder)).map((name) => join(CORPUS, 'valid', folder, name));
const read = (file: string): Json => {
  const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (!isObject(value)) throw new Error(`${file} holds no object`);
  return value;
};

/** The corpus also has single elements and objects. Wraps each in a valid block. */
function around(folder: string, payload: Json): readonly unknown[] {
  const type = String(payload['type']);
  switch (folder) {
    case 'blocks':
      return [payload];
    case 'elements':
      if (type === 'url') return [{ type: 'task_card', task_id: 't', title: 't', sources: [payload] }];
      if (type === 'image') return [{ type: 'context', elements: [payload] }];
      return /input/.test(type) ? [input(payload)] : [actions(payload)];
    case 'rich_text':
      return [
        type === 'rich_text'
          ? payload
          : {
              type: 'rich_text',
              elements: [
                type.startsWith('rich') ? payload : { type: 'rich_text_section', elements: [payload] },
              ],
            },
      ];
    case 'attachments':
    case 'messages':
      return [payload, ...[payload['attachments']].flat().filter(isObject)].map(
        (part) => part['blocks'] ?? [],
      );
    default:
      return [wrapped(payload)];
  }
}

function wrapped(payload: Json): object {
  if (payload['confirm']) return actions(button({ confirm: payload }));
  if (payload['trigger_actions_on'])
    return input({ type: 'plain_text_input', action_id: 'x', dispatch_action_config: payload });
  if (payload['type']) return section({ text: payload });
  if (payload['label'])
    return section({ accessory: select({ options: undefined, option_groups: [payload] }) });
  if (payload['include'])
    return section({ accessory: { type: 'conversations_select', action_id: 'c', filter: payload } });
  if (payload['value'] && payload['text']) return section({ accessory: select({ options: [payload] }) });
  if (payload['value'])
    return wrapped({ url: 'https://slack.com/shortcuts/F/x', customizable_input_parameters: [payload] });
  if (payload['url']) return wrapped({ trigger: payload });
  return actions({ type: 'workflow_button', text: words(3), workflow: payload });
}

const FOLDERS = ['attachments', 'blocks', 'elements', 'messages', 'objects', 'rich_text'];
// In these two payloads several blocks have the same block_id, which Slack's documentation forbids.
const REPEATS = /webhook_message_(delete|basic)\.json$/;

(existsSync(CORPUS) ? describe : describe.skip)('payloads that Slack accepts are accepted', () => {
  test.each(
    FOLDERS.flatMap((folder) => (existsSync(CORPUS) ? files(folder) : []).map((file) => [folder, file])),
  )('%s: %s', (folder, file) => {
    const found = ['attachments', 'messages'].includes(folder)
      ? around(folder, read(file)).flatMap((blocks) => said('message', blocks))
      : said('message', around(folder, read(file)));
    expect(found).toEqual(
      REPEATS.test(file) ? ['[ERROR] block_id already in use: fake_block_id [json-pointer:/blocks]'] : [],
    );
  });

  test.each(existsSync(CORPUS) ? files('views') : [])('%s', (file) => {
    expect(checkView(read(file)).map(formatProblem)).toEqual([]);
  });

  test('there are about a hundred of them', () => {
    expect([...FOLDERS, 'views'].flatMap(files).length).toBeGreaterThanOrEqual(96);
  });

  test.each<[keyof typeof LIMITS, string]>([
    ['actionId', 'action_id.max_length'],
    ['blockId', 'block_id.max_length'],
    ['buttonText', 'button.text.max_length'],
    ['buttonValue', 'button.value.max_length'],
    ['accessibilityLabel', 'button.accessibility_label.max_length'],
    ['confirmTitle', 'confirmation.title.max_length'],
    ['confirmText', 'confirmation.text.max_length'],
    ['confirmButton', 'confirmation.confirm.max_length'],
    ['optionText', 'option.text.max_length'],
    ['optionValue', 'option.value.max_length'],
    ['optionDescription', 'option.description.max_length'],
    ['optionGroupLabel', 'option_group.label.max_length'],
    ['options', 'select.options.max_items'],
    ['placeholder', 'select.placeholder.max_length'],
    ['overflowOptions', 'overflow.options.max_items'],
    ['choiceOptions', 'checkboxes.options.max_items'],
    ['plainTextInput', 'plain_text_input.max_length.max'],
    ['actionsElements', 'actions.elements.max_items'],
    ['contextElements', 'context.elements.max_items'],
    ['headerText', 'header.text.max_length'],
    ['inputLabel', 'input.label.max_length'],
    ['sectionText', 'section.text.max_length'],
    ['sectionFields', 'section.fields.max_items'],
    ['sectionField', 'section.fields.item_max_length'],
    ['markdown', 'markdown.text.max_length'],
    ['blocksInView', 'view.blocks.max_items'],
    ['viewTitle', 'view.title.max_length'],
    ['viewButton', 'view.submit.max_length'],
    ['privateMetadata', 'view.private_metadata.max_length'],
    ['callbackId', 'view.callback_id.max_length'],
  ])('the limit %s is the published %s', (ours, published) => {
    const value = published
      .split('.')
      .reduce<unknown>(
        (at, name) => (isObject(at) ? at[name] : undefined),
        read(join(CORPUS, 'limits.json')),
      );
    expect(LIMITS[ours]).toBe(value);
  });
});

if (!existsSync(CORPUS)) console.log('skipped: no corpora');
