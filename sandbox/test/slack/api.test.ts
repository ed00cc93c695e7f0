import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { WebClient } from '@slack/web-api';
import { asPerson } from '../../slack/simulated-person.ts';
import { dmOf } from '../../slack/read.ts';
import { SCOPES } from '../../slack/slack.ts';
import { COLLEAGUES } from '../../world/company.ts';
import type { SlackServer } from '../../slack/server.ts';
import {
  ACCESS,
  ANA,
  BO,
  call,
  clientFor,
  DAN,
  GIL,
  plain,
  section,
  start,
  TOKENS,
  ZOE,
} from './tiny-app.fixture.ts';

const GENERAL = 'C0GENERAL1';
const ULTRA = 'U0ULTRA001';
/** A private channel with the app, and one without it. */
const [VAULT, CELLAR] = ['C0VAULT001', 'C0CELLAR01'];
const privateChannel = (id: string, members: readonly string[]) =>
  ({ id, name: id.toLowerCase(), purpose: '', kind: 'channel', is_private: true, members }) as const;
const channels = [privateChannel(VAULT, [ANA ?? '', 'U0CURFEWBT']), privateChannel(CELLAR, [ANA ?? ''])];
let slack: SlackServer;
let client: WebClient;
let posted: string;
let people: string;

// Curfew's scopes and one more, for the methods that use e-mail addresses.
const ALL = [...SCOPES, 'users:read.email'] as const;

beforeAll(async () => {
  slack = await start({
    scopes: ALL,
    channels,
    people: [
      ...COLLEAGUES,
      {
        slackId: ULTRA,
        name: 'Uma',
        title: '',
        email: 'uma@x.example',
        tz: 'Asia/Kolkata',
        kind: 'ultra-guest',
      },
    ],
  });
  client = clientFor(slack.apiUrl);
  posted = String(
    (await call(slack, 'chat.postMessage', { channel: ACCESS, text: 'first', blocks: [section('x')] }))['ts'],
  );
  await asPerson(slack.workspace, ANA).say('mine', ACCESS);
  people = asPerson(slack.workspace, ANA).messages(ACCESS).at(-1)?.ts ?? '';
});
const others: SlackServer[] = [];
const another = async (options: Parameters<typeof start>[0]) => {
  const workspace = await start(options);
  others.push(workspace);
  return workspace;
};
afterAll(async () => {
  for (const workspace of [slack, ...others]) await workspace?.stop();
});

const modal = { type: 'modal', title: plain('T'), blocks: [section('x')] };
const sizeOf = (page: object) => ('members' in page && Array.isArray(page.members) ? page.members.length : 0);
const history = (args: object = {}) => call(slack, 'conversations.history', { channel: ACCESS, ...args });
const tsOf = (page: Readonly<Record<string, unknown>>): string[] =>
  (page['messages'] as readonly { ts: string }[]).map(({ ts }) => ts);
const task = { event_type: 'task_created', event_payload: { id: 'TK-1' } };
const long = (count: number) => 'x'.repeat(count);
const heavy = Array.from({ length: 6 }, () => section(long(2500)));

