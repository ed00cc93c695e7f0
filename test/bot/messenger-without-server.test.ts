import { describe, expect, test } from '@jest/globals';
import { section } from '../../bot/cards/elements.ts';
import { metadataOf } from '../../bot/courier/posted-before.ts';
import { openMessenger } from '../../bot/courier/messenger.ts';
import { UNPACED } from '../../bot/courier/pace.ts';
import type { PersonId } from '../../core/ids.ts';
import { bo, request } from '../core/request/request.fixture.ts';
import { ANA, BO, fakeBot } from './fake-bot.fixture.ts';

const message = { text: 'a card', blocks: [section('a card')] };
const card = { request, channel: 'C1', message };
const personal = { request, person: bo, user: BO, message, mayPost: true };
const older = { text: 'older', blocks: [section('older')] };
const news = { request, person: bo, user: BO, message, older, cause: { kind: 'note', id: 7 } as const };
const posted = { place: 'channel', channel: 'C5', ts: '5.5' };
const slackError = (error: string) => Object.assign(new Error(error), { data: { error } });

/** A messenger with these messages in the ledger. A method that is named in `failing` fails with that error. */
function messengerWith(
  failing: Readonly<Record<string, string>> = {},
  messages: readonly object[] = [],
  attempt?: number,
) {
  const { deps, client, calls } = fakeBot(undefined, {
    ledger: { postedMessages: () => Promise.resolve(messages) },
  });
  const chat: Record<string, unknown> = { ...client.chat };
  for (const [method, error] of Object.entries(failing)) {
    const real = chat[method] as (...args: unknown[]) => Promise<unknown>;
    chat[method] = async (...args: unknown[]) => {
      await real(...args);
      throw slackError(error);
    };
  }
  const skipped: string[] = [];
  const about: unknown[] = [];
  const failingClient = { conversations: client.conversations, chat } as unknown as typeof client;
  return {
    messenger: openMessenger(deps.ledger, failingClient, (what, of) => {
      skipped.push(what);
      about.push(of);
    })(attempt === undefined ? {} : { tries: attempt }),
    ...{ calls, skipped, about },
  };
}
const WITHOUT_PREVIEW = { unfurl_links: false, unfurl_media: false };
const post = (channel: string, place: string) => [
  'chat.postMessage',
  { channel, ...message, metadata: metadataOf({ request, place }), ...WITHOUT_PREVIEW },
];
const POST = post('C1', 'channel');
const UPDATE = ['chat.update', { channel: 'C5', ts: '5.5', ...message }];
const saved = (channel: string, place = 'channel') => [
  'savePostedMessage',
  request,
  { place, channel, ts: '9.9' },
];

describe('the card in the channel', () => {
  test('is posted with its metadata and without a preview of links, and remembered', async () => {
    const { messenger, calls } = messengerWith();
    await messenger.showInChannel(card);
    expect(calls).toEqual([POST, saved('C1')]);
  });

  test('is updated where it is, also when the channel is another one now', async () => {
    const { messenger, calls } = messengerWith({}, [{ ...posted, place: 'dm:bo', ts: '1.1' }, posted]);
    await messenger.showInChannel(card);
    expect(calls).toEqual([UPDATE]);
  });

  test.each(['message_not_found', 'cant_update_message', 'thread_not_found'])(
    'is posted again when it is gone (%s)',
    async (update) => {
      const { messenger, calls, skipped } = messengerWith({ update }, [posted]);
      await messenger.showInChannel(card);
      expect(calls).toEqual([UPDATE, POST, saved('C1')]);
      expect(skipped).toEqual([]);
    },
  );
});

