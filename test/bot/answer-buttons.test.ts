import { describe, expect, test } from '@jest/globals';
import { listenForAnswers } from '../../bot/inbound/answer-buttons.ts';
import { listenForAnswerForms } from '../../bot/inbound/answer-forms.ts';
import { phraseMessage } from '../../bot/cards/rendered-message.ts';
import { guestFacts } from '../core/account.fixture.ts';
import { ana, approve, cy, request, withdraw } from '../core/request/request.fixture.ts';
import { ANA, BO, fakeBot } from './fake-bot.fixture.ts';
import { DIGEST, viewAfter } from './request-view.fixture.ts';

const SAM = 'U0SAMRAO01';
const VALUE = `${request} ${DIGEST}`;
const UNKNOWN = 'This button is not from Curfew, or it is from an old version. Nothing was changed.';
const caller = { user: BO, team: 'T1', channel: 'C1', trigger: 'TR1' };
const body = {
  type: 'block_actions',
  user: { id: BO, team_id: 'T1' },
  channel: { id: 'C1' },
  trigger_id: 'TR1',
};
/** The same click on Home, which is in no channel. */
const atHome = { ...body, channel: undefined };
const callsAfter = async (...[kind, id, args]: Parameters<ReturnType<typeof fakeBot>['send']>) => {
  const bot = fakeBot(viewAfter([]));
  listenForAnswers(bot.app, bot.deps);
  listenForAnswerForms(bot.app, bot.deps);
  expect(await bot.send(kind, id, args)).toBe(1);
  return bot.calls;
};
const click = (kind: string, value: string | undefined, from: object = body) =>
  callsAfter('action', kind, { body: from, action: { type: 'button', value } });
const told = ['chat.postEphemeral', { channel: 'C1', user: BO, text: UNKNOWN }];

describe.each(['approve', 'withdraw', 'end'])('a click on the button "%s"', (kind) => {
  test.each([
    ['in a channel', body, caller],
    ['on Home', atHome, { ...caller, channel: undefined }],
  ])('is stored with its person and its place, and then acknowledged: %s', async (_where, from, by) =>
    expect(await click(kind, VALUE, from)).toEqual([
      ['receive', by, { kind, request, body: { digest: DIGEST } }],
      ['ack'],
    ]),
  );

  test('is stored with the id of the message that has the button (F03)', async () => {
    const container = { type: 'message', channel_id: 'C1', message_ts: '7.7' };
    const [[, by] = []] = await click(kind, VALUE, { ...body, container });
    expect(by).toEqual({ ...caller, message: '7.7' });
  });

  test('with a wrong value is answered in the channel, to this person only', async () =>
    expect(await click(kind, 'orders-db')).toEqual([['ack'], told]));

  test('with a wrong value is acknowledged on Home', async () =>
    expect(await click(kind, 'orders-db', atHome)).toEqual([['ack']]));
});

describe('a click on the button "deny"', () => {
  const opened = async (from: object) => {
    const [ack, [what, args] = []] = await click('deny', VALUE, from);
    const { trigger_id, view } = args as { trigger_id: string; view: { private_metadata: string } };
    return [ack, what, trigger_id, JSON.parse(view.private_metadata) as unknown];
  };

  test.each([
    ['and the channel', body, { request, digest: DIGEST, channel: 'C1' }],
    ['and no channel on Home', atHome, { request, digest: DIGEST }],
    [
      'and the message that has the button (F03)',
      { ...body, container: { message_ts: '7.7' } },
      { request, digest: DIGEST, channel: 'C1', message: '7.7' },
    ],
  ])('opens a form that remembers the request, what was on the screen, %s', async (_what, from, metadata) =>
    expect(await opened(from)).toEqual([['ack'], 'views.open', 'TR1', metadata]),
  );

  test.each([
    ['has a wrong value', 'orders-db', body],
    ['has no value', undefined, body],
    ['is in no message and no view', VALUE, { ...body, type: 'other' }],
  ])('is answered when it %s', async (_what, value, from) =>
    expect(await click('deny', value, from)).toEqual([['ack'], told]),
  );

  test('is answered when there is no such request', async () => {
    const bot = fakeBot(undefined);
    listenForAnswers(bot.app, bot.deps);
    listenForAnswerForms(bot.app, bot.deps);
    await bot.send('action', 'deny', { body, action: { type: 'button', value: VALUE } });
    expect(bot.calls).toEqual([['ack'], told]);
  });
});