describe('a call that Slack refuses gets Slack’s error code', () => {
  test.each<[string, string, object, string]>([
    ['an unknown method', 'chat.shout', {}, 'unknown_method'],
    ['an unknown channel', 'chat.postMessage', { channel: 'C0NOWHERE1', text: 'x' }, 'channel_not_found'],
    [
      'a channel named like a property of every object',
      'chat.postMessage',
      { channel: 'constructor', text: 'x' },
      'channel_not_found',
    ],
    ['no channel', 'chat.postMessage', { text: 'x' }, 'invalid_arguments'],
    [
      'a channel that the app is not in',
      'chat.postMessage',
      { channel: GENERAL, text: 'x' },
      'not_in_channel',
    ],
    [
      'a message to a deactivated account',
      'chat.postMessage',
      { channel: DAN, text: 'x' },
      'channel_not_found',
    ],
    ['no text and no blocks', 'chat.postMessage', { channel: ACCESS }, 'no_text'],
    [
      'no text and an empty list of blocks',
      'chat.postMessage',
      { channel: ACCESS, text: '', blocks: [] },
      'no_text',
    ],
    [
      'text of 40,001 characters',
      'chat.postMessage',
      { channel: ACCESS, text: long(40_001) },
      'msg_too_long',
    ],
    [
      'blocks of 15 KB',
      'chat.postMessage',
      { channel: ACCESS, text: 'x', blocks: heavy },
      'msg_blocks_too_long',
    ],
    [
      'blocks that are not JSON',
      'chat.postMessage',
      { channel: ACCESS, blocks: '[{' },
      'invalid_blocks_format',
    ],
    [
      'an unknown thread',
      'chat.postMessage',
      { channel: ACCESS, text: 'x', thread_ts: '1.000000' },
      'thread_not_found',
    ],
    [
      'a bad block',
      'chat.postMessage',
      { channel: ACCESS, blocks: [{ type: 'header', text: plain(long(151)) }] },
      'invalid_blocks',
    ],
    [
      'an update of an unknown message',
      'chat.update',
      { channel: ACCESS, ts: '1.000000', text: 'x' },
      'message_not_found',
    ],
    [
      'an update with 4,001 characters',
      'chat.update',
      { channel: ACCESS, ts: 'POSTED', text: long(4001) },
      'msg_too_long',
    ],
    [
      "an update of a person's message",
      'chat.update',
      { channel: ACCESS, ts: 'PEOPLE', text: 'x' },
      'cant_update_message',
    ],
    ["deleting a person's message", 'chat.delete', { channel: ACCESS, ts: 'PEOPLE' }, 'cant_delete_message'],
    ['deleting an unknown message', 'chat.delete', { channel: ACCESS, ts: '1.000000' }, 'message_not_found'],
    [
      'an ephemeral message to an unknown person',
      'chat.postEphemeral',
      { channel: ACCESS, user: 'U0NOBODY01', text: 'x' },
      'user_not_found',
    ],
    [
      'an ephemeral message to a person who is not in the channel',
      'chat.postEphemeral',
      { channel: ACCESS, user: DAN, text: 'x' },
      'user_not_in_channel',
    ],
    [
      'a permalink to an unknown message',
      'chat.getPermalink',
      { channel: ACCESS, message_ts: '1.000000' },
      'message_not_found',
    ],
    [
      'a permalink in an unknown channel',
      'chat.getPermalink',
      { channel: 'C0NOWHERE1', message_ts: '1.000000' },
      'channel_not_found',
    ],
    [
      'a permalink in a private channel without the app',
      'chat.getPermalink',
      { channel: CELLAR, message_ts: '1.000000' },
      'channel_not_found',
    ],
    [
      'metadata that is not JSON',
      'chat.postMessage',
      { channel: ACCESS, text: 'x', metadata: '{' },
      'invalid_metadata_format',
    ],
    [
      'metadata that is a list',
      'chat.postMessage',
      { channel: ACCESS, text: 'x', metadata: [] },
      'invalid_metadata_format',
    ],
    [
      'metadata without event_type',
      'chat.postMessage',
      { channel: ACCESS, text: 'x', metadata: { event_payload: {} } },
      'invalid_metadata_schema',
    ],
    [
      'metadata without event_payload',
      'chat.postMessage',
      { channel: ACCESS, text: 'x', metadata: { event_type: 'x' } },
      'invalid_metadata_schema',
    ],
    [
      'empty metadata of a new message',
      'chat.postMessage',
      { channel: ACCESS, text: 'x', metadata: {} },
      'invalid_metadata_schema',
    ],
    [
      'metadata of 5 KB',
      'chat.postMessage',
      { channel: ACCESS, text: 'x', metadata: { event_type: 'x', event_payload: { a: long(5000) } } },
      'metadata_too_large',
    ],
    [
      'metadata of an update without event_payload',
      'chat.update',
      { channel: ACCESS, ts: 'POSTED', text: 'x', metadata: { event_type: 'x' } },
      'invalid_metadata_schema',
    ],
    [
      'the history of an unknown channel',
      'conversations.history',
      { channel: 'C0NOWHERE1' },
      'channel_not_found',
    ],
    [
      'the history of a public channel without the app',
      'conversations.history',
      { channel: GENERAL },
      'not_in_channel',
    ],
    [
      'the history of a private channel without the app',
      'conversations.history',
      { channel: CELLAR },
      'channel_not_found',
    ],
    ["the history by a person's id", 'conversations.history', { channel: ANA }, 'channel_not_found'],
    [
      'a history of 1,000 messages',
      'conversations.history',
      { channel: ACCESS, limit: 1000 },
      'invalid_limit',
    ],
    ['a history of no messages', 'conversations.history', { channel: ACCESS, limit: 0 }, 'invalid_limit'],
    [
      'a history with a bad cursor',
      'conversations.history',
      { channel: ACCESS, cursor: 'zzz' },
      'invalid_cursor',
    ],
    [
      'a history until a bad time',
      'conversations.history',
      { channel: ACCESS, latest: 'now-ish' },
      'invalid_ts_latest',
    ],
    [
      'a history from a bad time',
      'conversations.history',
      { channel: ACCESS, oldest: '-1' },
      'invalid_ts_oldest',
    ],
    [
      'the replies of an unknown message',
      'conversations.replies',
      { channel: ACCESS, ts: '1.000000' },
      'thread_not_found',
    ],
    [
      'the replies in a channel without the app',
      'conversations.replies',
      { channel: GENERAL, ts: '1.000000' },
      'not_in_channel',
    ],
    ['a DM without a person', 'conversations.open', {}, 'users_list_not_supplied'],
    ['a DM with an unknown person', 'conversations.open', { users: 'U0NOBODY01' }, 'user_not_found'],
    ['a DM with a deactivated account', 'conversations.open', { users: DAN }, 'user_disabled'],
    ['a DM with a bot', 'conversations.open', { users: 'USLACKBOT' }, 'cannot_dm_bot'],
    ['a DM with two people', 'conversations.open', { users: `${ANA},${BO}` }, 'missing_scope'],
    ['reading a channel', 'conversations.info', { channel: ACCESS }, 'missing_scope'],
    ['reading the members', 'conversations.members', { channel: ACCESS }, 'missing_scope'],
    ['reading the team', 'team.info', {}, 'missing_scope'],
    ['an unknown person', 'users.info', { user: 'U0NOBODY01' }, 'user_not_found'],
    ['no person', 'users.info', {}, 'invalid_arguments'],
    ['an unknown e-mail address', 'users.lookupByEmail', { email: 'who@lantern.example' }, 'users_not_found'],
    [
      'the e-mail address of a deactivated account',
      'users.lookupByEmail',
      { email: 'dan@lantern.example' },
      'users_not_found',
    ],
    ['an unknown bot', 'bots.info', { bot: 'B0OTHER001' }, 'bot_not_found'],
    ['a bad cursor', 'users.list', { cursor: 'zzz' }, 'invalid_cursor'],
    ['an invalid trigger', 'views.open', { trigger_id: '1.2.abc', view: modal }, 'invalid_trigger_id'],
    ['no view', 'views.open', { trigger_id: '1.2.abc' }, 'invalid_arguments'],
    [
      'a view with a long title',
      'views.open',
      { trigger_id: '1.2.abc', view: { ...modal, title: plain(long(25)) } },
      'invalid_arguments',
    ],
    [
      'a view of 251 KB',
      'views.open',
      { trigger_id: '1.2.abc', view: { ...modal, private_metadata: long(251_000) } },
      'view_too_large',
    ],
    [
      'a Home in a modal',
      'views.open',
      { trigger_id: '1.2.abc', view: { type: 'home', blocks: [] } },
      'invalid_arguments',
    ],
    ['an update of an unknown view', 'views.update', { view_id: 'V0GONE', view: modal }, 'not_found'],
    ['an update without a view id', 'views.update', { view: modal }, 'invalid_arguments'],
    [
      'a Home for an unknown person',
      'views.publish',
      { user_id: 'U0NOBODY01', view: { type: 'home', blocks: [] } },
      'user_not_found',
    ],
    ['a modal as a Home', 'views.publish', { user_id: ANA, view: modal }, 'invalid_arguments'],
    ['connections with the bot token', 'apps.connections.open', {}, 'not_allowed_token_type'],
  ])('%s', async (_name, method, args, error) => {
    const text = JSON.stringify(args).replace('POSTED', posted).replace('PEOPLE', people);
    expect(await call(slack, method, JSON.parse(text))).toMatchObject({ ok: false, error });
  });

  test.each([
    ['no token', '', 'not_authed'],
    ['another token', 'xoxb-other', 'invalid_auth'],
    ['the app token', TOKENS.appToken, 'not_allowed_token_type'],
  ])('%s', async (_name, token, error) => {
    expect(await call(slack, 'users.list', {}, token)).toEqual({ ok: false, error });
  });

  test('invalid_blocks has the problems and their places, also through Slack’s client', async () => {
    const refused = client.chat.postMessage({
      channel: ACCESS,
      text: 'x',
      blocks: [{ type: 'header', text: plain(long(151)) }],
    });
    await expect(refused).rejects.toMatchObject({
      data: {
        error: 'invalid_blocks',
        response_metadata: {
          messages: ['[ERROR] must be less than 151 characters [json-pointer:/blocks/0/text/text]'],
        },
      },
    });
  });

  test.each([
    ['broken JSON', '{"channel":', 'invalid_json'],
    ['a JSON list', '[]', 'json_not_object'],
  ])('%s', async (_name, body, error) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${TOKENS.botToken}` };
    const response = await fetch(`${slack.apiUrl}chat.postMessage`, { method: 'POST', headers, body });
    expect(await response.json()).toEqual({ ok: false, error });
  });

  test.each(ALL.filter((scope) => scope !== 'commands'))(
    'without the scope %s its methods respond missing_scope',
    async (scope) => {
      const poor = await another({ scopes: ALL.filter((each) => each !== scope), channels });
      const opened = scope === 'im:history' ? await call(poor, 'conversations.open', { users: ANA }) : {};
      const direct = (opened as { channel?: { id: string } }).channel?.id;
      const channel = direct ?? (scope === 'groups:history' ? VAULT : ACCESS);
      const method =
        {
          'channels:history': 'conversations.history',
          'groups:history': 'conversations.history',
          'im:history': 'conversations.history',
          'chat:write': 'chat.postMessage',
          'im:write': 'conversations.open',
          'users:read': 'users.info',
          'users:read.email': 'users.lookupByEmail',
        }[scope] ?? '';
      expect(await call(poor, method, { channel, text: 'x', user: ANA, users: ANA, email: 'x' })).toEqual({
        ok: false,
        error: 'missing_scope',
        needed: scope,
        provided: ALL.filter((each) => each !== scope).join(','),
      });
    },
  );
});

describe('a valid call gets Slack’s response', () => {
  test('text is returned unchanged, from a form and from JSON', async () => {
    const text = 'a &amp; <!channel> \u202e 🔑 "quoted"\n\ttab';
    for (const sent of [
      client.chat.postMessage({ channel: ACCESS, text }),
      call(slack, 'chat.postMessage', { channel: ACCESS, text }),
    ])
      expect(await sent).toMatchObject({
        ok: true,
        message: { text, bot_id: 'B0CURFEW01', app_id: 'A0CURFEW01' },
      });
  });

  test('blocks are returned unchanged, with the ids that Slack generates', async () => {
    const sent = { type: 'actions', elements: [{ type: 'button', text: plain('Go') }] };
    const { message } = await call(slack, 'chat.postMessage', {
      channel: ACCESS,
      blocks: JSON.stringify([sent]),
    });
    expect(message).toMatchObject({
      blocks: [
        {
          ...sent,
          block_id: expect.any(String),
          elements: [{ ...sent.elements[0], action_id: expect.any(String) }],
        },
      ],
    });
  });

  test('an update with text only removes the blocks; an update with blocks only keeps the text', async () => {
    const { ts } = await call(slack, 'chat.postMessage', {
      channel: ACCESS,
      text: 'before',
      blocks: [section('x')],
    });
    const bare = await call(slack, 'chat.update', { channel: ACCESS, ts, text: 'after' });
    expect(bare['message']).not.toHaveProperty('blocks');
    const again = await call(slack, 'chat.update', { channel: ACCESS, ts, blocks: [section('y')] });
    expect(again['message']).toMatchObject({
      text: 'after',
      blocks: [section('y')],
      edited: { user: 'B0CURFEW01' },
    });
  });

  test("a person has one DM, opened by conversations.open or by the person's id", async () => {
    const first = await client.conversations.open({ users: BO ?? '' });
    expect(await client.conversations.open({ users: BO ?? '' })).toMatchObject({
      already_open: true,
      channel: first.channel,
    });
    expect(await client.chat.postMessage({ channel: BO ?? '', text: 'hello' })).toMatchObject({
      channel: first.channel?.id,
    });
    expect(dmOf(slack.workspace.state, BO ?? '')?.members).toEqual([BO, 'U0CURFEWBT']);
  });

  test('a permalink has Slack’s format', async () => {
    const { permalink } = await client.chat.getPermalink({ channel: ACCESS, message_ts: posted });
    expect(permalink).toBe(`https://lantern.slack.com/archives/${ACCESS}/p${posted.replace('.', '')}`);
  });

  test('the permalink of a reply also names its thread', async () => {
    const { ts } = await call(slack, 'chat.postMessage', { channel: ACCESS, text: 'x', thread_ts: posted });
    const { permalink } = await client.chat.getPermalink({ channel: ACCESS, message_ts: String(ts) });
    const [path, query] = [
      `/archives/${ACCESS}/p${String(ts).replace('.', '')}`,
      `thread_ts=${posted}&cid=${ACCESS}`,
    ];
    expect(permalink).toBe(`https://lantern.slack.com${path}?${query}`);
  });

  test('auth.test returns the app’s identity, and the scopes are in the headers', async () => {
    expect(await client.auth.test()).toMatchObject({
      team_id: 'T0LANTERN1',
      user_id: 'U0CURFEWBT',
      bot_id: 'B0CURFEW01',
      response_metadata: { scopes: [...ALL] },
    });
  });

  test.each([
    ['a member', ANA, { deleted: false, is_restricted: false, is_ultra_restricted: false, is_bot: false }],
    ['a guest', GIL, { is_restricted: true, is_ultra_restricted: false }],
    ['a guest of one channel', ULTRA, { is_restricted: true, is_ultra_restricted: true, tz_offset: 19_800 }],
    ['a stranger', ZOE, { is_stranger: true, team_id: 'T0OTHERCO1' }],
    ['the app itself', 'U0CURFEWBT', { is_bot: true, profile: { bot_id: 'B0CURFEW01' } }],
    ['a deactivated account', DAN, { deleted: true }],
  ])('users.info of %s', async (_who, user, shown) => {
    expect(await call(slack, 'users.info', { user })).toMatchObject({
      ok: true,
      user: { id: user, ...shown },
    });
  });

  test('the flags of a deactivated account are missing, not false', async () => {
    const { user } = await call(slack, 'users.info', { user: DAN });
    for (const flag of ['is_restricted', 'is_ultra_restricted', 'is_admin', 'tz'])
      expect(user).not.toHaveProperty(flag);
  });

  test('an e-mail address needs its scope, and is found in any letter case', async () => {
    expect(await client.users.lookupByEmail({ email: 'Ana@Lantern.example' })).toMatchObject({
      user: { id: ANA, profile: { email: 'ana@lantern.example' } },
    });
    const blind = await another({ scopes: ['users:read'] });
    expect(JSON.stringify(await call(blind, 'users.info', { user: ANA }))).not.toContain('@');
  });

  test('long lists have pages', async () => {
    const pages: number[] = [];
    for await (const page of client.paginate('users.list', { limit: 4 })) pages.push(sizeOf(page));
    expect(pages).toEqual([4, 4, 3]);
  });

  test('every ts is unique, even when the clock stops or goes back', async () => {
    let clock = 1_800_000_000_000;
    const stuck = await another({ now: () => clock });
    const seen: string[] = [];
    for (const step of [0, 0, -5000, 0, 1]) {
      clock += step;
      seen.push(String((await call(stuck, 'chat.postMessage', { channel: ACCESS, text: 'x' }))['ts']));
    }
    expect(seen).toEqual([...new Set(seen)].sort());
    expect(seen[0]).toBe('1800000000.000000');
  });
});

