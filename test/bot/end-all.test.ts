import { describe, expect, jest, test } from '@jest/globals';
import { listenForAccessCommand } from '../../bot/inbound/access-command.ts';
import { listenForEndAll } from '../../bot/inbound/end-all.ts';
import type { BotDeps } from '../../bot/deps.ts';
import { leavers, massEndings, showMassEnding } from '../../bot/courier/mass-endings.ts';
import { startOutbox } from '../../bot/courier/outbox.ts';
import { UNPACED } from '../../bot/courier/pace.ts';
import type { RenderedMessage } from '../../bot/cards/rendered-message.ts';
import type { AccountFacts } from '../../core/account.ts';
import type { MassEndingId, PersonId, RequestId } from '../../core/ids.ts';
import { ok } from '../../core/result.ts';
import { entryOf } from '../manifest/manifest.fixture.ts';
import type { MassEnding } from '../../core/mass-ending.ts';
import type { MassEndingProgress, ScopedRequest } from '../../ledger/index.ts';
import { checkView } from '../../sandbox/slack/views.ts';
import { guestFacts, memberFacts } from '../core/account.fixture.ts';
import { later, noon } from '../core/request/request.fixture.ts';
import { linesOf } from './block-lines.fixture.ts';
import { ANA, BO, fakeBot } from './fake-bot.fixture.ts';

const entry = (at: number): ScopedRequest => ({
  id: `req_${String(at).padStart(26, '0')}` as RequestId,
  ...{ requester: 'ana' as PersonId, entitlement: 'orders-db', state: 'active' },
  ...{ endsAt: later(60), providers: ['postgres'] },
});
const content = (total: number) => ({
  ...{ total, withAccess: total, granting: 0, people: total === 0 ? 0 : 1 },
  first: Array.from({ length: Math.min(total, 10) }, (_, at) => entry(at)),
});

function listening(
  total = 12,
  readAccount: BotDeps['readAccount'] = (user) => Promise.resolve(memberFacts(user)),
) {
  const bot = fakeBot(undefined, {
    readAccount,
    ledger: {
      readScope: () => Promise.resolve(content(total)),
      lostLeasesLeft: () => Promise.resolve([]),
      openRequestsByRequester: () => Promise.resolve([{ requester: 'gone', requests: [] }]),
      isQuarantined: () => Promise.resolve(false),
    },
  });
  listenForEndAll(bot.app, bot.deps);
  listenForAccessCommand(bot.app, bot.deps);
  return bot;
}
type Bot = ReturnType<typeof listening>;

const command = (bot: Bot, text: string, user = BO) =>
  bot.send('command', '/access', {
    command: {
      text: `end ${text}`.trim(),
      user_id: user,
      team_id: 'T1',
      channel_id: 'C1',
      trigger_id: 'TR1',
    },
  });
/** The view that was opened or updated last. */
function viewOf(bot: Bot): Record<string, unknown> {
  const [, with_] = bot.calls.filter(([what]) => what === 'views.open' || what === 'ack').at(-1) ?? [];
  return (with_ as { view: Record<string, unknown> }).view;
}
const received = (bot: Bot) => bot.calls.flatMap(([what, , action]) => (what === 'receive' ? [action] : []));

/** Sends the form as Slack does. */
const submit = (bot: Bot, fields: Readonly<Record<string, string>>, user = BO) =>
  bot.send('view', 'end-all', {
    body: { user: { id: user, team_id: 'T1' } },
    view: {
      private_metadata: viewOf(bot)['private_metadata'],
      state: {
        values: Object.fromEntries(Object.entries(fields).map(([id, value]) => [id, { text: { value } }])),
      },
    },
  });

