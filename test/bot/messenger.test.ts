import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type Messenger, openMessenger, type PersonalCard } from '../../bot/courier/messenger.ts';
import { metadataOf } from '../../bot/courier/posted-before.ts';
import { retryAfterOf } from '../../bot/courier/slack-errors.ts';
import type { PersonId, RequestId } from '../../core/ids.ts';
import { dmOf } from '../../sandbox/slack/read.ts';
import { section } from '../../bot/cards/elements.ts';
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
const inChannel = (request: RequestId, text: string) =>
  messenger.showInChannel({ request, channel: REQUESTS, message: drawn(text) });
const toPerson = (request: RequestId, user: string, text: string, more: Partial<PersonalCard> = {}) =>
  messenger.showToPerson({
    request,
    person: user as PersonId,
    user,
    message: drawn(text),
    mayPost: true,
    ...more,
  });
const tell = (request: RequestId, user: string, text: string, notification: number) =>
  messenger.tellPerson({
    request,
    person: user as PersonId,
    user,
    message: drawn(text),
    older: drawn(`older: ${text}`),
    cause: { kind: 'note', id: notification },
  });
const textsIn = (channel: string) => place.messagesIn(channel).map(({ text }) => text);
const dmWith = (user: string) => dmOf(place.slack.workspace.state, user)?.id ?? 'no direct message';
const placesOf = async (request: RequestId) =>
  (await place.ledger.postedMessages(request)).map((each) => each.place).sort();

describe('the card of a request', () => {
  test('it is posted once in the channel, and then updated in the same message', async () => {
    const request = await place.pending('one card');
    await inChannel(request, 'first text');
    const [posted] = place.messagesIn(REQUESTS).filter(({ text }) => text === 'first text');
    await newMessenger().showInChannel({ request, channel: REQUESTS, message: drawn('second text') });
    const now = place.messagesIn(REQUESTS).find(({ ts }) => ts === posted?.ts);
    expect(now).toMatchObject({ text: 'second text', blocks: [{ text: { text: 'second text' } }] });
    expect(textsIn(REQUESTS).filter((text) => /first text|second text/.test(text))).toEqual(['second text']);
    expect(await place.ledger.postedMessages(request)).toEqual([
      { place: 'channel', channel: REQUESTS, ts: posted?.ts },
    ]);
  });

  test('the cards of two requests in the channel are two messages', async () => {
    for (const text of ['card of one', 'card of another']) await inChannel(await place.pending(text), text);
    expect(textsIn(REQUESTS)).toEqual(expect.arrayContaining(['card of one', 'card of another']));
  });

  test('it is posted in the direct messages of its user only', async () => {
    const request = await place.pending('two direct messages');
    await toPerson(request, anaId, 'for ana');
    await toPerson(request, boId, 'for bo');
    expect(textsIn(dmWith(anaId))).toContain('for ana');
    expect(textsIn(dmWith(boId))).toEqual(['for bo']);
    expect(await placesOf(request)).toEqual([`dm:${anaId}`, `dm:${boId}`]);
  });

  test.each(['message_not_found', 'cant_update_message'])(
    'it is posted again when its message is gone (%s), and the new message is remembered',
    async (error) => {
      const request = await place.pending(error);
      await inChannel(request, `before ${error}`);
      fault('chat.update', error);
      await inChannel(request, `after ${error}`);
      await inChannel(request, `last ${error}`);
      const texts = textsIn(REQUESTS).filter((text) => text.endsWith(error));
      expect(texts).toEqual([`before ${error}`, `last ${error}`]);
      expect(await placesOf(request)).toEqual(['channel']);
    },
  );

  test.each<[string, Partial<PersonalCard>]>([
    ['the person may not get one', { mayPost: false }],
    ['the person has no Slack account', { user: undefined }],
  ])('it is not posted when %s', async (why, more) => {
    const request = await place.pending(why);
    await toPerson(request, anaId, why, more);
    expect(textsIn(dmWith(anaId))).not.toContain(why);
    expect(await placesOf(request)).toEqual([]);
  });

  test.each<[string, Partial<PersonalCard>]>([
    ['the person may not get one any more', { mayPost: false }],
    ['the person has no Slack account any more', { user: undefined }],
  ])('it is still updated when %s', async (why, more) => {
    const request = await place.pending(why);
    await toPerson(request, anaId, 'as it was');
    await toPerson(request, anaId, `updated: ${why}`, more);
    expect(textsIn(dmWith(anaId))).toContain(`updated: ${why}`);
  });
});

