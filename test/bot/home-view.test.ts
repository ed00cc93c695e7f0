import { describe, expect, test } from '@jest/globals';
import { homeView, type HomeContent } from '../../bot/cards/home.ts';
import { approverCard } from '../../bot/cards/request-cards.ts';
import type { Entitlement } from '../../policy/index.ts';
import type { RequestView } from '../../requests/view.ts';
import { ana, approve, bo, confirmGranted, request } from '../core/request/request.fixture.ts';
import { policyOf } from '../policy/quickstart.fixture.ts';
import { linesOf } from './block-lines.fixture.ts';
import { viewAfter } from './request-view.fixture.ts';

const entitlement = policyOf().entitlements.get('orders-db') as Entitlement;
const none = { newest: [], count: 0 };
const home = (more: Partial<HomeContent> = {}) =>
  homeView({
    person: ana,
    name: 'Ana Ferreira',
    live: none,
    waitingForMe: none,
    myPending: none,
    requestable: [],
    policyProblem: undefined,
    ...more,
  }).blocks;
const pageOf = (view: RequestView) => ({ newest: [view], count: 1 });
const active = viewAfter([approve(bo), confirmGranted()]);
const pending = viewAfter([]);

const TOP = ['# Hello Ana', 'home-request: [When I get messages…]'];
const WITH_FORM = ['# Hello Ana', 'home-request: [Request access] [When I get messages…]'];
const part = (title: string, ...lines: readonly string[]) => ['---', `# ${title}`, ...lines];
const NO_ACCESS = part(
  'You have access to',
  '(Nothing right now. Your access is shown here, with the time when it ends.)',
);
const NO_CARD = part('Waiting for your approval', '(No request waits for you.)');
const NO_PENDING = part('Your pending requests', '(None.)');
const NO_ENTITLEMENT = part(
  'You can request',
  '(Nothing yet: no entitlement names you or one of your groups. Ask the owner of what you need, or the operator of Curfew, who keeps `people.yaml` and `catalogue.yaml`. `/access help` shows what you can do.)',
);
const OWN_ACTIVE = [
  '*Orders database, read only* for 2 h\n*<!date^1767621660^Active until {date_short_pretty} at {time}|Active until 2026-01-05 14:01 UTC>.* Approved by <@U0BOLIND01>.',
  `home-${request}: [Extend…] [I'm done]`,
];
const OWN_PENDING = [
  '*Orders database, read only* for 2 h\nWaiting for approval by <@U0BOLIND01> or <@U0CYOKAFR1>.',
  `home-${request}: [Withdraw]`,
];
const ENTITLEMENT = [
  '*Orders database, read only*\nLook up orders and customers when something went wrong.\n`/access orders-db` · up to 8 h',
  'home-request-orders-db: [Request]',
];

