import { describe, expect, test } from '@jest/globals';
import { accessListMessage } from '../../bot/cards/access-list.ts';
import { phraseMessage } from '../../bot/cards/rendered-message.ts';
import { helpMessage } from '../../bot/cards/help.ts';
import { requestModal } from '../../bot/cards/request-modal.ts';
import { listenForAccessCommand } from '../../bot/inbound/access-command.ts';
import type { Entitlement } from '../../policy/index.ts';
import type { Phrase } from '../../wording/phrase.ts';
import { refusalPhrase } from '../../wording/refusals.ts';
import type { AccountFacts } from '../../core/account.ts';
import { guestFacts, memberFacts } from '../core/account.fixture.ts';
import { ana } from '../core/request/request.fixture.ts';
import { policyOf } from '../policy/quickstart.fixture.ts';
import { openedForm } from './form.fixture.ts';
import { ANA, fakeBot } from './fake-bot.fixture.ts';
import { viewAfter } from './request-view.fixture.ts';

const caller = { user: ANA, team: 'T1', channel: 'C1', trigger: 'TR1' };
const requestable = ['orders-db', 'orders-logs'].map((id) => policyOf().entitlements.get(id) as Entitlement);
const fakePolicy = (more: object = {}) => ({
  policy: { ...fakeBot(undefined).deps.policy, requestableBy: () => Promise.resolve(requestable), ...more },
});
const type = async (text: string, more: Parameters<typeof fakeBot>[1] = fakePolicy(), user = ANA) => {
  const bot = fakeBot(viewAfter([]), more);
  listenForAccessCommand(bot.app, bot.deps);
  await bot.send('command', '/access', {
    command: { text, user_id: user, team_id: 'T1', channel_id: 'C1', trigger_id: 'TR1' },
  });
  return bot;
};
/** What the command did, in order. */
const typed = async (...args: Parameters<typeof type>) => (await type(...args)).calls;

describe('the command /access', () => {
  test('stores a request in one line, and then acknowledges it', async () =>
    expect(await typed('orders-db 2h incident 4312')).toEqual([
      [
        'receive',
        caller,
        { kind: 'request', body: { entitlement: 'orders-db', length: '2h', reason: 'incident 4312' } },
      ],
      ['ack'],
    ]));

  test.each(['help', 'Help', 'help me please'])(
    'answers %s with its acknowledgement, to this person only',
    async (text) => {
      const sight = await fakeBot(undefined).deps.policy.sightOf(ana);
      const help = helpMessage({ sight, requestable: ['orders-db', 'orders-logs'] });
      expect(await typed(text)).toEqual([['ack', { response_type: 'ephemeral', ...help }]]);
    },
  );

  test('answers help also to somebody whom nobody knows, without asking Slack', async () => {
    const readAccount = () => Promise.reject(new Error('Slack was asked'));
    expect(await typed('help', { ...fakePolicy(), readAccount }, 'U0GIL')).toEqual([
      ['ack', { response_type: 'ephemeral', ...helpMessage() }],
    ]);
  });

  test('opens the form, which remembers the channel', async () =>
    expect(await typed('')).toEqual([
      ['ack'],
      [
        'views.open',
        { trigger_id: 'TR1', view: requestModal(openedForm(undefined, 'C1'), (name) => ({ name })) },
      ],
    ]));

  test('opens the form with the entitlement that is typed', async () => {
    const [, [, opened] = []] = await typed('orders-db');
    expect(JSON.stringify(opened)).toMatch(/"trigger_id":"TR1".*"initial_option":.*"value":"orders-db"/);
  });
});

describe('the answer to /access list', () => {
  const answer = (message: object) => [['ack'], ['respond', { response_type: 'ephemeral', ...message }]];
  const two = {
    listRequests: () => Promise.resolve([{ id: viewAfter([]).id }]),
    countRequests: () => Promise.resolve(2),
  };

  test('shows the open requests of this person and what they can request, to them only', async () => {
    const open = { newest: [viewAfter([])], count: 2 };
    const names = { nameOf: (person: string) => ({ name: person, slack: SLACK[person] ?? '' }) };
    const newest = open.newest.map((view) => ({ ...view, title: 'Orders database, read only', ...names }));
    expect(await typed('list', { ...fakePolicy(), ledger: two })).toEqual(
      answer(accessListMessage({ newest, count: 2 }, requestable)),
    );
  });

  test.each(['LIST', 'list everything'])('is also the answer to %s', async (text) =>
    expect(await typed(text)).toEqual(answer(accessListMessage({ newest: [], count: 0 }, requestable))),
  );

  test('counts pending, granting, active and revoking requests as open, up to the limit of a person', async () =>
    expect((await type('list')).filters).toEqual([
      { requester: ana, states: ['pending', 'granting', 'active', 'revoking'], limit: 25 },
    ]));

  test('says why the policy cannot be read', async () =>
    expect(await typed('list', fakePolicy({ problem: () => Promise.resolve('a <tab>') }))).toEqual(
      answer(accessListMessage({ newest: [], count: 0 }, 'a <tab>')),
    ));

  const UNKNOWN = refusalPhrase({ code: 'unknown-person' });
  test.each<[string, () => Promise<AccountFacts>, Phrase]>([
    ['is not in the people file', () => Promise.resolve(memberFacts('U0GIL')), UNKNOWN],
    [
      'is a guest',
      () => Promise.resolve(guestFacts('U0GIL')),
      refusalPhrase({ code: 'not-a-member', why: 'guest' }),
    ],
    [
      'has an account of which Slack says nothing',
      () => Promise.reject(new Error('internal_error')),
      UNKNOWN,
    ],
  ])('says why to somebody who %s', async (_who, readAccount, why) =>
    expect(await typed('list', { ...fakePolicy(), readAccount }, 'U0GIL')).toEqual(
      answer(phraseMessage([why])),
    ),
  );

  test('asks for the kind of account of the person who typed', async () => {
    const asked: unknown[] = [];
    const readAccount = (account: string) => Promise.resolve((asked.push(account), memberFacts(account)));
    await typed('list', { ...fakePolicy(), readAccount }, 'U0GIL');
    expect(asked).toEqual(['U0GIL']);
  });
});

const SLACK: Readonly<Record<string, string>> = { ana: ANA, bo: 'U0BOLIND01', cy: 'U0CYOKAFR1' };