describe('the card of a person', () => {
  const own = { ...posted, place: 'dm:bo' };

  test.each<[string, string, object]>([
    ['they may not get one any more', 'message_not_found', { mayPost: false }],
    ['they still may', 'message_not_found', {}],
  ])('is posted again when it is gone, also when %s', async (_when, update, more) => {
    const { messenger, calls } = messengerWith({ update }, [own]);
    await messenger.showToPerson({ ...personal, ...more });
    expect(calls).toEqual([UPDATE, post(BO, 'dm:bo'), saved('D9', 'dm:bo')]);
  });

  test('is not posted again when they have no Slack account any more', async () => {
    const { messenger, calls } = messengerWith({ update: 'message_not_found' }, [own]);
    await messenger.showToPerson({ ...personal, user: undefined });
    expect(calls).toEqual([UPDATE]);
  });

  test('is not posted for the first time when it may not be', async () => {
    const { messenger, calls } = messengerWith();
    await messenger.showToPerson({ ...personal, mayPost: false });
    expect(calls).toEqual([]);
  });

  test('is not that of a person whose id begins or ends in the same way', async () => {
    const others = ['dm:bob', 'dm:abo', 'note:7:dm:bob', 'channel'].map((place) => ({ ...posted, place }));
    const { messenger, calls } = messengerWith({}, others);
    await messenger.showToPerson(personal);
    expect(calls).toEqual([post(BO, 'dm:bo'), saved('D9', 'dm:bo')]);
  });

  test('is the newest message to them, whatever the order in which the ledger has them', async () => {
    const later = { place: 'note:8:dm:bo', channel: 'C5', ts: '7.7' };
    for (const messages of [
      [own, later],
      [later, own],
    ]) {
      const { messenger, calls } = messengerWith({}, messages);
      await messenger.showToPerson(personal);
      expect(calls).toEqual([['chat.update', { channel: 'C5', ts: '7.7', ...message }]]);
    }
  });

  test('is updated with the one just before it, and with no message that is older', async () => {
    const messages = ['1.1', '2.2', '3.3'].map((ts) => ({ place: `note:${ts[0]}:dm:bo`, channel: 'C5', ts }));
    const { messenger, calls } = messengerWith({}, messages);
    await messenger.showToPerson({ ...personal, older, redrawsOlder: true });
    expect(calls).toEqual([
      ['chat.update', { channel: 'C5', ts: '3.3', ...message }],
      ['chat.update', { channel: 'C5', ts: '2.2', ...older }],
    ]);
  });

  test('is posted again in its own place when it is gone', async () => {
    const later = { place: 'note:8:dm:bo', channel: 'C5', ts: '7.7' };
    const { messenger, calls } = messengerWith({ update: 'message_not_found' }, [own, later]);
    await messenger.showToPerson(personal);
    expect(calls.slice(1)).toEqual([post(BO, 'note:8:dm:bo'), saved('D9', 'note:8:dm:bo')]);
  });

  test('goes to their direct messages by their id, without a call that opens these', async () => {
    const { messenger, calls } = messengerWith();
    for (const user of [ANA, ANA, BO])
      await messenger.showToPerson({ ...personal, person: user as PersonId, user });
    expect(calls.filter(([what]) => what === 'conversations.open')).toEqual([]);
    expect(calls.filter(([what]) => what === 'chat.postMessage')).toMatchObject(
      [ANA, ANA, BO].map((channel) => ['chat.postMessage', { channel }]),
    );
  });
});