describe('/access end', () => {
  test('shows how many, whose, where and the first ones, and asks for the reason and the number', async () => {
    const bot = listening();
    await command(bot, 'everything of ana');
    const view = viewOf(bot);
    expect(checkView(view)).toEqual([]);
    const shown = linesOf(view['blocks'] as readonly object[]).join('\n');
    for (const words of ['12 requests of 1 person, 12 with access', 'orders-db', 'and 2 more'])
      expect(shown).toContain(words);
    expect(shown).toContain('until 2 security people lift the lock');
    expect(JSON.stringify(view)).toContain('type how many there are (12)');
  });

  test.each<[string, object]>([
    ['ana', { kind: 'person', person: 'ana' }],
    ['everything of Ana Ferreira', { kind: 'person', person: 'ana' }],
    [`everything of <@${ANA}|ana>`, { kind: 'person', person: 'ana' }],
    ['everything of gone', { kind: 'person', person: 'gone' }],
    ['me', { kind: 'person', person: 'bo' }],
    ['everything of orders', { kind: 'entitlement', entitlement: 'orders-db' }],
    ['everything at postgres', { kind: 'provider', provider: 'postgres' }],
    ['Everything', { kind: 'everything' }],
  ])('understands “%s”', async (typed, scope) => {
    const bot = listening();
    await command(bot, typed);
    expect(JSON.parse(String(viewOf(bot)['private_metadata']))).toMatchObject({ scope, total: 12 });
  });

  test('counts and lists the access that a restored ledger has lost', async () => {
    const bot = listening(1);
    const request = `req_${'0'.repeat(21)}9h7k2` as RequestId;
    const lost = {
      request,
      entry: entryOf({ subject: { id: '7', name: 'ana-ferreira' } }),
      endsAt: later(60),
    };
    Object.assign(bot.deps.ledger, { lostLeasesLeft: () => Promise.resolve([lost]) });
    await command(bot, 'everything');
    expect(JSON.parse(String(viewOf(bot)['private_metadata']))).toMatchObject({ total: 2 });
    expect(linesOf(viewOf(bot)['blocks'] as readonly object[]).join('\n')).toMatch(
      /2 with access.*ana-ferreira: `unknown` at fake/s,
    );
  });

  test('without more words it asks of whom or what, and then shows what would end', async () => {
    const bot = listening();
    await command(bot, '');
    expect(checkView(viewOf(bot))).toEqual([]);
    await bot.send('view', 'end-all-choose', {
      body: { user: { id: BO, team_id: 'T1' } },
      view: { state: { values: { what: { text: { value: 'ana' } } } } },
    });
    expect(viewOf(bot)['callback_id']).toBe('end-all');
  });

  test('says so when nothing is called like that', async () => {
    const bot = listening();
    await command(bot, 'everything of nobody');
    expect(JSON.stringify(viewOf(bot))).toContain('knows no person');
    expect(received(bot)).toEqual([]);
  });

  test('somebody who may not sees nothing of it, and the attempt reaches the worker', async () => {
    const bot = listening();
    await command(bot, 'everything of bo', ANA);
    const shown = JSON.stringify(viewOf(bot));
    expect(shown).toContain('only the security people may');
    expect(shown).not.toContain('12 requests');
    expect(received(bot)).toEqual([
      { kind: 'end-all', body: { scope: { kind: 'person', person: 'bo' }, reason: '' } },
    ]);
  });
});

describe('an account that is not that of a member', () => {
  const choose = (bot: Bot) =>
    bot.send('view', 'end-all-choose', {
      body: { user: { id: BO, team_id: 'T1' } },
      view: { state: { values: { what: { text: { value: 'ana' } } } } },
    });
  const ACCOUNTS: readonly (readonly [who: string, facts: AccountFacts, why: RegExp])[] = [
    ['a deactivated account', memberFacts(BO, { deleted: true }), /deactivated/],
    ['a guest', guestFacts(BO), /guest/],
    ['an account of which Slack tells another one', memberFacts(ANA), /does not trust it/],
  ];

  test.each(ACCOUNTS)(
    '%s sees nothing of what would end, also when it chooses in the form',
    async (_who, facts, why) => {
      const bot = listening(12, () => Promise.resolve(facts));
      for (const open of [() => command(bot, 'ana'), () => choose(bot), () => command(bot, 'me')]) {
        await open();
        const shown = JSON.stringify(viewOf(bot));
        expect(shown).toMatch(why);
        expect(shown).not.toMatch(/12|orders-db/);
        expect(viewOf(bot)['callback_id']).not.toBe('end-all');
      }
    },
  );

  test.each(ACCOUNTS)('%s that has the form open is told why nothing ends', async (_who, facts, why) => {
    let now = memberFacts(BO);
    const bot = listening(12, () => Promise.resolve(now));
    await command(bot, 'ana');
    now = facts;
    await submit(bot, { reason: 'stolen laptop', count: '12' });
    expect(JSON.stringify(viewOf(bot))).toMatch(why);
  });

  test('nobody sees anything of it while Slack does not say what kind of account they have', async () => {
    const bot = listening(12, () => Promise.reject(new Error('internal_error')));
    await expect(command(bot, 'ana')).rejects.toThrow('internal_error');
    expect(bot.calls).toEqual([['ack']]);
  });
});