describe('a new message to a person', () => {
  const textsOf = (about: string) => textsIn(dmWith(anaId)).filter((text) => text.endsWith(about));

  test('it is posted below the card, which then only says that there is a newer message', async () => {
    const request = await place.pending('told once');
    await toPerson(request, anaId, 'card of told once');
    await tell(request, anaId, 'told once', 21);
    expect(textsOf('told once')).toEqual(['older: told once', 'told once']);
  });

  test('a retry of its notification updates it, and another notification posts another one', async () => {
    const request = await place.pending('told twice');
    await toPerson(request, anaId, 'told twice');
    await tell(request, anaId, 'told twice', 22);
    messenger = newMessenger();
    await tell(request, anaId, 'retry: told twice', 22);
    expect(textsOf('told twice')).toEqual(['older: retry: told twice', 'retry: told twice']);
    await tell(request, anaId, 'again: told twice', 23);
    expect(textsOf('told twice')).toEqual([
      'older: retry: told twice',
      'older: again: told twice',
      'again: told twice',
    ]);
  });

  test('from then on the newest one is updated', async () => {
    const request = await place.pending('the newest');
    await toPerson(request, anaId, 'card of the newest');
    await tell(request, anaId, 'the newest', 24);
    await toPerson(request, anaId, 'updated: the newest');
    expect(textsOf('the newest')).toEqual(['older: the newest', 'updated: the newest']);
  });

  test('one that Slack refuses for now is an error, and the retry posts it once', async () => {
    const request = await place.pending('told late');
    fault('chat.postMessage', 'internal_error');
    await expect(tell(request, anaId, 'told late', 25)).rejects.toThrow('internal_error');
    await tell(request, anaId, 'told late', 25);
    expect(textsOf('told late')).toEqual(['told late']);
  });

  test('who lost their Slack account has the newest message updated, and gets none', async () => {
    const request = await place.pending('no account');
    await toPerson(request, anaId, 'card of no account');
    const message = { text: 'no account', blocks: drawn('no account').blocks };
    const person = anaId as PersonId;
    const card = {
      request,
      person,
      user: undefined,
      message,
      older: message,
      cause: { kind: 'note', id: 26 } as const,
    };
    await messenger.tellPerson(card);
    expect(textsOf('no account')).toEqual(['no account']);
  });
});

