import { describe, expect, test } from '@jest/globals';
import { messageModal } from '../../bot/cards/modals.ts';
import type { ModalView } from '@slack/types';
import { draftValue, type FormMemory, parseMemory } from '../../bot/cards/form-fields.ts';
import { requestModal, type RequestForm } from '../../bot/cards/request-modal.ts';
import { nothingFoundPhrase } from '../../bot/cards/search-options.ts';
import { listenForRequestForm, openRequestForm } from '../../bot/inbound/request-form.ts';
import { no, ok } from '../../core/result.ts';
import { FORM_ID } from '../../inbox/receive.ts';
import type { Entitlement } from '../../policy/index.ts';
import { code, phrase, quoted } from '../../wording/phrase.ts';
import { refusalPhrase } from '../../wording/refusals.ts';
import { cy, bo } from '../core/request/request.fixture.ts';
import { policyOf } from '../policy/quickstart.fixture.ts';
import type { RequestFilter } from '../../ledger/index.ts';
import type { RequestView } from '../../requests/view.ts';
import { ANA, BO, fakeBot, type FakeBot } from './fake-bot.fixture.ts';
import { openedForm } from './form.fixture.ts';
import { viewAfter } from './request-view.fixture.ts';

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
  const opened = async (
    named: string | undefined,
    more: Parameters<typeof fakeBot>[1] = {},
    user = ANA,
    shown?: RequestView,
  ) => {
    const { deps, client, calls } = fakeBot(shown, more);
    const draft = named === undefined ? {} : { entitlement: named };
    await openRequestForm(deps, client, { trigger: 'TR1', caller: { ...caller, user }, draft });
    return calls;
  };
  const view = (shown: object) => [['views.open', { trigger_id: 'TR1', view: shown }]];

  test('is empty when nothing is named', async () =>
    expect(await opened(undefined)).toEqual(view(requestModal(openedForm(undefined, 'C1'), nameOf))));

  test.each(['orders-db', 'Postgres'])('has the entitlement that "%s" names', async (named) =>
    expect(await opened(named)).toEqual(view(requestModal(openedForm(chosen, 'C1'), nameOf))),
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

  test.each([
    [
      'ordersdb',
      'has the nearest entitlement, and says so,',
      chosen,
      phrase`There is no entitlement “${quoted('ordersdb')}”. The nearest is ${code('orders-db')}, so it is filled in. Is it not the one? Search for another.`,
    ],
    [
      'zzzzzz',
      'is empty and says so',
      undefined,
      phrase`There is no entitlement “${quoted('zzzzzz')}”. Search for it here.`,
    ],
  ] as const)('for the unknown name "%s" %s', async (named, _what, nearest, notice) =>
    expect(await opened(named)).toEqual(view(requestModal(openedForm(nearest, 'C1', { notice }), nameOf))),
  );

  test('shows the open requests of the person for the entitlement', async () => {
    const open = viewAfter([]);
    const listRequests = (filter: RequestFilter) =>
      Promise.resolve((filters.push(filter), [open, { ...open, id: 'other' }].map(({ id }) => rowOf(id))));
    const filters: RequestFilter[] = [];
    const rowOf = (id: string) => ({ id, entitlement: id === 'other' ? 'orders-logs' : 'orders-db' });
    const [[, call] = []] = await opened('orders-db', { ledger: { listRequests } }, ANA, open);
    expect((call as { view: ModalView }).view.private_metadata).toBe(
      `{"channel":"C1","filled":"1 h","shown":["${open.id}"]}`,
    );
    expect(filters).toEqual([{ requester: 'ana', states: ['pending', 'granting', 'active'], limit: 25 }]);
  });

  test('asks which providers may still refuse the person, and names those of the entitlement', async () => {
    const asked: string[] = [];
    const [provider = ''] = entitlement.targets.map((target) => target.provider);
    const cutOffsInForce = (person: string) => (
      asked.push(person),
      Promise.resolve(
        [provider, 'another'].map((each) => ({ provider: each, toUndo: ['Delete the policy.'] })),
      )
    );
    const shown = JSON.stringify(await opened('orders-db', { ledger: { cutOffsInForce } }));
    expect(asked).toEqual(['ana']);
    expect(shown.match(/may still refuse this access/g)).toHaveLength(1);
    expect(shown).not.toContain('another');
  });

  test.each([
    ['the first', ['aws-iam'], 1],
    ['the second', ['github'], 1],
    ['the first and the third', ['aws-iam', 'postgres'], 2],
    ['none', ['another'], 0],
  ])(
    'warns of %s of three providers that may still refuse the person',
    async (_which, refusing, warnings) => {
      const targets = ['aws-iam', 'github', 'postgres'].flatMap((provider) =>
        entitlement.targets.map((target) => ({ ...target, provider })),
      );
      const cutOffsInForce = () =>
        Promise.resolve(refusing.map((provider) => ({ provider, toUndo: ['Delete the policy.'] })));
      const three = policyWith({ entitlementNamed: () => Promise.resolve({ ...entitlement, targets }) });
      const shown = JSON.stringify(await opened('orders-db', { ...three, ledger: { cutOffsInForce } }));
      expect([...shown.matchAll(/may still refuse this access/g)]).toHaveLength(warnings);
    },
  );

  test('has a name of its own, by which what is submitted twice is one request (F18)', async () => {
    const names: (string | undefined)[] = [];
    const open = ({ view: form }: { view: ModalView }) =>
      Promise.resolve(names.push(parseMemory(form.private_metadata ?? '').form));
    const client = { views: { open } } as unknown as FakeBot['client'];
    for (let times = 0; times < 2; times += 1)
      await openRequestForm(fakeBot(undefined).deps, client, { trigger: 'TR1', caller, draft: {} });
    expect(names.map((name) => FORM_ID.test(name ?? ''))).toEqual([true, true]);
    expect(new Set(names).size).toBe(2);
  });

  test('says why this person cannot request the entitlement', async () => {
    const refusal = { code: 'not-allowed', why: 'it is Sunday' } as const;
    const judge = () => Promise.resolve({ allowed: false, refusal });
    const route = no(refusalPhrase(refusal));
    expect(await opened('orders-db', policyWith({ judge }))).toEqual(
      view(requestModal(openedForm({ ...chosen, route }, 'C1'), nameOf)),
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
    [undefined, requestModal(openedForm(), nameOf)],
    ['orders-db', requestModal(openedForm(chosen), nameOf)],
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
      { trigger_id: 'TR1', view: requestModal(openedForm(), nameOf) },
    ]);
  });

  test('is acknowledged when it is no button', async () => {
    const bot = listening();
    await bot.send('action', 'open-request-form', { body, action: { type: 'other' } });
    expect(bot.calls).toEqual([['ack']]);
  });
});

