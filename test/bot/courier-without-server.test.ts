import { describe, expect, jest, test } from '@jest/globals';
import type { Button, KnownBlock } from '@slack/types';
import { startCourier } from './outbox.fixture.ts';
import { listenForHomeTab } from '../../bot/inbound/home-tab.ts';
import type { PersonId, RequestId } from '../../core/ids.ts';
import type { Command } from '../../core/request/commands.ts';
import { draftValue } from '../../bot/cards/form-fields.ts';
import { refusedRequestMessage } from '../../bot/cards/offers.ts';
import type { Refusal } from '../../core/request/refusals.ts';
import type { RequestView } from '../../requests/view.ts';
import {
  ana,
  approve,
  bo,
  confirmGranted,
  confirmRevoked,
  cy,
  dee,
  deliver,
  demand,
  deny,
  detailsOf,
  end,
  extend,
  intend,
  later,
  noon,
  open,
  request,
  run,
} from '../core/request/request.fixture.ts';
import { ANA, BO, type Call, fakeBot } from './fake-bot.fixture.ts';

type Trail = RequestView['trail'];
const trailOf = (...commands: readonly Command[]): Trail =>
  run([open(), ...commands]).log.map((event, seq) => ({ seq, event, via: 'slack' }));
const refused = (refusal: Refusal, tried: string, by: PersonId | null): Trail[number] =>
  ({ event: { kind: 'refused', by, tried, refusal, at: noon }, via: 'slack' }) as Trail[number];
const card = (place: string, ts: string) => ({ place, channel: `C-${place}`, ts });
const CARDS = [card('channel', '1.1'), card('dm:ana', '2.2'), card('dm:bo', '3.3')];

type Given = Readonly<{
  trail: Trail;
  from?: number;
  /** The end of the events of the notification. The default is the end of the trail. */
  to?: number;
  cards?: readonly object[];
  click?: object;
  more?: Record<string, unknown>;
  policy?: object;
  silence?: object;
  tries?: number;
  /** The code with which Slack refuses each update of a card. */
  refusesUpdates?: string;
  /** The code with which Slack refuses each message, also one that only one person sees. */
  refusesMessages?: string;
  /** The account whose Home Slack refuses. */
  refusesHomeOf?: string | undefined;
}>;

/** Lets a courier send one notification of these events, and returns everything that it did. */
async function send(given: Given) {
  const { trail, from = 0, to = trail.length, cards = CARDS, click, more = {}, policy, tries = 1 } = given;
  let pass: () => Promise<number> = () => Promise.resolve(-1);
  const taken: unknown[] = [];
  const bot = fakeBot({ id: request, trail } as RequestView, {
    ...(policy && { policy }),
    ...(given.silence && { silence: given.silence }),
    ledger: {
      watch(channel: string, work: typeof pass) {
        taken.push(channel);
        pass = work;
        return { stop: () => Promise.resolve() };
      },
      takeNotifications(most: number) {
        taken.push(most);
        return Promise.resolve([{ id: 7, request, step: 's1', from, to, tries }]);
      },
      postedMessages: () => Promise.resolve(cards),
      readClickBehind: () => Promise.resolve(click),
      ...more,
    },
  });
  const { refusesUpdates: error, refusesHomeOf } = given;
  const { publish } = bot.client.views;
  bot.client.views.publish = (args) =>
    args?.user_id === refusesHomeOf ? Promise.reject(new Error('no Home')) : publish(args);
  if (error !== undefined)
    bot.client.chat.update = () => Promise.reject(Object.assign(new Error(error), { data: { error } }));
  if (given.refusesMessages !== undefined) {
    const refusal = Object.assign(new Error('refused'), { data: { error: given.refusesMessages } });
    bot.client.chat.postMessage = () => Promise.reject(refusal);
    bot.client.chat.postEphemeral = () => Promise.reject(refusal);
  }
  const courier = startCourier(bot.deps, bot.client);
  const sent = await pass();
  await courier.stop();
  return { ...bot, sent, taken };
}

/** The notification of `send` is marked as sent. */
const MARKED = ['markSent', expect.objectContaining({ id: 7, tries: 1 })];

/** Where messages are posted, and their text. */
const posts = (calls: readonly Call[]) =>
  calls.flatMap(([what, args]) => {
    const { channel, text } = (args ?? {}) as Record<string, string>;
    return what === 'chat.postMessage' ? [[channel, text]] : [];
  });
