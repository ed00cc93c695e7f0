import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { App } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { asPerson, type SimulatedPerson } from '../../slack/simulated-person.ts';
import type { SlackServer } from '../../slack/server.ts';
import {
  ACCESS,
  actions,
  ANA,
  BO,
  boltFor,
  button,
  DAN,
  GIL,
  plain,
  section,
  start,
  ZOE,
} from './tiny-app.fixture.ts';

let slack: SlackServer;
let bolt: App;
let ana: SimulatedPerson;
let bo: SimulatedPerson;
const heard: Record<string, unknown>[] = [];
const last = () => heard.at(-1) ?? {};

const modal: ModalView = {
  type: 'modal',
  callback_id: 'ask',
  private_metadata: 'from the command',
  title: plain('Ask for access'),
  submit: plain('Ask'),
  close: plain('Not now'),
  notify_on_close: true,
  blocks: [
    {
      type: 'input',
      block_id: 'what',
      label: plain('What'),
      element: { type: 'external_select', action_id: 'entitlement', min_query_length: 0 },
    },
    {
      type: 'input',
      block_id: 'length',
      label: plain('How long'),
      element: {
        type: 'static_select',
        action_id: 'length',
        initial_option: { text: plain('1 hour'), value: '60' },
        options: [
          { text: plain('1 hour'), value: '60' },
          { text: plain('2 hours'), value: '120' },
        ],
      },
    },
    {
      type: 'input',
      block_id: 'why',
      label: plain('Why'),
      element: { type: 'plain_text_input', action_id: 'reason', multiline: true, min_length: 3 },
    },
  ],
};

/** A small bot with one of everything that Curfew does. */
function program(app: App): void {
  app.command('/access', async ({ ack, body, client, command }) => {
    heard.push({ ...body });
    if (command.text === 'help') return ack({ text: 'Type /access & choose' });
    if (command.text === 'silence') return;
    await ack();
    await client.views.open({ trigger_id: body.trigger_id, view: modal });
  });
  app.options('entitlement', async ({ ack, payload }) => {
    heard.push({ ...payload });
    if (payload.value === 'broken') return ack({ options: [{ text: plain(''), value: 'x' }] });
    await ack({
      options: ['orders-db', 'billing-db']
        .filter((name) => name.includes(payload.value))
        .map((name) => ({ text: plain(name), value: name })),
    });
  });
  app.view('ask', async ({ ack, body, view, client }) => {
    heard.push({ ...body });
    const reason = view.state.values['why']?.['reason']?.value ?? '';
    if (reason === 'because')
      return ack({ response_action: 'errors', errors: { why: 'Say why in your own words.' } });
    if (reason === 'stray') return ack({ response_action: 'errors', errors: { nowhere: 'x' } });
    if (reason === 'update')
      return ack({ response_action: 'update', view: { ...modal, title: plain('Again') } });
    if (reason === 'push')
      return ack({ response_action: 'push', view: { ...modal, title: plain('On top') } });
    if (reason === 'clear') return ack({ response_action: 'clear' });
    await ack();
    await client.chat.postMessage({
      channel: ACCESS,
      text: `${body.user.id} asks`,
      blocks: [section(reason), actions(button('approve', 'req_1'), button('answer'))],
    });
    return undefined;
  });
  app.view({ callback_id: 'ask', type: 'view_closed' }, async ({ ack, body }) => {
    await ack();
    heard.push({ ...body });
  });
  app.action('approve', async ({ ack, body, client }) => {
    await ack();
    heard.push({ ...body });
    if (body.type !== 'block_actions' || body.message === undefined || body.channel === undefined) return;
    await client.chat.update({
      channel: body.channel.id,
      ts: body.message.ts,
      text: `Approved by ${body.user.id}`,
    });
    await client.chat.postEphemeral({ channel: body.channel.id, user: body.user.id, text: 'Thank you.' });
  });
  app.action('answer', async ({ ack, body, respond }) => {
    await ack();
    heard.push({ ...body });
    await respond({ text: 'Only you read this', blocks: [actions(button('tidy'))] });
  });
  app.action('tidy', async ({ ack, body, respond }) => {
    await ack();
    heard.push({ ...body });
    await respond({ delete_original: true });
  });
  app.event('app_home_opened', async ({ event, body, client }) => {
    heard.push({ ...body });
    await client.views.publish({
      user_id: event.user,
      view: { type: 'home', blocks: [section('At home'), actions(button('end'))] },
    });
  });
  app.action('end', async ({ ack, body }) => {
    await ack();
    heard.push({ ...body });
  });
  app.message('hello', async ({ body, say }) => {
    heard.push({ ...body });
    await say('Hello to you');
  });
  app.shortcut('request_access', async ({ ack, body, client }) => {
    await ack();
    heard.push({ ...body });
    await client.views.open({ trigger_id: body.trigger_id, view: modal });
  });
}

