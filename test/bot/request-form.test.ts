import { describe, expect, test } from '@jest/globals';
import { messageModal } from '../../bot/blocks/modals.ts';
import { entitlementOption, requestModal } from '../../bot/blocks/request-modal.ts';
import { listenForRequestForm, openRequestModal } from '../../bot/listeners/request-form.ts';
import { no, ok } from '../../core/result.ts';
import type { Entitlement } from '../../policy/index.ts';
import { code, phrase, quoted } from '../../wording/phrase.ts';
import { refusalPhrase } from '../../wording/refusals.ts';
import { cy, bo } from '../core/request/request.fixture.ts';
import { policyOf } from '../policy/quickstart.fixture.ts';
import { ANA, fakeBot, type FakeBot } from './fake-bot.fixture.ts';

const entitlement = policyOf().entitlements.get('orders-db') as Entitlement;
const ACCOUNTS: Readonly<Record<string, string>> = { bo: 'U0BOLIND01', cy: 'U0CYOKAFR1' };
const nameOf = (person: string) => ({ name: person, slack: ACCOUNTS[person] ?? person });
/** The entitlement in the form, as Ana sees it. */
const chosen = {
  entitlement,
  route: ok([
    {
      needs: 1,
      approvers: [
        { person: cy, because: 'owns it' },
        { person: bo, because: 'is the manager' },
      ],
    },
  ]),
} as const;
const caller = { user: ANA, team: 'T1', channel: 'C1' };
const body = { type: 'block_actions', user: { id: ANA }, team: { id: 'T1' }, trigger_id: 'TR1' };
const listening = (more: Parameters<typeof fakeBot>[1] = {}): FakeBot => {
  const bot = fakeBot(undefined, more);
  listenForRequestForm(bot.app, bot.deps);
  return bot;
};
const policyWith = (more: object) => ({ policy: { ...fakeBot(undefined).deps.policy, ...more } });

describe('the form that opens', () => {
  const opened = async (named: string | undefined, more: Parameters<typeof fakeBot>[1] = {}, user = ANA) => {
    const { deps, client, calls } = fakeBot(undefined, more);
    await openRequestModal(deps, client, { trigger: 'TR1', caller: { ...caller, user }, entitlement: named });
    return calls;
  };
  const view = (shown: object) => [['views.open', { trigger_id: 'TR1', view: shown }]];

  test('is empty when nothing is named', async () =>
    expect(await opened(undefined)).toEqual(view(requestModal(undefined, nameOf, 'C1'))));

  test.each(['orders-db', 'Postgres'])('has the entitlement that "%s" names', async (named) =>
    expect(await opened(named)).toEqual(view(requestModal(chosen, nameOf, 'C1'))),
  );

  test('has every target of the entitlement', async () => {
    const [target] = entitlement.targets;
    if (!target) throw new Error('there is no target');
    const described = { ...target.described, plain: 'the role orders_writer' };
    const two = { ...entitlement, targets: [target, { ...target, described }] };
    const opening = await opened('orders-db', policyWith({ entitlementNamed: () => Promise.resolve(two) }));
    const text = JSON.stringify(opening);
    expect(['orders_reader', 'orders_writer'].map((role) => text.includes(role))).toEqual([true, true]);
  });

  test('is empty when the name is not known', async () =>
    expect(await opened('nothing')).toEqual(view(requestModal(undefined, nameOf, 'C1'))));

  test('says why this person cannot request the entitlement', async () => {
    const refusal = { code: 'not-allowed', why: 'it is Sunday' } as const;
    const judge = () => Promise.resolve({ allowed: false, refusal });
    const route = no(refusalPhrase(refusal));
    expect(await opened('orders-db', policyWith({ judge }))).toEqual(
      view(requestModal({ ...chosen, route }, nameOf, 'C1')),
    );
  });

  test('is judged with the usual length, because the person has typed none yet', async () => {
    const judged: unknown[] = [];
    const judge = (submission: object) => {
      judged.push(submission);
      return Promise.resolve({ allowed: true, judged: { stages: [] } });
    };
    await opened('orders-db', policyWith({ judge }));
    expect(judged).toEqual([
      {
        person: 'ana',
        entitlement: 'orders-db',
        length: '60m',
        reason: 'not typed yet',
        reasonHash: '',
        openRequests: 0,
      },
    ]);
  });

  test('is a message for somebody whom Curfew does not know', async () =>
    expect(await opened('orders-db', {}, 'U0GIL')).toEqual(
      view(
        messageModal(
          'Request access',
          phrase`Your account is not linked to an active person in Curfew. Ask the operator of Curfew, who keeps ${code('people.yaml')}.`,
        ),
      ),
    ));

  test('is a message while the policy cannot be read', async () =>
    expect(await opened('orders-db', policyWith({ problem: () => Promise.resolve('a <tab>') }))).toEqual(
      view(
        messageModal(
          'Request access',
          phrase`Nobody can request or approve access right now: ${quoted('a <tab>')}. Tell the operator of Curfew. Active access still ends on time, and you can still end it.`,
        ),
      ),
    ));
});

