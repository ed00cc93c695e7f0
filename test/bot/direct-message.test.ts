import { describe, expect, test } from '@jest/globals';
import { parseDraft } from '../../bot/cards/form-fields.ts';
import type { RenderedMessage } from '../../bot/cards/rendered-message.ts';
import { asTyped, listenForDirectMessages } from '../../bot/inbound/direct-message.ts';
import type { AccountFacts } from '../../core/account.ts';
import { guestFacts, memberFacts } from '../core/account.fixture.ts';
import { approve, bo, confirmGranted, request } from '../core/request/request.fixture.ts';
import { linesOf } from './block-lines.fixture.ts';
import { ANA, fakeBot } from './fake-bot.fixture.ts';
import { viewAfter } from './request-view.fixture.ts';

const active = viewAfter([approve(bo), confirmGranted()]);
const found = (count: number) => () => Promise.resolve({ requests: count === 0 ? [] : [request], count });
const botWith = (more: Parameters<typeof fakeBot>[1] = {}, open = 0) => {
  const bot = fakeBot(active, {
    ledger: {
      ...{ openRequestsOf: found(open), closedRequestsOf: found(0), liveRequests: found(open) },
      now: () => Promise.resolve(0),
      auditPage: () => Promise.resolve({ rows: [] }),
      firstLook: () => Promise.resolve({ kind: 'since', at: 0 }),
    },
    ...more,
  });
  listenForDirectMessages(bot.app, bot.deps);
  return bot;
};
const message = { channel_type: 'im', channel: 'D1', user: ANA, ts: '1.1', text: 'hello' };
const say = async (event: object, bot = botWith()) => {
  await bot.send('event', 'message', { event: { ...message, ...event }, body: { team_id: 'T1' } });
  return bot.calls;
};
/** What the person reads, after a check that only they do. */
const answer = async (text: string, bot = botWith()) =>
  (await say({ text }, bot)).flatMap(([what, args]) => {
    const { channel, user, blocks } = args as RenderedMessage & { channel: string; user: string };
    expect([what, channel, user]).toEqual(['chat.postEphemeral', 'D1', ANA]);
    return linesOf(blocks);
  });

const PROGRAM =
  'I am a program, so I answer commands only. Nothing was requested or decided by your message.';
const HELP = expect.stringMatching(/^\*What you can type\*[^]*`\/access mine`/);

describe('a direct message', () => {
  test('is answered with what the person can type, and a button that opens the form', async () =>
    expect(await answer('hello, can you help me?')).toEqual([PROGRAM, HELP, 'dm-request: [Request access]']));

  test('is answered with what the person has and waits for', async () => {
    const [first, title, row, ...rest] = await answer('hello', botWith({}, 8));
    expect([first, title, row]).toEqual([
      PROGRAM,
      '*Your access and your pending requests*',
      expect.stringMatching(/^\*Orders database, read only\*\. \*<!date\^\d+\^Active until /),
    ]);
    expect(rest).toEqual(['(and 7 more: `/access mine` shows them)', HELP, 'dm-request: [Request access]']);
  });

  test('of somebody who can request nothing is answered without that button', async () => {
    const policy = { ...fakeBot(undefined).deps.policy, requestableBy: () => Promise.resolve([]) };
    expect(await answer('hello', botWith({ policy }))).toEqual([PROGRAM, HELP]);
  });

  test.each([
    ['mine', /^\*Your access and your pending requests\*/],
    ['live', /^\*Live access\*/],
    ['/access who has ana', /^\*The access of <@/],
    ['list', /^\*Your access and open requests\*/],
  ])('that is the command "%s" is answered like it', async (text, first) =>
    expect((await answer(text))[0]).toMatch(first),
  );

  test.each(['who can tell me what to type here', 'live is what I want my access to be', 'help', ''])(
    'that only begins like a command is answered with help: "%s"',
    async (text) => expect((await answer(text))[0]).toBe(PROGRAM),
  );

  test.each([
    [
      'orders-db 2h incident 4312',
      '/access orders-db 2h incident 4312',
      { length: '2h', reason: 'incident 4312' },
    ],
    [
      'DB 90m <https://x.example/1|a link> &amp; more',
      '/access orders-db 90m https://x.example/1 & more',
      { length: '90m', reason: 'https://x.example/1 & more' },
    ],
    ['/access orders-db 2h', '/access orders-db 2h why you need it', { length: '2h' }],
    ['orders-db please', '/access orders-db 2h why you need it', {}],
    ['orders-db', '/access orders-db 2h why you need it', {}],
  ])(
    'that reads like a request says how to send it, and requests nothing: %s',
    async (text, line, fields) => {
      const bot = botWith();
      expect(await answer(text, bot)).toEqual([
        'Nothing was requested yet. To request *Orders database, read only*, type it after `/access`:',
        `\`\`\` ${line}`,
        'dm-written: [Open the form]',
      ]);
      const value = /"value":("(?:[^"\\]|\\.)*")/.exec(JSON.stringify(bot.calls))?.[1] ?? '';
      expect(parseDraft(JSON.parse(value))).toEqual({
        entitlement: 'orders-db',
        length: '',
        reason: '',
        ...fields,
      });
    },
  );
});