describe('the form', () => {
  test('another number than the one that is shown ends nothing', async () => {
    const bot = listening();
    await command(bot, 'ana');
    await submit(bot, { reason: 'stolen laptop', count: '11' });
    expect(bot.calls.at(-1)?.[1]).toMatchObject({ response_action: 'errors', errors: { count: /./ } });
    expect(received(bot)).toEqual([]);
  });

  test('a blank reason is asked for again', async () => {
    const bot = listening();
    await command(bot, 'ana');
    await submit(bot, { reason: '  ', count: '12' });
    expect(JSON.stringify(bot.calls.at(-1))).toContain('Say why');
    expect(received(bot)).toEqual([]);
  });

  test('what was confirmed is stored before it is acknowledged (I16)', async () => {
    const bot = listening();
    await command(bot, 'ana');
    await submit(bot, { reason: 'stolen laptop', count: ' 12 ' });
    expect(received(bot)).toEqual([
      { kind: 'end-all', body: { scope: { kind: 'person', person: 'ana' }, reason: 'stolen laptop' } },
    ]);
    expect(bot.calls.map(([what]) => what).slice(-2)).toEqual(['receive', 'ack']);
    expect(checkView(viewOf(bot))).toEqual([]);
  });
});

describe('the message about a mass ending', () => {
  const massEnding: MassEnding = {
    id: `end_${'0'.repeat(26)}` as MassEndingId,
    scope: { kind: 'person', person: 'ana' as PersonId },
    ...{ by: 'bo' as PersonId, reason: 'stolen laptop', at: noon, lock: { needs: 2, liftedBy: [] } },
  };
  const late = [{ lease: 'lease_1', provider: 'github', fault: 'provider-unavailable: 502' }];
  const progress = (more: Partial<MassEndingProgress>): MassEndingProgress =>
    ({
      left: 0,
      ended: 12,
      over: 5,
      scope: massEnding.scope,
      granted: 12,
      unconfirmed: 0,
      leases: 12,
      revoked: 5,
      sessions: [],
      late: [],
      lateCount: 0,
      cutOffs: [],
      ...more,
    }) as MassEndingProgress;

  async function shownFor(all: readonly MassEndingProgress[], of: MassEnding = massEnding) {
    const texts: [where: string, text: string][] = [];
    const note = (where: string) => (given: { message: RenderedMessage }) =>
      Promise.resolve(void texts.push([where, given.message.text]));
    const [{ deps }, shown] = [fakeBot(undefined), new Map()];
    const results: boolean[] = [];
    for (const each of all) {
      const ledger = {
        readMassEnding: () => Promise.resolve(of),
        massEndingProgress: () => Promise.resolve(each),
      } as never;
      const messenger = { showInChannel: note('channel'), showToPerson: note('person') } as never;
      results.push(await showMassEnding({ ...deps, ledger }, messenger, { id: of.id, shown }));
    }
    return { texts, results };
  }

  test('is edited when something changed, and says what is late and why', async () => {
    const { texts, results } = await shownFor([
      progress({ left: 3 }),
      progress({ left: 3 }),
      progress({ over: 11, late: late as never, lateCount: 1 }),
      progress({ over: 12 }),
    ]);
    expect(texts.map(([where]) => where)).toEqual(Array(3).fill(['channel', 'person']).flat());
    const [first = '', second = '', last = ''] = texts.flatMap(([where, text]) =>
      where === 'person' ? [text] : [],
    );
    expect(first).toContain('Ended: 5 of 15 requests.');
    expect(second).toContain('Ended: 11 of 12 requests.');
    expect(second).toContain('provider-unavailable: 502');
    expect(last).toContain('All 12 requests are ended, and their access is revoked and verified.');
    expect(last).toContain('Lifted by 0 of 2.');
    expect(last).toMatch(/Access of .* that Curfew did not grant was not changed/);
    expect(results).toEqual([false, false, false, false]);
  });

  test('is drawn until as many people lifted the lock as it needs', async () => {
    const liftedBy = ['bo'] as PersonId[];
    const { results } = await shownFor([progress({ over: 12 })], {
      ...massEnding,
      lock: { needs: 2, liftedBy },
    });
    expect(results).toEqual([false]);
  });

  test('is not drawn any more when all is over and the lock is lifted', async () => {
    const liftedBy = ['bo', 'sam'] as PersonId[];
    const { results, texts } = await shownFor([progress({ over: 12 })], {
      ...massEnding,
      lock: { needs: 2, liftedBy },
    });
    expect(results).toEqual([true]);
    for (const [, text] of texts) {
      expect(text).toContain('The lock is lifted, so it can be granted again. Lifted by 2 of 2: ');
      expect(text).not.toContain('Nothing of it is granted');
    }
  });

  test('is only for the person who ended what is their own', async () => {
    const { lock: _lock, ...own } = { ...massEnding, by: 'ana' as PersonId };
    expect((await shownFor([progress({})], own)).texts.map(([where]) => where)).toEqual(['person']);
  });
});