describe('a button that opens the form', () => {
  test.each([
    [undefined, requestModal(undefined, nameOf, '')],
    ['orders-db', requestModal(chosen, nameOf, '')],
  ])('with the value "%s"', async (value, view) => {
    const bot = listening();
    expect(await bot.send('action', 'open-request-form', { body, action: { type: 'button', value } })).toBe(
      1,
    );
    expect(bot.calls).toEqual([['ack'], ['views.open', { trigger_id: 'TR1', view }]]);
  });

  test('without a value opens an empty form, whatever the catalogue has', async () => {
    const bot = listening(policyWith({ entitlementNamed: () => Promise.resolve(entitlement) }));
    await bot.send('action', 'open-request-form', { body, action: { type: 'button' } });
    expect(bot.calls.at(-1)).toEqual([
      'views.open',
      { trigger_id: 'TR1', view: requestModal(undefined, nameOf, '') },
    ]);
  });

  test('is acknowledged when it is no button', async () => {
    const bot = listening();
    await bot.send('action', 'open-request-form', { body, action: { type: 'other' } });
    expect(bot.calls).toEqual([['ack']]);
  });
});

describe('the search in the form', () => {
  const found = async (value: string, more = {}, user = ANA) => {
    const bot = listening(more);
    await bot.send('options', 'entitlement', { body: { user: { id: user } }, payload: { value } });
    return bot.calls;
  };

  test('offers what the person may request and contains the typed text', async () =>
    expect(await found(' POSTgres ')).toEqual([['ack', { options: [entitlementOption(entitlement)] }]]));

  test('offers first what begins with the typed text', async () => {
    const named = (id: string, title: string, ...synonyms: readonly string[]) =>
      ({ id, title, synonyms }) as unknown as Entitlement;
    const all = [
      named('a', 'Read Orders'),
      named('b', 'Orders'),
      named('c', 'X', 'new orders'),
      named('d', 'Y', 'ORDERS'),
      named('e', 'Z'),
      named('orders', 'W'),
    ];
    const [[, ack] = []] = await found('orders', policyWith({ requestableBy: () => Promise.resolve(all) }));
    const { options } = ack as { options: readonly { value: string }[] };
    expect(options.map(({ value }) => value)).toEqual(['b', 'd', 'orders', 'a', 'c']);
  });

  test('offers nothing to somebody whom Curfew does not know', async () => {
    const requestableBy = () => Promise.resolve([entitlement]);
    expect(await found('', policyWith({ requestableBy }), 'U0GIL')).toEqual([['ack', { options: [] }]]);
  });

  test('offers at most the hundred options that Slack takes', async () => {
    const requestableBy = () => Promise.resolve(Array.from({ length: 101 }, () => entitlement));
    expect(await found('', policyWith({ requestableBy }))).toEqual([
      ['ack', { options: Array.from({ length: 100 }, () => entitlementOption(entitlement)) }],
    ]);
  });
});

describe('the form of which an entitlement is chosen', () => {
  const view = { id: 'V7', hash: 'H7', private_metadata: 'C9' };
  const choose = async (selected_option: object | null, more: object = {}) => {
    const bot = listening();
    const action = { type: 'external_select', selected_option };
    await bot.send('action', 'entitlement', { body: { ...body, view }, action, ...more });
    return bot.calls;
  };
  const drawn = (shown: Parameters<typeof requestModal>[0]) => [
    ['ack'],
    ['views.update', { view_id: 'V7', hash: 'H7', view: requestModal(shown, nameOf, 'C9') }],
  ];

  test('is drawn again with it, and still knows where it was opened', async () =>
    expect(await choose({ value: 'orders-db' })).toEqual(drawn(chosen)));

  test('is drawn again without one', async () => expect(await choose(null)).toEqual(drawn(undefined)));

  test.each([
    ['a message', { body }],
    ['another kind of element', { action: { type: 'button', value: 'orders-db' } }],
  ])('is not drawn for %s', async (_what, more) => expect(await choose(null, more)).toEqual([['ack']]));
});