/** The channels of the messages that are updated, sorted: the edits of a notification begin together. */
const updated = (calls: readonly Call[]) =>
  calls
    .flatMap(([what, args]) => (what === 'chat.update' ? [(args as { channel: string }).channel] : []))
    .sort();

test('a notification is kept while it is being sent, so that no other courier takes it after its 30 seconds', async () => {
  jest.useFakeTimers();
  let answer = (_cards: readonly object[]): void => undefined;
  const cards = new Promise<readonly object[]>((resolve) => (answer = resolve));
  let kept = 0;
  const keepNotification = () => Promise.resolve(void (kept += 1));
  const sending = send({ trail: trailOf(), more: { postedMessages: () => cards, keepNotification } });
  await jest.advanceTimersByTimeAsync(29_000);
  expect(kept).toBe(2);
  answer(CARDS);
  expect((await sending).calls).toContainEqual(MARKED);
  await jest.advanceTimersByTimeAsync(60_000);
  expect(kept).toBe(2);
  jest.useRealTimers();
});

test('a requester reads that the card comes later also when that is known only while it is being sent', async () => {
  jest.useFakeTimers();
  let answer = (_cards: readonly object[]): void => undefined;
  const cards = new Promise<readonly object[]>((resolve) => (answer = resolve));
  const asked: unknown[] = [];
  const silence = (of: unknown) => void asked.push(of);
  const sending = send({ trail: trailOf(), silence, more: { postedMessages: () => cards } });
  await jest.advanceTimersByTimeAsync(29_000);
  expect(asked).toEqual([request, request, request]);
  answer(CARDS);
  await sending;
  jest.useRealTimers();
});

