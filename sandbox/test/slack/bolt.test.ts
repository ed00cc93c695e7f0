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

const SHORTCUT = 'request-access-from-message';
let slack: SlackServer;
let bolt: App;
let ana: SimulatedPerson;
let bo: SimulatedPerson;
const heard: Record<string, unknown>[] = [];
const last = () => heard.at(-1) ?? {};

const modal: ModalView = {
  type: 'modal',
  callback_id: 'request',
  private_metadata: 'from the command',
  title: plain('Request access'),
  submit: plain('Request'),
  close: plain('Cancel'),
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

/** Adds listeners of every kind that Curfew uses. */
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
  app.view('request', async ({ ack, body, view, client }) => {
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
      text: `${body.user.id} requests access`,
      blocks: [section(reason), actions(button('approve', 'req_1'), button('reply'))],
    });
    return undefined;
  });
  app.view({ callback_id: 'request', type: 'view_closed' }, async ({ ack, body }) => {
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
  app.action('reply', async ({ ack, body, respond }) => {
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
  app.shortcut('request-access-from-message', async ({ ack, body, client }) => {
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

/** Types the command and returns the modal that opens. */
async function opened() {
  const before = ana.modal()?.id;
  expect(await ana.command('/access', ACCESS)).toEqual({ kind: 'acked' });
  return ana.waitFor('a new modal', (me) => (me.modal()?.id === before ? undefined : me.modal()));
}

/** Opens the modal and requests the options of its select. */
async function openedAndSearched() {
  const view = await opened();
  await ana.suggest(view, 'entitlement', '');
  return view;
}
const filled = (reason: string) => ({ what: { entitlement: 'orders-db' }, why: { reason } });

describe('Bolt in Socket Mode', () => {
  test('a command is acknowledged, and its modal opens for the person who typed it', async () => {
    const view = await opened();
    expect(view).toMatchObject({
      callback_id: 'request',
      type: 'modal',
      private_metadata: 'from the command',
    });
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

  test('a search in the modal requests options from the app', async () => {
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

  test('invalid options are refused with the reason', async () => {
    const answer = await ana.suggest(await opened(), 'entitlement', 'broken');
    expect(answer).toMatchObject({ kind: 'failed', code: 'bad_response' });
    expect(JSON.stringify(answer)).toContain(
      'must be more than 0 characters [json-pointer:/options/0/text/text]',
    );
  });

  test('an empty required field is an error, and nothing is sent to the app', async () => {
    await opened();
    const before = heard.length;
    expect(await ana.submit({})).toEqual({
      kind: 'errors',
      errors: { what: 'Please complete this required field.', why: 'Please complete this required field.' },
    });
    expect(heard).toHaveLength(before);
  });

  test('the modal stays open when the app responds with errors', async () => {
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

  test('errors for an unknown block are an invalid response', async () => {
    await openedAndSearched();
    expect(await ana.submit(filled('stray'))).toMatchObject({ kind: 'failed', code: 'bad_response' });
  });

  test('a response can update the modal, push another one, or close all', async () => {
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

  test('closing a modal sends view_closed to the app', async () => {
    const view = await opened();
    expect(await ana.close()).toEqual({ kind: 'closed' });
    expect(ana.modal()).toBeUndefined();
    expect(last()).toMatchObject({ type: 'view_closed', view: { id: view.id }, is_cleared: false });
  });

  test('a request is approved: the message is updated without buttons, and the approver gets an ephemeral message', async () => {
    await openedAndSearched();
    expect(await ana.submit(filled('incident 4312'))).toEqual({ kind: 'closed' });
    const card = await bo.waitForMessage((message) => message.text === `${ANA} requests access`, ACCESS);
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

  test('a removed button can be clicked on a screen that is not up to date, and not on a current one', async () => {
    const card = await bo.waitForMessage((message) => message.text === `Approved by ${BO}`, ACCESS);
    const place = { kind: 'message', channel: ACCESS, ts: card.ts } as const;
    expect(await slack.workspace.click(BO, { place, action_id: 'approve' })).toMatchObject({
      kind: 'impossible',
    });
    const seen = [{ ...actions(button('approve', 'req_1')) }];
    expect(await slack.workspace.click(BO, { place, action_id: 'approve', seen })).toEqual({ kind: 'acked' });
  });

  test('a response_url posts an ephemeral message and deletes the original', async () => {
    await openedAndSearched();
    await ana.submit(filled('for a private answer'));
    const card = await bo.waitForMessage(
      (message) => JSON.stringify(message.blocks).includes('for a private answer'),
      ACCESS,
    );
    await bo.click(card, 'reply');
    const only = await bo.waitForMessage((message) => message.text === 'Only you read this', ACCESS);
    expect(only.ephemeralFor).toBe(BO);
    await bo.click(only, 'tidy');
    await bo.waitFor('the answer to go', (me) =>
      me.messages(ACCESS).some(({ ts }) => ts === only.ts) ? undefined : true,
    );
    expect(last()).toMatchObject({ container: { is_ephemeral: true } });
    expect(last()['message']).toBeUndefined();
  });

  test('the message in the acknowledgement of a command is posted unchanged', async () => {
    await ana.command('/access help');
    const help = await ana.waitForMessage((message) => message.text === 'Type /access & choose');
    expect(help.ephemeralFor).toBe(ANA);
  });

  test('opening Home lets the app publish it, and its buttons work', async () => {
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

  test('the app gets direct messages', async () => {
    await ana.say('hello <you> & me');
    await ana.waitForMessage((message) => message.text === 'Hello to you');
    expect(last()).toMatchObject({
      event: { type: 'message', channel_type: 'im', text: 'hello &lt;you&gt; &amp; me', user: ANA },
    });
  });

  test('a message shortcut sends the message to the app', async () => {
    await ana.say('orders are stuck', ACCESS);
    const message = await bo.waitForMessage(({ text }) => text === 'orders are stuck', ACCESS);
    expect(await bo.shortcut(SHORTCUT, message)).toEqual({ kind: 'acked' });
    await bo.waitFor('the modal', (me) => me.modal());
    expect(last()).toMatchObject({
      type: 'message_action',
      callback_id: SHORTCUT,
      trigger_id: expect.any(String),
      response_url: expect.stringContaining('/response/T0LANTERN1/'),
      team: { id: 'T0LANTERN1' },
      channel: { id: ACCESS, name: 'access-requests' },
      user: { id: BO },
      message_ts: message.ts,
      message: { type: 'message', text: 'orders are stuck', user: ANA, ts: message.ts },
    });
    await bo.close();
  });

  test('a message shortcut works in a channel that the app is not in', async () => {
    await ana.say('orders are stuck', 'general');
    const message = await bo.waitForMessage(({ text }) => text === 'orders are stuck', 'general');
    expect(await bo.shortcut(SHORTCUT, message)).toEqual({ kind: 'acked' });
    expect(last()).toMatchObject({ channel: { id: 'C0GENERAL1' }, message_ts: message.ts });
    await bo.close();
  });

  test('an ephemeral message has no shortcuts, and neither has an app that declares none', async () => {
    await ana.command('/access help');
    const help = await ana.waitForMessage((message) => message.text === 'Type /access & choose');
    expect(await ana.shortcut(SHORTCUT, help)).toMatchObject({ kind: 'impossible' });
    await ana.say('x', ACCESS);
    const message = await ana.waitForMessage(({ text }) => text === 'x', ACCESS);
    expect(await ana.shortcut('another', message)).toMatchObject({ kind: 'impossible' });
    expect(await asPerson(slack.workspace, ZOE ?? '').shortcut(SHORTCUT, message)).toMatchObject({
      kind: 'impossible',
    });
  });

  test('a command fails when the app does not acknowledge it within three seconds', async () => {
    expect(await ana.command('/access silence')).toEqual({
      kind: 'failed',
      code: 'operation_timeout',
      warning: '/access failed with the error "operation_timeout"',
    });
  });
});

describe('people who cannot act', () => {
  const cannot = { kind: 'impossible' };
  test('a deactivated account cannot do anything', async () => {
    const dan = asPerson(slack.workspace, DAN ?? '');
    expect(await dan.command('/access', ACCESS)).toMatchObject(cannot);
    expect(await dan.openHome()).toMatchObject(cannot);
    expect(await dan.say('x', ACCESS)).toMatchObject(cannot);
  });

  test('a person from another company cannot use commands, but can click buttons in a shared channel', async () => {
    const zoe = asPerson(slack.workspace, ZOE ?? '');
    expect(await zoe.command('/access', ACCESS)).toMatchObject(cannot);
    const card = await zoe.waitForMessage(
      (message) => JSON.stringify(message.blocks).includes('approve'),
      ACCESS,
    );
    expect(await zoe.click(card, 'approve')).toEqual({ kind: 'acked' });
    expect(heard.some(({ user }) => JSON.stringify(user)?.includes('T0OTHERCO1'))).toBe(true);
  });

  test('Slack itself refuses an unknown command', async () => {
    expect(await ana.command('/acces', ACCESS)).toMatchObject({
      kind: 'impossible',
      why: expect.stringContaining('is not a valid command'),
    });
  });

  test.each([
    ['a guest', GIL],
    ['a stranger', ZOE],
    ['a deactivated account', DAN],
  ])('a forged command of %s reaches the app', async (_who, id) => {
    const forger = asPerson(slack.forged, id ?? '');
    expect(await forger.command('/access', ACCESS)).toEqual({ kind: 'acked' });
    expect(last()).toMatchObject({ user_id: id });
  });
});
