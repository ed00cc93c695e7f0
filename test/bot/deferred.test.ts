import { describe, expect, test } from '@jest/globals';
import { deferred } from '../../bot/courier/deferred.ts';
import { startOutbox } from '../../bot/courier/outbox.ts';
import { UNPACED } from '../../bot/courier/pace.ts';
import type { Command } from '../../core/request/commands.ts';
import type { PersonId } from '../../core/ids.ts';
import { checkBlocks } from '../../sandbox/slack/blocks.ts';
import {
  ana,
  approve,
  bo,
  confirmGranted,
  deny,
  noon,
  open,
  request,
  run,
} from '../core/request/request.fixture.ts';
import { BO, fakeBot } from './fake-bot.fixture.ts';
import { viewAfter } from './request-view.fixture.ts';

type Given = Readonly<{
  kind: 'decision' | 'news' | 'weekly';
  person?: PersonId;
  count?: number;
  commands?: readonly Command[];
  more?: Record<string, unknown>;
  fails?: boolean;
  /** Left out: the policy of the quickstart. */
  lastKnown?: undefined;
}>;

/** Lets a courier send the messages of one person that are due, and returns what it did. */
async function send(given: Given) {
  const { kind, person = ana, count = 1, commands = [], more = {}, fails = false } = given;
  const trail = run([open(), ...commands]).log.map((event, seq) => ({ seq, event, via: 'slack' as const }));
  const due = Array.from({ length: count }, (_, at) => ({ id: at + 5, person, kind, request, dueAt: noon }));
  let pass: () => Promise<number> = () => Promise.resolve(-1);
  const bot = fakeBot(
    { ...viewAfter([]), trail },
    {
      ledger: {
        watch: (_channel: string, work: typeof pass) => ((pass = work), { stop: () => Promise.resolve() }),
        takeDeferredMessages: () => Promise.resolve(due),
        requestsApprovedBy: () => Promise.resolve([request, request]),
        ...more,
      },
      ...('lastKnown' in given ? { policy: { lastKnown: () => Promise.resolve(given.lastKnown) } } : {}),
    },
  );
  if (fails) bot.client.chat.postMessage = () => Promise.reject(new Error('no answer'));
  const outbox = startOutbox(bot.deps, bot.client, UNPACED, [deferred]);
  const taken = await pass();
  await outbox.stop();
  const posts = bot.calls.flatMap(([what, args]) =>
    what === 'chat.postMessage' ? [args as { text: string; blocks: object[] }] : [],
  );
  for (const { blocks } of posts) expect(checkBlocks('message', blocks)).toEqual([]);
  return { ...bot, taken, posts: posts.map(({ text }) => text), blocks: JSON.stringify(posts) };
}
const sentAll = (...ids: readonly number[]) => ['markDeferredSent', ids];
const SENT = [['redrawCards', request], sentAll(5)];