describe('a new message to a person', () => {
  const before = { place: 'dm:bo', channel: 'C5', ts: '5.5' };
  const shrinks = ['chat.update', { channel: 'C5', ts: '5.5', ...older }];

  test('is posted, remembered by its notification, and the older one is updated after that', async () => {
    const { messenger, calls } = messengerWith({}, [before]);
    await messenger.tellPerson(news);
    expect(calls).toEqual([post(BO, 'note:7:dm:bo'), saved('D9', 'note:7:dm:bo'), shrinks]);
  });

  test('is updated at a retry, and the same older one again', async () => {
    const own = { place: 'note:7:dm:bo', channel: 'C5', ts: '7.7' };
    const oldest = { place: 'note:2:dm:bo', channel: 'C5', ts: '2.2' };
    const newer = { place: 'note:9:dm:bo', channel: 'C5', ts: '9.1' };
    const { messenger, calls } = messengerWith({}, [oldest, own, before, newer]);
    await messenger.tellPerson(news);
    expect(calls).toEqual([['chat.update', { channel: 'C5', ts: '7.7', ...message }], shrinks]);
  });

  test('is the first one when the person had no message', async () => {
    const { messenger, calls } = messengerWith();
    await messenger.tellPerson(news);
    expect(calls).toEqual([post(BO, 'note:7:dm:bo'), saved('D9', 'note:7:dm:bo')]);
  });

  test('is an update of the newest message of a person without a Slack account, if there is one', async () => {
    const { messenger, calls } = messengerWith({}, [before]);
    await messenger.tellPerson({ ...news, user: undefined });
    expect(calls).toEqual([UPDATE]);
    const without = messengerWith();
    await without.messenger.tellPerson({ ...news, user: undefined });
    expect(without.calls).toEqual([]);
  });
});

test('the direct messages of a user are opened once, and not at all after a message was posted there', async () => {
  const { messenger, calls } = messengerWith();
  await messenger.showToPerson(personal);
  for (const user of [BO, ANA, ANA]) await messenger.tellOnScreen(user, undefined, message);
  expect(calls.filter(([what]) => what === 'conversations.open')).toEqual([
    ['conversations.open', { users: ANA }],
  ]);
  expect(calls.flatMap(([what, args]) => (what === 'chat.postEphemeral' ? [args] : []))).toEqual(
    [BO, ANA, ANA].map((user) => ({ channel: 'D9', user, ...message })),
  );
});

describe('the search for a message in the channel whose answer was lost', () => {
  /** Posts the card again. Each page of the channel has these messages, and there is always one more page unless a message is found. */
  async function postedAgain(messages: readonly object[], failing: Readonly<Record<string, string>> = {}) {
    const { deps, client, calls } = fakeBot(undefined, {
      ledger: { claimPlace: () => Promise.resolve({ until: 'then', triedSince: 0 }) },
    });
    const limits: unknown[] = [];
    const history = ({ limit }: { limit: number }) => {
      limits.push(limit);
      return Promise.resolve({ ok: true, messages, response_metadata: { next_cursor: 'more' } });
    };
    const { update } = client.chat;
    const chat = {
      ...client.chat,
      update: async (...args: Parameters<typeof update>) => {
        await update(...args);
        if (failing['update'] !== undefined) throw slackError(failing['update']);
      },
    };
    const looking = { chat, conversations: { ...client.conversations, history } } as unknown as typeof client;
    const said: unknown[] = [];
    const messenger = openMessenger(deps.ledger, looking, (...what) => said.push(what))();
    await messenger.showInChannel(card);
    return { calls, limits, said };
  }
  const found = { ts: '1.1', metadata: metadataOf({ request, place: 'channel' }) };
  const updateOf = ['chat.update', { channel: 'C1', ts: '1.1', ...message }];

  test('ends after a hundred pages of two hundred messages: it is posted, and the operator reads of which request it is', async () => {
    const { calls, limits, said } = await postedAgain([]);
    expect(limits).toEqual(Array.from({ length: 100 }, () => 200));
    expect(said).toEqual([
      ['it is not known whether a message is in C1 already: the search ended after 100 pages', { request }],
    ]);
    expect(calls).toEqual([POST, saved('C1')]);
  });

  test('finds it: it is updated and not posted', async () => {
    const { calls, limits, said } = await postedAgain([found]);
    expect(calls).toEqual([
      updateOf,
      ['savePostedMessage', request, { place: 'channel', channel: 'C1', ts: '1.1' }],
    ]);
    expect([limits.length, said]).toEqual([1, []]);
  });

  test('finds one that is gone when it is updated: it is posted', async () => {
    const { calls } = await postedAgain([found], { update: 'message_not_found' });
    expect(calls).toEqual([updateOf, POST, saved('C1')]);
  });
});