describe('a click on the button "deny" by somebody who may not deny', () => {
  const pending = viewAfter([]);
  const real = fakeBot(undefined).deps.policy;
  const eligibility = (answer: object) => ({
    policy: { ...real, eligibility: () => Promise.resolve(answer) },
  });
  type More = Parameters<typeof fakeBot>[1];

  test.each<[who: string, user: string, view: typeof pending, more: More]>([
    ['is the requester', ANA, pending, {}],
    ['is no approver of the request', SAM, pending, { inbox: { personOf: () => Promise.resolve('sam') } }],
    ['is no longer an approver', BO, pending, eligibility({ kind: 'not-eligible' })],
    ['acts while the policy cannot be read', BO, pending, eligibility({ kind: 'unknown', why: 'a tab' })],
    ['comes after the request was withdrawn', BO, viewAfter([withdraw(ana)]), {}],
    ['comes after the approval', BO, viewAfter([approve(cy)]), {}],
    ['is not in the people file', 'U0GIL', pending, {}],
    ['is a guest', BO, pending, { readAccount: () => Promise.resolve(guestFacts(BO)) }],
  ])(
    'is stored without a reason, so it is refused and recorded, and opens no form: who %s',
    async (_who, user, view, more) => {
      const bot = fakeBot(view, more);
      listenForAnswers(bot.app, bot.deps);
      listenForAnswerForms(bot.app, bot.deps);
      const from = { ...body, user: { id: user, team_id: 'T1' } };
      await bot.send('action', 'deny', { body: from, action: { type: 'button', value: VALUE } });
      expect(bot.calls).toEqual([
        ['receive', { ...caller, user }, { kind: 'deny', request, body: { digest: DIGEST } }],
        ['ack'],
      ]);
      expect(JSON.stringify(bot.calls)).not.toContain(view.reason);
    },
  );

  test('is not acknowledged while nobody can judge it', async () => {
    const bot = fakeBot(pending, { readAccount: () => Promise.reject(new Error('internal_error')) });
    listenForAnswers(bot.app, bot.deps);
    listenForAnswerForms(bot.app, bot.deps);
    const args = { body, action: { type: 'button', value: VALUE } };
    await expect(bot.send('action', 'deny', args)).rejects.toThrow('internal_error');
    expect(bot.calls).toEqual([]);
  });
});

describe('a button in a message that only one person sees', () => {
  const ephemeral = { ...body, container: { type: 'message', message_ts: '7.7', is_ephemeral: true } };

  test.each(['approve', 'withdraw', 'end'])(
    '%s: the click names no message, and the buttons go',
    async (kind) => {
      const [received, ack, replaced, ...rest] = await click(kind, VALUE, ephemeral);
      expect([received, ack, rest]).toEqual([
        ['receive', caller, { kind, request, body: { digest: DIGEST } }],
        ['ack'],
        [],
      ]);
      expect(replaced).toEqual([
        'respond',
        {
          replace_original: true,
          ...phraseMessage([
            [
              'Your click is recorded. The card of the request in your direct messages shows what became of it.',
            ],
          ]),
        },
      ]);
    },
  );

  test('deny: its form names no message', async () => {
    const [, [, args] = []] = await click('deny', VALUE, ephemeral);
    const { view } = args as { view: { private_metadata: string } };
    expect(JSON.parse(view.private_metadata)).toEqual({ request, digest: DIGEST, channel: 'C1' });
  });
});

describe('the form of a denial', () => {
  const submit = (text: string | undefined, metadata: object) =>
    callsAfter('view', 'deny', {
      body: { user: { id: BO }, team: { id: 'T1' }, trigger_id: 'TR1' },
      view: {
        private_metadata: JSON.stringify(metadata),
        state: { values: { note: { text: { value: text } } } },
      },
    });
  const metadata = { request, digest: DIGEST, channel: 'C1' };
  const refused = [
    [
      'ack',
      {
        response_action: 'errors',
        errors: { note: 'Say why you deny the request. The requester reads it.' },
      },
    ],
  ];

  test.each([
    ['the channel of the click', metadata, caller],
    ['no channel', { request, digest: DIGEST }, { ...caller, channel: undefined }],
    ['the message of the click (F03)', { ...metadata, message: '7.7' }, { ...caller, message: '7.7' }],
  ])('is stored with its reason and %s, and then acknowledged', async (_where, from, by) =>
    expect(await submit(' use the replica\n', from)).toEqual([
      ['receive', by, { kind: 'deny', request, body: { digest: DIGEST, note: 'use the replica' } }],
      ['ack'],
    ]),
  );

  test.each<[string, string | undefined, object]>([
    ['without a reason', undefined, metadata],
    ['with an empty reason', ' \n ', metadata],
    ['with a reason that looks like nothing (T48)', '\u3164', metadata],
    ['without a request', 'no', {}],
    ['with a wrong digest', 'no', { ...metadata, digest: 'd' }],
  ])('%s stays open and stores nothing', async (_what, text, from) =>
    expect(await submit(text, from)).toEqual(refused),
  );
});