describe('who is told of an event by a new message', () => {
  const trail = trailOf(approve(bo), intend(), confirmGranted(), deliver(ana), end(bo), confirmRevoked());
  const told = (text: RegExp) => [[expect.stringMatching(/^U/), expect.stringMatching(text)]];
  const ASKS_BO_OR_CY = /^Ana Ferreira requests Orders database, read only for 2 h: Waiting /;
  const EXPECTED: readonly (readonly [kind: string, posts: readonly unknown[]])[] = [
    ['requested', []],
    ['judged', [...told(ASKS_BO_OR_CY), ...told(ASKS_BO_OR_CY)]],
    ['approved', []],
    ['grant-started', []],
    ['intended', []],
    ['granted', []],
    ['activated', told(/^Your request for Orders database, read only: \*<!date.*\|Active until /)],
    ['delivered', []],
    ['revoke-started', []],
    ['revoked', []],
    ['closed', told(/^Your request for Orders database, read only: Ended by Bo Lindqvist/)],
  ];

  test('the table has a row for each event of the request, in order', () =>
    expect(trail.map(({ event }) => event.kind)).toEqual(EXPECTED.map(([kind]) => kind)));

  test.each(EXPECTED)('%s', async (kind, expected) => {
    const at = trail.findIndex(({ event }) => event.kind === kind);
    const { calls } = await send({ trail: trail.slice(0, at + 1), from: at });
    expect(posts(calls)).toEqual(expected);
  });

  test.each(EXPECTED)('the event %s updates the cards, unless it is an intent', async (kind) => {
    const at = trail.findIndex(({ event }) => event.kind === kind);
    const { calls } = await send({ trail: trail.slice(0, at + 1), from: at });
    expect(updated(calls)).toEqual(kind === 'intended' ? [] : ['C-channel', 'C-dm:ana', 'C-dm:bo']);
  });

  test('the older message of the requester loses its buttons, and the newer one has them', async () => {
    const { calls } = await send({ trail: trail.slice(0, 7), from: 6 });
    const blocks = (method: string, channel: string) =>
      calls.flatMap(([what, args]) => {
        const call = args as { channel: string; blocks: object[] };
        return what === method && call.channel === channel ? [JSON.stringify(call.blocks)] : [];
      });
    expect(blocks('chat.postMessage', ANA)).toEqual([expect.stringContaining('"action_id":"end"')]);
    expect(blocks('chat.update', 'C-dm:ana')).toEqual([expect.not.stringContaining('action_id')]);
  });

  test('in a trail from which refusals are missing, the events of a notification are found by their numbers', async () => {
    const gap = trail.slice(0, 7).map((each, at) => ({ ...each, seq: at < 6 ? at : at + 600 })); // "activated" has the number 606.
    const { calls } = await send({ trail: gap, from: 606, to: 607 });
    expect(posts(calls)).toEqual(EXPECTED[6]?.[1]);
  });

  test('in a trail from which refusals are missing, an event that came after those of a notification is not told with them', async () => {
    const gap = trail.slice(0, 8).map((each, at) => ({ ...each, seq: at < 5 ? at : at + 600 }));
    const { calls } = await send({ trail: gap, from: 605, to: 606 }); // "granted" has the number 605, and "activated" 606.
    expect(posts(calls)).toEqual(EXPECTED[5]?.[1]);
    expect(updated(calls)).toEqual(['C-channel', 'C-dm:ana', 'C-dm:bo']);
  });

  test('an intent and the grant after it, in one notification, update the cards', async () => {
    const { calls } = await send({ trail: trail.slice(0, 6), from: 4 });
    expect(trail.slice(4, 6).map(({ event }) => event.kind)).toEqual(['intended', 'granted']);
    expect(updated(calls)).toEqual(['C-channel', 'C-dm:ana', 'C-dm:bo']);
  });

  test('an extension asks its approvers by a new message each, and their older message loses its buttons', async () => {
    const extending = trailOf(approve(bo), intend(), confirmGranted(), extend());
    const { calls } = await send({
      trail: extending,
      from: extending.length - 1,
      cards: [...CARDS, card('dm:cy', '4.4')],
    });
    expect(posts(calls)).toHaveLength(2);
    const older = calls.flatMap(([what, args]) =>
      what === 'chat.update' && /C-dm:(bo|cy)/.test((args as { channel: string }).channel)
        ? [JSON.stringify((args as { blocks: object[] }).blocks)]
        : [],
    );
    expect(older).toEqual([
      expect.not.stringContaining('action_id'),
      expect.not.stringContaining('action_id'),
    ]);
  });

  test('an approver who got the message of a new decision gets no second one when it is sent again', async () => {
    const sent = [CARDS[0], CARDS[1], card('note:7:dm:bo', '3.3'), card('note:7:dm:cy', '3.4')] as object[];
    const { calls } = await send({ trail: trailOf(), from: 0, cards: sent });
    expect(posts(calls)).toEqual([]);
  });

  test('a reminder tells the requester that the access ends soon, with the buttons to extend and to end it', async () => {
    const active = trailOf(approve(bo), intend(), confirmGranted());
    const remind = async (reminder: number) => {
      const taken = [{ id: 7, request, step: 'reminder', from: 0, to: 0, reminder, tries: 1 }];
      return (await send({ trail: active, more: { takeNotifications: () => Promise.resolve(taken) } })).calls;
    };
    const calls = await remind(later(121));
    expect(posts(calls)).toEqual([
      [ANA, expect.stringMatching(/^Your access to \*Orders database, read only\* ends soon[<,]/)],
    ]);
    expect(JSON.stringify(calls)).toMatch(/"action_id":"extend".*"action_id":"end"/);
    expect(await remind(later(120))).toEqual([MARKED]); // The access has another end now.
  });

  test('of two that wait to be sent, only the later one is told', async () => {
    const { calls } = await send({ trail, from: 5, to: 7 });
    expect(posts(calls)).toEqual([]);
    expect(updated(calls)).toEqual(['C-channel', 'C-dm:ana', 'C-dm:bo']);
  });

  test('a notification that is repeated for one person tells nobody else', async () => {
    const taken = [{ id: 7, request, step: 's1', from: 10, to: 11, repeated: true, tries: 1 }];
    const { calls } = await send({ trail, more: { takeNotifications: () => Promise.resolve(taken) } });
    expect(calls).toEqual([MARKED]);
  });
});