describe('a button that opens the form filled in', () => {
  const press = async (id: string, value: string, more: Parameters<typeof fakeBot>[1] = {}, user = ANA) => {
    const bot = fakeBot(viewAfter([], { reason: 'incident 4312' }), more);
    listenForRequestForm(bot.app, bot.deps);
    await bot.send('action', id, {
      body: { ...body, user: { id: user } },
      action: { type: 'button', value },
    });
    return bot.calls;
  };
  const formHas = (length: string, reason: string) => [
    ['ack'],
    [
      'views.open',
      {
        trigger_id: 'TR1',
        view: requestModal(openedForm(chosen, undefined, { fields: { length, reason } }), nameOf),
      },
    ],
  ];

  test('has what was typed in one line', async () =>
    expect(
      await press('open-draft', draftValue({ entitlement: 'orders-db', length: '9h', reason: 'why' })),
    ).toEqual(formHas('9h', 'why')));

  test.each(['', 'nonsense', '7', 'null', '{}', '[1,2,3]'])('is empty for the value "%s"', async (value) =>
    expect((await press('open-draft', value)).at(-1)).toEqual([
      'views.open',
      { trigger_id: 'TR1', view: requestModal(openedForm(), nameOf) },
    ]),
  );

  test('has the entitlement, the length and the reason of an earlier request, for its requester', async () =>
    expect(await press('request-again', viewAfter([]).id)).toEqual(formHas('2 h', 'incident 4312')));

  test('has no reason of the request of somebody else', async () => {
    const [, opened] = await press('request-again', viewAfter([]).id, {}, BO);
    expect(JSON.stringify(opened)).toMatch(/"value":"orders-db"/);
    expect(JSON.stringify(opened)).not.toContain('incident 4312');
  });

  test('has no reason when it is erased', async () =>
    expect(
      await press('request-again', viewAfter([]).id, { ledger: { readFreeText: () => Promise.resolve({}) } }),
    ).toEqual(formHas('2 h', '')));

  test.each([
    ['nonsense', {}],
    [viewAfter([]).id, { ledger: { readState: () => Promise.resolve({ state: { kind: 'blank' }, at: 0 }) } }],
  ])('is empty for no request: %s', async (value, more) =>
    expect((await press('request-again', value, more)).at(-1)).toEqual([
      'views.open',
      { trigger_id: 'TR1', view: requestModal(openedForm(), nameOf) },
    ]),
  );
});

