import { describe, expect, test } from '@jest/globals';
import type { ModalView } from '@slack/types';
import { passwordModal, messageModal } from '../../bot/blocks/modals.ts';
import { listenForPasswordButton } from '../../bot/listeners/password-button.ts';
import type { Refusal } from '../../core/request/refusals.ts';
import { stateAfter } from '../../core/request/evolve.ts';
import {
  ana,
  approve,
  bo,
  confirmGranted,
  later,
  lease,
  noon,
  second,
} from '../core/request/request.fixture.ts';
import { linesOf } from './block-lines.fixture.ts';
import { guestFacts } from '../core/account.fixture.ts';
import { ANA, BO, type Call, fakeBot } from './fake-bot.fixture.ts';
import { viewAfter } from './request-view.fixture.ts';

const active = viewAfter([approve(bo), confirmGranted()]);
const state = stateAfter(active.trail.map(({ event }) => event));
const press = (value: string, user = ANA) => ({
  body: { type: 'block_actions', user: { id: user }, trigger_id: 'T1', channel: { id: 'C1' } },
  action: { type: 'button', value },
});
const delivering = (result: object) => ({ ledger: { deliver: () => Promise.resolve(result) } });
const allowed = (secret: string | undefined) =>
  delivering({ recorded: { outcome: { ok: true }, state }, secret });
const refused = (error: Refusal) => delivering({ recorded: { outcome: { ok: false, error }, state } });

/** What the listener did after a click on the first password button. */
async function clicked(
  more: Parameters<typeof fakeBot>[1],
  user = ANA,
  view: typeof active | undefined = active,
) {
  const bot = fakeBot(view, more);
  listenForPasswordButton(bot.app, bot.deps);
  await bot.send('action', 'deliver', press(lease, user));
  return bot.calls;
}
/** The line of the view that was shown last. */
const shownBy = (calls: readonly Call[]): string => {
  const [what, args] = calls.filter(([name]) => name !== 'eraseSecret').at(-1) ?? [];
  const { view_id, view } = args as { view_id: string; view: ModalView };
  expect([what, view_id, view.title.text, view.blocks.length]).toEqual([
    'views.update',
    'V1',
    'Your password',
    1,
  ]);
  return linesOf(view.blocks).join('\n');
};

test('the click is stored and acknowledged, a view is opened, the password is shown in it, and only then it leaves the ledger', async () => {
  const asked: unknown[] = [];
  const bot = fakeBot(active, {
    ledger: {
      deliver(wanted: object) {
        asked.push(
          bot.calls.map(([what]) => what),
          wanted,
        );
        return Promise.resolve({ recorded: { outcome: { ok: true }, state }, secret: 'postgres://x' });
      },
    },
  });
  listenForPasswordButton(bot.app, bot.deps);
  await bot.send('action', 'deliver', press(lease));
  expect(bot.calls).toEqual([
    [
      'receive',
      { user: ANA, team: undefined, channel: 'C1', trigger: 'T1' },
      { kind: 'deliver', request: active.id, body: {} },
    ],
    ['ack'],
    ['views.open', { trigger_id: 'T1', view: messageModal('Your password', ['One moment…']) }],
    [
      'views.update',
      { view_id: 'V1', view: passwordModal('Orders database, read only', 'postgres://x', later(121)) },
    ],
    ['eraseSecret', lease],
  ]);
  expect(asked).toEqual([
    ['receive', 'ack', 'views.open'],
    { lease, by: ana, click: 'click_1', via: 'slack', open: expect.any(Function) },
  ]);
});

test('a password that Slack did not show stays in the ledger', async () => {
  const bot = fakeBot(active, allowed('postgres://x'));
  const failing = { open: bot.client.views.open, update: () => Promise.reject(new Error('no answer')) };
  listenForPasswordButton(bot.app, bot.deps);
  const client = { views: failing } as unknown as typeof bot.client;
  await expect(bot.send('action', 'deliver', { ...press(lease), client })).rejects.toThrow('no answer');
  expect(bot.calls.map(([what]) => what)).not.toContain('eraseSecret');
});

test.each([
  ['a refusal', refused({ code: 'not-requester' })],
  ['an access without a password', allowed(undefined)],
  ['a failure', { ledger: { deliver: () => Promise.reject(new Error('a bug')) } }],
])('after %s no password leaves the ledger', async (_what, more) =>
  expect((await clicked(more)).map(([what]) => what)).not.toContain('eraseSecret'),
);

test.each([
  ['deliver', 1],
  ['deliver-1', 1],
  ['deliver-19', 1],
  ['deliver-', 0],
  ['deliver-x', 0],
  ['deliver-1x', 0],
  ['redeliver', 0],
])('a click on the action id "%s" has %i listeners', async (id, count) => {
  const bot = fakeBot(active, allowed('x'));
  listenForPasswordButton(bot.app, bot.deps);
  expect(await bot.send('action', id, press(second))).toBe(count);
});

