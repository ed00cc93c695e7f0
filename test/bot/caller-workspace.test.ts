import { expect, test } from '@jest/globals';
import { listenForAccessCommand } from '../../bot/inbound/access-command.ts';
import { listenForEntitlementSearch, listenForRequestForm } from '../../bot/inbound/request-form.ts';
import { listenForMessageShortcut, listenForOpenRequests } from '../../bot/inbound/open-request-buttons.ts';
import { listenForHomeTab } from '../../bot/inbound/home-tab.ts';
import { guestFacts } from '../core/account.fixture.ts';
import { ANA, fakeBot, type FakeBot } from './fake-bot.fixture.ts';
import { viewAfter } from './request-view.fixture.ts';

const LISTENERS = [
  listenForAccessCommand,
  listenForEntitlementSearch,
  listenForHomeTab,
  listenForMessageShortcut,
  listenForOpenRequests,
  listenForRequestForm,
];
type Send = Parameters<FakeBot['send']>;

const body = { type: 'block_actions', user: { id: ANA }, team: { id: 'T2' }, trigger_id: 'TR1' };
const view = { id: 'V7', hash: 'H7', private_metadata: 'C9', state: { values: {} } };
const command = (text: string): Send => [
  'command',
  '/access',
  { command: { text, user_id: ANA, team_id: 'T2', channel_id: 'C1', trigger_id: 'TR1' } },
];

test.each<[what: string, send: Send]>([
  ['the list', command('list')],
  ['the form', command('')],
  ['the form for an entitlement', command('orders-db')],
  ['the button of the form', ['action', 'open-request-form', { body, action: { type: 'button' } }]],
  [
    'the button of the form, in a channel that two workspaces share,',
    [
      'action',
      'open-request-form',
      { body: { ...body, user: { id: ANA, team_id: 'T2' }, team: { id: 'T1' } }, action: { type: 'button' } },
    ],
  ],
  ['the search', ['options', 'entitlement', { body, payload: { value: '' } }]],
  [
    'the choice',
    [
      'action',
      'entitlement',
      {
        body: { ...body, view },
        action: { type: 'external_select', selected_option: { value: 'orders-db' } },
      },
    ],
  ],
  ['a request in one line', command('orders-db 1h why')],
  [
    'the button of a length',
    ['action', 'length-half', { body: { ...body, view }, action: { type: 'button', value: '30 min' } }],
  ],
  [
    'the button of an open request',
    ['action', 'see-request', { body, action: { type: 'button', value: viewAfter([]).id } }],
  ],
  [
    'the shortcut of a message',
    [
      'shortcut',
      'request-access-from-message',
      {
        body,
        shortcut: { ...body, type: 'message_action', channel: { id: 'C1' }, message_ts: '1.7' },
      },
    ],
  ],
  ['the submitted form', ['view', 'request', { body, view }]],
  ['the Home', ['event', 'app_home_opened', { event: { tab: 'home', user: ANA }, body: { team_id: 'T2' } }]],
])('%s looks up the person by the Slack account and the workspace of the payload', async (_what, send) => {
  const asked: unknown[] = [];
  const bot = fakeBot(viewAfter([]), {
    inbox: {
      personOf({ user, team }: { user: string; team: string | undefined }) {
        asked.push([user, team]);
        return Promise.resolve(null);
      },
    },
  });
  for (const listen of LISTENERS) listen(bot.app, bot.deps);
  expect(await bot.send(...send)).toBe(1);
  expect(asked.length).toBeGreaterThan(0);
  for (const each of asked) expect(each).toEqual([ANA, 'T2']);
});

test.each<[what: string, send: Send]>([
  ['the list', command('list')],
  ['the form', command('')],
  [
    'the Home',
    ['event', 'app_home_opened', { event: { tab: 'home', user: 'U0GIL' }, body: { team_id: 'T2' } }],
  ],
])('%s checks the account that no person has, and shows why it may not act', async (_what, send) => {
  const asked: unknown[] = [];
  const bot = fakeBot(undefined, {
    inbox: { personOf: () => Promise.resolve(null) },
    readAccount(account: string) {
      asked.push(account);
      return Promise.resolve(guestFacts(account));
    },
  });
  for (const listen of [listenForAccessCommand, listenForHomeTab]) listen(bot.app, bot.deps);
  await bot.send(...send);
  expect(asked).toEqual([send[0] === 'event' ? 'U0GIL' : ANA]);
  expect(JSON.stringify(bot.calls.at(-1))).toContain('guests of this workspace cannot use Curfew');
});
