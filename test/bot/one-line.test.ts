import { describe, expect, test } from '@jest/globals';
import { type offerMessage, refusedLineMessage } from '../../bot/cards/offers.ts';
import { draftValue, parseDraft } from '../../bot/cards/form-fields.ts';
import { bytesOf } from '../../bot/cards/elements.ts';
import { checkBlocks } from '../../sandbox/slack/blocks.ts';
import { listenForAccessCommand } from '../../bot/inbound/access-command.ts';
import { readOneLine } from '../../bot/inbound/one-line.ts';
import { openSilence } from '../../bot/courier/silence.ts';
import type { Minutes } from '../../core/ids.ts';
import type { RequestRefusal } from '../../core/request/refusals.ts';
import { ANA, fakeBot } from './fake-bot.fixture.ts';
import { linesOf } from './block-lines.fixture.ts';
import { viewAfter } from './request-view.fixture.ts';

describe('a request in one line has', () => {
  test.each<[text: string, length: string, reason: string]>([
    ['2h incident 4312', '2h', 'incident 4312'],
    ['2 h 30 min incident 4312', '2 h 30 min', 'incident 4312'],
    ['2 hours: incident 4312', '2 hours', 'incident 4312'],
    ['2 h 30 people wait', '2 h', '30 people wait'],
    ['1.5h', '1.5h', ''],
    ['1d-1h why not', '1d-1h', 'why not'],
    ['-1h why', '-1h', 'why'],
    ['.5h why', '.5h', 'why'],
    ['90 why', '90', 'why'],
    ['2h30 why', '2h30', 'why'],
    ['incident 4312', '', 'incident 4312'],
    ['soon', '', 'soon'],
    ['', '', ''],
    ['2h two\n  lines', '2h', 'two\n  lines'],
  ])('of "%s" the length "%s" and the reason "%s"', (text, length, reason) =>
    expect(readOneLine('orders-db', text)).toEqual({ entitlement: 'orders-db', length, reason }),
  );
});

const caller = { user: ANA, team: 'T1', channel: 'C1', trigger: 'TR1' };
const typed = async (text: string, more: Parameters<typeof fakeBot>[1] = {}, user = ANA) => {
  const bot = fakeBot(viewAfter([]), more);
  listenForAccessCommand(bot.app, bot.deps);
  await bot.send('command', '/access', {
    command: { text, user_id: user, team_id: 'T1', channel_id: 'C1', trigger_id: 'TR1' },
  });
  return bot.calls;
};
const received = (length: string, reason: string, entitlement = 'orders-db') => [
  ['receive', caller, { kind: 'request', body: { entitlement, length, reason } }],
  ['ack'],
];

describe('a request in one line without a mistake', () => {
  test('is stored, and then acknowledged', async () =>
    expect(await typed('orders-db 2 h 30 min incident 4312')).toEqual(
      received('2 h 30 min', 'incident 4312'),
    ));

  test('of somebody whom Curfew does not know is stored, so that the worker says why', async () =>
    expect((await typed('orders-db 2h why', {}, 'U0GIL')).map(([what]) => what)).toEqual(['receive', 'ack']));

  test('of a person who is not active any more is stored, so that the worker says why', async () => {
    const personOf = () => Promise.resolve('dan');
    expect((await typed('orders-db 2h why', { inbox: { personOf } })).map(([what]) => what)).toEqual([
      'receive',
      'ack',
    ]);
  });
});

describe('a request in one line while Slack accepts no message', () => {
  const whileSilent = async (ms: number) => {
    const bot = fakeBot(viewAfter([]));
    listenForAccessCommand(bot.app, { ...bot.deps, silence: openSilence(() => ms) });
    const command = { text: 'orders-db 2h why', user_id: ANA, team_id: 'T1', channel_id: 'C1' };
    await bot.send('command', '/access', { command });
    return bot.calls.at(-1)?.[1] as { text: string } | undefined;
  };

  test.each<[number, string]>([
    [600_000, '10 minutes'],
    [60_000, 'a minute'],
    [10_000, 'a minute'],
  ])('for %i ms is stored, and its requester reads why no card comes', async (ms, says) => {
    const answer = await whileSilent(ms);
    expect(answer).toMatchObject({ response_type: 'ephemeral' });
    expect(answer?.text).toContain(
      `Your request is recorded. Its card comes later: Slack accepts no message from Curfew for ${says}, because of its rate limit.`,
    );
  });

  test('is said once for a request, and again in the next such time', () => {
    let ms = 600_000;
    const silence = openSilence(() => ms);
    const isTold = () => silence(viewAfter([]).id) !== undefined;
    expect([isTold(), isTold()]).toEqual([true, false]);
    ms = 0;
    expect(isTold()).toBe(false);
    ms = 600_000;
    expect([isTold(), isTold()]).toEqual([true, false]);
  });

  test.each([0, 9_999])('for %i ms is only acknowledged', async (ms) =>
    expect(await whileSilent(ms)).toBeUndefined(),
  );
});

