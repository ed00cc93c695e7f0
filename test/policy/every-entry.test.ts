import { describe, expect, test } from '@jest/globals';
import type { PersonId } from '../../core/ids.ts';
import { personOf } from '../../policy/files/people.ts';
import { type PolicyFiles, readPolicy } from '../../policy/files/policy-set.ts';
import { formatProblem } from '../../policy/files/yaml.ts';
import { judgeSubmission } from '../../policy/judge/judge.ts';
import { anyTarget, edited, policyOf } from './quickstart.fixture.ts';
import { allowed, submission } from './submission.fixture.ts';

const problems = (files: PolicyFiles): readonly string[] => {
  const read = readPolicy(files, anyTarget);
  return read.ok ? [] : read.error.map(formatProblem);
};

describe('every mistake of the policy is reported', () => {
  test.each<[string, PolicyFiles, readonly RegExp[]]>([
    [
      'a tag, which hides what a value is',
      edited('catalogue.yaml', 'owner: person:cy', 'owner: !person cy'),
      [/^catalogue\.yaml:7:12: Unresolved tag: !person$/],
    ],
    [
      'two mistakes in the notation of one file',
      edited('people.yaml', 'id: ana\n    name: Ana Ferreira\n', 'id: ana\n    id: ana\n    id: ana\n'),
      [/^people\.yaml:4:5: Map keys must be unique$/, /^people\.yaml:5:5: Map keys must be unique$/],
    ],
    [
      'a mistake in the notation of each file',
      {
        ...edited('people.yaml', 'id: ana', 'id: Ana'),
        'catalogue.yaml': edited('catalogue.yaml', 'longest: 8h', 'longest: 8')['catalogue.yaml'],
      },
      [/^people\.yaml:3:5: .*a person id is/, /^catalogue\.yaml:10:5: .*expected string/],
    ],
    [
      'the id of a person who is not beside the other one',
      edited('people.yaml', 'id: ada', 'id: bo'),
      [/^people\.yaml:\d+:5: the id "bo" is used twice$/],
    ],
    [
      'the second target of an entitlement',
      edited(
        'catalogue.yaml',
        'targets:\n',
        'targets:\n      - provider: github\n      - provider: gitlab\n',
      ),
      [/^catalogue\.yaml:14:9: there is no provider "gitlab"$/],
    ],
    [
      'everyone as an approver',
      edited('catalogue.yaml', 'approvers: [owner, manager]', 'approvers: [owner, everyone]'),
      [/^catalogue\.yaml:17:26: "everyone" names no known person or group; /],
    ],
    [
      'the manager as an owner, who would be another one for each requester',
      edited('catalogue.yaml', 'owner: person:cy', 'owner: manager'),
      [/^catalogue\.yaml:7:5: "manager" names no known person or group; /],
    ],
    [
      'the manager as a requester, who would be another one for each person',
      edited('catalogue.yaml', 'requesters: [group:engineers]', 'requesters: [manager]'),
      [/^catalogue\.yaml:11:18: "manager" names no known person or group; /],
    ],
  ])('%s', (_what, files, expected) =>
    expect(problems(files)).toEqual(expected.map((each) => expect.stringMatching(each))),
  );
});

describe('what looks like a mistake and is none', () => {
  test.each<[string, PolicyFiles]>([
    ['the id itself as a synonym', edited('catalogue.yaml', '[orders, postgres, db]', '[orders-db]')],
    ['one synonym in two cases', edited('catalogue.yaml', '[orders, postgres, db]', '[db, DB]')],
    ['an account of one person in another system', edited('people.yaml', 'github: cy-okafor', 'github: ana')],
    ['a person in two groups', edited('people.yaml', 'security: [sam]', 'security: [sam, bo]')],
    [
      'a group without a member that nothing names',
      edited('people.yaml', 'groups:\n', 'groups:\n  new: []\n'),
    ],
    ['two people who manage each other', edited('people.yaml', 'title: Engineering manager', 'manager: cy')],
  ])('%s', (_what, files) => expect(problems(files)).toEqual([]));
});

describe('a person with several accounts in one system', () => {
  const files = edited('people.yaml', 'github: ana-ferreira', 'github: [ana-ferreira, ana-2]');

  test('is found by each of them', () => {
    const { directory } = policyOf(files);
    for (const account of ['ana-ferreira', 'ana-2'])
      expect(personOf(directory, 'github', account)?.id).toBe('ana');
  });

  test('gets access with the first one', () =>
    expect(allowed(policyOf(files), { entitlement: 'orders-oncall' }).targets).toMatchObject([
      { provider: 'github', account: 'ana-ferreira' },
    ]));
});

test('each target gets the account that the requester has at its own provider', () => {
  const files = edited(
    'catalogue.yaml',
    '    targets:\n      - provider: postgres\n',
    '    targets:\n      - { provider: aws-iam, x: y }\n      - { provider: github, x: y }\n      - provider: postgres\n',
  );
  expect(allowed(policyOf(files)).targets.map(({ provider, account }) => [provider, account])).toEqual([
    ['aws-iam', 'ana'],
    ['github', 'ana-ferreira'],
    ['postgres', 'ana'],
  ]);
});

test('every member of a group that owns an entitlement can approve as its owner', () => {
  const files = edited('catalogue.yaml', 'owner: person:cy', 'owner: group:data-owners');
  const because = 'owns Orders database, read only';
  expect(allowed(policyOf(files)).stages).toEqual([
    {
      needs: 1,
      approvers: [
        { person: 'cy', because },
        { person: 'bo', because },
      ],
    },
  ]);
});

test('a person outside of the group reads the title of what they cannot request', () =>
  expect(judgeSubmission(policyOf(), submission({ person: 'sam' as PersonId }))).toMatchObject({
    refusal: { code: 'not-allowed', why: 'Orders database, read only is not for your group' },
  }));