describe('Home shows', () => {
  test('what goes on at three providers of a request, and counts the others', () => {
    const elsewhere = ['a', 'b', 'c', 'd'].map((provider) => ({
      ...({ kind: 'session', provider, until: null } as const),
    }));
    const lines = linesOf(home({ myPending: pageOf(viewAfter([], { elsewhere })) }));
    expect(lines).toContainEqual(
      expect.stringMatching(/at `c` [^`]*\. 1 more note: `\/access story \w{8}`$/),
    );
  });

  test.each<[string, Partial<HomeContent>, readonly string[]]>([
    ['nothing yet', {}, [...TOP, ...NO_ACCESS, ...NO_CARD, ...NO_PENDING, ...NO_ENTITLEMENT]],
    [
      'the access of the person',
      { live: pageOf(active) },
      [...TOP, ...part('You have access to', ...OWN_ACTIVE), ...NO_CARD, ...NO_PENDING, ...NO_ENTITLEMENT],
    ],
    [
      'the requests that wait for the person',
      { person: bo, waitingForMe: pageOf(pending) },
      [
        ...TOP,
        ...NO_ACCESS,
        ...part('Waiting for your approval', ...linesOf(approverCard(pending, bo).blocks)),
        ...NO_PENDING,
        ...NO_ENTITLEMENT,
      ],
    ],
    [
      'the pending requests of the person',
      { myPending: pageOf(pending) },
      [...TOP, ...NO_ACCESS, ...NO_CARD, ...part('Your pending requests', ...OWN_PENDING), ...NO_ENTITLEMENT],
    ],
    [
      'what the person can request',
      { requestable: [entitlement] },
      [...WITH_FORM, ...NO_ACCESS, ...NO_CARD, ...NO_PENDING, ...part('You can request', ...ENTITLEMENT)],
    ],
    [
      'why the policy cannot be read, and nothing that can be requested',
      { policyProblem: 'a <tab>' },
      [
        '# Hello Ana',
        ':warning: Nobody can request or approve access right now: a <tab>. Tell the operator of Curfew. Active access still ends on time, and you can still end it.',
        'home-request: [Request access] [When I get messages…]',
        ...NO_ACCESS,
        ...NO_CARD,
        ...NO_PENDING,
      ],
    ],
  ])('%s', (_what, more, expected) => expect(linesOf(home(more))).toEqual(expected));

  test('what the catalogue says of an entitlement as it is written, without markup', () => {
    const hostile = { ...entitlement, title: '<!here>', about: '*now* <!channel>' };
    expect(linesOf(home({ requestable: [hostile] })).at(-2)).toBe(
      '*<!here>*\n*now* <!channel>\n`/access orders-db` · up to 8 h',
    );
  });

  test.each([
    [6, 6, []],
    [7, 6, ['(and 1 more: press *Request access* and search)']],
  ])('of %i entitlements %i, and counts the others', (count, shown, more) => {
    const requestable = Array.from({ length: count }, () => entitlement);
    const lines = linesOf(home({ requestable }));
    expect(lines.filter((line) => line.endsWith(': [Request]'))).toHaveLength(shown);
    expect(lines.filter((line) => /more:/.test(line))).toEqual(more);
  });

  test('how many requests the ledger has besides those that were read, and how to see them', () => {
    const read = (length: number) => ({ newest: Array.from({ length }, () => pending), count: 11 });
    const lines = linesOf(home({ live: read(6), waitingForMe: read(5), myPending: read(6) }));
    expect(lines.filter((line) => /more:/.test(line))).toEqual([
      '(and 5 more: `/access list` shows them)',
      '(and 6 more: each has its own message under *Messages*, with the same buttons)',
      '(and 5 more: `/access list` shows them)',
    ]);
  });

  test('as many requests as the part has room for', () => {
    const many = { newest: Array.from({ length: 12 }, () => pending), count: 12 };
    const shown = (more: Partial<HomeContent>, line: string) =>
      linesOf(home(more)).filter((each) => each.startsWith(line)).length;
    expect([
      shown({ live: many }, OWN_PENDING[0] ?? ''),
      shown({ myPending: many }, OWN_PENDING[0] ?? ''),
      shown({ waitingForMe: many }, '*ana of Lantern* (ana) requests'),
    ]).toEqual([6, 6, 5]);
  });
});

test('the buttons of Home open the form, empty or with the entitlement', () => {
  const blocks = JSON.parse(JSON.stringify(home({ requestable: [entitlement] }))) as readonly {
    block_id?: string;
    elements?: readonly object[];
  }[];
  const label = (text: string) => ({ type: 'plain_text', text, emoji: false });
  expect(blocks.find(({ block_id }) => block_id === 'home-request')?.elements).toEqual([
    {
      type: 'button',
      action_id: 'open-request-form',
      text: label('Request access'),
      style: 'primary',
    },
    { type: 'button', action_id: 'message-preferences', text: label('When I get messages…') },
  ]);
  expect(blocks.find(({ block_id }) => block_id === 'home-request-orders-db')?.elements).toEqual([
    {
      type: 'button',
      action_id: 'open-request-form',
      text: label('Request'),
      value: 'orders-db',
      accessibility_label: 'Request Orders database, read only',
    },
  ]);
});