describe('a message whose answer was lost (F03)', () => {
  const count = (text: string) => textsIn(REQUESTS).filter((each) => each === text).length;

  test('is found by its metadata, updated, and not posted a second time', async () => {
    const request = await place.pending('the answer is lost');
    place.slack.faults.loseResponse('chat.postMessage');
    await expect(inChannel(request, 'the answer is lost')).rejects.toThrow();
    expect([count('the answer is lost'), await placesOf(request)]).toEqual([1, []]);
    await inChannel(request, 'its second text');
    expect([count('the answer is lost'), count('its second text')]).toEqual([0, 1]);
    expect(await placesOf(request)).toEqual(['channel']);
  });

  test('is posted when it is not there', async () => {
    const request = await place.pending('the call is lost');
    place.slack.faults.inject('chat.postMessage', { kind: 'lost-call' });
    await expect(inChannel(request, 'the call is lost')).rejects.toThrow();
    await inChannel(request, 'the call is lost');
    expect(count('the call is lost')).toBe(1);
  });

  test('is not taken for that of another request, and Slack is not asked when it refused the message', async () => {
    const other = await place.pending('another request');
    await inChannel(other, 'another request');
    const request = await place.pending('refused, then posted');
    fault('chat.postMessage', 'token_expired');
    await expect(inChannel(request, 'refused, then posted')).rejects.toThrow('token_expired');
    fault('conversations.history', 'internal_error');
    await inChannel(request, 'refused, then posted');
    expect([count('another request'), count('refused, then posted')]).toEqual([1, 1]);
  });

  test('is found behind three hundred others of a busy channel', async () => {
    const request = await place.pending('in a busy channel');
    place.slack.faults.loseResponse('chat.postMessage');
    await expect(inChannel(request, 'in a busy channel')).rejects.toThrow();
    for (let other = 0; other < 320; other += 1)
      await place.client.chat.postMessage({ channel: REQUESTS, text: `another message ${other}` });
    await inChannel(request, 'its second text there');
    expect([count('in a busy channel'), count('its second text there')]).toEqual([0, 1]);
  });

  test('is looked for again when the search failed', async () => {
    const request = await place.pending('the search fails');
    place.slack.faults.loseResponse('chat.postMessage');
    await expect(inChannel(request, 'the search fails')).rejects.toThrow();
    fault('conversations.history', 'internal_error');
    await expect(inChannel(request, 'the search fails')).rejects.toThrow('internal_error');
    await inChannel(request, 'the search fails');
    expect(count('the search fails')).toBe(1);
  });

  test('to a person is found when nobody is told of it again, and is updated', async () => {
    const request = await place.pending('lost news');
    place.slack.faults.loseResponse('chat.postMessage');
    await expect(tell(request, boId, 'lost news', 30)).rejects.toThrow();
    await toPerson(request, boId, 'shown instead of lost news');
    expect(textsIn(dmWith(boId)).filter((each) => /lost news/.test(each))).toEqual([
      'shown instead of lost news',
    ]);
    expect(await placesOf(request)).toEqual([`note:30:dm:${boId}`]);
  });

  test('to a person loses its buttons when a newer one is sent', async () => {
    const request = await place.pending('lost, then newer');
    place.slack.faults.loseResponse('chat.postMessage');
    await expect(tell(request, boId, 'lost, then newer', 31)).rejects.toThrow();
    await tell(request, boId, 'the newer one', 32);
    expect(textsIn(dmWith(boId)).slice(-2)).toEqual(['older: the newer one', 'the newer one']);
  });

  test('to a person loses its buttons when a newer one was sent meanwhile', async () => {
    const request = await place.pending('lost, and newer');
    const lost = { request, place: `note:34:dm:${boId}` };
    await place.ledger.claimPlace(request, lost);
    const text = 'lost, and newer';
    await place.client.chat.postMessage({ channel: boId, text, metadata: metadataOf(lost) });
    await tell(request, boId, 'the newer one', 35);
    await place.ledger.releasePlace(request, { place: lost.place, isUnknown: true });
    await toPerson(request, boId, 'its second text', { older: drawn('older: lost, and newer') });
    expect(textsIn(dmWith(boId)).slice(-2)).toEqual(['older: lost, and newer', 'its second text']);
  });

  test('to a person is looked for once when it is not there', async () => {
    const request = await place.pending('never there');
    place.slack.faults.inject('chat.postMessage', { kind: 'lost-call' });
    await expect(tell(request, boId, 'never there', 33)).rejects.toThrow();
    expect(await place.ledger.unansweredPosts(request)).toHaveLength(1);
    await toPerson(request, boId, 'shown, as it was never there');
    expect(await place.ledger.unansweredPosts(request)).toEqual([]);
    expect(await placesOf(request)).toEqual([`dm:${boId}`]);
  });

  test.each(['missing_scope', 'not_in_channel', 'channel_not_found', 'no_permission'])(
    'may be there twice when the App may not look (%s): the operator reads it',
    async (code) => {
      const request = await place.pending(`it cannot look: ${code}`);
      place.slack.faults.loseResponse('chat.postMessage');
      await expect(inChannel(request, code)).rejects.toThrow();
      fault('conversations.history', code);
      await inChannel(request, code);
      expect(count(code)).toBe(2);
      expect(skipped).toEqual([`it is not known whether a message is in ${REQUESTS} already: ${code}`]);
    },
  );
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
    fault('chat.postMessage', 'user_disabled');
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
    ['posting a card', 'chat.postMessage', (request) => inChannel(request, 'x')],
    [
      'updating a card',
      'chat.update',
      async (request) => {
        await inChannel(request, 'x');
        await inChannel(request, 'y');
      },
    ],
    ['a direct message', 'chat.postMessage', (request) => toPerson(request, boId, 'x')],
    [
      'opening direct messages for a private answer',
      'conversations.open',
      () => newMessenger().postPrivately(slackIdOf('cy'), undefined, drawn('x')),
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
    await inChannel(request, 'x');
    expect(skipped).toEqual([`the card in the channel: ${error}`]);
    expect(await placesOf(request)).toEqual([]);
  });

  test('a failure of the ledger is never skipped', async () => {
    const request = await place.pending('posted and not remembered');
    const restore = await place.refuseRowsOf('posted_message');
    const showing = inChannel(request, 'x');
    await expect(showing).rejects.toThrow('the row is refused');
    await restore();
    expect(skipped).toEqual([]);
  });

  test.each<[string, unknown, number | undefined]>([
    ['a rate limit of 3 seconds', { retryAfter: 3 }, 3_000],
    ['an error without a wait', new Error('x'), undefined],
    ['a wait that is not a number', { retryAfter: '3' }, undefined],
  ])('the wait of %s', (_what, error, expected) => expect(retryAfterOf(error)).toBe(expected));
});