describe('what a person said about messages', () => {
  const deferred = async (
    trail: Trail,
    from: number,
    preference?: object,
    cards: readonly object[] = CARDS,
  ) => {
    const stored: unknown[] = [];
    const { calls } = await send({
      trail,
      from,
      cards,
      more: {
        deferMessage: (message: unknown) => (stored.push(message), Promise.resolve()),
        readMessagePreference: (who: string) =>
          Promise.resolve(who === 'ana' || who === 'bo' ? preference : undefined),
      },
    });
    return { stored, posts: posts(calls).length, updated: updated(calls) };
  };
  const UTC = { timeZone: 'UTC', weekly: true };
  const quiet = { ...UTC, quiet: { from: 0, to: 13 * 60 } };
  const digest = { ...UTC, digestAt: 9 * 60 };
  const denied = trailOf(deny(bo));
  const activeTrail = trailOf(approve(bo), intend(), confirmGranted());
  const news = (minutes: number) => [{ person: ana, kind: 'news', request, dueAt: later(minutes) }];

  test.each<[string, object | undefined, readonly unknown[], number]>([
    ['nothing: a denial is told at once', undefined, [], 1],
    ['quiet hours: a denial is told after them', quiet, news(60), 0],
    ['a digest: a denial is in it', digest, news(21 * 60), 0],
  ])('%s, and the cards show it in any case', async (_what, preference, stored, count) =>
    expect(await deferred(denied, denied.length - 1, preference)).toEqual({
      stored,
      posts: count,
      updated: ['C-channel', 'C-dm:ana', 'C-dm:bo'],
    }),
  );

  test('that access is active is told at once, also in quiet hours', async () =>
    expect(await deferred(activeTrail, activeTrail.length - 1, { ...quiet, digestAt: 540 })).toMatchObject({
      stored: [],
      posts: 1,
    }));

  test('a decision waits for the end of quiet hours', async () => {
    const opened = trailOf();
    const dueAt = later(60);
    expect((await deferred(opened, 0, quiet, [CARDS[0], CARDS[1]] as object[])).stored).toEqual([
      { person: bo, kind: 'decision', request, dueAt },
    ]);
  });

  test('a decision does not wait when the request would lapse before the end of quiet hours', async () => {
    const long = { ...UTC, quiet: { from: 0, to: 23 * 60 } };
    expect((await deferred(trailOf(), 0, long, [CARDS[0], CARDS[1]] as object[])).stored).toEqual([]);
  });

  test.each<[string, object | undefined, number]>([
    ['in UTC, when Slack does not know their time zone', undefined, Date.UTC(2026, 0, 12, 9)],
    ['in the time zone that they said', { ...UTC, timeZone: 'Asia/Kolkata' }, Date.UTC(2026, 0, 12, 3, 30)],
  ])(
    'who approved something gets a summary on the next Monday at nine, %s',
    async (_where, preference, dueAt) => {
      const trail = trailOf(approve(bo));
      expect((await deferred(trail, 2, preference)).stored).toEqual([
        { person: bo, kind: 'weekly', request, dueAt },
      ]);
    },
  );
});

describe('the direct messages with cards', () => {
  const opened = async (trail: Trail, cards: readonly object[] = []) => {
    const { calls } = await send({ trail, cards });
    const users = calls.flatMap(([what, args]) =>
      what === 'chat.postMessage' && (args as { channel: string }).channel.startsWith('U')
        ? [(args as { channel: string }).channel]
        : [],
    );
    return { calls, users };
  };
  const CY = 'U0CYOKAFR1';
  const staged = (...commands: readonly Command[]): Trail =>
    run([open(demand([1, bo], [1, cy, dee])), ...commands]).log.map((event, seq) => ({
      seq,
      event,
      via: 'slack',
    }));

  test('go to the requester and the approvers of the first stage', async () =>
    expect((await opened(staged())).users).toEqual([ANA, BO]));

  test('go to the requester and the approvers of the second stage who have a Slack account', async () =>
    expect((await opened(staged(approve(bo)))).users).toEqual([ANA, CY]));

  test('go to an approver of the second stage once, when the first stage was decided before anybody was told', async () => {
    const trail = staged(approve(bo));
    const told = async (from: number, to: number) =>
      posts((await send({ trail, from, to, cards: [] })).calls).map(([channel]) => channel);
    expect(await told(0, 2)).not.toContain(CY);
    expect(await told(2, trail.length)).toContain(CY);
  });

  test('go only to the requester when the request is decided', async () =>
    expect((await opened(trailOf(approve(bo)))).users).toEqual([ANA]));

  test('tell each approver why they are one, and the channel names all approvers', async () => {
    const { calls } = await opened(trailOf());
    const texts = calls
      .filter(([what]) => what === 'chat.postMessage')
      .map(([, args]) => JSON.stringify(args));
    expect(texts.flatMap((text) => /You are an approver|Approvers: /.exec(text) ?? []).sort()).toEqual([
      'Approvers: ',
      'You are an approver',
      'You are an approver',
    ]);
    expect(texts).toHaveLength(4);
  });

  test('never show the requester the card of an approver', async () => {
    const { calls } = await opened(trailOf(), CARDS);
    const own = calls.filter(
      ([what, args]) => what === 'chat.update' && /C-dm:ana/.test(JSON.stringify(args)),
    );
    expect(own.map(([, args]) => (args as { text: string }).text)).toEqual([
      'Your request for Orders database, read only: Waiting for approval by Bo Lindqvist or Cy Okafor.',
    ]);
  });
});

