import { describe, expect, test } from '@jest/globals';
import type { z } from 'zod';
import { LIMITS } from '../../core/limits.ts';
import { catalogueSchema } from '../../policy/files/catalogue.ts';
import { peopleSchema } from '../../policy/files/people.ts';

type Row = readonly [path: string, accepted: readonly unknown[], refused: readonly unknown[]];

const ENTITLEMENT = {
  id: 'orders-db',
  title: 'Orders database',
  about: 'Look up orders.',
  synonyms: ['orders'],
  owner: 'person:cy',
  class: 'internal',
  longest: '8h',
  usual: '1h',
  requesters: ['group:engineers'],
  targets: [{ provider: 'postgres', role: 'orders_reader' }],
  route: { approvers: ['owner'], needs: 1, waits: '8h' },
};
const PERSON = {
  id: 'ana',
  name: 'Ana Ferreira',
  title: 'Engineer',
  manager: 'bo',
  active: true,
  accounts: { slack: 'U1', github: ['ana', 'ana-2'] },
};
const CATALOGUE = { entitlements: [ENTITLEMENT] };
const PEOPLE = { people: [PERSON], groups: { engineers: ['ana'] } };
const letters = (count: number) => 'x'.repeat(count);
const list = <T>(count: number, item: T): readonly T[] => Array.from({ length: count }, () => item);
const TARGET = { provider: 'postgres' };
const MISSING = undefined;
/** Texts with a line end or a hidden character (T48). */
const NOT_SHOWN = ['x\n:tada: Closed', 'x\t', 'x\u202ey', 'x\u200by', 'x\u001b[2J', 'x\u3164y'];
const BLANK = [' ', '\u3164'];
const shortened = (value: unknown) => (JSON.stringify(value) ?? 'nothing').slice(0, 40);

/** A copy of a value with another value at a path such as `people.0.name`. */
function withValue(value: unknown, path: string, replaced: unknown): unknown {
  const [first = '', ...rest] = path.split('.');
  const copy = structuredClone(value) as Record<string, unknown>;
  copy[first] = rest.length === 0 ? replaced : withValue(copy[first], rest.join('.'), replaced);
  return copy;
}

