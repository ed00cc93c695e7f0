import { describe, expect, test } from '@jest/globals';
import { listenForRequestForm } from '../../bot/inbound/request-form.ts';
import { openSilence } from '../../bot/courier/silence.ts';
import type { ModalView } from '@slack/types';
import { ANA, fakeBot, type FakeBot } from './fake-bot.fixture.ts';
import { viewAfter } from './request-view.fixture.ts';

const listening = (more: Parameters<typeof fakeBot>[1] = {}): FakeBot => {
  const bot = fakeBot(undefined, more);
  listenForRequestForm(bot.app, bot.deps);
  return bot;
};

describe('the form that is submitted', () => {
  const submit = async (
    values: object,
    more: Parameters<typeof fakeBot>[1] = {},
    private_metadata = '{"channel":"C9"}',
  ) => {
    const bot = listening(more);
    const view = { private_metadata, state: { values } };
    await bot.send('view', 'request', { body: { user: { id: ANA }, team: { id: 'T1' } }, view });
    return bot.calls;
  };
  const answers = (length: string, reason: string, what = 'orders-db') => ({
    what: { entitlement: { selected_option: { value: what } } },
    'length-orders-db': { text: { value: length } },
    reason: { text: { value: reason } },
  });
  const received = (more: object = {}) => ({
    kind: 'request',
    body: { entitlement: 'orders-db', length: '2h', reason: ' incident 4312 ', ...more },
  });

  test.each([
    ['the channel where it was opened', '{"channel":"C9"}', 'C9'],
    ['no channel, when it was opened in none', '{}', undefined],
    ['no channel, when an earlier version opened it', 'C9', undefined],
  ])('is stored with %s, and then acknowledged', async (_where, metadata, channel) =>
    expect(await submit(answers(' 2h ', ' incident 4312 '), {}, metadata)).toEqual([
      ['receive', { user: ANA, team: 'T1', channel }, received()],
      ['ack'],
    ]),
  );

  test('is stored with the name that it has since it was opened (F18)', async () =>
    expect((await submit(answers('2h', 'x'), {}, '{"form":"F1"}'))[0]?.[1]).toMatchObject({ form: 'F1' }));

  test('says why no card comes while Slack accepts no message', async () => {
    const bot = fakeBot(undefined);
    listenForRequestForm(bot.app, { ...bot.deps, silence: openSilence(() => 600_000) });
    const view = { private_metadata: '{}', state: { values: answers('2h', 'why') } };
    await bot.send('view', 'request', { body: { user: { id: ANA }, team: { id: 'T1' } }, view });
    expect(bot.calls.map(([what]) => what)).toEqual(['receive', 'ack']);
    expect(JSON.stringify(bot.calls.at(-1)?.[1])).toMatch(
      /"response_action":"update".*Slack accepts no message from Curfew for .*10 minutes/,
    );
  });

  test('is stored with the length from the field "length", which has no entitlement in its id', async () => {
    const { 'length-orders-db': length, ...others } = answers('2h', ' incident 4312 ');
    expect((await submit({ ...others, length }))[0]?.[2]).toEqual(received());
  });

  const tooMany = { ledger: { countOpenRequests: () => Promise.resolve(25) } };
  test.each<[string, object, Parameters<typeof fakeBot>[1], object, object]>([
    [
      'too long',
      answers('9h', 'x'),
      {},
      { code: 'too-long', longest: 480 },
      { 'length-orders-db': 'That is longer than the policy allows. The longest is 8 h.' },
    ],
    [
      'without a reason',
      answers('1h', ' '),
      {},
      { code: 'reason-missing' },
      { reason: 'Say why you need the access. The approvers and the auditors read it.' },
    ],
    [
      'of an entitlement that does not exist',
      answers('1h', 'x', 'orders-dbs'),
      {},
      { code: 'unknown-entitlement', nearest: 'orders-db' },
      { what: 'There is no such entitlement. Did you mean orders-db?' },
    ],
    [
      'of somebody with too many open requests',
      answers('1h', 'x'),
      tooMany,
      { code: 'too-many-open' },
      { what: 'You have 25 open requests, and nobody can have more. End or withdraw some of them first.' },
    ],
    [
      'without any answer',
      {},
      {},
      { code: 'unknown-entitlement' },
      {
        what: 'There is no such entitlement. Type /access list to see what you can request.',
        length: 'A length is missing. Write it like 90m, 2h30m or 1d, without seconds.',
        reason: 'Say why you need the access. The approvers and the auditors read it.',
      },
    ],
    [
      'with two mistakes',
      answers('9h', ' '),
      {},
      { code: 'too-long', longest: 480 },
      {
        'length-orders-db': 'That is longer than the policy allows. The longest is 8 h.',
        reason: 'Say why you need the access. The approvers and the auditors read it.',
      },
    ],
  ])(
    '%s is recorded as refused, and shows why under the field',
    async (_what, values, more, refusal, errors) =>
      expect(await submit(values, more)).toEqual([
        ['refuseRequest', { user: ANA, team: 'T1', channel: undefined }, refusal],
        ['ack', { response_action: 'errors', errors }],
      ]),
  );

  test('counts the open requests of its person', async () => {
    const counted: unknown[] = [];
    const countOpenRequests = (person: string) => Promise.resolve(counted.push(person));
    await submit(answers('1h', 'x'), { ledger: { countOpenRequests } });
    expect(counted).toEqual(['ana']);
  });

  test('shows an error under a field whose block has another number', async () => {
    const { what, reason, ...length } = answers('1h', 'x', 'nothing');
    const calls = await submit({ 'what.2': what, ...length, reason });
    expect(calls[1]).toEqual([
      'ack',
      {
        response_action: 'errors',
        errors: { 'what.2': expect.stringMatching(/^There is no such entitlement/) },
      },
    ]);
  });

  describe('for what the person has or has requested already', () => {
    const open = viewAfter([]);
    const rows = { listRequests: () => Promise.resolve([{ id: open.id, entitlement: 'orders-db' }]) };
    const submitWith = async (memory: object, listed: object = rows) => {
      const bot = fakeBot(open, { ledger: listed });
      listenForRequestForm(bot.app, bot.deps);
      const view = {
        private_metadata: JSON.stringify({ channel: 'C9', ...memory }),
        state: { values: answers('2h', 'why') },
      };
      await bot.send('view', 'request', { body: { user: { id: ANA }, team: { id: 'T1' } }, view });
      return bot.calls;
    };

    test('shows that first, keeps what was typed, and stores nothing', async () => {
      const [[what, answer] = [], ...others] = await submitWith({ shown: [] });
      const { response_action, view } = answer as { response_action: string; view: ModalView };
      const text = JSON.stringify(view.blocks);
      expect([what, others, response_action]).toEqual(['ack', [], 'update']);
      expect(text).toContain('You requested this already');
      expect(text).toMatch(/"block_id":"length-orders-db".*"initial_value":"2h".*"initial_value":"why"/);
      expect(JSON.parse(view.private_metadata ?? '')).toEqual({ channel: 'C9', shown: [open.id] });
    });

    test('is stored when the form has shown it', async () =>
      expect((await submitWith({ shown: [open.id] })).map(([what]) => what)).toEqual(['receive', 'ack']));

    test('is stored when the open request is for something else', async () => {
      const other = { listRequests: () => Promise.resolve([{ id: open.id, entitlement: 'orders-logs' }]) };
      expect((await submitWith({}, other)).map(([what]) => what)).toEqual(['receive', 'ack']);
    });
  });
});