describe('a refused click', () => {
  const click = { account: BO, via: 'slack', body: { channel: 'C3' } };
  const answerTo = async (event: Trail[number], more: Partial<Given> = {}) => {
    const trail = [...trailOf(approve(bo), confirmGranted()), event];
    const { calls } = await send({ trail, from: trail.length - 1, click, ...more });
    return calls.filter(([what]) => !/markSent|postMessage|savePosted/.test(what));
  };
  const over: Refusal = { code: 'wrong-state', state: 'active', by: bo };
  const answer = (text: string, channel = 'C3') => [
    ['chat.postEphemeral', expect.objectContaining({ channel, user: BO, text })],
  ];

  test('is answered by what was tried and with mentions, and draws no card', async () =>
    expect(await answerTo(refused(over, 'withdraw', bo))).toEqual(
      answer('Already approved by <@U0BOLIND01>. End the access instead. Nothing was changed.'),
    ));

  test('is answered in the direct messages when it was made on Home', async () =>
    expect(await answerTo(refused(over, 'approve', bo), { click: { ...click, body: {} } })).toEqual([
      ['conversations.open', { users: BO }],
      ...answer('Already approved by <@U0BOLIND01>. Nothing was changed.', 'D9'),
    ]));

  test.each<[string, Refusal, string | undefined, string]>([
    ['a guest', { code: 'not-a-member', why: 'guest' }, 'a <tab>', 'Nothing was changed: guests of this'],
    ['an unknown person', { code: 'unknown-person' }, undefined, 'Your account is not linked to an active'],
    ['an unknown person', { code: 'unknown-person' }, 'a <tab>', 'Nobody can request or approve access'],
  ])('of %s is answered with the reason: %j, while the policy has the problem %s', async (...row) => {
    const [, refusal, problem, text] = row;
    const trail = [refused(refusal, 'approve', null)];
    const policy = { ...fakeBot(undefined).deps.policy, problem: () => Promise.resolve(problem) };
    const { calls } = await send({ trail, cards: CARDS, click, policy });
    expect(calls).toEqual([...answer(expect.stringContaining(text) as never), MARKED]);
    expect(JSON.stringify(calls)).not.toContain('tab');
  });

  test('is not answered in Slack when it was made at the command line', async () =>
    expect(await answerTo(refused(over, 'approve', bo), { click: { ...click, via: 'cli' } })).toEqual([]));

  test('that repeats an earlier one is answered again', async () => {
    const trail = [...trailOf(), refused({ code: 'own-request' }, 'approve', ana)];
    const taken = [{ id: 7, request, step: 's1', from: 2, to: 3, repeated: true, tries: 1 }];
    const more = { takeNotifications: () => Promise.resolve(taken) };
    const { calls } = await send({ trail, click: { ...click, account: ANA }, more });
    expect(calls.map(([what]) => what)).toEqual(['chat.postEphemeral', 'markSent']);
  });

  test('that repeats an earlier one is answered with its own refusal, which can have another limit', async () => {
    const tooLong = (left: number): Refusal =>
      ({ code: 'too-long-in-total', longest: 480, left }) as unknown as Refusal;
    const trail = [...trailOf(), refused(tooLong(60), 'extend', ana)];
    const taken = [{ id: 7, request, step: 's1', from: 2, to: 3, repeated: true, tries: 1 }];
    const more = {
      takeNotifications: () => Promise.resolve(taken),
      clickOutcome: () => Promise.resolve({ kind: 'refused', refusal: tooLong(30) }),
    };
    const { calls } = await send({ trail, click: { ...click, account: ANA }, more });
    expect(JSON.stringify(calls)).toContain('You can extend it by at most 30 min');
  });

  test('that repeats an earlier one is answered with that one when the click has no refusal of its own', async () => {
    const trail = [...trailOf(), refused({ code: 'own-request' }, 'approve', ana)];
    const taken = [{ id: 7, request, step: 's1', from: 2, to: 3, repeated: true, tries: 1 }];
    const more = {
      takeNotifications: () => Promise.resolve(taken),
      clickOutcome: () => Promise.resolve({ kind: 'answered' }),
    };
    const { calls } = await send({ trail, click: { ...click, account: ANA }, more });
    expect(calls.map(([what]) => what)).toEqual(['chat.postEphemeral', 'markSent']);
    expect(JSON.stringify(calls)).toContain('This is your own request.');
  });

  test('is not answered again when the form showed the refusal', async () => {
    const body = { channel: 'C3', refusal: { code: 'reason-missing' } };
    const trail = [refused({ code: 'reason-missing' }, 'request', bo)];
    expect((await send({ trail, cards: [], click: { ...click, body } })).calls).toEqual([MARKED]);
  });

  describe('of a request that was accepted before', () => {
    const body = { entitlement: 'orders-db', length: '2h', channel: 'C3' };
    const answersTo = async (refusal: Refusal) =>
      (
        await send({
          trail: [refused(refusal, 'request', bo)],
          cards: [],
          click: { ...click, kind: 'request', body },
        })
      ).calls;

    test('is answered with a button that opens the form with it', async () => {
      const [[what, message] = []] = await answersTo({ code: 'too-many-open' });
      expect([what, message]).toEqual([
        'chat.postEphemeral',
        {
          channel: 'C3',
          user: BO,
          ...refusedRequestMessage({ code: 'too-many-open' }, { entitlement: 'orders-db', length: '2h' }),
        },
      ]);
      expect(JSON.stringify(message)).toContain(JSON.stringify({ value: draftValue(body) }).slice(1, -1));
    });

    test('has no such button for somebody who can request nothing', async () =>
      expect(JSON.stringify(await answersTo({ code: 'not-a-member', why: 'guest' }))).not.toContain(
        'Open the form',
      ));
  });

  test('that repeats an open request shows that request, with what the person can do with it', async () => {
    const other = 'req_01jgyq8zk7f5v2m9c3x4b6n8p1' as RequestId;
    const opened = { ...open(), details: { ...detailsOf(), id: other } } as Command;
    const openTrail = run([opened]).log.map((event, seq) => ({ seq, event, via: 'slack' }));
    const body = { entitlement: 'orders-db', length: '2h', channel: 'C3' };
    const trail = [{ ...refused({ code: 'already-open', request: other }, 'request', ana), seq: 0 }];
    const { calls } = await send({
      trail,
      cards: [],
      click: { kind: 'request', request, via: 'slack', account: ANA, body },
      more: { readTrail: (of: RequestId) => Promise.resolve(of === other ? openTrail : trail) },
    });
    expect(calls).toEqual([
      [
        'chat.postEphemeral',
        expect.objectContaining({
          ...{ channel: 'C3', user: ANA },
          text: expect.stringMatching(/^\*Orders database, read only\*: .*Waiting for approval by/),
        }),
      ],
      MARKED,
    ]);
    const [, message] = calls[0] ?? [];
    const { blocks } = message as { blocks: KnownBlock[] };
    const buttons = blocks.flatMap((block) => (block.type === 'actions' ? (block.elements as Button[]) : []));
    expect(buttons.map((each) => [each.action_id, each.value?.includes(other)])).toEqual([
      ['withdraw-open', true],
      ['see-request', true],
      ['open-draft', false],
    ]);
  });

  test('that repeats an open request which the ledger does not have is answered with a sentence', async () => {
    const other = 'req_01jgyq8zk7f5v2m9c3x4b6n8p1' as RequestId;
    const trail = [{ ...refused({ code: 'already-open', request: other }, 'request', ana), seq: 0 }];
    const body = { entitlement: 'orders-db', length: '2h', channel: 'C3' };
    const { calls } = await send({
      trail,
      cards: [],
      click: { kind: 'request', request, via: 'slack', account: ANA, body },
      more: { readTrail: (of: RequestId) => Promise.resolve(of === other ? [] : trail) },
    });
    expect(calls.map(([what]) => what)).toEqual(['chat.postEphemeral', 'markSent']);
  });

  test.each<[string, Refusal, object]>([
    ['with a sentence', over, {}],
    [
      'with the form',
      { code: 'too-many-open' },
      { kind: 'request', body: { entitlement: 'orders-db', length: '2h' } },
    ],
  ])(
    'of which Slack takes no answer is logged with its request: an answer %s',
    async (_how, refusal, more) => {
      const { calls } = await send({
        trail: [refused(refusal, 'request', bo)],
        cards: [],
        click: { ...click, request, ...more },
        refusesMessages: 'user_not_found',
      });
      expect(calls).toContainEqual([
        'warn',
        'Slack does not accept a message, an answer in direct messages: user_not_found',
        { request },
      ]);
    },
  );

  test('is answered also when it never became a request', async () => {
    const trail = [refused({ code: 'reason-missing' }, 'request', bo)];
    const { calls } = await send({ trail, cards: [], click });
    expect(calls).toEqual([
      ...answer('Say why you need the access. The approvers and the auditors read it.'),
      MARKED,
    ]);
  });
});