beforeAll(async () => {
  slack = await start();
  bolt = boltFor(slack);
  program(bolt);
  await bolt.start();
  ana = asPerson(slack.workspace, ANA);
  bo = asPerson(slack.workspace, BO);
});

afterAll(async () => {
  await bolt?.stop();
  await slack?.stop();
});

/** Opens the modal and gives it back, filled-in values beside it. */
async function opened() {
  const before = ana.modal()?.id;
  expect(await ana.command('/access', ACCESS)).toEqual({ kind: 'acked' });
  return ana.waitFor('a new modal', (me) => (me.modal()?.id === before ? undefined : me.modal()));
}

/** The same, and the options of the search are on the screen. */
async function openedAndSearched() {
  const view = await opened();
  await ana.suggest(view, 'entitlement', '');
  return view;
}
const filled = (reason: string) => ({ what: { entitlement: 'orders-db' }, why: { reason } });

describe('the real Bolt in Socket Mode', () => {
  test('a command is acknowledged, and its modal opens on the screen of the one who typed it', async () => {
    const view = await opened();
    expect(view).toMatchObject({ callback_id: 'ask', type: 'modal', private_metadata: 'from the command' });
    expect(view.root_view_id).toBe(view.id);
    expect(bo.modal()).toBeUndefined();
    expect(last()).toMatchObject({
      command: '/access',
      text: '',
      user_id: ANA,
      channel_id: ACCESS,
      channel_name: 'access-requests',
      team_id: 'T0LANTERN1',
      api_app_id: 'A0CURFEW01',
    });
  });

  test('a search in the modal asks the app, and one of its options can be chosen by value', async () => {
    const view = await opened();
    expect(await ana.suggest(view, 'entitlement', 'ord')).toEqual({
      kind: 'options',
      options: [{ text: plain('orders-db'), value: 'orders-db' }],
      groups: [],
    });
    expect(last()).toMatchObject({
      type: 'block_suggestion',
      action_id: 'entitlement',
      block_id: 'what',
      value: 'ord',
      container: { type: 'view', view_id: view.id },
    });
  });

  test('options that Slack would not show are refused with the reason', async () => {
    const answer = await ana.suggest(await opened(), 'entitlement', 'broken');
    expect(answer).toMatchObject({ kind: 'failed', code: 'bad_response' });
    expect(JSON.stringify(answer)).toContain(
      'must be more than 0 characters [json-pointer:/options/0/text/text]',
    );
  });

  test('a field left empty is complained about without asking the app', async () => {
    await opened();
    const before = heard.length;
    expect(await ana.submit({})).toEqual({
      kind: 'errors',
      errors: { what: 'Please complete this required field.', why: 'Please complete this required field.' },
    });
    expect(heard).toHaveLength(before);
  });

  test('the errors of the app keep the modal open', async () => {
    const view = await openedAndSearched();
    expect(await ana.submit(filled('because'))).toEqual({
      kind: 'errors',
      errors: { why: 'Say why in your own words.' },
    });
    expect(ana.modal()?.id).toBe(view.id);
    expect(last()).toMatchObject({
      type: 'view_submission',
      user: { id: ANA, username: 'ana', name: 'ana', team_id: 'T0LANTERN1' },
      view: {
        hash: view.hash,
        private_metadata: 'from the command',
        state: {
          values: {
            what: { entitlement: { type: 'external_select', selected_option: { value: 'orders-db' } } },
            length: { length: { selected_option: { value: '60' } } },
            why: { reason: { type: 'plain_text_input', value: 'because' } },
          },
        },
      },
    });
  });

  test('errors for a block that is not there are the trouble of the app', async () => {
    await openedAndSearched();
    expect(await ana.submit(filled('stray'))).toMatchObject({ kind: 'failed', code: 'bad_response' });
  });

  test('an answer can update the modal, push another on top, or clear all of them', async () => {
    const view = await openedAndSearched();
    expect(await ana.submit(filled('update'))).toMatchObject({
      kind: 'updated',
      view: { id: view.id, title: plain('Again') },
    });
    expect(ana.modal()?.hash).not.toBe(view.hash);
    expect(await ana.submit(filled('push'))).toMatchObject({
      kind: 'pushed',
      view: { previous_view_id: view.id, root_view_id: view.id },
    });
    expect(ana.modal()?.title).toEqual(plain('On top'));
    await ana.suggest(await ana.waitFor('the modal on top', (me) => me.modal()), 'entitlement', '');
    expect(await ana.submit(filled('clear'))).toEqual({ kind: 'cleared' });
    expect(ana.modal()).toBeUndefined();
  });

  test('closing a modal goes through, and the app is told', async () => {
    const view = await opened();
    expect(await ana.close()).toEqual({ kind: 'closed' });
    expect(ana.modal()).toBeUndefined();
    expect(last()).toMatchObject({ type: 'view_closed', view: { id: view.id }, is_cleared: false });
  });

  test('ask, approve, redrawn without its buttons, thanked in private', async () => {
    await openedAndSearched();
    expect(await ana.submit(filled('incident 4312'))).toEqual({ kind: 'closed' });
    const card = await bo.waitForMessage((message) => message.text === `${ANA} asks`, ACCESS);
    expect(await bo.click(card, 'approve')).toEqual({ kind: 'acked' });
    const redrawn = await ana.waitForMessage((message) => message.text === `Approved by ${BO}`, ACCESS);
    expect(redrawn).toMatchObject({ ts: card.ts, blocks: [], edited: { user: 'B0CURFEW01' } });
    const thanks = await bo.waitForMessage((message) => message.text === 'Thank you.', ACCESS);
    expect(thanks.ephemeralFor).toBe(BO);
    expect(ana.messages(ACCESS).map((message) => message.text)).not.toContain('Thank you.');
    expect(last()).toMatchObject({
      type: 'block_actions',
      user: { id: BO },
      container: { type: 'message', message_ts: card.ts, channel_id: ACCESS, is_ephemeral: false },
      channel: { id: ACCESS, name: 'access-requests' },
      message: { ts: card.ts, bot_id: 'B0CURFEW01', blocks: [{ type: 'section' }, { block_id: 'buttons' }] },
      actions: [{ type: 'button', action_id: 'approve', block_id: 'buttons', value: 'req_1' }],
    });
  });

  test('a button that is gone can be pressed on a screen not redrawn yet, and not on the new one', async () => {
    const card = await bo.waitForMessage((message) => message.text === `Approved by ${BO}`, ACCESS);
    const place = { kind: 'message', channel: ACCESS, ts: card.ts } as const;
    expect(await slack.workspace.click(BO, { place, action_id: 'approve' })).toMatchObject({
      kind: 'impossible',
    });
    const seen = [{ ...actions(button('approve', 'req_1')) }];
    expect(await slack.workspace.click(BO, { place, action_id: 'approve', seen })).toEqual({ kind: 'acked' });
  });

  test('a response_url answers in private, and deletes what it answered', async () => {
    await openedAndSearched();
    await ana.submit(filled('for a private answer'));
    const card = await bo.waitForMessage(
      (message) => JSON.stringify(message.blocks).includes('for a private answer'),
      ACCESS,
    );
    await bo.click(card, 'answer');
    const only = await bo.waitForMessage((message) => message.text === 'Only you read this', ACCESS);
    expect(only.ephemeralFor).toBe(BO);
    await bo.click(only, 'tidy');
    await bo.waitFor('the answer to go', (me) =>
      me.messages(ACCESS).some(({ ts }) => ts === only.ts) ? undefined : true,
    );
    expect(last()).toMatchObject({ container: { is_ephemeral: true } });
    expect(last()['message']).toBeUndefined();
  });

  test('a command may answer with its acknowledgement, byte for byte', async () => {
    await ana.command('/access help');
    const help = await ana.waitForMessage((message) => message.text === 'Type /access & choose');
    expect(help.ephemeralFor).toBe(ANA);
  });

  test('opening Home asks the app for it, and its buttons work', async () => {
    await bo.openHome();
    const home = await bo.waitFor('a Home', (me) => me.home());
    expect(last()).toMatchObject({
      type: 'event_callback',
      event: { type: 'app_home_opened', tab: 'home', user: BO },
    });
    expect(await bo.click(home, 'end')).toEqual({ kind: 'acked' });
    expect(last()).toMatchObject({
      container: { type: 'view', view_id: home.id },
      view: { type: 'home', hash: home.hash },
    });
    expect(last()['response_url']).toBeUndefined();
  });

  test('the app hears what is said to it directly', async () => {
    await ana.say('hello <you> & me');
    await ana.waitForMessage((message) => message.text === 'Hello to you');
    expect(last()).toMatchObject({
      event: { type: 'message', channel_type: 'im', text: 'hello &lt;you&gt; &amp; me', user: ANA },
    });
  });

  test('a shortcut on a message carries it', async () => {
    await ana.say('orders are stuck', ACCESS);
    const message = await bo.waitForMessage(({ text }) => text === 'orders are stuck', ACCESS);
    expect(await bo.shortcut('request_access', message)).toEqual({ kind: 'acked' });
    await bo.waitFor('the modal', (me) => me.modal());
    expect(last()).toMatchObject({
      type: 'message_action',
      callback_id: 'request_access',
      message: { text: 'orders are stuck', user: ANA },
    });
    await bo.close();
  });

  test('an app that does not answer within three seconds failed, and the person reads so', async () => {
    expect(await ana.command('/access silence')).toEqual({
      kind: 'failed',
      code: 'operation_timeout',
      warning: '/access failed with the error "operation_timeout"',
    });
  });
});

