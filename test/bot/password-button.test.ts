import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { ModalView } from '@slack/types';
import { passwordModal, messageModal } from '../../bot/cards/modals.ts';
import { listenForPasswordButton } from '../../bot/inbound/password-button.ts';
import type { Refusal } from '../../core/request/refusals.ts';
import type { ClickOutcome } from '../../inbox/click-outcome.ts';
import { approve, bo, confirmGranted, later, lease, noon, second } from '../core/request/request.fixture.ts';
import { linesOf } from './block-lines.fixture.ts';
import { ANA, BO, type Call, fakeBot } from './fake-bot.fixture.ts';
import { viewAfter } from './request-view.fixture.ts';

const active = viewAfter([approve(bo), confirmGranted()]);
const press = (value: string, user = ANA) => ({
  body: { type: 'block_actions', user: { id: user }, trigger_id: 'T1', channel: { id: 'C1' } },
  action: { type: 'button', value },
});
/** A ledger in which a worker decided the click like this. */
const decided = (outcome: ClickOutcome, more: object = {}) => ({
  ledger: { clickOutcome: () => Promise.resolve(outcome), ...more },
});
const answered = (secret: string | undefined) =>
  decided(
    { kind: 'answered' },
    {
      readLease: () => Promise.resolve(LEASE),
      takeSecret: () => Promise.resolve(secret === undefined ? undefined : Buffer.from(secret)),
    },
  );
const LEASE = { id: lease, requester: 'ana', target: { provider: 'postgres', spec: {} }, endsAt: later(121) };
const refused = (refusal: Refusal) => decided({ kind: 'refused', refusal });

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

test('the click is stored and acknowledged, a view is opened, a worker decides, the password is shown, and only then it is erased', async () => {
  const taken: unknown[] = [];
  const { ledger } = answered('postgres://x');
  const bot = fakeBot(active, {
    ledger: {
      ...ledger,
      clickOutcome: (click: string) => (bot.calls.push(['clickOutcome', click]), ledger.clickOutcome()),
      takeSecret: (delivered: object) => (
        taken.push(delivered),
        Promise.resolve(Buffer.from('postgres://x'))
      ),
    },
    openSecret: (sealed: Buffer, context: string) => `${sealed.toString()} for ${context}`,
  });
  listenForPasswordButton(bot.app, bot.deps);
  await bot.send('action', 'deliver', press(lease));
  const delivered = { lease, click: 'click_1' };
  const text = `postgres://x for password ${lease} ana`;
  expect(bot.calls).toEqual([
    [
      'receive',
      { user: ANA, team: undefined, channel: 'C1', trigger: 'T1' },
      { kind: 'deliver', request: active.id, body: { lease } },
    ],
    ['ack'],
    ['views.open', { trigger_id: 'T1', view: messageModal('Your password', ['One moment…']) }],
    ['clickOutcome', 'click_1'],
    ['views.update', { view_id: 'V1', view: passwordModal('Orders database, read only', text, later(121)) }],
    ['eraseSecret', delivered],
  ]);
  expect(taken).toEqual([delivered]);
});

test('a password that Slack did not show stays in the ledger', async () => {
  const bot = fakeBot(active, answered('postgres://x'));
  const failing = { open: bot.client.views.open, update: () => Promise.reject(new Error('no answer')) };
  listenForPasswordButton(bot.app, bot.deps);
  const client = { views: failing } as unknown as typeof bot.client;
  await expect(bot.send('action', 'deliver', { ...press(lease), client })).rejects.toThrow('no answer');
  expect(bot.calls.map(([what]) => what)).not.toContain('eraseSecret');
});

test('a password is not asked for before Slack opened a view', async () => {
  const bot = fakeBot(active, {});
  const views = { open: () => Promise.reject(new Error('expired_trigger_id')) };
  listenForPasswordButton(bot.app, bot.deps);
  const client = { views } as unknown as typeof bot.client;
  await expect(bot.send('action', 'deliver', { ...press(lease), client })).rejects.toThrow('expired');
  expect(bot.calls.map(([what]) => what)).toEqual(['receive', 'ack']);
});

const broken = (message: string) => ({
  ledger: { clickOutcome: () => Promise.reject(new Error(message)) },
});

test.each([
  ['a refusal', refused({ code: 'not-requester' })],
  ['an access without a password', answered(undefined)],
  ['a failure', broken('a bug')],
])('after %s no password is erased', async (_what, more) =>
  expect((await clicked(more)).map(([what]) => what)).not.toContain('eraseSecret'),
);

describe('while no worker decides', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  test('the person reads after ten seconds that the click is recorded, and nothing is taken or erased', async () => {
    let looks = 0;
    const bot = fakeBot(active, { ledger: { clickOutcome: () => Promise.resolve(void (looks += 1)) } });
    listenForPasswordButton(bot.app, bot.deps);
    const done = bot.send('action', 'deliver', press(lease));
    await jest.advanceTimersByTimeAsync(9_900);
    expect(bot.calls.at(-1)?.[0]).toBe('views.open');
    await jest.advanceTimersByTimeAsync(300);
    await done;
    expect(shownBy(bot.calls)).toBe(
      'Your click is recorded, but Curfew has not decided it yet. Press the button again in a minute. The password is not lost.',
    );
    expect(bot.calls.map(([what]) => what)).toEqual(['receive', 'ack', 'views.open', 'views.update']);
    expect(looks).toBeGreaterThan(49);
    expect(looks).toBeLessThan(102);
  });

  test('the password is shown as soon as one does', async () => {
    let outcome: ClickOutcome | undefined;
    const { ledger } = answered('postgres://x');
    const bot = fakeBot(active, { ledger: { ...ledger, clickOutcome: () => Promise.resolve(outcome) } });
    listenForPasswordButton(bot.app, bot.deps);
    const done = bot.send('action', 'deliver', press(lease));
    await jest.advanceTimersByTimeAsync(5_000);
    outcome = { kind: 'answered' };
    await jest.advanceTimersByTimeAsync(200);
    await done;
    expect(bot.calls.slice(-2).map(([what]) => what)).toEqual(['views.update', 'eraseSecret']);
  });
});

