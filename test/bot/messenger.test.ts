import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type Card, type Messenger, openMessenger } from '../../bot/messenger.ts';
import { retryAfterOf } from '../../bot/slack-errors.ts';
import type { RequestId } from '../../core/ids.ts';
import { dmOf } from '../../sandbox/slack/read.ts';
import { section } from '../../bot/blocks/elements.ts';
import { GENERAL, REQUESTS, slackIdOf, startWorkplace, type Workplace } from './workplace.fixture.ts';

let place: Workplace;
let messenger: Messenger;
let skipped: string[] = [];
beforeAll(async () => {
  place = await startWorkplace();
  messenger = newMessenger();
}, 60_000);
afterAll(() => place?.stop(), 60_000);
afterEach(() => {
  place.slack.faults.clear();
  skipped = [];
});

const newMessenger = () => openMessenger(place.ledger, place.client, (what) => void skipped.push(what))();
const fault = (method: string, error: string) => place.slack.faults.inject(method, { kind: 'error', error });
const [anaId, boId] = [slackIdOf('ana'), slackIdOf('bo')];
const drawn = (text: string) => ({ text, blocks: [section(text)] });
const channelCard = (request: RequestId, text: string, more: Partial<Card> = {}): Card => ({
  request,
  place: 'channel',
  recipient: { channel: REQUESTS },
  message: drawn(text),
  mayPost: true,
  ...more,
});
const dmCard = (request: RequestId, user: string, text: string): Card => ({
  ...channelCard(request, text),
  place: `dm:${user}`,
  recipient: { user },
});
const textsIn = (channel: string) => place.messagesIn(channel).map(({ text }) => text);
const dmWith = (user: string) => dmOf(place.slack.workspace.state, user)?.id ?? 'no direct message';
const placesOf = async (request: RequestId) =>
  (await place.ledger.postedMessages(request)).map((each) => each.place).sort();

describe('the card of a request', () => {
  test('it is posted once in a place, and then updated in the same message', async () => {
    const request = await place.pending('one card');
    await messenger.showCard(channelCard(request, 'first text'));
    const [posted] = place.messagesIn(REQUESTS).filter(({ text }) => text === 'first text');
    await newMessenger().showCard(channelCard(request, 'second text'));
    const now = place.messagesIn(REQUESTS).find(({ ts }) => ts === posted?.ts);
    expect(now).toMatchObject({ text: 'second text', blocks: [{ text: { text: 'second text' } }] });
    expect(textsIn(REQUESTS).filter((text) => /first text|second text/.test(text))).toEqual(['second text']);
    expect(await place.ledger.postedMessages(request)).toEqual([
      { place: 'channel', channel: REQUESTS, ts: posted?.ts },
    ]);
  });

  test('the cards of two requests in one place are two messages', async () => {
    for (const text of ['card of one', 'card of another'])
      await messenger.showCard(channelCard(await place.pending(text), text));
    expect(textsIn(REQUESTS)).toEqual(expect.arrayContaining(['card of one', 'card of another']));
  });

  test('it is posted in the direct messages of its user only', async () => {
    const request = await place.pending('two direct messages');
    await messenger.showCard(dmCard(request, anaId, 'for ana'));
    await messenger.showCard(dmCard(request, boId, 'for bo'));
    expect(textsIn(dmWith(anaId))).toContain('for ana');
    expect(textsIn(dmWith(boId))).toEqual(['for bo']);
    expect(await placesOf(request)).toEqual([`dm:${anaId}`, `dm:${boId}`]);
  });

  test.each(['message_not_found', 'cant_update_message'])(
    'it is posted again when its message is gone (%s), and the new message is remembered',
    async (error) => {
      const request = await place.pending(error);
      await messenger.showCard(channelCard(request, `before ${error}`));
      fault('chat.update', error);
      await messenger.showCard(channelCard(request, `after ${error}`));
      await messenger.showCard(channelCard(request, `last ${error}`));
      const texts = textsIn(REQUESTS).filter((text) => text.endsWith(error));
      expect(texts).toEqual([`before ${error}`, `last ${error}`]);
      expect(await placesOf(request)).toEqual(['channel']);
    },
  );

  test.each<[string, Partial<Card>]>([
    ['it may not be posted', { mayPost: false }],
    ['its person has no Slack account', { recipient: undefined }],
  ])('it is not posted when %s', async (why, more) => {
    const request = await place.pending(why);
    await messenger.showCard(channelCard(request, why, more));
    expect(textsIn(REQUESTS)).not.toContain(why);
    expect(await placesOf(request)).toEqual([]);
  });

  test.each<[string, Partial<Card>]>([
    ['it may not be posted any more', { mayPost: false }],
    ['its person has no Slack account any more', { recipient: undefined }],
  ])('it is still updated when %s', async (why, more) => {
    const request = await place.pending(why);
    await messenger.showCard(channelCard(request, 'as it was'));
    await messenger.showCard(channelCard(request, `updated: ${why}`, more));
    expect(textsIn(REQUESTS)).toContain(`updated: ${why}`);
  });
});

