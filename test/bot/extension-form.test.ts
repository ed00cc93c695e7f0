import { describe, expect, test } from '@jest/globals';
import { listenForExtensionForm } from '../../bot/inbound/extension-form.ts';
import { extensionChoices } from '../../core/request/extension-lengths.ts';
import type { Instant, Minutes } from '../../core/ids.ts';
import type { Command } from '../../core/request/commands.ts';
import type { RequestView } from '../../requests/view.ts';
import {
  approve,
  bo,
  confirmExtended,
  confirmGranted,
  confirmLeaseExtended,
  END,
  extend,
  later,
  request,
} from '../core/request/request.fixture.ts';
import { ANA, BO, fakeBot } from './fake-bot.fixture.ts';
import { DIGEST, viewAfter } from './request-view.fixture.ts';

const VALUE = `${request} ${DIGEST}`;
const LIVE = [approve(bo), confirmGranted()];
/** Extended by six hours. The longest of the quickstart is 8 h. */
const LONGEST = [
  ...LIVE,
  extend(later(60), { minutes: 360 }),
  { ...approve(bo, later(61)), digest: 'x1' } as Command,
  confirmLeaseExtended(),
  confirmExtended(),
];
const active = viewAfter(LIVE);
const from = (user: string) => ({
  type: 'block_actions',
  user: { id: user, team_id: 'T1' },
  channel: { id: 'C1' },
  trigger_id: 'TR1',
});

async function click(view: RequestView | undefined, user = ANA, value = VALUE, now = later(60)) {
  const bot = fakeBot(view, { ledger: { now: () => Promise.resolve(now) } });
  listenForExtensionForm(bot.app, bot.deps);
  await bot.send('action', 'extend', { body: from(user), action: { type: 'button', value } });
  return bot.calls;
}

const formOf = (calls: Awaited<ReturnType<typeof click>>) => {
  const opened = calls.find(([what]) => what === 'views.open')?.[1] as { view: Record<string, unknown> };
  return opened.view as {
    callback_id?: string;
    private_metadata?: string;
    blocks: readonly Record<string, unknown>[];
  };
};
const textOf = (calls: Awaited<ReturnType<typeof click>>): string => JSON.stringify(formOf(calls).blocks);

describe('the button to extend', () => {
  test('opens a form with the lengths that the policy leaves, and remembers the request and the place', async () => {
    const calls = await click(active);
    const { callback_id, private_metadata, blocks } = formOf(calls);
    expect([calls[0], callback_id, JSON.parse(private_metadata ?? '')]).toEqual([
      ['ack'],
      'extend',
      { request, channel: 'C1' },
    ]);
    const element = blocks[1]?.['element'] as {
      options: { value: string }[];
      initial_option: { value: string };
    };
    // The quickstart's longest is 8 h, and 2 h are given.
    expect(element.options.map(({ value }) => value)).toEqual(['15m', '30m', '1h', '2h', '4h', '6h']);
    expect(element.initial_option.value).toBe('1h');
  });

  test.each<[string, RequestView, string, RegExp, Instant]>([
    ['somebody else', active, BO, /Only the requester can do this/, later(60)],
    ['nobody whom Curfew knows', active, 'U0NOBODY', /not linked to an active person/, later(60)],
    ['whose extension is open', viewAfter([...LIVE, extend()]), ANA, /was requested already/, later(60)],
    ['who has no access yet', viewAfter([]), ANA, /still pending/, later(60)],
    ['whose access is over', viewAfter(LIVE), ANA, /already over/, END],
  ])('shows why there is no form, to %s', async (_who, view, user, text, now) => {
    const calls = await click(view, user, VALUE, now);
    expect(formOf(calls).callback_id).toBeUndefined();
    expect(textOf(calls)).toMatch(text);
  });

  test('shows that the access lasts as long as the policy allows, when it does', async () => {
    const longest = viewAfter(LONGEST);
    expect(textOf(await click(longest))).toMatch(/as long as the policy allows already/);
  });

  test.each([
    ['with a wrong value', active, 'orders'],
    ['of a request that is gone', undefined, VALUE],
  ])('%s is answered in the channel', async (_what, view, value) => {
    expect((await click(view, ANA, value)).map(([what]) => what)).toEqual(['ack', 'chat.postEphemeral']);
  });
});

describe('the form', () => {
  const shown = { title: 'Orders', class: 'confidential', requester: { name: 'Ana' }, targets: [] };

  async function submit(length: string, reason: string, user = ANA) {
    const state = active.state;
    const ledger = {
      readState: () => Promise.resolve({ state, at: later(60) }),
      readTargets: () => Promise.resolve([]),
      readShown: () => Promise.resolve(shown),
    };
    const judge = {
      judgeExtension: (_request: object, wanted: { length: string; reason: string }) =>
        Promise.resolve(
          wanted.reason === ''
            ? { ok: false, error: { code: 'reason-missing' } }
            : wanted.length === '9h'
              ? { ok: false, error: { code: 'too-long-in-total', longest: 480, left: 360 } }
              : { ok: true, value: { extension: {}, stages: [], policy: '', waitMinutes: 60 } },
        ),
    };
    const base = fakeBot(active);
    const bot = fakeBot(active, { ledger, policy: { ...base.deps.policy, ...judge } });
    listenForExtensionForm(bot.app, bot.deps);
    await bot.send('view', 'extend', {
      body: { user: { id: user }, team: { id: 'T1' }, trigger_id: 'TR1' },
      view: {
        private_metadata: JSON.stringify({ request, channel: 'C1', message: '7.7' }),
        state: {
          values: {
            length: { choice: { selected_option: { value: length } } },
            reason: { text: { value: reason } },
          },
        },
      },
    });
    return bot.calls;
  }

  test('is stored with the place of the click, and then acknowledged (I16)', async () => {
    expect(await submit('30m', 'the restore takes longer')).toEqual([
      [
        'receive',
        { user: ANA, team: 'T1', channel: 'C1', message: '7.7', trigger: 'TR1' },
        { kind: 'extend', request, body: { length: '30m', reason: 'the restore takes longer' } },
      ],
      ['ack'],
    ]);
  });

  test.each<[string, string, string, object, string]>([
    ['without a reason', '30m', ' ', { code: 'reason-missing' }, 'reason'],
    ['for too long', '9h', 'why', { code: 'too-long-in-total', longest: 480, left: 360 }, 'length'],
  ])(
    '%s shows the error beside its field, and the refusal is recorded (I19)',
    async (_what, length, reason, refusal, field) => {
      const calls = await submit(length, reason);
      expect(calls).toEqual([
        ['receive', expect.anything(), { kind: 'extend', request, body: { length, reason, refusal } }],
        ['ack', { response_action: 'errors', errors: { [field]: expect.any(String) } }],
      ]);
    },
  );

  test('of a person whom Curfew does not know is refused', async () => {
    const [, [, answer] = []] = await submit('30m', 'why', 'U0NOBODY');
    expect(answer).toMatchObject({ response_action: 'errors' });
  });
});

test.each<[number, number[]]>([
  [10, [10]],
  [15, [15]],
  [20, [15, 20]],
  [60, [15, 30, 60]],
  [10_000, [15, 30, 60, 120, 240, 480, 1_440, 10_000]],
])('with %s minutes left, the form offers %j', (left, expected) => {
  expect(extensionChoices(left as Minutes)).toEqual(expected);
});
