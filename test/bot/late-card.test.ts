import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { ClickId, RequestId } from '../../core/ids.ts';
import { phraseMessage } from '../../bot/cards/rendered-message.ts';
import { tellOfLateCard } from '../../bot/courier/silence.ts';
import type { Messenger } from '../../bot/courier/messenger.ts';
import type { Notification } from '../../ledger/index.ts';
import { phrase } from '../../wording/phrase.ts';
import { ana, request } from '../core/request/request.fixture.ts';
import { until } from '../until.fixture.ts';
import { type BotFixture, startBotFixture } from './bot.fixture.ts';
import { ANA, fakeBot } from './fake-bot.fixture.ts';
import { viewAfter } from './request-view.fixture.ts';
import { GENERAL, REQUESTS } from './workplace.fixture.ts';

let bot: BotFixture;
beforeAll(async () => {
  bot = await startBotFixture();
}, 60_000);
afterAll(() => bot?.stop(), 60_000);
let opened: RequestId | undefined;
/** Else the next command offers the open request. */
async function withdraw(): Promise<void> {
  if (opened) await bot.record(opened, 'withdraw', (at) => ({ kind: 'withdraw', by: ana, digest: 'd1', at }));
  opened = undefined;
}
afterEach(async () => {
  bot.slack.faults.clear();
  await withdraw();
  await bot.restart(); // It knows of no rate limit.
}, 60_000);
const acceptNoMessage = (seconds: number) => bot.slack.faults.rateLimit('chat.postMessage', seconds, 1_000);

const SAYS = /^Your request is recorded\. Its card comes later: Slack accepts no message from Curfew for /;
/** The places where Ana reads that the card comes later. */
const readIn = () =>
  Object.entries({ requests: REQUESTS, general: GENERAL, direct: 'dm' }).flatMap(([name, channel]) =>
    bot
      .as('ana')
      .messages(channel)
      .filter(({ text, ephemeralFor }) => ephemeralFor !== undefined && SAYS.test(text))
      .map(({ text, ts }) => [name, text, ts] as const),
  );
/** Ana requests with a command, and the request is opened. Returns where she reads that its card comes later. */
async function requested(reason: string, channel: string) {
  const before = new Set(readIn().map(([, , ts]) => ts));
  await bot.as('ana').command(`/access orders-db 1h ${reason}`, channel);
  const [click] = await bot.rows<{ id: ClickId }>(
    `select id from click where body ->> 'reason' = '${reason}'`,
  );
  if (!click) throw new Error('the click is not stored');
  const request = (opened = await bot.pending(reason, click.id));
  const failed = async () => (await bot.outbox(request)).some(({ fault, sent }) => fault !== null || sent);
  await until('an attempt ended', failed);
  return { request, read: readIn().filter(([, , ts]) => !before.has(ts)) };
}

describe('a requester whose card must wait for the rate limit of messages', () => {
  test.each([
    ['the first one, where they requested it', REQUESTS, 'requests'],
    ['the first one, in their direct messages when Curfew is no member of that channel', GENERAL, 'direct'],
  ])('reads so at once: %s', async (what, channel, where) => {
    acceptNoMessage(600);
    const { read } = await requested(what.replace(/\W/g, ' '), channel);
    expect(read).toEqual([
      [
        where,
        expect.stringMatching(/10 minutes, .* Home, in the console, and with .*access list.* `curfew list`/),
        expect.anything(),
      ],
    ]);
  });

  test('reads it once: the second one, as the answer to their command', async () => {
    acceptNoMessage(600);
    await requested('the first of two', REQUESTS);
    await withdraw();
    const { read } = await requested('the second of two', GENERAL);
    expect(read.map(([where]) => where)).toEqual(['general']);
  });

  test.each([
    ['nothing of it when the card comes within seconds', 5],
    ['nothing of it when Slack accepts messages', 0],
  ])('reads %s', async (what, seconds) => {
    if (seconds > 0) acceptNoMessage(seconds);
    expect((await requested(what, REQUESTS)).read).toEqual([]);
  });

  test('reads it once, however often an attempt fails, and gets the card afterwards', async () => {
    acceptNoMessage(600);
    const { request } = await requested('attempts that fail', REQUESTS);
    const before = readIn().length;
    await bot.retryNow(request);
    const failedAgain = async () =>
      (await bot.outbox(request)).some(({ tries, wait }) => tries > 1 && wait > 60);
    await until('the second attempt failed', failedAgain);
    bot.slack.faults.clear();
    await bot.retryNow(request);
    await bot.sent(request);
    expect(readIn().length).toBe(before);
    expect(
      bot
        .as('ana')
        .messages('dm')
        .some(({ blocks }) => JSON.stringify(blocks).includes('attempts that fail')),
    ).toBe(true);
  });
});

const NEW = { id: 7, request, step: 's1', from: 0, to: 2, tries: 1 } as Notification;
const CLICK = { via: 'slack', account: ANA, body: { channel: REQUESTS } };

/** What Ana is told of this notification, when these messages of the request are posted. */
async function told(notification: Notification, places: readonly string[] = [], click: object = CLICK) {
  const { lines } = await toldOr(notification, places, click);
  return lines;
}
/** The same, with the calls of the bot. `tell`: what Slack does with the line. */
async function toldOr(
  notification: Notification,
  places: readonly string[] = [],
  click: object = CLICK,
  tell = () => Promise.resolve(),
) {
  const posted = places.map((place, at) => ({ place, channel: 'D1', ts: `${at}.0` }));
  const { deps, calls } = fakeBot(viewAfter([]), {
    silence: () => phrase`It comes later.`,
    ledger: { readClick: () => Promise.resolve(click), postedMessages: () => Promise.resolve(posted) },
  });
  const lines: unknown[] = [];
  const messenger = { tellOnScreen: (...given: unknown[]) => (lines.push(given), tell()) };
  await tellOfLateCard({ deps, messenger: messenger as unknown as Messenger }, notification);
  return { lines, calls };
}
const IS_TOLD = [[ANA, REQUESTS, phraseMessage([phrase`It comes later.`])]];

test.each([
  ['no card yet', [], true],
  ['only a card in the channel', ['channel'], true],
  ['only the card of an approver', ['channel', 'dm:bo'], true],
  ['a card of their own', ['dm:ana'], false],
  ['a card of their own, and a newer one', ['channel', 'dm:ana', 'dm:bo', 'note:8:dm:ana'], false],
])('a requester with %s is told that it comes later: %s', async (_what, places, isTold) =>
  expect(await told(NEW, places)).toEqual(isTold ? IS_TOLD : []),
);

test.each<[string, Partial<Notification>, object]>([
  ['an edit of the cards', { redraw: true }, CLICK],
  ['a reminder', { reminder: 'ends-soon' } as unknown as Partial<Notification>, CLICK],
  ['a later event', { from: 1 }, CLICK],
  ['a request of the command line', {}, { ...CLICK, via: 'cli' }],
])('nobody is told that a card comes later when it is of %s', async (_what, more, click) =>
  expect(await told({ ...NEW, ...more }, [], click)).toEqual([]),
);

test('a line that Slack does not take keeps no card from being sent, and the operator reads of which request it is', async () => {
  const { calls } = await toldOr(NEW, [], CLICK, () => Promise.reject(new Error('no answer')));
  expect(calls).toEqual([
    ['warn', 'a requester was not told that Slack accepts no message: no answer', { request }],
  ]);
});