describe('a reply in the thread of a card', () => {
  const threadOf = (ts: string | undefined) =>
    place.messagesIn(REQUESTS).flatMap((each) => (each.thread_ts === ts ? [each.text] : []));
  const cardIn = async (reason: string) => {
    const request = await place.pending(reason);
    await messenger.showCard(channelCard(request, reason));
    const [card] = await place.ledger.postedMessages(request);
    if (!card) throw new Error('there is no card');
    return { request, card };
  };

  test('a retry of the same notification does not post it again, and another notification is posted', async () => {
    const { request, card } = await cardIn('a thread');
    const reply = { request, notification: 7, card, message: drawn('one\ntwo') };
    await messenger.postInThread(reply);
    await newMessenger().postInThread(reply);
    await messenger.postInThread({ ...reply, notification: 8, message: drawn('three') });
    expect(threadOf(card.ts)).toEqual(['one\ntwo', 'three']);
  });

  test('one notification is posted in the thread of each of two cards', async () => {
    const { request, card } = await cardIn('two threads');
    await messenger.showCard({ ...channelCard(request, 'the other card'), place: 'dm:bo' });
    const cards = await place.ledger.postedMessages(request);
    for (const each of cards)
      await messenger.postInThread({ request, notification: 9, card: each, message: drawn(each.place) });
    const [other] = cards.filter(({ ts }) => ts !== card.ts);
    expect([threadOf(card.ts), threadOf(other?.ts)]).toEqual([['channel'], ['dm:bo']]);
  });

  test('a reply that Slack refuses for now is an error, and the retry posts it', async () => {
    const { request, card } = await cardIn('a thread at a bad time');
    const reply = { request, notification: 11, card, message: drawn('late') };
    fault('chat.postMessage', 'internal_error');
    await expect(messenger.postInThread(reply)).rejects.toThrow('internal_error');
    await messenger.postInThread(reply);
    expect(threadOf(card.ts)).toEqual(['late']);
  });
});

describe('a private answer', () => {
  test('only its user sees it, in the channel where they clicked', async () => {
    await messenger.postPrivately(anaId, REQUESTS, drawn('only for ana'));
    expect(place.messagesIn(REQUESTS).at(-1)).toMatchObject({ text: 'only for ana', ephemeralFor: anaId });
    expect(place.as('bo').messages(REQUESTS)).not.toContainEqual(
      expect.objectContaining({ text: 'only for ana' }),
    );
  });

  test('it is in the direct messages of its user when they clicked in no channel', async () => {
    await messenger.postPrivately(anaId, undefined, drawn('clicked at Home'));
    expect(place.messagesIn(dmWith(anaId)).at(-1)).toMatchObject({
      text: 'clicked at Home',
      ephemeralFor: anaId,
    });
  });

  test('it is in the direct messages of its user when the bot is not in the channel', async () => {
    await messenger.postPrivately(anaId, GENERAL, drawn('clicked in general'));
    expect(textsIn(GENERAL)).toEqual([]);
    expect(place.messagesIn(dmWith(anaId)).at(-1)).toMatchObject({ text: 'clicked in general' });
    expect(skipped).toEqual([]);
  });

  test('the operator reads that it was skipped when the direct messages are closed too', async () => {
    fault('conversations.open', 'user_disabled');
    fault('conversations.open', 'user_disabled');
    await messenger.postPrivately(slackIdOf('cy'), GENERAL, drawn('to nobody'));
    expect(skipped).toEqual(['an answer in direct messages: user_disabled']);
  });

  test('it is not posted for all when Slack fails', async () => {
    fault('chat.postEphemeral', 'internal_error');
    await expect(messenger.postPrivately(anaId, REQUESTS, drawn('at a bad time'))).rejects.toThrow(
      'internal_error',
    );
    expect([...textsIn(REQUESTS), ...textsIn(dmWith(anaId))]).not.toContain('at a bad time');
  });
});