describe('the messages of a person that are due', () => {
  test('are one new card when they are about one request', async () => {
    const { posts, calls, taken } = await send({ kind: 'news', commands: [deny(bo)] });
    expect(posts).toEqual([
      expect.stringMatching(/^Your request for Orders database, read only: Denied by Bo/),
    ]);
    expect(calls).toContainEqual([
      'savePostedMessage',
      request,
      { place: 'deferred:5:dm:ana', channel: 'D9', ts: '9.9' },
    ]);
    expect([taken, calls.at(-1)]).toEqual([1, sentAll(5)]);
  });

  test('are one digest when they are about several requests, and the others are counted', async () => {
    const { posts, blocks, calls } = await send({ kind: 'news', count: 17, commands: [deny(bo)] });
    expect(posts).toEqual(['News of 17 of your requests.']);
    expect(blocks).toContain('and 2 more: ');
    expect(calls).toContainEqual([
      'savePostedMessage',
      request,
      { place: 'digest:5', channel: 'D9', ts: '9.9' },
    ]);
    expect(calls.at(-1)).toEqual(sentAll(...Array.from({ length: 17 }, (_, at) => at + 5)));
  });

  test('are the card of a decision that still waits for them', async () => {
    const { posts, calls } = await send({ kind: 'decision', person: bo });
    expect(posts).toEqual([
      expect.stringMatching(/^Ana Ferreira requests Orders database, read only for 2 h: Waiting/),
    ]);
    expect(calls).toContainEqual([
      'savePostedMessage',
      request,
      { place: 'deferred:5:dm:bo', channel: 'D9', ts: '9.9' },
    ]);
  });

  test('are a new message also for who has an older card, which loses its buttons', async () => {
    const older = { place: 'dm:bo', channel: 'D9', ts: '1.1' };
    const { posts, calls } = await send({
      kind: 'decision',
      person: bo,
      more: { postedMessages: () => Promise.resolve([older]) },
    });
    expect(posts).toHaveLength(1);
    const update = calls.find(([what]) => what === 'chat.update')?.[1] as { ts: string; blocks: object[] };
    expect([update.ts, JSON.stringify(update.blocks).includes('action_id')]).toEqual(['1.1', false]);
  });

  test('are drawn again when they were sent, because the request may have changed meanwhile', async () => {
    const { calls } = await send({ kind: 'decision', person: bo });
    expect(calls.slice(-2)).toEqual([['redrawCards', request], sentAll(5)]);
  });

  test('are sent one by one when they are decisions, so that one that fails holds back no other', async () => {
    const { calls, posts } = await send({
      kind: 'decision',
      person: bo,
      count: 2,
      more: {
        claimPlace: (_request: string, { place }: { place: string }) =>
          place.startsWith('deferred:5') ? Promise.reject(new Error('no answer')) : Promise.resolve({}),
      },
    });
    expect(posts).toHaveLength(1);
    expect(calls.filter(([what]) => what === 'warn' || what === 'markDeferredSent')).toEqual([
      ['warn', 'a message to bo is sent later: no answer', { request }],
      sentAll(6),
    ]);
  });

  test('wait while no policy was read since the start', async () => {
    const { calls } = await send({ kind: 'news', commands: [deny(bo)], lastKnown: undefined });
    expect(calls).toEqual([
      ['warn', 'a message to ana is sent later: the policy was not read yet', { request }],
    ]);
  });

  test('are nothing when somebody else decided meanwhile', async () => {
    const { posts, calls } = await send({ kind: 'decision', person: bo, commands: [deny(bo)] });
    expect([posts, calls]).toEqual([[], SENT]);
  });

  test('are nothing for a person who has no Slack account any more', async () => {
    const { calls } = await send({ kind: 'news', person: 'gone' as PersonId });
    expect(calls).toEqual(SENT);
  });

  test('are due again when Slack does not answer, and the operator reads it', async () => {
    const { calls } = await send({ kind: 'news', commands: [deny(bo)], fails: true });
    expect(calls.at(-1)).toEqual(['warn', 'a message to ana is sent later: no answer', { request }]);
    expect(calls).not.toContainEqual(sentAll(5));
  });
});

describe('the weekly summary', () => {
  test('of each Monday that is due comes by itself', async () => {
    const { posts } = await send({ kind: 'weekly', person: bo, count: 2, commands: [approve(bo)] });
    expect(posts).toEqual(Array.from({ length: 2 }, () => 'You approved 1 request in the last week.'));
  });

  const active = [approve(bo), confirmGranted()];

  test('says what a person approved and what became of it, each request once', async () => {
    const { posts, blocks, calls } = await send({ kind: 'weekly', person: bo, commands: active });
    expect(posts).toEqual(['You approved 1 request in the last week.']);
    expect(blocks).toContain('1 of them is active now.');
    expect(blocks).toMatch(/Orders database, read only.*Ana Ferreira.*Active until/);
    expect(calls.find(([what]) => what === 'chat.postMessage')?.[1]).toMatchObject({ channel: BO });
  });

  test('is about the seven days before it is due', async () => {
    const asked: unknown[] = [];
    const requestsApprovedBy = (...args: readonly unknown[]) => (asked.push(args), Promise.resolve([]));
    const { posts } = await send({ kind: 'weekly', person: bo, more: { requestsApprovedBy } });
    expect(asked).toEqual([[bo, { from: noon - 7 * 86_400_000, to: noon }]]);
    expect(posts).toEqual([]);
  });

  test('does not come to who turned it off', async () => {
    const readMessagePreference = () => Promise.resolve({ timeZone: 'UTC', weekly: false });
    const { calls } = await send({
      kind: 'weekly',
      person: bo,
      commands: active,
      more: { readMessagePreference },
    });
    expect(calls).toEqual(SENT);
  });
});