describe('nothing is answered', () => {
  test.each<[string, object]>([
    ['in a channel', { channel_type: 'channel' }],
    ['in a thread', { thread_ts: '1.0' }],
    ['to an edited message', { subtype: 'message_changed' }],
    ['to a message that was deleted', { subtype: 'message_deleted' }],
    ['to a bot', { bot_id: 'B1' }],
    ['to a message of a bot', { subtype: 'bot_message', user: undefined }],
    ['to nobody', { user: undefined }],
  ])('%s', async (_where, event) => expect(await say(event)).toEqual([]));

  test.each<[string, () => Promise<AccountFacts>]>([
    [
      'is a bot',
      () =>
        Promise.resolve({ ...memberFacts('U0BOT'), flags: { ...memberFacts('U0BOT').flags, is_bot: true } }),
    ],
    ['Slack does not describe', () => Promise.reject(new Error('internal_error'))],
  ])('to an account that nobody knows and that %s', async (_what, readAccount) =>
    expect(await say({ user: 'U0BOT' }, botWith({ readAccount }))).toEqual([]),
  );
});

test('somebody whom Curfew does not know reads why', async () => {
  const calls = await say(
    { user: 'U0GIL' },
    botWith({ readAccount: () => Promise.resolve(guestFacts('U0GIL')) }),
  );
  expect(calls.map(([what, args]) => [what, linesOf((args as RenderedMessage).blocks)])).toEqual([
    ['chat.postEphemeral', ['Nothing was changed: guests of this workspace cannot use Curfew.']],
  ]);
});

test('a message that Slack delivers again is answered once, and the next one is answered too', async () => {
  const bot = botWith();
  await Promise.all([say({}, bot), say({}, bot)]);
  await say({}, bot);
  expect(bot.calls).toHaveLength(1);
  await say({ ts: '1.2' }, bot);
  await say({ channel: 'D2' }, bot);
  expect(bot.calls).toHaveLength(3);
});

test('a thousand messages are remembered, and the oldest is forgotten first', async () => {
  const bot = botWith();
  for (let ts = 0; ts <= 1_000; ts += 1) await say({ ts: String(ts), text: 'mine' }, bot);
  expect(bot.calls).toHaveLength(1_001);
  await say({ ts: '1', text: 'mine' }, bot);
  expect(bot.calls).toHaveLength(1_001);
  await say({ ts: '0', text: 'mine' }, bot);
  expect(bot.calls).toHaveLength(1_002);
});

test.each([
  ['a &lt; b &amp;&amp; c &gt; d', 'a < b && c > d'],
  ['&amp;lt;', '&lt;'],
  [
    'see <https://x.example/a?b=1&amp;c=2|the page> and <mailto:a@x.example|a@x.example>',
    'see https://x.example/a?b=1&c=2 and mailto:a@x.example',
  ],
  ['who has <@U0ANAFERR1>', 'who has <@U0ANAFERR1>'],
  [' /access  mine ', 'mine'],
  ['/accessible', '/accessible'],
])('the text "%s" is read as "%s"', (text, expected) => expect(asTyped(text)).toBe(expected));
