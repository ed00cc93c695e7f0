import { describe, expect, test } from '@jest/globals';
import { section } from '../../bot/blocks/elements.ts';
import { type Card, openMessenger } from '../../bot/messenger.ts';
import { request } from '../core/request/request.fixture.ts';
import { ANA, BO, fakeBot } from './fake-bot.fixture.ts';

const message = { text: 'a card', blocks: [section('a card')] };
const card: Card = {
  request,
  place: 'channel',
  recipient: { channel: 'C1' },
  message,
  mayPost: true,
};
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
  const failingClient = { conversations: client.conversations, chat } as unknown as typeof client;
  return {
    messenger: openMessenger(deps.ledger, failingClient, (what) => void skipped.push(what))(attempt),
    calls,
    skipped,
  };
}
const WITHOUT_PREVIEW = { unfurl_links: false, unfurl_media: false };
const POST = ['chat.postMessage', { channel: 'C1', ...message, ...WITHOUT_PREVIEW }];
const UPDATE = ['chat.update', { channel: 'C5', ts: '5.5', ...message }];
const saved = (channel: string) => ['savePostedMessage', request, { place: 'channel', channel, ts: '9.9' }];

describe('a card', () => {
  test('is posted without a preview of links, and remembered', async () => {
    const { messenger, calls } = messengerWith();
    await messenger.showCard(card);
    expect(calls).toEqual([POST, saved('C1')]);
  });

  test('is updated where it is, also when the channel is another one now', async () => {
    const { messenger, calls } = messengerWith({}, [{ ...posted, place: 'dm:bo', ts: '1.1' }, posted]);
    await messenger.showCard(card);
    expect(calls).toEqual([UPDATE]);
  });

  test.each(['message_not_found', 'cant_update_message', 'thread_not_found'])(
    'is posted again when it is gone (%s), also when it may not be posted for the first time',
    async (update) => {
      const { messenger, calls, skipped } = messengerWith({ update }, [posted]);
      await messenger.showCard({ ...card, mayPost: false });
      expect(calls).toEqual([UPDATE, POST, saved('C1')]);
      expect(skipped).toEqual([]);
    },
  );

  test('is not posted again when its person has no Slack account any more', async () => {
    const { messenger, calls } = messengerWith({ update: 'message_not_found' }, [posted]);
    await messenger.showCard({ ...card, recipient: undefined });
    expect(calls).toEqual([UPDATE]);
  });

  test('is not posted for the first time when it may not be', async () => {
    const { messenger, calls } = messengerWith();
    await messenger.showCard({ ...card, mayPost: false });
    expect(calls).toEqual([]);
  });

  test('is not that of a person whose id begins in the same way', async () => {
    const { messenger, calls } = messengerWith({}, [{ ...posted, place: 'dm:bob' }]);
    await messenger.showCard({ ...card, place: 'dm:bo' });
    expect(calls.map(([what]) => what)).toEqual(['chat.postMessage', 'savePostedMessage']);
  });

  test('opens the direct messages of each person once', async () => {
    const { messenger, calls } = messengerWith();
    for (const user of [ANA, ANA, BO]) await messenger.showCard({ ...card, recipient: { user } });
    expect(calls.filter(([what]) => what === 'conversations.open')).toEqual([
      ['conversations.open', { users: ANA }],
      ['conversations.open', { users: BO }],
    ]);
  });
});

test('a reply is posted in the thread of its card without a preview of links, and remembered with its notification', async () => {
  const { messenger, calls } = messengerWith();
  await messenger.postInThread({ request, notification: 7, card: posted, message });
  expect(calls).toEqual([
    ['chat.postMessage', { channel: 'C5', thread_ts: '5.5', ...message, ...WITHOUT_PREVIEW }],
    ['savePostedMessage', request, { place: 'note:7:channel', channel: 'C5', ts: '9.9' }],
  ]);
});