describe('the form of which an entitlement is chosen', () => {
  const metadata = (memory: FormMemory) => JSON.stringify(memory);
  const valuesOf = (length: string, block = 'length') => ({
    what: { entitlement: { selected_option: null } },
    [block]: { text: { value: length } },
    reason: { text: { value: 'my reason' } },
  });
  const choose = async (
    value: string | null,
    { memory = {}, values = valuesOf(''), ...more }: { memory?: FormMemory; values?: object } & object = {},
  ) => {
    const bot = listening();
    const view = { id: 'V7', hash: 'H7', private_metadata: metadata(memory), state: { values } };
    const action = {
      type: 'external_select',
      block_id: 'what',
      selected_option: value === null ? null : { value },
    };
    await bot.send('action', 'entitlement', { body: { ...body, view }, action, ...more });
    return bot.calls;
  };
  const drawn = (form: RequestForm) => [
    ['ack'],
    ['views.update', { view_id: 'V7', hash: 'H7', view: requestModal(form, nameOf) }],
  ];
  const reason = 'my reason';

  test('is drawn again with it, and keeps where it was opened and what was typed', async () =>
    expect(await choose('orders-db', { memory: { channel: 'C9', form: 'F1' } })).toEqual(
      drawn(openedForm(chosen, 'C9', { fields: { reason }, memory: { form: 'F1' } })),
    ));

  test('gets the usual length instead of the one that Curfew had filled in', async () =>
    expect(
      await choose('orders-db', { memory: { filled: '2 h' }, values: valuesOf('2 h', 'length-orders-logs') }),
    ).toEqual(drawn(openedForm(chosen, undefined, { fields: { reason } }))));

  test('keeps the length that the person typed, in the block that Slack knows', async () =>
    expect(
      await choose('orders-db', {
        memory: { filled: '2 h' },
        values: valuesOf(' 45 min', 'length-orders-logs.2'),
      }),
    ).toEqual(
      drawn(
        openedForm(chosen, undefined, {
          fields: { reason, lengthBlock: 'length-orders-logs.2', length: '45 min' },
        }),
      ),
    ));

  test('is drawn again without one', async () =>
    expect(await choose(null)).toEqual(drawn(openedForm(undefined, undefined, { fields: { reason } }))));

  test('says what was searched when the person chose that nothing was found, and forgets that choice', async () =>
    expect(await choose(':nothing-found kafka')).toEqual(
      drawn(
        openedForm(undefined, undefined, {
          fields: { reason, whatBlock: 'what.2' },
          notice: nothingFoundPhrase(':nothing-found kafka') ?? [],
        }),
      ),
    ));

  test.each([
    ['a message', { body }],
    ['another kind of element', { action: { type: 'button', value: 'orders-db' } }],
  ])('is not drawn for %s', async (_what, more) => expect(await choose(null, more)).toEqual([['ack']]));

  test('stays as it is when it was drawn again meanwhile, and tells of any other failure', async () => {
    const failing = (error: string) => {
      const bot = listening();
      const update = () => Promise.reject(Object.assign(new Error(error), { data: { error } }));
      const view = { id: 'V7', hash: 'H7', private_metadata: '', state: { values: valuesOf('') } };
      return bot.send('action', 'entitlement', {
        body: { ...body, view },
        action: { type: 'external_select', block_id: 'what', selected_option: { value: 'orders-db' } },
        client: { views: { update } },
      });
    };
    await expect(failing('hash_conflict')).resolves.toBe(1);
    await expect(failing('not_found')).rejects.toThrow('not_found');
  });
});

describe('a button of a length', () => {
  const press = async (id: string, value: string, length: string, memory: FormMemory = {}) => {
    const bot = listening();
    const values = {
      what: { entitlement: { selected_option: { value: 'orders-db' } } },
      'length-orders-db': { text: { value: length } },
      reason: { text: { value: 'my reason' } },
    };
    const view = { id: 'V7', hash: 'H7', private_metadata: JSON.stringify(memory), state: { values } };
    const count = await bot.send('action', id, {
      body: { ...body, view },
      action: { type: 'button', value },
    });
    return { count, calls: bot.calls };
  };
  const drawn = (length: string, memory: FormMemory) => [
    ['ack'],
    [
      'views.update',
      {
        view_id: 'V7',
        hash: 'H7',
        view: requestModal(
          openedForm(chosen, undefined, {
            fields: { lengthBlock: 'length-orders-db.2', length, reason: 'my reason' },
            memory,
          }),
          nameOf,
        ),
      },
    ],
  ];

  test.each(['usual', 'half', 'longest', 'typed'])(
    'fills in its length, in a block that Slack does not know: %s',
    async (label) =>
      expect((await press(`length-${label}`, '30 min', '1 h', { filled: '1 h' })).calls).toEqual(
        drawn('30 min', { filled: '1 h', typed: '1 h' }),
      ),
  );

  test('keeps the length that was typed as a button', async () => {
    const { calls } = await press('length-half', '30 min', '3h', { filled: '1 h' });
    expect(JSON.stringify(calls)).toContain('"text":"3 h · typed"');
  });

  test('keeps the button of what was typed before, when the text is no length', async () =>
    expect((await press('length-half', '30 min', 'soon', { filled: '1 h', typed: '3 h' })).calls).toEqual(
      drawn('30 min', { filled: '1 h', typed: '3 h' }),
    ));

  test('is not any other button', async () => expect((await press('length-x', '', '')).count).toBe(0));
});
