import { describe, expect, test } from '@jest/globals';
import { type Chosen, entitlementOption, fieldOf, requestModal } from '../../bot/blocks/request-modal.ts';
import type { RequestRefusal } from '../../core/request/refusals.ts';
import { no, ok } from '../../core/result.ts';
import type { Entitlement } from '../../policy/index.ts';
import { bo, cy, dee } from '../core/request/request.fixture.ts';
import { policyOf } from '../policy/quickstart.fixture.ts';
import { linesOf } from './block-lines.fixture.ts';
import { viewAfter } from './request-view.fixture.ts';

const entitlement = policyOf().entitlements.get('orders-db') as Entitlement;
const approver = (person: typeof bo) => ({ person, because: 'owns it' });
const stages = [
  { needs: 1, approvers: [approver(bo)] },
  { needs: 1, approvers: [approver(cy), approver(dee)] },
];
const [described] = viewAfter([]).targets;
const [first] = entitlement.targets;
if (!described || !first) throw new Error('there is no target');
const target = { ...first, described };
const chosen: Chosen = { entitlement: { ...entitlement, targets: [target] }, route: ok(stages) };
const nameOf = (person: string) => ({ name: person, slack: person });
const plain = (text: string) => ({ type: 'plain_text', text, emoji: false });
const option = {
  text: plain('Orders database, read only'),
  value: 'orders-db',
  description: plain('Look up orders and customers when something went wrong.'),
};

const what = (more: object) => ({
  type: 'input',
  block_id: 'what',
  dispatch_action: true,
  label: plain('What do you need?'),
  element: {
    type: 'external_select',
    action_id: 'entitlement',
    min_query_length: 0,
    placeholder: plain('Type to search'),
    ...more,
  },
});
const length = (block_id: string, hint: string, more: object) => ({
  type: 'input',
  block_id,
  label: plain('For how long?'),
  hint: plain(hint),
  element: { type: 'plain_text_input', action_id: 'text', max_length: 20, ...more },
});
const why = {
  type: 'input',
  block_id: 'reason',
  label: plain('Why?'),
  hint: plain('A ticket or one sentence. The approvers and the auditors read it.'),
  element: { type: 'plain_text_input', action_id: 'text', multiline: true, max_length: 1000 },
};

describe('the form that is opened with what a person wrote', () => {
  const initial = (typed: object, of: Chosen | undefined = chosen) =>
    requestModal(of, nameOf, 'C1', typed).blocks.flatMap((block) => {
      const { element } = block as { element?: { type: string; initial_value?: string } };
      return element?.type === 'plain_text_input' ? [element.initial_value] : [];
    });

  test.each<[what: string, typed: object, expected: readonly (string | undefined)[]]>([
    ['both fields', { length: '2h', reason: 'incident 4312' }, ['2h', 'incident 4312']],
    ['the reason only, and the usual length', { reason: 'incident 4312' }, ['1h', 'incident 4312']],
    ['nothing', {}, ['1h', undefined]],
    ['an empty reason', { reason: '' }, ['1h', undefined]],
    [
      'more than the fields take',
      { length: '1'.repeat(30), reason: 'x'.repeat(1001) },
      ['1'.repeat(20), `${'x'.repeat(999)}…`],
    ],
  ])('has %s', (_what, typed, expected) => expect(initial(typed)).toEqual(expected));

  test('has them also while no entitlement is chosen', () =>
    expect(initial({ length: '2h', reason: 'x' }, undefined)).toEqual(['2h', 'x']));
});

describe('the form for a request', () => {
  test('has an empty field for each answer, and remembers where it was opened', () =>
    expect(requestModal(undefined, nameOf, 'C1')).toEqual({
      type: 'modal',
      callback_id: 'request',
      private_metadata: 'C1',
      title: { type: 'plain_text', text: 'Request access' },
      submit: { type: 'plain_text', text: 'Request' },
      close: { type: 'plain_text', text: 'Cancel' },
      blocks: [what({}), length('length', 'For example 30m, 2h30m or 1d.', {}), why],
    }));

  test('has the chosen entitlement with its usual length', () => {
    const { blocks } = requestModal(chosen, nameOf, 'C1');
    expect([blocks[0], ...blocks.slice(-2)]).toEqual([
      what({ initial_option: option }),
      length('length-orders-db', 'For example 30m or 2h30m. At most 8 h.', { initial_value: '1h' }),
      why,
    ]);
  });

  const summaryOf = (more: Partial<Chosen>) =>
    linesOf(requestModal({ ...chosen, ...more }, nameOf, '').blocks.slice(1, -2));
  const ABOUT = 'Look up orders and customers when something went wrong.';
  const TARGET = '• A login of your own to the database orders';

  test.each<[string, Partial<Chosen>, readonly string[]]>([
    ['who would approve in each stage', {}, [ABOUT, TARGET, 'Approvers: <@bo>, then <@cy> or <@dee>.']],
    [
      'why this person cannot request it',
      { route: no(['Nobody can approve it for ', { kind: 'person', person: bo }]) },
      [ABOUT, TARGET, ':warning: Nobody can approve it for <@bo>'],
    ],
    [
      'every target',
      {
        entitlement: {
          ...entitlement,
          targets: [target, { ...first, described: { ...described, plain: 'the team x' } }],
        },
      },
      [ABOUT, `${TARGET}\n• The team x`, 'Approvers: <@bo>, then <@cy> or <@dee>.'],
    ],
  ])('shows of the chosen entitlement %s', (_what, more, expected) =>
    expect(summaryOf(more)).toEqual(expected),
  );

  test('shows no description when the catalogue has none', () =>
    expect(summaryOf({ entitlement: { ...chosen.entitlement, about: undefined } as never })[0]).toBe(TARGET));
});

test('an option of the search has a title and a description that Slack takes', () => {
  expect(entitlementOption(entitlement)).toEqual(option);
  expect(entitlementOption({ id: 'x', title: 'y'.repeat(76), about: 'z'.repeat(76) } as Entitlement)).toEqual(
    {
      text: plain(`${'y'.repeat(74)}…`),
      value: 'x',
      description: plain(`${'z'.repeat(74)}…`),
    },
  );
  expect(entitlementOption({ id: 'x', title: 'y', about: undefined } as never)).toEqual({
    text: plain('y'),
    value: 'x',
  });
});

test.each<[RequestRefusal['code'], string]>([
  ['length-unreadable', 'length'],
  ['too-long', 'length'],
  ['reason-missing', 'reason'],
  ['reason-too-long', 'reason'],
  ['unknown-entitlement', 'what'],
  ['unknown-person', 'what'],
  ['nobody-can-approve', 'what'],
  ['too-many-open', 'what'],
  ['not-allowed', 'what'],
  ['no-account', 'what'],
  ['not-a-member', 'what'],
])('the refusal %s is shown under the field "%s"', (code, field) =>
  expect(fieldOf({ code } as RequestRefusal)).toBe(field),
);