describe('the outbox', () => {
  const lost = Object.assign(new Error('a rate-limit'), { retryAfter: 3 });
  const failing = (error: Error) => ({ readClickBehind: () => Promise.reject(error) });

  test('is read in batches of twenty, and says how many it had', async () => {
    const { sent, taken } = await send({ trail: trailOf() });
    expect([sent, taken]).toEqual([1, ['curfew_outbox', 'curfew_outbox', 20]]);
  });

  test('each notification of a batch is sent and marked', async () => {
    const taken = [7, 8].map((id) => ({ id, request, step: 's1', from: 0, to: 1, tries: 1 }));
    const more = { takeNotifications: () => Promise.resolve(taken) };
    const { calls, sent } = await send({ trail: trailOf(), more });
    expect(sent).toBe(2);
    // The notifications of a batch are sent at the same time, so their order is not promised.
    const marked = calls.flatMap(([what, sentOne]) =>
      what === 'markSent' ? [(sentOne as { id: number }).id] : [],
    );
    expect(new Set(marked)).toEqual(new Set([7, 8]));
    expect(marked).toHaveLength(2);
  });

  test('a notification is marked as sent after everything else', async () =>
    expect((await send({ trail: trailOf() })).calls.at(-1)).toEqual(MARKED));

  test.each<[string, Error, number | undefined]>([
    ['after the wait that Slack states', lost, 3_000],
    ['after a pause', new Error('no answer'), undefined],
  ])(
    'a notification that fails is tried again %s, and the operator reads of which request it is',
    async (_when, error, wait) => {
      const { calls } = await send({ trail: trailOf(), more: failing(error) });
      expect(calls).toEqual([
        ['warn', `a notification is sent to Slack later: ${error.message}`, { request }],
        ['retryLater', 7, error.message, wait],
      ]);
    },
  );

  test('a card that Slack refuses for an unknown reason is left out in the twentieth attempt, and the rest is sent', async () => {
    const attempt = async (tries: number) => {
      const { calls } = await send({ trail: trailOf(approve(bo)), tries, refusesUpdates: 'new_code' });
      return [calls.at(-1)?.[0], calls.filter(([what]) => what === 'warn').length];
    };
    expect(await attempt(19)).toEqual(['retryLater', 1]);
    expect(await attempt(20)).toEqual(['markSent', 3]); // each of the three cards is left out
  });

  test('each notification of a batch has its own number of attempts', async () => {
    const taken = [1, 20].map((tries) => ({ id: tries, request, step: 's1', from: 0, to: 1, tries }));
    const more = { takeNotifications: () => Promise.resolve(taken) };
    const { calls } = await send({ trail: trailOf(), more, refusesUpdates: 'new_code' });
    const ended = calls.flatMap(([what, one]) =>
      what === 'retryLater' || what === 'markSent' ? [[what, Object(one).id ?? one]] : [],
    );
    expect(ended).toHaveLength(2);
    expect(ended).toEqual(
      expect.arrayContaining([
        ['retryLater', 1],
        ['markSent', 20],
      ]),
    );
  });

  test('a notification that cannot be marked as sent is tried again', async () => {
    const { calls } = await send({ trail: trailOf(), more: { markSent: () => Promise.reject(lost) } });
    expect(calls.at(-1)).toEqual(['retryLater', 7, lost.message, 3_000]);
  });

  test('a ledger that is lost while a failure is written does not stop the courier', async () => {
    const more = {
      ...failing(lost),
      retryLater: () => Promise.reject(new Error('the ledger is unavailable')),
    };
    expect((await send({ trail: trailOf(), more })).sent).toBe(1);
  });
});