describe('conversations.history', () => {
  const post = async (text: string, more: object = {}, channel = VAULT) =>
    String((await call(slack, 'chat.postMessage', { channel, text, ...more }))['ts']);
  const read = (args: object = {}) => history({ channel: VAULT, ...args });
  let all: readonly string[];
  beforeAll(async () => {
    const texts = ['one', 'two', 'three', 'four', 'five'];
    const posts: string[] = [];
    for (const text of texts) posts.push(await post(text));
    all = posts;
    await call(slack, 'chat.postEphemeral', { channel: VAULT, user: ANA, text: 'only you' });
    await post('a reply', { thread_ts: posts[1], metadata: task });
  });
  const at = (index: number) => all[index] ?? '';

  test('has the newest message first, and neither replies nor ephemeral messages', async () => {
    const page = await read();
    expect(tsOf(page)).toEqual(all.toReversed());
    expect(page).toMatchObject({ ok: true, has_more: false });
    expect(page).not.toHaveProperty('response_metadata');
    expect(page['messages']).toContainEqual(
      expect.objectContaining({
        ts: at(1),
        thread_ts: at(1),
        reply_count: 1,
        latest_reply: expect.any(String),
      }),
    );
  });

  test.each<[string, () => object, readonly number[]]>([
    ['before a message', () => ({ latest: at(2) }), [1, 0]],
    ['up to a message', () => ({ latest: at(2), inclusive: true }), [2, 1, 0]],
    ['after a message', () => ({ oldest: at(2) }), [4, 3]],
    ['from a message on', () => ({ oldest: at(2), inclusive: true }), [4, 3, 2]],
    ['between two messages', () => ({ oldest: at(0), latest: at(3) }), [2, 1]],
    ['exactly one message', () => ({ oldest: at(3), latest: at(3), inclusive: true, limit: 1 }), [3]],
    ['the last two', () => ({ limit: 2 }), [4, 3]],
    ['from a whole second on', () => ({ oldest: Math.floor(Number(at(0))) }), [4, 3, 2, 1, 0]],
    ['inclusive without a time changes nothing', () => ({ inclusive: true }), [4, 3, 2, 1, 0]],
  ])('%s', async (_what, args, expected) => {
    expect(tsOf(await read(args()))).toEqual(expected.map(at));
  });

  test('pages follow each other without a gap, also when a message is posted between them', async () => {
    const pages: string[][] = [];
    for await (const page of client.paginate('conversations.history', { channel: VAULT, limit: 2 })) {
      pages.push(tsOf({ ...page }));
      if (pages.length === 1) await post('meanwhile');
    }
    expect(pages.flat()).toEqual(all.toReversed());
    expect(pages.map((page) => page.length)).toEqual([2, 2, 1]);
  });

  test('the replies are oldest first, with the message at the start', async () => {
    const page = await call(slack, 'conversations.replies', {
      channel: VAULT,
      ts: at(1),
      include_all_metadata: true,
    });
    expect(page['messages']).toMatchObject([{ ts: at(1) }, { text: 'a reply', metadata: task }]);
    const first = await call(slack, 'conversations.replies', { channel: VAULT, ts: at(1), limit: 1 });
    const cursor = (first['response_metadata'] as { next_cursor: string }).next_cursor;
    const second = await call(slack, 'conversations.replies', { channel: VAULT, ts: at(1), cursor });
    expect(second['messages']).toMatchObject([{ text: 'a reply' }]);
  });

  test('metadata is returned with include_all_metadata only, and kept or removed by an update', async () => {
    const ts = await post('with metadata', { metadata: JSON.stringify(task) });
    const metadata = async () =>
      (await read({ limit: 1, include_all_metadata: true }))['messages'] as readonly { metadata?: object }[];
    expect((await read({ limit: 1 }))['messages']).not.toHaveProperty('0.metadata');
    expect(await metadata()).toMatchObject([{ ts, metadata: task }]);
    await call(slack, 'chat.update', { channel: VAULT, ts, text: 'kept' });
    expect(await metadata()).toMatchObject([{ text: 'kept', metadata: task }]);
    const closed = { ...task, event_type: 'task_closed' };
    await call(slack, 'chat.update', { channel: VAULT, ts, text: 'changed', metadata: closed });
    expect(await metadata()).toMatchObject([{ metadata: closed }]);
    await call(slack, 'chat.update', { channel: VAULT, ts, text: 'removed', metadata: {} });
    expect((await metadata())[0]).not.toHaveProperty('metadata');
  });

  test('metadata is in no message that a person sees as blocks or text', async () => {
    await post('plain', { metadata: task });
    const seen = asPerson(slack.workspace, ANA ?? '')
      .messages(VAULT)
      .at(-1);
    expect(JSON.stringify([seen?.text, seen?.blocks])).not.toContain('TK-1');
    expect(seen?.metadata).toEqual(task);
  });

  test('a token without any scope for a history names all of them', async () => {
    const poor = await another({ scopes: ['chat:write'] });
    expect(await call(poor, 'conversations.history', { channel: ACCESS })).toMatchObject({
      error: 'missing_scope',
      needed: 'channels:history,groups:history,mpim:history,im:history',
    });
  });
});

describe('Home', () => {
  const home = (text: string) => ({ type: 'home', blocks: [section(text)] });
  test('the hash of an older version is a conflict, and the current one is not', async () => {
    const { view } = (await call(slack, 'views.publish', { user_id: ANA, view: home('1') })) as {
      view: { id: string; hash: string };
    };
    const next = await call(slack, 'views.publish', { user_id: ANA, view: home('2'), hash: view.hash });
    expect(next).toMatchObject({ ok: true, view: { id: view.id } });
    expect(
      await call(slack, 'views.publish', { user_id: ANA, view: home('3'), hash: view.hash }),
    ).toMatchObject({ error: 'hash_conflict' });
    expect(
      await call(slack, 'views.update', { view_id: view.id, view: home('3'), hash: view.hash }),
    ).toMatchObject({ error: 'hash_conflict' });
    expect(await call(slack, 'views.update', { view_id: view.id, view: home('3') })).toMatchObject({
      ok: true,
    });
    expect(slack.workspace.state.homes[ANA ?? '']?.blocks[0]).toMatchObject(section('3'));
  });
});