test('what is over is not asked for again, and the security people are told of each group that seems to have left (F29)', async () => {
  jest.useFakeTimers();
  const ids = ['1', '2'].map((digit) => `end_${digit.repeat(26)}` as MassEndingId);
  const asked: unknown[] = [];
  let accounts = ['old-1', 'old-2'];
  const { deps, client, calls } = fakeBot(undefined, {
    ledger: {
      recentMassEndings: (over: readonly string[]) =>
        Promise.resolve((asked.push(over), ids.map((id) => ({ id })))),
      readMassEnding: (id: MassEndingId) =>
        Promise.resolve({
          ...{ id, scope: { kind: 'everything' }, by: 'bo', reason: 'a leak', at: noon },
          ...(id === ids[0] ? {} : { lock: { needs: 1, liftedBy: [] } }),
        }),
      massEndingProgress: () =>
        Promise.resolve({
          ...{ scope: null, left: 0, ended: 0, over: 0, granted: 0, unconfirmed: 0 },
          ...{ sessions: [], late: [], lateCount: 0, cutOffs: [] },
        }),
      openRequestsByRequester: () =>
        Promise.resolve(['dan', 'eve'].map((requester) => ({ requester, requests: [] }))),
      lostLeasesLeft: () =>
        Promise.resolve(
          accounts.map((name, nth) => ({
            request: `req_${String(nth).padStart(26, '0')}`,
            entry: entryOf({ subject: { id: name, name } }),
            endsAt: noon,
          })),
        ),
    },
    policy: {
      lastKnown: () =>
        Promise.resolve({ directory: { people: new Map([['bo', { accounts: { slack: [BO] } }]]) } }),
      mayAct: () => Promise.resolve({ kind: 'not-eligible' }),
      ownerOf: () => Promise.resolve(ok(null)),
      lastKnownPersonOf: () => Promise.resolve(undefined),
      givenBy: () => Promise.resolve([]),
      securityPeople: () => Promise.resolve(['bo', 'sam']),
    },
  });
  const messages = startOutbox(deps, client, UNPACED, [massEndings, leavers]);
  await jest.advanceTimersByTimeAsync(2_000);
  expect(asked).toEqual([[], [ids[0]]]);
  accounts = ['old-1', 'old-3'];
  await jest.advanceTimersByTimeAsync(60_000);
  await messages.stop();
  jest.useRealTimers();
  const told = calls.flatMap(([what, given]) => {
    const { channel, text, metadata } = given as { channel: string; text: string; metadata?: object };
    return what === 'chat.postMessage' && /not active/.test(text) ? [{ channel, text, metadata }] : [];
  });
  expect(told.map(({ channel }) => channel)).toEqual([BO, BO]);
  expect(told[0]?.metadata).not.toEqual(told[1]?.metadata);
  expect(told[0]?.text).toMatch(/^4 of 4 people .* not active .*: dan, eve, .?old-1.? and .?old-2.?\./);
});