// It comes last, because a Home that was opened once is drawn again for as long as the process runs.
describe('the Homes that are drawn again', () => {
  const people: Readonly<Record<string, PersonId>> = { [ANA]: ana, [BO]: bo, U0CYOKAFR1: cy };
  const homesIn = (calls: readonly Call[]) =>
    calls.flatMap(([what, args]) =>
      what === 'views.publish' ? [(args as { user_id: string }).user_id] : [],
    );
  /** What the courier does for people who opened their Home. Slack refuses the Home of `refusesHomeOf`. */
  const callsAfterOpening = async (cards: readonly object[], trail = trailOf(), refusesHomeOf?: string) => {
    const personOf = ({ user }: { user: string }) => Promise.resolve(people[user]);
    const { app, deps, send: openHome } = fakeBot(undefined, { inbox: { personOf } });
    listenForHomeTab(app, deps);
    for (const user of Object.keys(people))
      await openHome('event', 'app_home_opened', { event: { tab: 'home', user }, body: { team_id: 'T1' } });
    return (await send({ trail, from: trail.length - 1, cards, refusesHomeOf })).calls;
  };
  const homesAfter = async (...given: Parameters<typeof callsAfterOpening>) =>
    homesIn(await callsAfterOpening(...given));

  test('are those of the requester and of everybody who has a card', async () => {
    expect(await homesAfter([...CARDS, card('dm:cy', '4.4')])).toEqual([ANA, BO, 'U0CYOKAFR1']);
    expect(await homesAfter([])).toEqual([ANA]);
  });

  test('may fail: the operator reads it, the others are drawn, and the notification is sent', async () => {
    const calls = await callsAfterOpening(CARDS, trailOf(), ANA);
    expect(homesIn(calls)).toEqual([BO]);
    expect(calls).toContainEqual(['warn', 'a Home was not drawn again: no Home', { request }]);
    expect(calls.at(-1)).toEqual(MARKED);
  });

  test('are none after a refused click, which changes nothing', async () =>
    expect(await homesAfter(CARDS, [...trailOf(), refused({ code: 'own-request' }, 'approve', ana)])).toEqual(
      [],
    ));
});