describe('a request in one line with a mistake', () => {
  const tooMany = { ledger: { countOpenRequests: () => Promise.resolve(25) } };
  const missing = { code: 'reason-missing' } as const;
  const noLength = {
    code: 'length-unreadable',
    problem: 'missing',
  } as const;
  test.each<[string, string, Parameters<typeof fakeBot>[1], readonly RequestRefusal[], readonly string[]]>([
    [
      'an unknown name',
      'ordersdb 2h why',
      {},
      [{ code: 'unknown-entitlement', nearest: 'orders-db' }],
      ['ordersdb', '2h', 'why'],
    ],
    [
      'a length that is too long',
      'orders-db 9h why',
      {},
      [{ code: 'too-long', longest: 480 as Minutes }],
      ['orders-db', '9h', 'why'],
    ],
    ['no length', 'orders-db why', {}, [noLength], ['orders-db', '', 'why']],
    ['no reason', 'orders-db 2h', {}, [missing], ['orders-db', '2h', '']],
    [
      'two mistakes',
      'orders-db 9h',
      {},
      [{ code: 'too-long', longest: 480 as Minutes }, missing],
      ['orders-db', '9h', ''],
    ],
    [
      'too many open requests',
      'orders-db 2h why',
      tooMany,
      [{ code: 'too-many-open' }],
      ['orders-db', '2h', 'why'],
    ],
  ])(
    'is recorded as refused and answered where it was typed: %s',
    async (_what, text, more, refusals, draft) => {
      const [entitlement = '', length = '', reason = ''] = draft;
      expect(await typed(text, more)).toEqual([
        ['refuseRequest', { ...caller, channel: undefined }, refusals[0]],
        [
          'ack',
          {
            response_type: 'ephemeral',
            ...refusedLineMessage(refusals, `/access ${text}`, { entitlement, length, reason }),
          },
        ],
      ]);
    },
  );

  test('shows why, what was typed, and a button with it', () => {
    const draft = { entitlement: 'ordersdb', length: '2h', reason: 'why\nnot' };
    const refusal = { code: 'unknown-entitlement', nearest: 'orders-db' } as const;
    const { text, blocks } = refusedLineMessage([refusal], '/access ordersdb 2h why\nnot', draft);
    expect(linesOf(blocks)).toEqual([
      ':warning: There is no such entitlement. Did you mean `orders-db`?',
      '(Nothing was requested. You typed:)',
      '> /access ordersdb 2h why\nnot',
      'refused-line: [Open the form]',
    ]);
    expect(text).toBe(
      'There is no such entitlement. Did you mean `orders-db`? Press “Open the form” to correct it.',
    );
    expect(parseDraft(valueOn(blocks))).toEqual(draft);
  });

  test.each([
    ['letters', 'y'.repeat(5_000)],
    ['emoji', '💥'.repeat(5_000)],
    ['quotation marks, which JSON escapes', '"'.repeat(5_000)],
    ['control characters', '\u0001'.repeat(5_000)],
  ])('with far too much text fits into Slack: %s', (_what, long) => {
    const { blocks } = refusedLineMessage([missing], long, { entitlement: long, length: long, reason: long });
    expect([checkBlocks('message', blocks), bytesOf(blocks) < 12_000]).toEqual([[], true]);
  });

  test('keeps a whole reason of the longest length', () => {
    const reason = '💥"'.repeat(500);
    expect(parseDraft(draftValue({ entitlement: 'x'.repeat(49), length: '2 h 30 min', reason })).reason).toBe(
      reason,
    );
  });

  test('keeps nothing that Slack or Postgres cannot store', () =>
    expect(parseDraft(draftValue({ reason: 'a\0b\ud83dc' }))).toEqual({
      entitlement: '',
      length: '',
      reason: 'ab\ufffdc',
    }));
});

const valueOn = (blocks: readonly object[]): unknown =>
  JSON.parse(/"value":("(?:[^"\\]|\\.)*")/.exec(JSON.stringify(blocks))?.[1] ?? '""');

describe('a request in one line for what the person has or has requested already', () => {
  const view = viewAfter([]);
  const rows = (entitlement: string) => ({
    ledger: { listRequests: () => Promise.resolve([{ id: view.id, entitlement }]) },
  });

  test('is not stored: the open request is offered first', async () => {
    const [[what, answer] = [], ...others] = await typed('postgres 2h why', rows('orders-db'));
    const { response_type, text, blocks } = answer as ReturnType<typeof offerMessage> & {
      response_type: string;
    };
    expect([what, others, response_type]).toEqual(['ack', [], 'ephemeral']);
    expect(linesOf(blocks)).toEqual([
      '*Orders database, read only*',
      expect.stringMatching(
        /^:warning: <!date\^\d+\^You requested this already, .*>\. Waiting for approval by <@U0BOLIND01> or <@U0CYOKAFR1>\.$/,
      ),
      `open-${view.id}: [Withdraw] [See it]`,
      'request-another: [Request another one anyway…]',
    ]);
    expect(text).toContain('You requested this already');
    expect(JSON.stringify(blocks)).toContain(JSON.stringify(JSON.stringify(['postgres', '2h', 'why'])));
  });

  test('is stored when the open request is for something else', async () =>
    expect(await typed('orders-db 2h why', rows('orders-logs'))).toEqual(received('2h', 'why')));
});
