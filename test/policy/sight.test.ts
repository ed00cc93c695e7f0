import { describe, expect, test } from '@jest/globals';
import type { PersonId } from '../../core/ids.ts';
import { COMMAND_WORDS } from '../../core/command-words.ts';
import { digestOf, type PolicyFiles, readPolicy } from '../../policy/files/policy-set.ts';
import { formatProblem } from '../../policy/files/yaml.ts';
import { sightOf } from '../../policy/judge/sight.ts';
import { anyTarget, edited, policyOf, QUICKSTART } from './quickstart.fixture.ts';

const sight = (reader: string, files: PolicyFiles = QUICKSTART) => {
  const { isAuditor, isSecurity, owns, approves, manages } = sightOf(policyOf(files), reader as PersonId);
  return { isAuditor, isSecurity, owns: [...owns], approves: [...approves], manages: [...manages] };
};
const NOTHING = { isAuditor: false, isSecurity: false, owns: [], approves: [], manages: [] };
const ORDERS = ['orders-db', 'orders-logs', 'orders-oncall'];

describe('what the policy lets a person see', () => {
  test.each<[who: string, reader: string, expected: object]>([
    ['a requester', 'ana', NOTHING],
    [
      'a manager, who approves whatever their people request',
      'bo',
      {
        ...NOTHING,
        isSecurity: true,
        owns: ['infra-maintain'],
        approves: [...ORDERS, 'infra-maintain'],
        manages: ['ana', 'cy'],
      },
    ],
    ['an owner', 'cy', { ...NOTHING, owns: ORDERS, approves: ORDERS }],
    [
      'an owner who is in a group of approvers, and in security',
      'sam',
      {
        ...{ ...NOTHING, isSecurity: true, owns: ['aws-admins', 'curfew-auditor'] },
        approves: ['infra-maintain', 'aws-admins', 'curfew-auditor'],
      },
    ],
    ['an auditor', 'ada', { ...NOTHING, isAuditor: true }],
    ['somebody who left', 'dan', NOTHING],
    ['somebody whom nobody knows', 'zed', NOTHING],
  ])('%s', (_who, reader, expected) => expect(sight(reader)).toEqual(expected));

  test('an auditor who left is none', () =>
    expect(sight('dan', edited('people.yaml', 'auditors: [ada]', 'auditors: [ada, dan]'))).toEqual(NOTHING));

  test('a catalogue that names a person has this one auditor', () => {
    const files = edited('catalogue.yaml', '[group:auditors]', '[person:sam]');
    expect(['ada', 'sam'].map((each) => sight(each, files).isAuditor)).toEqual([false, true]);
  });

  test('who could only approve their own request approves nothing', () => {
    const files = edited(
      'catalogue.yaml',
      /requesters: \[group:engineers\]([^]*?)approvers: \[owner, manager\]/,
      'requesters: [person:cy]$1approvers: [owner]',
    );
    expect(sight('cy', files).approves).toEqual(['orders-logs', 'orders-oncall']);
  });

  test('the manager of somebody who may not request it, or who left, approves it for nobody', () => {
    const notAna = edited('people.yaml', 'engineers: [ana, bo, cy]', 'engineers: [bo]');
    expect(sight('bo', notAna).approves).toEqual([]);
    const left = edited('people.yaml', 'engineers: [ana, bo, cy]', 'engineers: [dan]');
    const withManager = {
      ...left,
      'people.yaml': left['people.yaml'].replace('active: false', 'active: false\n    manager: bo'),
    };
    expect(sight('bo', withManager)).toMatchObject({ approves: [], manages: ['ana', 'cy', 'dan'] });
  });
});

describe('the digest of a policy', () => {
  const digest = (files: PolicyFiles) => policyOf(files).digest;

  test('covers the auditors', () =>
    expect(digest(edited('catalogue.yaml', '[group:auditors]', '[person:ada]'))).not.toBe(
      digest(QUICKSTART),
    ));

  test('is without auditors what it was before a catalogue could have them', () => {
    const files: PolicyFiles = { 'people.yaml': 'people: []\n', 'catalogue.yaml': 'entitlements: []\n' };
    expect(digest(files)).toBe(
      digestOf({ people: { people: [], groups: {} }, catalogue: { entitlements: [] } }),
    );
    expect(policyOf(files).auditors).toEqual([]);
  });
});

test.each(COMMAND_WORDS.flatMap((word) => [[word], [word.toUpperCase()]]))(
  'no entitlement has "%s" as a synonym, because it is a command',
  (word) => {
    const read = readPolicy(edited('catalogue.yaml', '[orders, postgres, db]', `[${word}]`), anyTarget);
    expect(read.ok ? [] : read.error.map(formatProblem)).toEqual([
      `catalogue.yaml:6:16: "${word}" cannot be an id or a synonym: "/access ${word.toLowerCase()}" is a command of its own. Choose another name`,
    ]);
  },
);

test.each(COMMAND_WORDS)('no entitlement has the id "%s", because it is a command', (word) => {
  const read = readPolicy(edited('catalogue.yaml', 'id: orders-db', `id: ${word}`), anyTarget);
  expect(read.ok ? [] : read.error.map(formatProblem)).toEqual([
    expect.stringContaining(
      `"${word}" cannot be an id or a synonym: "/access ${word}" is a command of its own.`,
    ),
  ]);
});