describe('two gateways', () => {
  test('do not post one message: who has no claim posts nothing, and tries again later', async () => {
    const { deps, client, calls } = fakeBot(undefined, {
      ledger: { claimPlace: () => Promise.resolve(false) },
    });
    const messenger = openMessenger(deps.ledger, client, () => undefined)();
    await expect(messenger.showCard(card)).rejects.toThrow('another gateway posts the message in channel');
    const reply = { request, notification: 7, card: posted, message };
    await expect(messenger.postInThread(reply)).rejects.toThrow('another gateway');
    expect(calls).toEqual([]);
  });

  test('claim a place before they post, and say which message is gone', async () => {
    const claims: unknown[] = [];
    const claimPlace = (...claim: unknown[]) => Promise.resolve(claims.push(claim));
    const messages = [posted];
    const { deps, client } = fakeBot(undefined, {
      ledger: { claimPlace, postedMessages: () => Promise.resolve(messages) },
    });
    const gone = { ...client.chat, update: () => Promise.reject(slackError('message_not_found')) };
    const failing = { conversations: client.conversations, chat: gone } as unknown as typeof client;
    const messenger = openMessenger(deps.ledger, failing, () => undefined)();
    await messenger.showCard(card);
    messages.pop();
    await messenger.showCard(card);
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
  const reply = { request, notification: 7, card: posted, message };
  const PRIVATE = ['chat.postEphemeral', { channel: 'C1', user: ANA, ...message }];

  test.each(FINAL)('%s skips the message, and the operator reads it', async (error) => {
    const { messenger, skipped } = messengerWith({ postMessage: error });
    await messenger.showCard(card);
    await messenger.postInThread(reply);
    expect(skipped).toEqual([
      `the card in channel: ${error}`,
      `a reply in the thread of the card in channel: ${error}`,
    ]);
  });

  test('with a code that we do not know skips the message from the twentieth attempt on, which takes an hour', async () => {
    const [before, last] = [19, 20].map((attempt) => messengerWith({ postMessage: 'new_code' }, [], attempt));
    await expect(before?.messenger.showCard(card)).rejects.toThrow('new_code');
    await last?.messenger.showCard(card);
    expect([before?.skipped, last?.skipped]).toEqual([[], ['the card in channel: new_code']]);
  });

  test.each(FINAL)('%s skips the update of a card, which is not posted a second time', async (error) => {
    const { messenger, calls, skipped } = messengerWith({ update: error }, [posted]);
    await messenger.showCard(card);
    expect(calls).toEqual([UPDATE]);
    expect(skipped).toEqual([`the card in channel: ${error}`]);
  });

  test.each(FINAL)('%s where a person clicked leads to their direct messages', async (error) => {
    const { messenger, calls, skipped } = messengerWith({ postEphemeral: error });
    await messenger.postPrivately(ANA, 'C1', message);
    expect(calls).toEqual([
      PRIVATE,
      ['conversations.open', { users: ANA }],
      ['chat.postMessage', { channel: 'D9', ...message, ...WITHOUT_PREVIEW }],
    ]);
    expect(skipped).toEqual([]);
  });

  test.each(TRANSIENT)('"%s" is thrown, so that the same call is tried again', async (error) => {
    const { messenger, calls, skipped } = messengerWith({ postMessage: error, postEphemeral: error });
    await expect(messenger.showCard(card)).rejects.toEqual(slackError(error));
    await expect(messenger.postInThread(reply)).rejects.toEqual(slackError(error));
    await expect(messenger.postPrivately(ANA, 'C1', message)).rejects.toEqual(slackError(error));
    expect(skipped).toEqual([]);
    expect(calls.at(-1)).toEqual(PRIVATE);
    const released = calls.filter(([what]) => what === 'releasePlace');
    expect(released).toEqual([
      ['releasePlace', request, 'channel'],
      ['releasePlace', request, 'note:7:channel'],
    ]);
  });
});