describe('who cannot act', () => {
  const cannot = { kind: 'impossible' };
  test('a deactivated account does nothing at all', async () => {
    const dan = asPerson(slack.workspace, DAN ?? '');
    expect(await dan.command('/access', ACCESS)).toMatchObject(cannot);
    expect(await dan.openHome()).toMatchObject(cannot);
    expect(await dan.say('x', ACCESS)).toMatchObject(cannot);
  });

  test('a stranger has no commands of this workspace, but sees the buttons of a shared channel', async () => {
    const zoe = asPerson(slack.workspace, ZOE ?? '');
    expect(await zoe.command('/access', ACCESS)).toMatchObject(cannot);
    const card = await zoe.waitForMessage(
      (message) => JSON.stringify(message.blocks).includes('approve'),
      ACCESS,
    );
    expect(await zoe.click(card, 'approve')).toEqual({ kind: 'acked' });
    expect(heard.some(({ user }) => JSON.stringify(user)?.includes('T0OTHERCO1'))).toBe(true);
  });

  test('an unknown command is answered by Slack, not by the app', async () => {
    expect(await ana.command('/acces', ACCESS)).toMatchObject({
      kind: 'impossible',
      why: expect.stringContaining('is not a valid command'),
    });
  });

  test.each([
    ['a guest', GIL],
    ['a stranger', ZOE],
    ['somebody who left', DAN],
  ])('a forged command of %s reaches the app', async (_who, id) => {
    const forger = asPerson(slack.forged, id ?? '');
    expect(await forger.command('/access', ACCESS)).toEqual({ kind: 'acked' });
    expect(last()).toMatchObject({ user_id: id });
  });
});
