import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { WebClient } from '@slack/web-api';
import { PlaceUnavailable } from '../../../audit/places/place.ts';
import { slackChannel, type SlackCalls } from '../../../audit/places/slack.ts';
import { messageOfNote } from '../../../audit/places/slack-message.ts';
import { asPerson } from '../../../sandbox/slack/simulated-person.ts';
import type { SlackServer } from '../../../sandbox/slack/server.ts';
import { ANA, clientFor, start } from '../../../sandbox/test/slack/tiny-app.fixture.ts';
import { keyOf, noteOf, updateOf } from '../log.fixture.ts';
import { itIsAPlace, never, type Subject } from './contract.fixture.ts';

const CHANNELS = 30;
const idOf = (index: number) => `C0CHECK${String(index).padStart(3, '0')}`;
let slack: SlackServer;
let client: WebClient;
let count = 0;
const freshChannel = () => idOf((count += 1));

beforeAll(async () => {
  slack = await start({
    channels: Array.from({ length: CHANNELS }, (_, index) => ({
      id: idOf(index + 1),
      name: idOf(index + 1).toLowerCase(),
      purpose: '',
      kind: 'channel' as const,
      members: [ANA ?? '', 'U0CURFEWBT'],
    })),
  });
  client = clientFor(slack.apiUrl);
});
afterAll(() => slack.stop());

const messagesIn = (channel: string) => asPerson(slack.workspace, ANA).messages(channel);
const placeIn = (channel: string, calls: SlackCalls = client) => slackChannel({ channel, everyMs: 0 }, calls);
const post = (channel: string, note: string) =>
  client.chat.postMessage({ channel, ...messageOfNote(note, updateOf(2).checkpoint) });

describe('a Slack channel', () => {
  itIsAPlace(async (): Promise<Subject> => {
    const channel = freshChannel();
    let isBroken = false;
    const works = async () => {
      if (isBroken) throw new Error('connect ECONNREFUSED');
    };
    const calls: SlackCalls = {
      auth: { test: () => works().then(() => client.auth.test()) },
      chat: { postMessage: (message) => works().then(() => client.chat.postMessage(message)) },
      conversations: { history: (page) => works().then(() => client.conversations.history(page)) },
    };
    return {
      place: placeIn(channel, calls),
      reopened: () => placeIn(channel, calls),
      forge: async (note) => void (await post(channel, note)),
      breakIt: async () => void (isBroken = true),
      contents: async () => messagesIn(channel).map(({ ts }) => ts),
      keepsFiles: false,
    };
  });

  test('shows the note as preformatted text, with a sentence above it', async () => {
    const channel = freshChannel();
    await placeIn(channel).publish(updateOf(3), never);
    expect(messagesIn(channel)).toMatchObject([
      {
        text: 'Checkpoint of the log curfew.example.com/log: 3 entries.',
        blocks: [{ elements: [{ type: 'rich_text_section' }, { type: 'rich_text_preformatted' }] }],
      },
    ]);
    expect(await placeIn(channel).newest(never)).toBe(updateOf(3).note);
  });

  test('a note that a person or another app posted is skipped', async () => {
    const channel = freshChannel();
    await placeIn(channel).publish(updateOf(2), never);
    await asPerson(slack.workspace, ANA).say(updateOf(4).note, channel);
    expect(await placeIn(channel).newest(never)).toBe(updateOf(2).note);
    const other: SlackCalls = {
      chat: client.chat,
      conversations: client.conversations,
      auth: { test: async () => ({ bot_id: 'B0OTHER' }) },
    };
    expect(await placeIn(channel, other).newest(never)).toBeUndefined();
  });

  test('a checkpoint that Slack showed late does not make an older one the newest', async () => {
    const channel = freshChannel();
    await placeIn(channel).publish(updateOf(4), never);
    await post(channel, updateOf(3).note);
    expect(await placeIn(channel).newest(never)).toBe(updateOf(4).note);
  });

  test('a message of our bot for another purpose is skipped', async () => {
    const channel = freshChannel();
    await client.chat.postMessage({ channel, text: updateOf(4).note });
    expect(await placeIn(channel).newest(never)).toBeUndefined();
  });

  test.each([
    ['another key signed', () => noteOf(updateOf(2).checkpoint, keyOf('somebody'))],
    ['is no note', () => 'no note\n'],
  ])('a note that %s is shown and not trusted, although our bot posted it', async (_what, make) => {
    const channel = freshChannel();
    await post(channel, make());
    expect(await placeIn(channel).newest(never)).toBe(make());
    expect(await placeIn(channel).publish(updateOf(4), never)).toMatchObject({ kind: 'altered' });
  });

  test('the newest checkpoint is found behind many messages of people', async () => {
    const channel = freshChannel();
    await placeIn(channel).publish(updateOf(2), never);
    for (let index = 0; index < 40; index += 1) await asPerson(slack.workspace, ANA).say('hello', channel);
    expect(await placeIn(channel).newest(never)).toBe(updateOf(2).note);
  });

  test('a channel gets one checkpoint in the time that it allows, and the same one is published', async () => {
    const channel = freshChannel();
    const place = slackChannel({ channel }, client);
    expect(await place.publish(updateOf(2), never)).toMatchObject({ kind: 'published' });
    expect(await place.publish(updateOf(2), never)).toMatchObject({ kind: 'published' });
    const later = await place.publish(updateOf(3), never);
    expect(later).toEqual({ kind: 'later', afterMs: expect.any(Number) });
    if (later.kind === 'later') expect(later.afterMs).toBeLessThanOrEqual(60_000);
    expect(messagesIn(channel)).toHaveLength(1);
  });

  test('a limit of the rate is an error with the wait that Slack states', async () => {
    const limited = Object.assign(new Error('A rate-limit has been reached'), { retryAfter: 30 });
    const calls: SlackCalls = {
      auth: { test: () => Promise.reject(limited) },
      chat: client.chat,
      conversations: client.conversations,
    };
    await expect(placeIn(freshChannel(), calls).newest(never)).rejects.toMatchObject({
      retryAfterMs: 30_000,
    });
  });

  test('a channel that the bot is not in is an error with the code of Slack', async () => {
    const newest = placeIn('C0NOTHERE1').newest(never);
    await expect(newest).rejects.toThrow(PlaceUnavailable);
    await expect(newest).rejects.toThrow('channel_not_found');
  });
});
