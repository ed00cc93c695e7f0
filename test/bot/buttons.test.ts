import { describe, expect, test } from '@jest/globals';
import {
  buttonsFor,
  channelButtons,
  parseButtonValue,
  parsePasswordButtonValue,
} from '../../bot/cards/buttons.ts';
import { leaseIdOf } from '../../core/ids.ts';
import { plain } from '../../bot/cards/elements.ts';
import type { RequestView } from '../../requests/view.ts';
import {
  approve,
  ana,
  bo,
  confirmGranted,
  ask,
  extend,
  later,
  lease,
  request,
  second,
} from '../core/request/request.fixture.ts';
import { DIGEST, STATES, viewAfter } from './request-view.fixture.ts';

const VALUE = `${request} ${DIGEST}`;
const third = leaseIdOf(request, 2);
const pending = viewAfter([], { class: 'internal' });
const active = viewAfter([approve(bo), confirmGranted()]);
const EXTENSION_DIGEST = 'e'.repeat(64);
const asked = viewAfter([approve(bo), confirmGranted(), extend(later(60), { digest: EXTENSION_DIGEST })], {
  class: 'internal',
  now: later(61),
});

/** A button with a label and a spoken name, as Slack gets it. */
const sent = (action_id: string, label: string, spoken: string, more: object = {}) => ({
  type: 'button',
  action_id,
  text: { type: 'plain_text', text: label, emoji: false },
  value: VALUE,
  accessibility_label: spoken,
  ...more,
});
const APPROVE = sent(
  'approve',
  'Approve 2 h',
  'Approve 2 h: Orders database, read only, for ana of Lantern',
  {
    style: 'primary',
  },
);
const DENY = sent('deny', 'Deny…', 'Deny Orders database, read only, with a reason');
const ASK = sent('ask', 'Ask…', 'Ask… about Orders database, read only');
const EXTEND = sent('extend', 'Extend…', 'Extend… Orders database, read only');
const end = (label: string) =>
  sent('end', label, `${label}: Orders database, read only`, { style: 'danger' });
const password = (action_id: string, value: string) =>
  sent('', 'Show my password', 'Show my password: Orders database, read only, once', {
    action_id,
    value,
    style: 'primary',
  });

describe('the buttons that Slack gets', () => {
  test.each<[string, readonly object[], readonly object[]]>([
    ['of a pending request, in the channel', channelButtons(pending), [APPROVE, DENY]],
    ['of a pending request, for an approver', buttonsFor(pending, bo), [APPROVE, DENY, ASK]],
    [
      'of a request with a question, for its requester',
      buttonsFor(viewAfter([ask(bo, later(2))]), ana).slice(1),
      [
        sent('answer', 'Answer…', 'Answer… the question about Orders database, read only', {
          style: 'primary',
        }),
      ],
    ],
    [
      'of a pending request, for its requester',
      buttonsFor(pending, ana),
      [sent('withdraw', 'Withdraw', 'Withdraw the request for Orders database, read only')],
    ],
    ['of active access, in the channel', channelButtons(active), [end('End access now')]],
    ['of active access, for an approver', buttonsFor(active, bo), [end('End access now')]],
    ['of active access, for its requester', buttonsFor(active, ana), [EXTEND, end("I'm done")]],
    [
      'of access whose extension waits, for an approver',
      buttonsFor(asked, bo),
      [
        {
          ...APPROVE,
          text: { ...APPROVE.text, text: 'Approve 1 h more' },
          value: `${request} ${EXTENSION_DIGEST}`,
          accessibility_label: 'Approve 1 h more: Orders database, read only, for ana of Lantern',
        },
        {
          ...DENY,
          value: `${request} ${EXTENSION_DIGEST}`,
          accessibility_label: 'Deny the extension of Orders database, read only, with a reason',
        },
        { ...end('End access now'), value: `${request} ${EXTENSION_DIGEST}` },
      ],
    ],
    [
      'of access whose extension waits, for its requester',
      buttonsFor(asked, ana).slice(0, 1),
      [
        {
          ...sent('withdraw', 'Withdraw', 'Withdraw the extension of Orders database, read only'),
          value: `${request} ${EXTENSION_DIGEST}`,
        },
      ],
    ],
    [
      'of access with three passwords, for its requester: each has an id of its own',
      buttonsFor({ ...active, secrets: [lease, second, third] }, ana),
      [
        password('deliver', lease),
        password('deliver-1', second),
        password('deliver-2', third),
        EXTEND,
        end("I'm done"),
      ],
    ],
    [
      'of access with two passwords, for an approver',
      buttonsFor({ ...active, secrets: [lease, second] }, bo),
      [end('End access now')],
    ],
    ['of a request that nobody decided in time', buttonsFor({ ...pending, now: later(480) }, bo), []],
  ])('%s', (_which, buttons, expected) => expect(buttons).toEqual(expected));

  test('the channel has buttons while something can be decided or ended, and at no other time', () => {
    const shown = STATES.map(([name, view]) => [
      name,
      channelButtons(view).map(({ action_id }) => action_id),
    ]);
    expect(shown.filter(([, buttons]) => buttons?.length !== 0)).toEqual([
      ['pending', ['approve', 'deny']],
      ['active', ['end']],
    ]);
  });
});