describe('a failure of Slack', () => {
  const acts: readonly (readonly [string, string, (request: RequestId) => Promise<void>])[] = [
    ['posting a card', 'chat.postMessage', (request) => messenger.showCard(channelCard(request, 'x'))],
    [
      'updating a card',
      'chat.update',
      async (request) => {
        await messenger.showCard(channelCard(request, 'x'));
        await messenger.showCard(channelCard(request, 'y'));
      },
    ],
    [
      'opening direct messages',
      'conversations.open',
      (request) => newMessenger().showCard(dmCard(request, boId, 'x')),
    ],
    ['a private answer', 'chat.postEphemeral', () => messenger.postPrivately(anaId, REQUESTS, drawn('x'))],
  ];

  test.each(acts)(
    '%s: a rate limit is an error with the wait that Slack states',
    async (_what, method, act) => {
      place.slack.faults.rateLimit(method, 7);
      const error: unknown = await act(await place.pending('rate limited')).catch(
        (thrown: unknown) => thrown,
      );
      expect(retryAfterOf(error)).toBe(7_000);
      expect(skipped).toEqual([]);
    },
  );

  test.each(acts)('%s: an error that may go away is thrown', async (_what, method, act) => {
    for (const error of ['internal_error', 'fatal_error', 'ratelimited', 'service_unavailable']) {
      fault(method, error);
      await expect(act(await place.pending(error))).rejects.toThrow(error);
    }
    place.slack.faults.inject(method, { kind: 'lost-call' });
    await expect(act(await place.pending('no answer'))).rejects.toThrow('A request error occurred');
    expect(skipped).toEqual([]);
  });

  test.each([
    ...['channel_not_found', 'not_in_channel', 'is_archived', 'restricted_action', 'invalid_blocks'],
    ...['msg_too_long', 'msg_blocks_too_long', 'user_disabled'],
  ])('the final error %s is skipped, and the operator reads it', async (error) => {
    fault('chat.postMessage', error);
    const request = await place.pending(error);
    await messenger.showCard(channelCard(request, 'x'));
    expect(skipped).toEqual([`the card in channel: ${error}`]);
    expect(await placesOf(request)).toEqual([]);
  });

  test('a failure of the ledger is never skipped', async () => {
    const request = await place.pending('posted and not remembered');
    const restore = await place.refuseRowsOf('posted_message');
    const showing = messenger.showCard(channelCard(request, 'x'));
    await expect(showing).rejects.toThrow('the row is refused');
    await restore();
    expect(skipped).toEqual([]);
  });

  test('direct messages that could not be opened are opened at the next attempt', async () => {
    const [fresh, request] = [newMessenger(), await place.pending('opened later')];
    fault('conversations.open', 'internal_error');
    await expect(fresh.showCard(dmCard(request, boId, 'opened later'))).rejects.toThrow('internal_error');
    await fresh.showCard(dmCard(request, boId, 'opened later'));
    expect(textsIn(dmWith(boId))).toContain('opened later');
  });

  test.each<[string, unknown, number | undefined]>([
    ['a rate limit of 3 seconds', { retryAfter: 3 }, 3_000],
    ['an error without a wait', new Error('x'), undefined],
    ['a wait that is not a number', { retryAfter: '3' }, undefined],
  ])('the wait of %s', (_what, error, expected) => expect(retryAfterOf(error)).toBe(expected));
});
