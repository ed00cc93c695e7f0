import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Entitlement } from '../../policy/index.ts';
import { findEntitlements, nearestEntitlement } from '../../requests/find-entitlements.ts';
import { holds } from '../laws.fixture.ts';
import { policyOf } from '../policy/quickstart.fixture.ts';

const requestable = [...policyOf().entitlements.values()];
const accounts = { slack: ['U0ANAFERR1'], github: ['ana-ferreira'], 'aws-iam': ['ana'] };
const searched = (history: readonly string[] = [], more: readonly Entitlement[] = requestable) => ({
  requestable: more,
  accounts,
  history,
});
const ids = (all: readonly Entitlement[]) => all.map(({ id }) => id);
const found = (typed: string, ...args: Parameters<typeof searched>) => {
  const { recent, others } = findEntitlements(typed, searched(...args));
  return [ids(recent), ids(others)];
};

const named = (id: string, title = id, ...synonyms: readonly string[]) =>
  ({ id, title, synonyms, targets: [] }) as unknown as Entitlement;
const many = Array.from({ length: 8 }, (_, index) => named(`e${index}`));

describe('what is offered before anything is typed', () => {
  test.each<[string, readonly string[], readonly string[], readonly string[]]>([
    ['to somebody new: the order of the catalogue', [], [], ['e0', 'e1', 'e2', 'e3', 'e4', 'e5', 'e6', 'e7']],
    [
      'first what was requested last, each once',
      ['e3', 'e1', 'e3', 'e3'],
      ['e3', 'e1'],
      ['e0', 'e2', 'e4', 'e5', 'e6', 'e7'],
    ],
    [
      'the last five, then what is requested most, then the catalogue',
      ['e7', 'e6', 'e5', 'e4', 'e3', 'e2', 'e1', 'e1', 'e2', 'e1'],
      ['e7', 'e6', 'e5', 'e4', 'e3'],
      ['e1', 'e2', 'e0'],
    ],
    [
      'nothing that may not be requested any more',
      ['gone', 'e1'],
      ['e1'],
      ['e0', 'e2', 'e3', 'e4', 'e5', 'e6', 'e7'],
    ],
  ])('is %s', (_what, history, recent, others) => expect(found('', history, many)).toEqual([recent, others]));

  test('is the same for spaces', () => expect(found(' \t ', ['e1'], many)).toEqual(found('', ['e1'], many)));
});

describe('a search finds', () => {
  test.each<[string, string, readonly string[]]>([
    ['the id', 'orders-db', ['orders-db']],
    ['the title', 'on call', ['orders-oncall']],
    ['a synonym, in any case', ' POSTgres ', ['orders-db']],
    ['the description', 'queue metrics', ['orders-logs']],
    ['the role of a database', 'orders_reader', ['orders-db']],
    ['the repository', 'infra', ['infra-maintain']],
    ['the organisation of GitHub', 'lantern', ['orders-oncall', 'infra-maintain']],
    ['the number of a repository', '6002', ['infra-maintain']],
    ['an action of a policy', 'logs:GetLogEvents', ['orders-logs']],
    ['a resource of a policy', 'log-group', ['orders-logs']],
    ['the group', 'administrators', ['aws-admins']],
    ['the provider', 'github', ['orders-oncall', 'infra-maintain']],
    ['the account of the person at a provider', 'ana-ferreira', ['orders-oncall', 'infra-maintain']],
    ['all words, wherever each is', 'github maintain', ['infra-maintain']],
    ['nothing for a word that is nowhere', 'orders nowhere', []],
    ['nothing for an account at a system without a target', 'U0ANAFERR1', []],
  ])('%s', (_what, typed, expected) => expect(found(typed)).toEqual([[], expected]));

  test.each(['deep', '4711', 'p'])('what is deep in a target, and numbers: %s', (typed) => {
    const spec = { list: [{ inner: 'deep text' }], id: 4711, none: null };
    const described = { plain: '', permissions: [] };
    const one = { ...named('x'), targets: [{ provider: 'p', spec, described }] } as unknown as Entitlement;
    expect(found(typed, [], [named('y'), one])).toEqual([[], ['x']]);
  });

  test('a word with or without its accents', () => {
    const menu = named('x', 'Crème brûlée');
    expect([found('creme', [], [menu]), found('BRÛLÉE', [], [named('y', 'brulee')])]).toEqual([
      [[], ['x']],
      [[], ['y']],
    ]);
  });
});

describe('a search puts', () => {
  const target = (word: string) => ({
    targets: [{ provider: 'p', spec: { word }, described: { plain: '', permissions: [] } }],
  });
  const best: readonly Entitlement[] = [
    { ...named('f', 'Foo'), ...target('xdb') } as unknown as Entitlement,
    { ...named('e', 'Bar'), ...target('the db') } as unknown as Entitlement,
    named('d', 'Ordersdb'),
    named('c', 'Orders-db'),
    named('b', 'DB of orders'),
    named('a', 'x', 'db'),
  ];
  test('the exact name first, then a beginning, then a part, and targets last', () =>
    expect(found('db', [], best)).toEqual([[], ['a', 'b', 'c', 'd', 'e', 'f']]));

  test('a name with the same words in the same order first', () =>
    expect(found('foo  bar', [], [named('b', 'x foo bar'), named('a', 'Foo Bar')])).toEqual([
      [],
      ['a', 'b'],
    ]));

  test('the better name before what was requested before', () =>
    expect(found('db', ['d', 'd', 'c'], best)).toEqual([[], ['a', 'b', 'c', 'd', 'e', 'f']]));

  test('of equally good ones what was requested last, then most, first', () =>
    expect(found('e', ['e5', 'e2', 'e5'], many)).toEqual([
      [],
      ['e5', 'e2', 'e0', 'e1', 'e3', 'e4', 'e6', 'e7'],
    ]));
});

holds(
  'nothing is offered twice, and nothing that the person may not request',
  fc.tuple(fc.string(), fc.array(fc.constantFrom('orders-db', 'aws-admins', 'gone'))),
  ([typed, history]) => {
    const { recent, others } = findEntitlements(typed, searched(history));
    const all = [...recent, ...others];
    expect(new Set(all).size).toBe(all.length);
    expect(all.every((each) => requestable.includes(each))).toBe(true);
    if (typed.trim() === '') expect(all).toHaveLength(requestable.length);
  },
);

describe('the entitlement that a mistyped name means', () => {
  test.each<[string, string | undefined]>([
    ['ordersdb', 'orders-db'],
    ['postgress', 'orders-db'],
    ['terraforms', 'infra-maintain'],
    ['administrators', 'aws-admins'],
    ['logz', 'orders-logs'],
    ['zz', undefined],
    [' ', undefined],
    ['zzzzzz', undefined],
    ['', undefined],
  ])('"%s" means %s', (typed, expected) => expect(nearestEntitlement(typed, searched())?.id).toBe(expected));
});
