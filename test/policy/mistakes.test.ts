import { describe, expect, test } from '@jest/globals';
import { type PolicyFiles, readPolicy } from '../../policy/files/policy-set.ts';
import { formatProblem } from '../../policy/files/yaml.ts';
import { anyTarget, edited } from './quickstart.fixture.ts';

const problems = (files: PolicyFiles): readonly string[] => {
  const read = readPolicy(files, anyTarget);
  return read.ok ? [] : read.error.map(formatProblem);
};

describe('a mistake of the policy is reported with its file, line and column', () => {
  test.each<[string, PolicyFiles, readonly RegExp[]]>([
    [
      'a tag of YAML',
      edited('catalogue.yaml', 'owner: person:cy', 'owner: !person cy'),
      [/^catalogue\.yaml:7:12: Unresolved tag: !person$/],
    ],
    [
      'two mistakes in the notation of one file',
      edited('people.yaml', 'id: ana\n    name: Ana Ferreira\n', 'id: ana\n    id: ana\n    id: ana\n'),
      [/^people\.yaml:4:5: Map keys must be unique$/, /^people\.yaml:5:5: Map keys must be unique$/],
    ],
    [
      'a tag and a key twice in one file',
      edited('catalogue.yaml', 'class: confidential', 'class: !secret confidential\n    class: public'),
      [/^catalogue\.yaml:9:5: Map keys must be unique$/, /^catalogue\.yaml:8:12: Unresolved tag: !secret$/],
    ],
    [
      'two aliases',
      edited(
        'catalogue.yaml',
        'synonyms: [orders, postgres, db]',
        'synonyms: &a [orders]\n    x: *a\n    y: *a',
      ),
      [/^catalogue\.yaml:7:8: aliases are not read/, /^catalogue\.yaml:8:8: aliases are not read/],
    ],
    [
      'one mistake in the notation of each file',
      {
        ...edited('people.yaml', 'id: ana', 'id: Ana'),
        'catalogue.yaml': edited('catalogue.yaml', 'longest: 8h', 'longest: 8')['catalogue.yaml'],
      },
      [/^people\.yaml:3:5: .*a person id is/, /^catalogue\.yaml:10:5: .*expected string/],
    ],
    [
      'one id for two people who are not neighbours in the file',
      edited('people.yaml', 'id: dan', 'id: bo'),
      [/^people\.yaml:\d+:5: the id "bo" is used twice$/],
    ],
    [
      'an unknown provider in the second target',
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
      'a command as an id that stands on the second line of its entry',
      edited(
        'catalogue.yaml',
        '- id: orders-db\n    title: Orders database, read only',
        '- title: Orders database, read only\n    id: help',
      ),
      [/^catalogue\.yaml:4:5: "help" cannot be an id or a synonym: /],
    ],
    [
      'auditors that nobody knows, and everyone as an auditor',
      edited('catalogue.yaml', '[group:auditors]', '[group:auditor, everyone, owner, person:ada]'),
      [
        /^catalogue\.yaml:109:12: "group:auditor" names no known person or group; did you mean "group:auditors"\?$/,
        /^catalogue\.yaml:109:27: "everyone" names no known person or group; write group:…, person:…$/,
        /^catalogue\.yaml:109:37: "owner" names no known person or group; /,
      ],
    ],
    [
      'the manager as an owner',
      edited('catalogue.yaml', 'owner: person:cy', 'owner: manager'),
      [/^catalogue\.yaml:7:5: "manager" names no known person or group; /],
    ],
    [
      'the manager as a requester',
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