test('each message to a person whose answer was lost is updated with the older text when it is found', async () => {
  const messages = ['1.1', '2.2', '3.3'].map((ts) => ({ place: `note:${ts[0]}:dm:bo`, channel: 'D9', ts }));
  const { deps, client, calls } = fakeBot(undefined, {
    ledger: {
      unansweredPosts: () => Promise.resolve([{ place: 'note:1:dm:bo', triedSince: 0 }]),
      postedMessages: () => Promise.resolve(messages),
    },
  });
  const found = [{ ts: '1.1', metadata: metadataOf({ request, place: 'note:1:dm:bo' }) }];
  const history = () => Promise.resolve({ ok: true, messages: found });
  const looking = { chat: client.chat, conversations: { ...client.conversations, history } };
  const messenger = openMessenger(deps.ledger, looking as unknown as typeof client, () => undefined)();
  await messenger.tellPerson(news);
  expect(calls.filter(([what]) => what === 'chat.update')).toEqual(
    ['3.3', '1.1'].map((ts) => ['chat.update', { channel: 'D9', ts, ...older }]),
  );
});

test('a message that nobody recorded is updated, and not posted again when it is gone', async () => {
  const { messenger, calls } = messengerWith({ update: 'message_not_found' });
  await messenger.update(posted, message);
  expect(calls).toEqual([UPDATE]);
});

describe('two gateways', () => {
  test('do not post one message: who has no claim posts nothing, and tries again later', async () => {
    const { deps, client, calls } = fakeBot(undefined, {
      ledger: { claimPlace: () => Promise.resolve(undefined) },
    });
    const messenger = openMessenger(deps.ledger, client, () => undefined)();
    await expect(messenger.showInChannel(card)).rejects.toThrow(
      'another gateway posts the message in channel',
    );
    await expect(messenger.tellPerson(news)).rejects.toThrow('another gateway');
    expect(calls).toEqual([]);
  });

  test('do not both post a message whose answer was lost, also when the search for it outlasts the claim', async () => {
    const { deps, client, calls } = fakeBot(undefined, {
      ledger: {
        claimPlace: () => Promise.resolve({ until: 'then', triedSince: 0 }),
        keepPlace: (...kept: unknown[]) => Promise.resolve((calls.push(['keepPlace', ...kept]), false)),
      },
    });
    const history = () => Promise.resolve({ ok: true, messages: [] });
    const looking = { chat: client.chat, conversations: { ...client.conversations, history } };
    const messenger = openMessenger(deps.ledger, looking as unknown as typeof client, () => undefined)();
    await expect(messenger.showInChannel(card)).rejects.toThrow('another gateway posts');
    expect(calls.filter(([what]) => what === 'chat.postMessage')).toEqual([]);
    expect(calls).toContainEqual(['keepPlace', request, { place: 'channel', until: 'then' }]);
  });

  test('look for the messages that got no answer in the direct messages of that person only', async () => {
    const forgotten: unknown[] = [];
    const places = ['dm:cy', 'note:7:dm:bo', 'note:8:dm:cy', 'channel', 'dm:bo'];
    const { deps, client } = fakeBot(undefined, {
      ledger: {
        unansweredPosts: () => Promise.resolve(places.map((place) => ({ place, triedSince: 0 }))),
        forgetPost: (_request: unknown, place: string) => Promise.resolve(void forgotten.push(place)),
      },
    });
    const history = () => Promise.resolve({ ok: true, messages: [] });
    const looking = { chat: client.chat, conversations: { ...client.conversations, history } };
    const messenger = openMessenger(deps.ledger, looking as unknown as typeof client, () => undefined)();
    await messenger.tellPerson(news);
    expect(forgotten).toEqual(['dm:bo']);
  });

  test('claim a place before they post, and say which message is gone', async () => {
    const claims: unknown[] = [];
    const claimPlace = (...claim: unknown[]) => Promise.resolve((claims.push(claim), { until: 'then' }));
    const messages = [posted];
    const { deps, client } = fakeBot(undefined, {
      ledger: { claimPlace, postedMessages: () => Promise.resolve(messages) },
    });
    const gone = { ...client.chat, update: () => Promise.reject(slackError('message_not_found')) };
    const failing = { conversations: client.conversations, chat: gone } as unknown as typeof client;
    const messenger = openMessenger(deps.ledger, failing, () => undefined)();
    await messenger.showInChannel(card);
    messages.pop();
    await messenger.showInChannel(card);
    expect(claims).toEqual([
      [request, { place: 'channel', gone: '5.5' }],
      [request, { place: 'channel', gone: undefined }],
    ]);
  });
});