describe('the approval of sensitive access', () => {
  const confirmOf = (more: Partial<RequestView>) => channelButtons({ ...pending, ...more })[0]?.confirm;

  test.each([
    ['public', false],
    ['internal', false],
    ['confidential', true],
    ['restricted', true],
  ])('of the class %s has to be confirmed: %s', (sensitivity, expected) =>
    expect(confirmOf({ class: sensitivity }) !== undefined).toBe(expected),
  );

  const wide = viewAfter([]).targets.map((target) => ({ ...target, widens: true }));
  const GETS =
    'With the last approval, ana of Lantern gets access to Orders database, read only. The access expires 2 h later.';
  const WIDENS =
    'With this access a person may give themselves more access, or access that remains afterwards: a login of your own to the database orders.';

  test.each<[string, Partial<RequestView>, string]>([
    ['of confidential access', { class: 'confidential' }, GETS],
    ['of restricted access', { class: 'restricted' }, `This access is restricted. ${GETS}`],
    ['of access that can widen itself', { targets: wide }, `${WIDENS} ${GETS}`],
    [
      'of restricted access that can widen itself',
      { class: 'restricted', targets: wide },
      `This access is restricted. ${WIDENS} ${GETS}`,
    ],
  ])(
    'the confirmation %s says why it asks, who gets access to what, and for how long',
    (_which, more, text) =>
      expect(confirmOf(more)).toEqual({
        title: plain('Approve for 2 h?'),
        text: plain(text, 300),
        confirm: plain('Approve'),
        deny: plain('Cancel'),
      }),
  );

  test('a long confirmation is cut to the 300 characters that Slack takes, and no character is halved', () => {
    const { text } = confirmOf({ class: 'restricted', title: '🦆'.repeat(400) })?.text ?? { text: '' };
    expect([...text]).toHaveLength(300);
    expect(text.isWellFormed()).toBe(true);
  });

  test('text that hides or reorders other text is made visible in the confirmation (T18)', () =>
    expect(confirmOf({ class: 'restricted', title: 'a\u202eb' })?.text.text).toMatch(/ to a▯b\. /));
});

describe('the value of a button that somebody forged is refused', () => {
  test.each([
    ['a short digest', `${request} ${'d'.repeat(63)}`],
    ['a long digest', `${request} ${'d'.repeat(65)}`],
    ['a digest after other text', `${request} x${DIGEST}`],
    ['a digest in upper case', `${request} ${DIGEST.toUpperCase()}`],
    ['no digest', `${request}`],
    ['no request', ` ${DIGEST}`],
  ])('%s', (_what, value) => expect(parseButtonValue(value)).toBeUndefined());

  test.each<[string, unknown]>([
    ['another text', 'orders-db'],
    ['the id of a request', request],
    ['a lease after other text', `x${lease}`],
    ['no text', undefined],
  ])('%s, on a password button', (_what, value) => expect(parsePasswordButtonValue(value)).toBeUndefined());

  test('the value of a password button is its lease', () =>
    expect(parsePasswordButtonValue(second)).toBe(second));
});