describe('the message whose button was pressed', () => {
  const trail = [...trailOf(), refused({ code: 'own-request' }, 'approve', ana)];
  const click = { via: 'slack', account: ANA, body: { channel: 'C1', message: '7.7' } };
  const found = { place: 'found:C1:7.7', channel: 'C1', ts: '7.7' };
  /** The calls after a refused press on this message. `isNew`: whether the ledger did not know it. */
  async function pressed(isNew: boolean, over: object = {}) {
    const added: unknown[] = [];
    const addMessage = (...args: unknown[]) => (added.push(args), Promise.resolve(isNew));
    const given = { trail, from: 2, click: { ...click, ...over }, cards: [...CARDS, found] };
    const { calls } = await send({ ...given, more: { addMessage } });
    return { added, updated: updated(calls) };
  }

  test('becomes a card when nobody recorded it, and all cards are drawn again (F03, B65)', async () =>
    expect(await pressed(true)).toEqual({
      added: [[request, found]],
      updated: ['C-channel', 'C-dm:ana', 'C-dm:bo', 'C1'],
    }));

  test('is left as it is when it is a known card', async () =>
    expect(await pressed(false)).toEqual({ added: [[request, found]], updated: [] }));

  test.each([
    ['a click at the command line', { via: 'cli' }],
    ['a press on Home, which is no message', { body: { channel: 'C1' } }],
    ['a command in a channel', { body: {} }],
  ])('is not looked for after %s', async (_what, over) =>
    expect(await pressed(true, over)).toEqual({ added: [], updated: [] }),
  );

  test('is named to the operator with its request when Slack does not take its update', async () => {
    const { calls } = await send({
      trail: trailOf(approve(bo)),
      from: 2,
      cards: [...CARDS, found],
      refusesUpdates: 'is_archived',
    });
    const warnings = calls.filter(([what]) => what === 'warn');
    expect(warnings).toHaveLength(4);
    expect(warnings).toContainEqual([
      'warn',
      'Slack does not accept a message, a card: is_archived',
      { request },
    ]);
  });

  test('is drawn again with the other cards at each later event', async () => {
    const other = { place: 'found:C2:8.8', channel: 'C2', ts: '8.8' };
    const { calls } = await send({ trail: trailOf(approve(bo)), from: 2, cards: [...CARDS, found, other] });
    expect(updated(calls)).toEqual(['C-channel', 'C-dm:ana', 'C-dm:bo', 'C1', 'C2']);
  });
});

test('a notification that only demands new cards draws them, and posts nothing', async () => {
  const taken = [{ id: 7, request, step: 'redraw', from: 0, to: 0, redraw: true, tries: 1 }];
  const { calls } = await send({
    trail: trailOf(approve(bo)),
    more: { takeNotifications: () => Promise.resolve(taken) },
  });
  expect(updated(calls)).toEqual(['C-channel', 'C-dm:ana', 'C-dm:bo']);
  expect(posts(calls)).toEqual([]);
});