describe('an error of Slack', () => {
  const FINAL = [
    ...['channel_not_found', 'not_in_channel', 'is_archived', 'user_not_found', 'user_not_in_channel'],
    ...['cannot_dm_bot', 'user_disabled', 'messages_tab_disabled', 'restricted_action', 'user_not_visible'],
    ...['invalid_blocks', 'msg_too_long', 'msg_blocks_too_long', 'not_allowed'],
  ];
  const TRANSIENT = [
    ...['ratelimited', 'internal_error', 'fatal_error', 'service_unavailable', 'request_timeout'],
    ...['invalid_auth', 'token_revoked', 'account_inactive', 'missing_scope', 'message_not_found', ''],
  ];
  const MAY_BE_POSTED = new Set([
    'internal_error',
    'fatal_error',
    'service_unavailable',
    'request_timeout',
    '',
  ]);
  const PRIVATE = ['chat.postEphemeral', { channel: 'C1', user: ANA, ...message }];

  test.each(FINAL)('%s skips the message, and the operator reads it', async (error) => {
    const { messenger, skipped, about } = messengerWith({ postMessage: error });
    await messenger.showInChannel(card);
    await messenger.tellPerson(news);
    expect(about).toEqual([{ request }, { request }]);
    expect(skipped).toEqual([`the card in the channel: ${error}`, `a new message to bo: ${error}`]);
  });

  test('names the request of each message that it skips to the operator', async () => {
    const of = async (work: (messenger: ReturnType<typeof messengerWith>['messenger']) => Promise<void>) => {
      const failing = { postMessage: 'is_archived', postEphemeral: 'is_archived', update: 'is_archived' };
      const { messenger, skipped, about } = messengerWith(failing);
      await work(messenger);
      return [skipped, about];
    };
    const named = (what: string) => [[`${what}: is_archived`], [{ request }]];
    expect(await of((each) => each.showToPerson(personal))).toEqual(named('the card of bo'));
    expect(await of((each) => each.postToPerson({ request, place: 'dm:bo', user: BO, message }))).toEqual(
      named('the message dm:bo'),
    );
    expect(await of((each) => each.update(posted, message, request))).toEqual(named('a card'));
    expect(await of((each) => each.postPrivately(ANA, 'C1', message, request))).toEqual(
      named('an answer in direct messages'),
    );
    const [, without] = await of((each) => each.update(posted, message));
    expect(without).toEqual([undefined]);
  });

  test('with a code that we do not know skips the message from the twentieth attempt on, which takes an hour', async () => {
    const [before, last] = [19, 20].map((attempt) => messengerWith({ postMessage: 'new_code' }, [], attempt));
    await expect(before?.messenger.showInChannel(card)).rejects.toThrow('new_code');
    await last?.messenger.showInChannel(card);
    expect([before?.skipped, last?.skipped]).toEqual([[], ['the card in the channel: new_code']]);
  });

  test('with a code that we do not know leads from where a person clicked to their direct messages, from the twentieth attempt on', async () => {
    const [before, last] = [19, 20].map((attempt) =>
      messengerWith({ postEphemeral: 'new_code' }, [], attempt),
    );
    await expect(before?.messenger.postPrivately(ANA, 'C1', message)).rejects.toThrow('new_code');
    await last?.messenger.postPrivately(ANA, 'C1', message);
    expect(last?.calls).toEqual([
      PRIVATE,
      ['chat.postMessage', { channel: ANA, ...message, ...WITHOUT_PREVIEW }],
    ]);
    for (const [each, times] of [[before, 1] as const, [last, 2] as const]) {
      await expect(each?.messenger.tellOnScreen(ANA, 'C2', message)).rejects.toThrow('new_code');
      const told = each?.calls.filter(
        ([what, given]) => what === 'chat.postEphemeral' && /C2|D9/.test(JSON.stringify(given)),
      );
      expect(told).toHaveLength(times);
    }
  });

  test.each(FINAL)('%s skips the update of a card, which is not posted a second time', async (error) => {
    const { messenger, calls, skipped } = messengerWith({ update: error }, [posted]);
    await messenger.showInChannel(card);
    expect(calls).toEqual([UPDATE]);
    expect(skipped).toEqual([`the card in the channel: ${error}`]);
  });

  test.each(FINAL)('%s where a person clicked leads to their direct messages', async (error) => {
    const { messenger, calls, skipped } = messengerWith({ postEphemeral: error });
    await messenger.postPrivately(ANA, 'C1', message);
    expect(calls).toEqual([PRIVATE, ['chat.postMessage', { channel: ANA, ...message, ...WITHOUT_PREVIEW }]]);
    expect(skipped).toEqual([]);
  });

  test.each([
    ['C1', 'not_in_channel', 2],
    ['C1', 'internal_error', 1],
    [undefined, 'user_not_found', 1],
  ])('is thrown for a line on the screen in %s (%s) after %i attempts', async (where, error, times) => {
    const { messenger, calls } = messengerWith({ postEphemeral: error });
    await expect(messenger.tellOnScreen(ANA, where, message)).rejects.toEqual(slackError(error));
    expect(calls.filter(([what]) => what === 'chat.postEphemeral')).toHaveLength(times);
  });

  test.each([false, true])(
    'for the rate of calls says that the message is not there: held back %s',
    async (isHeld) => {
      const { deps, client, calls } = fakeBot(undefined);
      const postMessage = () => Promise.reject(Object.assign(new Error('rate'), { retryAfter: 30 }));
      const limited = {
        conversations: client.conversations,
        chat: { ...client.chat, postMessage },
      } as unknown as typeof client;
      const pace = { ...UNPACED, pause: () => isHeld };
      const messenger = openMessenger(deps.ledger, limited, () => undefined, pace)({ editsWait: false });
      await expect(messenger.showInChannel(card)).rejects.toThrow(isHeld ? 'limit' : 'rate');
      expect(calls).toEqual([['releasePlace', request, { place: 'channel', isUnknown: false }]]);
    },
  );

  test.each(TRANSIENT)('"%s" is thrown, so that the same call is tried again', async (error) => {
    const { messenger, calls, skipped } = messengerWith({ postMessage: error, postEphemeral: error });
    await expect(messenger.showInChannel(card)).rejects.toEqual(slackError(error));
    await expect(messenger.tellPerson(news)).rejects.toEqual(slackError(error));
    await expect(messenger.postPrivately(ANA, 'C1', message)).rejects.toEqual(slackError(error));
    expect(skipped).toEqual([]);
    expect(calls.at(-1)).toEqual(PRIVATE);
    const released = calls.filter(([what]) => what === 'releasePlace');
    expect(released).toEqual([
      ['releasePlace', request, { place: 'channel', isUnknown: MAY_BE_POSTED.has(error) }],
      ['releasePlace', request, { place: 'note:7:dm:bo', isUnknown: MAY_BE_POSTED.has(error) }],
    ]);
  });
});