test.each([
  ['deliver', 1],
  ['deliver-1', 1],
  ['deliver-19', 1],
  ['deliver-', 0],
  ['deliver-x', 0],
  ['deliver-1x', 0],
  ['redeliver', 0],
])('a click on the action id "%s" has %i listeners', async (id, count) => {
  const bot = fakeBot(active, answered('x'));
  listenForPasswordButton(bot.app, bot.deps);
  expect(await bot.send('action', id, press(second))).toBe(count);
});

test('each password button delivers its own lease', async () => {
  const bot = fakeBot(active, answered('x'));
  listenForPasswordButton(bot.app, bot.deps);
  await bot.send('action', 'deliver', press(lease));
  await bot.send('action', 'deliver-1', press(second));
  const bodies = bot.calls.flatMap(([what, , action]) => (what === 'receive' ? [action] : []));
  expect(bodies).toMatchObject([{ body: { lease } }, { body: { lease: second } }]);
  expect(bot.calls.filter(([what]) => what === 'eraseSecret')).toEqual([
    ['eraseSecret', { lease, click: 'click_1' }],
    ['eraseSecret', { lease: second, click: 'click_1' }],
  ]);
});

test.each<[string, object]>([
  ['with another value', press('orders-db')],
  ['without a value', { ...press(''), action: { type: 'button' } }],
  ['that is no button of a message or a view', { ...press(lease), body: { type: 'other' } }],
])('a click %s is acknowledged, and nothing else happens', async (_what, args) => {
  const bot = fakeBot(active, answered('x'));
  listenForPasswordButton(bot.app, bot.deps);
  await bot.send('action', 'deliver', args);
  expect(bot.calls).toEqual([['ack']]);
});

describe('instead of a password, the view says', () => {
  test.each<[string, Parameters<typeof fakeBot>[1], string]>([
    ['that there is none', answered(undefined), 'There is no password for this access.'],
    [
      'that it was released already',
      refused({ code: 'already-delivered' }),
      'The password was released already. If you did not see it, press again in 30 seconds. If you then read this again, end the access and tell your security team.',
    ],
    ['who may see it', refused({ code: 'not-requester' }), 'Only the requester can do this.'],
    [
      'by whom the access was ended',
      refused({ code: 'wrong-state', state: 'closed', ending: { kind: 'ended', by: bo } }),
      'The request is already over: ended by <@U0BOLIND01>. Nothing was changed.',
    ],
  ])('%s', async (_what, more, text) => expect(shownBy(await clicked(more))).toBe(text));

  test('that the account is not known', async () => {
    expect(shownBy(await clicked(refused({ code: 'unknown-person' }), 'U0GIL'))).toBe(
      'Your account is not linked to an active person in Curfew. Ask the operator of Curfew, who keeps `people.yaml`.',
    );
  });

  test('why the account may not act', async () => {
    const calls = await clicked(refused({ code: 'not-a-member', why: 'guest' }), BO);
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
    const calls = await clicked(broken('no route to host'));
    expect(calls.at(-2)).toEqual([
      'warn',
      'a password was not shown: no route to host',
      { request: active.id },
    ]);
    expect(shownBy(calls)).toBe(
      'Something failed inside Curfew, so your click may not be recorded. Look again in a minute. If nothing has changed, click once more. Active access still ends on time.',
    );
  });

  test('that something failed, before the password is taken, when the request cannot be read', async () => {
    const taken: object[] = [];
    const { ledger } = answered('x');
    const failing = {
      ...ledger,
      readTrail: () => Promise.reject(new Error('no route to host')),
      takeSecret: (delivered: object) => Promise.reject(taken.push(delivered)),
    };
    expect((await clicked({ ledger: failing })).at(-2)).toEqual([
      'warn',
      'a password was not shown: no route to host',
      { request: active.id },
    ]);
    expect(taken).toEqual([]);
  });

  test('that the password was sealed with another key, and it is not erased', async () => {
    const openSecret = () => {
      throw new Error('bad tag');
    };
    const calls = await clicked({ ...answered('x'), openSecret });
    expect(calls.at(-2)).toEqual([
      'warn',
      'a password was not shown: the secret cannot be opened: bad tag',
      { request: active.id },
    ]);
    expect(shownBy(calls)).toBe(
      'This password cannot be shown, because it was sealed with another key than the one that Curfew has now. It can still be shown once: the operator of Curfew can put the old `CURFEW_SECRET_KEY` back. Otherwise end the access and request it again.',
    );
    expect(calls.map(([what]) => what)).not.toContain('eraseSecret');
  });
});
