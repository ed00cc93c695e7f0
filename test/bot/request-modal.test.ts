import { describe, expect, test } from '@jest/globals';
import { type FormChoice, entitlementOption, fieldOf, requestModal } from '../../bot/cards/request-modal.ts';
import type { RequestRefusal } from '../../core/request/refusals.ts';
import { no, ok } from '../../core/result.ts';
import type { Entitlement } from '../../policy/index.ts';
import type { RequestView } from '../../requests/view.ts';
import { approve, bo, confirmGranted, cy, dee, noon } from '../core/request/request.fixture.ts';
import { policyOf } from '../policy/quickstart.fixture.ts';
import { linesOf } from './block-lines.fixture.ts';
import { openedForm } from './form.fixture.ts';
import { DIGEST, viewAfter } from './request-view.fixture.ts';

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
const chosen: FormChoice = {
  entitlement: { ...entitlement, targets: [target] },
  route: ok(stages),
  open: [],
  denied: [],
};
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
    placeholder: plain('Type a name, database, repository, policy…'),
    ...more,
  },
});
const length = (block_id: string, hint: string, more: object) => ({
  type: 'input',
  block_id,
  label: plain('For how long?'),
  hint: plain(hint),
  element: { type: 'plain_text_input', action_id: 'text', max_length: 50, ...more },
});
const why = (more: object = {}) => ({
  type: 'input',
  block_id: 'reason',
  label: plain('Why?'),
  hint: plain('A ticket or one sentence. The approvers and the auditors read it.'),
  element: { type: 'plain_text_input', action_id: 'text', multiline: true, max_length: 1000, ...more },
});

const lengths = {
  type: 'actions',
  block_id: 'fill-length',
  elements: [
    ['usual', '1 h'],
    ['half', '30 min'],
    ['longest', '8 h'],
  ].map(([label, time]) => ({
    type: 'button',
    action_id: `length-${label}`,
    text: plain(`${time} · ${label}`),
    value: time,
    accessibility_label: `${time} · ${label}: fill in the length`,
  })),
};

describe('the form for a request', () => {
  test('has an empty field for each answer, and remembers where it was opened', () =>
    expect(requestModal(openedForm(undefined, 'C1'), nameOf)).toEqual({
      type: 'modal',
      callback_id: 'request',
      private_metadata: '{"channel":"C1","filled":"","shown":[]}',
      title: { type: 'plain_text', text: 'Request access' },
      submit: { type: 'plain_text', text: 'Request' },
      close: { type: 'plain_text', text: 'Cancel' },
      blocks: [what({}), length('length', 'For example 30 min, 2 h 30 min or 1 day.', {}), why()],
    }));

  test('has the chosen entitlement with its usual length, and a button for each length', () => {
    const { blocks } = requestModal(openedForm(chosen, 'C1'), nameOf);
    expect([blocks[0], ...blocks.slice(-3)]).toEqual([
      what({ initial_option: option }),
      length('length-orders-db', 'For example 30 min or 2 h 30 min. At most 8 h.', { initial_value: '1 h' }),
      lengths,
      why(),
    ]);
  });

  test('has what the person typed elsewhere, as much as the fields take', () => {
    const fields = { lengthBlock: 'length-orders-db.2', length: '9'.repeat(60), reason: 'y'.repeat(1_200) };
    const { blocks } = requestModal(openedForm(chosen, 'C1', { fields }), nameOf);
    expect([blocks.at(-3), blocks.at(-1)]).toEqual([
      length('length-orders-db.2', 'For example 30 min or 2 h 30 min. At most 8 h.', {
        initial_value: `${'9'.repeat(49)}…`,
      }),
      why({ initial_value: `${'y'.repeat(999)}…` }),
    ]);
  });

  test('says first what the person should know', () =>
    expect(linesOf(requestModal(openedForm(chosen, 'C1', { notice: ['Look.'] }), nameOf).blocks)[0]).toBe(
      ':warning: Look.',
    ));

  const summaryOf = (more: Partial<FormChoice>) =>
    linesOf(requestModal(openedForm({ ...chosen, ...more }), nameOf).blocks.slice(1, -3));
  const ABOUT = 'Look up orders and customers when something went wrong.';
  const TARGET = '• A login of your own to the database orders';

  test.each<[string, Partial<FormChoice>, readonly string[]]>([
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
      [ABOUT, TARGET, '• The team x', 'Approvers: <@bo>, then <@cy> or <@dee>.'],
    ],
  ])('shows of the chosen entitlement %s', (_what, more, expected) =>
    expect(summaryOf(more)).toEqual(expected),
  );

  test('warns before anybody approves that each of two providers may still refuse the person', () => {
    const denied = ['aws-iam', 'github'].map(
      (provider) =>
        ({ kind: 'denied', provider, toUndo: ['Delete the policy.', 'Activate key 1.'] }) as const,
    );
    const warning = (provider: string) =>
      `:warning: \`${provider}\` may still refuse this access, because all access of this person was cut off. Undo this there by hand: Delete the policy. Activate key 1.`;
    expect(summaryOf({ denied }).slice(0, 3)).toEqual([warning('aws-iam'), warning('github'), ABOUT]);
  });

  test('shows no description when the catalogue has none', () =>
    expect(summaryOf({ entitlement: { ...chosen.entitlement, about: undefined } as never })[0]).toBe(TARGET));
});

