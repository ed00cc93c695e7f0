import { expect, test } from '@jest/globals';
import type { KnownBlock } from '@slack/types';
import { mentions } from '../../slack/mentions.ts';

const section = (text: string, type: 'mrkdwn' | 'plain_text' = 'mrkdwn') =>
  ({ type: 'section', text: { type, text } }) as const;
const rich = (...elements: readonly object[]) =>
  ({ type: 'rich_text', elements: [{ type: 'rich_text_section', elements }] }) as unknown as KnownBlock;
const user = (user_id: string) => ({ type: 'user', user_id });
const [ANA, BO] = ['U0ANAFERR1', 'U0BOLIND01'];

test.each<[string, string, readonly KnownBlock[], Readonly<Record<string, number>>]>([
  ['a name is not a mention', 'Ana, Bo and @here', [], {}],
  ['a person in the text', `<@${ANA}> asks`, [], { [ANA]: 1 }],
  ['a person with a label', `<@${ANA}|ana>`, [], { [ANA]: 1 }],
  ['the same person twice, and another one', `<@${ANA}> <@${BO}> <@${ANA}>`, [], { [ANA]: 2, [BO]: 1 }],
  ['what a person typed is escaped', `&lt;@${ANA}&gt;`, [], {}],
  [
    '@here, @channel and @everyone',
    '<!here> <!channel> <!everyone|all>',
    [],
    { here: 1, channel: 1, everyone: 1 },
  ],
  ['a date and a group are no people', '<!date^1^{time}|x> <!subteam^S1>', [], {}],
  ['a section', '', [section(`for <@${BO}>`)], { [BO]: 1 }],
  ['a field', '', [{ type: 'section', fields: [{ type: 'mrkdwn', text: `<@${BO}>` }] }], { [BO]: 1 }],
  ['a context', '', [{ type: 'context', elements: [{ type: 'mrkdwn', text: `<@${BO}>` }] }], { [BO]: 1 }],
  ['plain text is never markup', '', [section(`<@${BO}>`, 'plain_text')], {}],
  ['a markdown block', '', [{ type: 'markdown', text: `<@${BO}>` }], { [BO]: 1 }],
  ['people in rich text', '', [rich(user(BO), user(ANA), user(BO))], { [BO]: 2, [ANA]: 1 }],
  ['text in rich text is never markup', '', [rich({ type: 'text', text: `<@${BO}>` })], {}],
  ['a broadcast in rich text', '', [rich({ type: 'broadcast', range: 'here' })], { here: 1 }],
  [
    'a person in a list in rich text',
    '',
    [
      {
        type: 'rich_text',
        elements: [
          {
            type: 'rich_text_list',
            style: 'bullet',
            elements: [{ type: 'rich_text_section', elements: [{ type: 'user', user_id: BO }] }],
          },
        ],
      },
    ],
    { [BO]: 1 },
  ],
  ['the blocks repeat the text', `<@${ANA}>`, [section(`<@${ANA}>`)], { [ANA]: 1 }],
  ['only the text of the notification names the person', `<@${ANA}>`, [section('x')], { [ANA]: 1 }],
  ['the blocks name the person more often', `<@${ANA}>`, [section(`<@${ANA}> and <@${ANA}>`)], { [ANA]: 2 }],
  [
    'the initial value of a field is no mention',
    '',
    [{ type: 'actions', elements: [{ type: 'users_select', action_id: 'a', initial_user: BO }] }],
    {},
  ],
])('%s', (_case, text, blocks, expected) => {
  expect(Object.fromEntries(mentions({ text, blocks }))).toEqual(expected);
});
