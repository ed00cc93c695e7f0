import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { startCourier } from './outbox.fixture.ts';
import { MustWait, type Pace, type Turn } from '../../bot/courier/pace.ts';
import { openSilence, type Silence } from '../../bot/courier/silence.ts';
import type { RequestId } from '../../core/ids.ts';
import type { Command } from '../../core/request/commands.ts';
import type { RequestView } from '../../requests/view.ts';
import { approve, bo, confirmGranted, noon, open, request, run } from '../core/request/request.fixture.ts';
import { untilInTurns } from '../until.fixture.ts';
import { ANA, BO, type Call, fakeBot } from './fake-bot.fixture.ts';

type Trail = RequestView['trail'];
const trailOf = (...commands: readonly Command[]): Trail =>
  run([open(), ...commands]).log.map((event, seq) => ({ seq, event, via: 'slack' }));
const card = (place: string, ts: string) => ({ place, channel: `C-${place}`, ts });
const CARDS = [card('channel', '1.1'), card('dm:ana', '2.2'), card('dm:bo', '3.3')];
const ACTIVE = trailOf(approve(bo), confirmGranted());
/** The number of the event that made the request active. */
const ACTIVATED = ACTIVE.findIndex(({ event }) => event.kind === 'activated');

type Given = Readonly<{
  pace: Partial<Pace>;
  trail?: Trail;
  from?: number;
  cards?: readonly object[];
  notifications?: readonly object[];
  more?: Record<string, unknown>;
  silence?: Silence;
  /** How long Slack refuses each call of this method, in seconds. */
  refuses?: Readonly<{ method: 'update' | 'postMessage'; retryAfter: number }>;
}>;

const NEWS = { id: 7, request, step: 's1', tries: 1 };
const REDRAW = { id: 9, request, step: 'redraw', from: 0, to: 0, redraw: true, tries: 1 };

/** A courier whose two queues are called by hand. Everything that it did is in `calls`. */
function courierWith({ pace, trail = ACTIVE, from = 0, cards = CARDS, more = {}, ...given }: Given) {
  const looks: (() => Promise<number>)[] = [];
  const kinds: unknown[] = [];
  const waiting = [...(given.notifications ?? [{ ...NEWS, from, to: trail.length }])];
  const bot = fakeBot({ id: request, trail } as RequestView, {
    silence: given.silence ?? (() => undefined),
    ledger: {
      watch(_channel: string, look: () => Promise<number>) {
        looks.push(look);
        return { stop: () => Promise.resolve() };
      },
      takeNotifications(most: number, kind: string) {
        kinds.push(kind);
        return Promise.resolve(waiting.splice(0, most));
      },
      postedMessages: () => Promise.resolve(cards),
      ...more,
    },
  });
  const { refuses } = given;
  if (refuses)
    Object.assign(bot.client.chat, {
      [refuses.method]: () =>
        Promise.reject(Object.assign(new Error('a rate limit'), { retryAfter: refuses.retryAfter })),
    });
  const took: Turn[] = [];
  const courier = startCourier(bot.deps, bot.client, {
    take: (turn) => (took.push(turn), pace.take?.(turn) ?? Promise.resolve()),
    pause: pace.pause ?? (() => false),
    stop: () => undefined,
  });
  const [redraws, news] = looks;
  return {
    ...bot,
    took,
    kinds,
    courier,
    news: async () => (await news?.(), courier.stop()),
    redraws: async () => (await redraws?.(), courier.stop()),
    begin: async () => void (await news?.()),
  };
}

/** Slack's limits leave room for what somebody waits for, and for nothing else. */
const FULL: Pick<Pace, 'take'> = {
  take: ({ method, mayWait }) => (mayWait ? Promise.resolve() : Promise.reject(new MustWait(method))),
};
const whats = (calls: readonly Call[]) => calls.map(([what]) => what);
const channels = (calls: readonly Call[], method: string) =>
  calls.flatMap(([what, args]) => (what === method ? [(args as { channel: string }).channel] : []));

describe('while there is no room for edits', () => {
  test('a new message is sent, and the rest is left to one notification that only draws', async () => {
    const { calls, news } = courierWith({ pace: FULL, from: ACTIVATED });
    await news();
    expect(channels(calls, 'chat.postMessage')).toEqual([ANA]);
    expect(channels(calls, 'chat.update')).toEqual([]);
    expect(calls.slice(-2)).toEqual([
      ['redrawCards', request],
      ['markSent', expect.objectContaining({ id: 7 })],
    ]);
  });

  test('a private answer is sent all the same', async () => {
    const refused = { kind: 'refused', by: bo, tried: 'approve', refusal: { code: 'own-request' }, at: noon };
    const trail = [...ACTIVE, { event: refused, via: 'slack' }] as Trail;
    const click = { account: BO, via: 'slack', body: { channel: 'C3' } };
    const { calls, news } = courierWith({
      pace: FULL,
      trail,
      more: { readClickBehind: () => Promise.resolve(click) },
    });
    await news();
    expect(whats(calls).slice(-3)).toEqual(['chat.postEphemeral', 'redrawCards', 'markSent']);
  });

  test('the edits of a notification that only draws wait for their turn', async () => {
    const { calls, redraws, took, kinds } = courierWith({ pace: FULL, notifications: [REDRAW] });
    await redraws();
    expect(channels(calls, 'chat.update').sort()).toEqual(['C-channel', 'C-dm:ana', 'C-dm:bo']);
    expect(took.map(({ mayWait, isUrgent }) => [mayWait, isUrgent])).toContainEqual([true, false]);
    expect(kinds).toEqual(['redraw']);
    expect(whats(calls)).not.toContain('redrawCards');
  });
});