describe('the form for what the person has or has requested already', () => {
  const opened = viewAfter([]);
  const active = viewAfter([approve(bo), confirmGranted()]);
  const shownWith = (open: readonly RequestView[]) => requestModal(openedForm({ ...chosen, open }), nameOf);
  const offered = (open: readonly RequestView[]) => linesOf(shownWith(open).blocks.slice(1, -6));

  test.each<[string, RequestView, readonly string[]]>([
    [
      'a pending request, which can be withdrawn',
      opened,
      [
        expect.stringMatching(
          /^:warning: <!date\^\d+\^You requested this already, .*>\. Waiting for approval by <@U0BOLIND01> or <@U0CYOKAFR1>\.$/,
        ) as never,
        `open-${opened.id}: [Withdraw] [See it]`,
      ],
    ],
    [
      'an access that is being granted, with when it was requested, which can be seen',
      viewAfter([approve(bo)]),
      [
        expect.stringMatching(
          new RegExp(`\\^${noon / 1000}\\^You requested this already, .*>\\. Approved by .*granting`),
        ) as never,
        `open-${opened.id}: [See it]`,
      ],
    ],
    [
      'an active access and its end, which can be extended',
      active,
      [
        expect.stringMatching(/^:warning: <!date\^\d+\^You have this access until .*>\.$/) as never,
        `open-${opened.id}: [Extend…] [See it]`,
      ],
    ],
  ])('shows first %s', (_what, view, lines) => expect(offered([view])).toEqual(lines));

  test('calls its button a second request, and remembers which requests it showed', () => {
    const { submit, private_metadata } = shownWith([opened]);
    expect([submit?.text, private_metadata]).toEqual([
      'Request another one',
      `{"filled":"1 h","shown":["${opened.id}"]}`,
    ]);
  });

  test('shows three of them, and counts the others', () =>
    expect(offered([opened, opened, opened, opened, active]).slice(6)).toEqual([
      '(and 2 more: `/access list` shows them)',
    ]));

  test('has the id of the request on the buttons, and what was on the screen', () => {
    const values = JSON.stringify([shownWith([opened]), shownWith([active])]).match(
      /"(?:withdraw-open|see-request|extend)"[^}]*\}[^}]*"value":"[^"]*"/g,
    );
    expect(values?.map((each) => each.replace(/^"([a-z-]+)".*"value":"(.*)"$/, '$1 $2'))).toEqual([
      `withdraw-open ${opened.id} ${DIGEST}`,
      `see-request ${opened.id}`,
      `extend ${opened.id} ${DIGEST}`,
      `see-request ${opened.id}`,
    ]);
  });
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
  ['already-open', 'what'],
  ['too-many-open', 'what'],
  ['not-allowed', 'what'],
  ['no-account', 'what'],
  ['not-a-member', 'what'],
])('the refusal %s is shown under the field "%s"', (code, field) =>
  expect(fieldOf({ code } as RequestRefusal)).toBe(field),
);