const FILES: readonly [name: string, schema: z.ZodType, file: unknown, rows: readonly Row[]][] = [
  [
    'catalogue.yaml',
    catalogueSchema,
    CATALOGUE,
    [
      ['entitlements', [[]], [MISSING, {}, 'x']],
      [
        'auditors',
        [MISSING, ['group:auditors'], ['person:ada', 'person:bo']],
        [[], {}, 'group:auditors', [7]],
      ],
      ['unknown', [], ['x']],
      ['entitlements.0.unknown', [], ['x', true]],
      [
        'entitlements.0.id',
        ['a', `a${letters(48)}`, 'a-1'],
        [MISSING, '', `a${letters(49)}`, '1a', 'A', 'a_b', 'a b', '-a', 'a\nb', 7],
      ],
      [
        'entitlements.0.title',
        ['T', 'Zoë 👩🏽‍💻', letters(70)],
        [MISSING, '', letters(71), 7, ...NOT_SHOWN, ...BLANK],
      ],
      ['entitlements.0.about', [MISSING, '', letters(300)], [letters(301), 7, ...NOT_SHOWN]],
      [
        'entitlements.0.synonyms',
        [MISSING, [], list(20, 'x'), [letters(40)]],
        [list(21, 'x'), [letters(41)], [''], [7], 'x', ...[...NOT_SHOWN, ...BLANK].map((each) => [each])],
      ],
      ['entitlements.0.owner', ['person:cy'], [MISSING, 7, ['person:cy']]],
      [
        'entitlements.0.class',
        [MISSING, 'public', 'internal', 'confidential', 'restricted'],
        ['secret', '', true],
      ],
      ['entitlements.0.longest', ['1m', '30d', '8 hours'], [MISSING, 8, '8', '0m', '31d', '8 weeks', '30s']],
      ['entitlements.0.usual', ['1m', '30d'], [MISSING, 1, '1', '0m', '31d']],
      ['entitlements.0.requesters', [['everyone'], list(2, 'everyone')], [MISSING, [], 'everyone', [7]]],
      [
        'entitlements.0.targets',
        [[TARGET], list(LIMITS.targetsPerEntitlement, TARGET)],
        [MISSING, [], TARGET, ['postgres'], list(LIMITS.targetsPerEntitlement + 1, TARGET)],
      ],
      ['entitlements.0.targets.0.provider', ['aws-iam'], [MISSING, 7]],
      ['entitlements.0.targets.0.anything', [MISSING, 'x', { y: 1 }], []],
      ['entitlements.0.route', [{ approvers: ['owner'] }], [MISSING, {}, 'owner']],
      ['entitlements.0.route.approvers', [['owner'], ['owner', 'manager']], [MISSING, [], 'owner', [7]]],
      ['entitlements.0.route.needs', [MISSING, 1, 10], [0, -1, 11, 1.5, '2', true]],
      ['entitlements.0.route.need', [], [2]],
      ['entitlements.0.route.waits', [MISSING, '1m', '30d'], [8, '0m', '31d']],
    ],
  ],
  [
    'people.yaml',
    peopleSchema,
    PEOPLE,
    [
      ['people', [[]], [MISSING, {}, 'ana']],
      ['unknown', [], ['x']],
      ['people.0.unknown', [], ['x']],
      ['people.0.id', ['ana', 'a-1_b'], [MISSING, '', 'Ana', '1a', 'a b', 7]],
      ['people.0.name', ['A', letters(100)], [MISSING, '', letters(101), 7, ...NOT_SHOWN, ...BLANK]],
      ['people.0.title', [MISSING, '', letters(100)], [letters(101), 7, ...NOT_SHOWN]],
      ['people.0.manager', [MISSING, 'bo'], ['Bo', 7]],
      ['people.0.active', [MISSING, true, false], ['no', 'false', 0, 1, null]],
      ['people.0.accounts', [MISSING, {}, { slack: 'U1' }], [['U1'], 'U1']],
      [
        'people.0.accounts.slack',
        ['U1', letters(200), ['U1', 'U2', 'U3', 'U4']],
        ['', letters(201), [], [''], 7, true, ...NOT_SHOWN, ...BLANK],
      ],
      [
        'groups',
        [MISSING, {}, { 'on-call2': [] }],
        [
          ['ana'],
          { Ops: [] },
          { '2ops': [] },
          { 'ops team': [] },
          { ops: 'ana' },
          { ops: ['Ana'] },
          { ops: [7] },
        ],
      ],
    ],
  ],
];

describe.each(FILES)('the schema of %s', (_name, schema, file, rows) => {
  test('accepts the example that the rows change', () => expect(schema.safeParse(file).success).toBe(true));

  const cases = rows.flatMap(([path, accepted, refused]) => [
    ...accepted.map((value) => ({ path, value, shown: shortened(value), expected: 'accepts' })),
    ...refused.map((value) => ({ path, value, shown: shortened(value), expected: 'refuses' })),
  ]);
  test.each(cases)('$expected $path: $shown', ({ path, value, expected }) =>
    expect(schema.safeParse(withValue(file, path, value)).success ? 'accepts' : 'refuses').toBe(expected),
  );
});

test.each([
  ['catalogue.yaml', catalogueSchema, 'entitlements.0.about', undefined],
  ['catalogue.yaml', catalogueSchema, 'entitlements.0.synonyms', []],
  ['catalogue.yaml', catalogueSchema, 'entitlements.0.class', 'internal'],
  ['catalogue.yaml', catalogueSchema, 'entitlements.0.route.needs', 1],
  ['catalogue.yaml', catalogueSchema, 'entitlements.0.route.waits', LIMITS.approvalWaitMinutes],
  ['people.yaml', peopleSchema, 'people.0.active', true],
  ['people.yaml', peopleSchema, 'people.0.accounts', {}],
  ['people.yaml', peopleSchema, 'groups', {}],
])('%s reads a file without %s as the documented default', (_file, schema, path, byDefault) => {
  const file = schema === catalogueSchema ? CATALOGUE : PEOPLE;
  const read: unknown = schema.parse(withValue(file, path, undefined));
  const valueAt = path.split('.').reduce((value, key) => (value as Record<string, unknown>)[key], read);
  expect(valueAt).toEqual(byDefault);
});