describe('a notification that only draws', () => {
  test('gives nobody a new message, because news may bring them one at this moment', async () => {
    const { calls, redraws } = courierWith({
      pace: {},
      trail: trailOf(),
      cards: [],
      notifications: [REDRAW],
    });
    await redraws();
    expect(channels(calls, 'chat.postMessage')).toEqual(['C0']);
  });

  test('takes the buttons from the older message of a person', async () => {
    const newer = card('note:7:dm:ana', '5.5');
    const { calls, redraws } = courierWith({
      pace: {},
      cards: [...CARDS, newer],
      notifications: [REDRAW],
    });
    await redraws();
    const blocks = (channel: string) =>
      calls.flatMap(([what, args]) => {
        const call = args as { channel: string; blocks: unknown };
        return what === 'chat.update' && call.channel === channel ? [JSON.stringify(call.blocks)] : [];
      });
    expect(blocks('C-note:7:dm:ana')).toEqual([expect.stringContaining('"action_id":"end"')]);
    expect(blocks('C-dm:ana')).toEqual([expect.not.stringContaining('action_id')]);
  });

  test('is followed by another one when the request changed while it waited', async () => {
    let trail = trailOf();
    const { calls, redraws } = courierWith({
      pace: { take: () => ((trail = ACTIVE), Promise.resolve()) },
      notifications: [REDRAW],
      more: { readTrail: () => Promise.resolve(trail) },
    });
    await redraws();
    expect(whats(calls).slice(-2)).toEqual(['redrawCards', 'markSent']);
  });
});

describe('a message that waits for its turn', () => {
  afterEach(() => void jest.useRealTimers());

  test('delays no other notification', async () => {
    const other = 'req_other' as RequestId;
    let isFirst = true;
    let begins = (): void => undefined;
    const { begin, calls, courier } = courierWith({
      pace: {
        take: ({ method }) => {
          const waits = isFirst && method === 'chat.postMessage';
          isFirst &&= !waits;
          return waits ? new Promise<void>((resolve) => (begins = resolve)) : Promise.resolve();
        },
      },
      notifications: [
        { ...NEWS, from: ACTIVATED, to: ACTIVE.length },
        { ...NEWS, id: 8, request: other, from: ACTIVATED, to: ACTIVE.length },
      ],
    });
    await begin();
    await untilInTurns(() => whats(calls).includes('markSent'));
    expect(calls.filter(([what]) => what === 'markSent')).toEqual([
      ['markSent', expect.objectContaining({ id: 8 })],
    ]);
    begins();
    await courier.stop();
  });

  test('is announced to its requester when Slack begins to accept none', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'performance'] });
    let pausedFor = 0;
    const click = { kind: 'request', via: 'slack', account: ANA, body: { channel: 'C3' } };
    const { begin, calls } = courierWith({
      pace: {
        take: ({ method }) =>
          method === 'chat.postMessage' ? new Promise(() => undefined) : Promise.resolve(),
      },
      cards: [],
      trail: trailOf(),
      more: { readClick: () => Promise.resolve(click), keepNotification: () => Promise.resolve() },
      silence: openSilence(() => pausedFor),
    });
    await begin();
    const told = () => calls.filter(([what]) => what === 'chat.postEphemeral');
    await jest.advanceTimersByTimeAsync(30_000);
    expect(told()).toEqual([]);
    pausedFor = 600_000;
    await jest.advanceTimersByTimeAsync(30_000);
    await untilInTurns(() => told().length > 0);
    await jest.advanceTimersByTimeAsync(30_000);
    expect(told()).toEqual([['chat.postEphemeral', expect.objectContaining({ user: ANA, channel: 'C3' })]]);
  });

  test('claims its place only when its turn has come, because a claim ends soon', async () => {
    const notYet = (): void => undefined;
    let begins = notYet;
    const claimed: unknown[] = [];
    const { begin, courier } = courierWith({
      pace: {
        take: ({ method }) =>
          method === 'chat.postMessage'
            ? new Promise<void>((resolve) => (begins = resolve))
            : Promise.resolve(),
      },
      from: ACTIVATED,
      more: {
        claimPlace: (_request: unknown, claim: unknown) =>
          Promise.resolve((claimed.push(claim), { until: 'then' })),
      },
    });
    await begin();
    await untilInTurns(() => begins !== notYet);
    expect(claimed).toEqual([]);
    begins();
    await courier.stop();
    expect(claimed).toHaveLength(1);
  });
});

describe('a call that Slack refuses for a rate limit all the same', () => {
  const pausing = () => {
    const paused: unknown[] = [];
    return {
      paused,
      pace: { pause: (method: string, ms: number) => (paused.push([method, ms]), true) },
    };
  };

  test('holds back the edits as long as Slack says, and no news', async () => {
    const { pace, paused } = pausing();
    const { calls, news } = courierWith({
      pace,
      from: ACTIVATED,
      refuses: { method: 'update', retryAfter: 3 },
    });
    await news();
    expect(paused).toContainEqual(['chat.update', 3_000]);
    expect(channels(calls, 'chat.postMessage')).toEqual([ANA]);
    expect(whats(calls).slice(-2)).toEqual(['redrawCards', 'markSent']);
  });

  test('makes a new message due after that time, and it is not looked for: Slack did not post it', async () => {
    const { pace, paused } = pausing();
    const { calls, news } = courierWith({
      pace,
      from: ACTIVATED,
      refuses: { method: 'postMessage', retryAfter: 3 },
    });
    await news();
    expect(paused).toEqual([['chat.postMessage', 3_000]]);
    expect(calls).toContainEqual(['releasePlace', request, { place: 'note:7:dm:ana', isUnknown: false }]);
    expect(calls.at(-1)).toEqual(['retryLater', 7, 'a rate limit', 3_000]);
  });
});