test('each password button delivers its own lease', async () => {
  const leases: unknown[] = [];
  const bot = fakeBot(active, {
    ledger: {
      deliver: (wanted: { lease: string }) => {
        leases.push(wanted.lease);
        return Promise.resolve({ recorded: { outcome: { ok: true }, state } });
      },
    },
  });
  listenForPasswordButton(bot.app, bot.deps);
  await bot.send('action', 'deliver', press(lease));
  await bot.send('action', 'deliver-1', press(second));
  expect(leases).toEqual([lease, second]);
});

test.each<[string, object]>([
  ['with another value', press('orders-db')],
  ['without a value', { ...press(''), action: { type: 'button' } }],
  ['that is no button of a message or a view', { ...press(lease), body: { type: 'other' } }],
])('a click %s is acknowledged, and nothing else happens', async (_what, args) => {
  const bot = fakeBot(active, allowed('x'));
  listenForPasswordButton(bot.app, bot.deps);
  await bot.send('action', 'deliver', args);
  expect(bot.calls).toEqual([['ack']]);
});

describe('instead of a password, the view says', () => {
  test.each<[string, Parameters<typeof fakeBot>[1], string]>([
    ['that there is none', allowed(undefined), 'There is no password for this access.'],
    [
      'that it was shown already',
      refused({ code: 'already-delivered' }),
      'The password was shown already. If you did not see it, end the access now and tell your security team.',
    ],
    ['who may see it', refused({ code: 'not-requester' }), 'Only the requester can do this.'],
    [
      'by whom the access was ended',
      refused({ code: 'wrong-state', state: 'closed', ending: { kind: 'ended', by: bo } }),
      'The request is already over: ended by <@U0BOLIND01>. Nothing was changed.',
    ],
  ])('%s', async (_what, more, text) => expect(shownBy(await clicked(more))).toBe(text));

  test('that the account is not known', async () => {
    const calls = await clicked(allowed('x'), 'U0GIL');
    expect(calls.at(-2)).toEqual([
      'recordRefusal',
      { request: active.id, name: 'click/click_1', via: 'slack' },
      { by: null, tried: 'deliver', refusal: { code: 'unknown-person' } },
    ]);
    expect(shownBy(calls)).toBe(
      'Your Slack account is not linked to a person in Curfew. Ask the operator of Curfew to add you to `people.yaml`.',
    );
  });

  test('why the account may not act', async () => {
    const readAccount = (account: string) => Promise.resolve(guestFacts(account));
    const calls = await clicked({ ...allowed('x'), readAccount }, BO);
    expect(shownBy(calls)).toBe('Nothing was changed: guests of this workspace cannot use Curfew.');
  });

  test('the id of a person, when no name is known', async () => {
    const over = refused({ code: 'wrong-state', state: 'active', by: 'b_o' as typeof bo, since: noon });
    const bot = fakeBot(undefined, over);
    listenForPasswordButton(bot.app, bot.deps);
    await bot.send('action', 'deliver', press(lease));
    expect(shownBy(bot.calls)).toMatch(/^Already approved by b_o<!date/);
  });

  test('that something failed, and the operator reads what', async () => {
    const broken = { ledger: { deliver: () => Promise.reject(new Error('no route to host')) } };
    const calls = await clicked(broken);
    expect(calls.at(-2)).toEqual(['warn', 'a password was not shown: no route to host']);
    expect(shownBy(calls)).toBe(
      'Something failed inside Curfew, so your click may not be recorded. Look again in a minute. If nothing has changed, click once more. Active access still ends on time.',
    );
  });

  test('that something failed, before the password leaves the ledger, when the request cannot be read', async () => {
    const delivered: object[] = [];
    const ledger = {
      readTrail: () => Promise.reject(new Error('no route to host')),
      deliver: (wanted: object) => Promise.reject(delivered.push(wanted)),
    };
    expect((await clicked({ ledger })).at(-2)).toEqual([
      'warn',
      'a password was not shown: no route to host',
    ]);
    expect(delivered).toEqual([]);
  });

  test('that the password was sealed with another key', async () => {
    const locked = {
      openSecret: () => {
        throw new Error('bad tag');
      },
      ledger: {
        deliver: ({ open }: { open: (sealed: Buffer) => string }) => Promise.resolve(open(Buffer.from(''))),
      },
    };
    const calls = await clicked(locked);
    expect(calls.at(-2)).toEqual(['warn', 'a password was not shown: the secret cannot be opened: bad tag']);
    expect(shownBy(calls)).toBe(
      'This password cannot be shown, because it was sealed with another key than the one that Curfew has now. It can still be shown once: the operator of Curfew can put the old `CURFEW_SECRET_KEY` back. Otherwise end the access and request it again.',
    );
  });
});
