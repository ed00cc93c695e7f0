import { describe, expect, test } from '@jest/globals';
import type { PersonId } from '../../core/ids.ts';
import { readPolicy } from '../../policy/files/policy-set.ts';
import { formatProblem } from '../../policy/files/yaml.ts';
import { anyTarget, edited, policyOf, QUICKSTART } from './quickstart.fixture.ts';

const problems = (files: typeof QUICKSTART): readonly string[] => {
  const read = readPolicy(files, anyTarget);
  return read.ok ? [] : read.error.map(formatProblem);
};

test('the quickstart is a valid policy', () => {
  expect([...policyOf().entitlements.keys()]).toEqual([
    'orders-db',
    'orders-logs',
    'orders-oncall',
    'infra-maintain',
    'aws-admins',
    'curfew-auditor',
  ]);
});

describe('every mistake is reported with file:line:column', () => {
  test.each<[string, keyof typeof QUICKSTART, string | RegExp, string, RegExp]>([
    [
      'text that is not YAML',
      'catalogue.yaml',
      'owner: person:cy',
      'owner: [person:cy',
      /^catalogue\.yaml:\d+:\d+: /,
    ],
    [
      'a tab for indentation',
      'catalogue.yaml',
      '    owner: person:cy',
      '\towner: person:cy',
      /^catalogue\.yaml:7:1: /,
    ],
    [
      'a key twice',
      'catalogue.yaml',
      'class: confidential',
      'class: confidential\n    class: public',
      /^catalogue\.yaml:9:5: Map keys must be unique$/,
    ],
    [
      'an unknown key',
      'catalogue.yaml',
      'longest: 8h',
      'longestt: 8h',
      /^catalogue\.yaml:10:5: unknown key "longestt"/,
    ],
    [
      'two unknown keys',
      'catalogue.yaml',
      'longest: 8h',
      'longest: 8h\n    hidden: true\n    secret: true',
      /^catalogue\.yaml:11:5: unknown key "hidden", "secret"/,
    ],
    [
      'a requester that nobody knows',
      'catalogue.yaml',
      'requesters: [group:engineers]',
      'requesters: [group:engineers, owner]',
      /^catalogue\.yaml:11:35: "owner" names no known person or group/,
    ],
    [
      'a member of an entitlement that is not a list',
      'catalogue.yaml',
      'synonyms: [orders, postgres, db]',
      'synonyms: [orders, 7]',
      /^catalogue\.yaml:6:24: "entitlements\.0\.synonyms\.1": .*expected string/,
    ],
    [
      'a length in another notation',
      'catalogue.yaml',
      'longest: 8h',
      'longest: 8 weeks',
      /^catalogue\.yaml:10:5: .*not a length of time/,
    ],
    [
      'a length above the hard limit',
      'catalogue.yaml',
      'longest: 8h',
      'longest: 31d',
      /:10:5: .*longest is 30 days/,
    ],
    [
      'a usual length above the longest',
      'catalogue.yaml',
      'longest: 8h',
      'longest: 30m',
      /:9:5: the usual length is longer/,
    ],
    ['a number for a length', 'catalogue.yaml', 'longest: 8h', 'longest: 8', /:10:5: .*expected string/],
    [
      'an empty list of approvers (B37)',
      'catalogue.yaml',
      'approvers: [owner, manager]\n      waits: 8h',
      'approvers: []',
      /:17:7: /,
    ],
    [
      'an unknown group',
      'catalogue.yaml',
      'approvers: [group:security, manager]',
      'approvers: [group:secruity, manager]',
      /:\d+:19: "group:secruity" names no known person or group; did you mean "group:security"\?/,
    ],
    [
      'an unknown owner',
      'catalogue.yaml',
      'owner: person:sam',
      'owner: person:zed',
      /^catalogue\.yaml:80:5: "person:zed" names no known person or group/,
    ],
    ['a route that needs no approver', 'catalogue.yaml', 'needs: 2', 'needs: 0', /:\d+:7: .*needs/],
    [
      'an unknown provider',
      'catalogue.yaml',
      'provider: postgres',
      'provider: postgress',
      /^catalogue\.yaml:13:9: there is no provider "postgress"/,
    ],
    [
      'an id twice',
      'catalogue.yaml',
      'id: orders-logs',
      'id: orders-db',
      /:\d+:5: the id "orders-db" is used twice/,
    ],
    [
      'the id of an entry that is not beside it',
      'catalogue.yaml',
      'id: orders-oncall',
      'id: orders-db',
      /:\d+:5: the id "orders-db" is used twice/,
    ],
    [
      'a synonym of two entitlements, in upper or lower case',
      'catalogue.yaml',
      'synonyms: [logs, cloudwatch]',
      'synonyms: [logs, ORDERS]',
      /^catalogue\.yaml:23:22: "ORDERS" already names "orders-db"/,
    ],
    [
      'a synonym of two entitlements, once with spaces around it',
      'catalogue.yaml',
      'synonyms: [logs, cloudwatch]',
      "synonyms: [logs, ' orders ']",
      /^catalogue\.yaml:23:22: "orders" already names "orders-db"/,
    ],
    [
      'a synonym that is the id of another entitlement',
      'catalogue.yaml',
      'synonyms: [orders, postgres, db]',
      'synonyms: [orders-logs]',
      /^catalogue\.yaml:6:16: "orders-logs" already names "orders-logs"/,
    ],
    [
      'an id that is a command of its own after /access',
      'catalogue.yaml',
      'id: orders-logs',
      'id: list',
      /^catalogue\.yaml:\d+:5: "list" cannot be an id or a synonym: "\/access list" is a command of its own\. Choose another name$/,
    ],
    [
      'a synonym that is a command of its own after /access',
      'catalogue.yaml',
      'synonyms: [logs, cloudwatch]',
      'synonyms: [logs, Help]',
      /^catalogue\.yaml:23:22: "Help" cannot be an id or a synonym: "\/access help" is a command of its own\. Choose another name$/,
    ],
    [
      'an id twice, below its title',
      'catalogue.yaml',
      '- id: orders-logs\n    title: Orders service logs in AWS',
      '- title: Orders service logs in AWS\n    id: orders-db',
      /^catalogue\.yaml:21:5: the id "orders-db" is used twice/,
    ],
    [
      'a key that is missing',
      'catalogue.yaml',
      '    title: Orders service logs in AWS\n',
      '',
      /^catalogue\.yaml:20:5: "entitlements\.1\.title": /,
    ],
    [
      'an entitlement that grants nothing',
      'catalogue.yaml',
      /targets:\n(?: {6}.*\n)+/,
      'targets: []\n',
      /^catalogue\.yaml:12:5: "entitlements\.0\.targets": /,
    ],
    [
      'a target without a provider',
      'catalogue.yaml',
      '- provider: postgres\n        ',
      '- ',
      /^catalogue\.yaml:13:9: "entitlements\.0\.targets\.0\.provider": /,
    ],
    [
      'an unknown class',
      'catalogue.yaml',
      'class: confidential',
      'class: secret',
      /^catalogue\.yaml:8:5: "entitlements\.0\.class": /,
    ],
    [
      'an id with a space',
      'catalogue.yaml',
      'id: orders-logs',
      'id: orders logs',
      /an entitlement id is lower-case/,
    ],
    [
      'an alias, as in an alias bomb',
      'catalogue.yaml',
      'synonyms: [orders, postgres, db]',
      'synonyms: &a [orders]\n    about2: *a',
      /:\d+:13: aliases are not read/,
    ],
    [
      'an unknown manager',
      'people.yaml',
      'manager: bo',
      'manager: bob',
      /^people\.yaml:6:5: no person has the id "bob"; did you mean "bo"\?/,
    ],
    [
      'a person who is their own manager',
      'people.yaml',
      'manager: bo',
      'manager: ana',
      /^people\.yaml:6:5: a person cannot be their own manager/,
    ],
    [
      'a Slack account bound twice (B35)',
      'people.yaml',
      'slack: U0BOLIND01',
      'slack: U0ANAFERR1',
      /^people\.yaml:11:17: the slack account "U0ANAFERR1" is already bound to "ana"/,
    ],
    [
      'a second Slack account bound twice (B35)',
      'people.yaml',
      'slack: U0BOLIND01',
      'slack: [U0BOLIND01, U0ANAFERR1]',
      /^people\.yaml:11:37: the slack account "U0ANAFERR1" is already bound to "ana"/,
    ],
    [
      'an unknown group member',
      'people.yaml',
      'security: [sam]',
      'security: [sem]',
      /^people\.yaml:33:14: no person has the id "sem"; did you mean "sam"\?$/,
    ],
    [
      'a group member that is like nobody',
      'people.yaml',
      'security: [sam]',
      'security: [sam, nobody-of-us]',
      /^people\.yaml:33:19: no person has the id "nobody-of-us"$/,
    ],
    ['a person id twice', 'people.yaml', 'id: cy', 'id: bo', /^people\.yaml:12:5: the id "bo" is used twice/],
    [
      'a person id twice, below the name',
      'people.yaml',
      'id: cy\n    name: Cy Okafor',
      'name: Cy Okafor\n    id: bo',
      /^people\.yaml:13:5: the id "bo" is used twice/,
    ],
    [
      'a group name that begins with a capital',
      'people.yaml',
      'security: [',
      'Security: [',
      /"groups\.Security"/,
    ],
    [
      'a group name with a space',
      'people.yaml',
      'security: [',
      'security team: [',
      /"groups\.security team"/,
    ],
    ['an invalid person id', 'people.yaml', 'id: ada', 'id: Ada Lovelace', /a person id is lower-case/],
  ])('%s', (_why, file, from, to, message) => {
    const found = problems(edited(file, from, to));
    expect(found.join('\n')).toMatch(new RegExp(message.source, 'm'));
  });

  test('an empty file is a mistake, so it grants nothing', () =>
    expect(problems({ ...QUICKSTART, 'catalogue.yaml': '' })).toEqual([
      expect.stringMatching(/^catalogue\.yaml:1:1: the file: .*expected object/),
    ]));

  test('a file that is no map is a mistake at its first line', () =>
    expect(problems({ ...QUICKSTART, 'people.yaml': '# Everybody\n- ana\n' })).toEqual([
      expect.stringMatching(/^people\.yaml:1:1: the file: .*expected object/),
    ]));

  test('all mistakes are reported at once', () => {
    const files = edited('catalogue.yaml', 'owner: person:cy', 'owner: person:zed');
    files['people.yaml'] = QUICKSTART['people.yaml'].replace('manager: bo', 'manager: bob');
    expect(problems(files).length).toBeGreaterThanOrEqual(2);
  });
});

test('what is optional is left out, and what the file says is kept', () => {
  const { directory, entitlements } = policyOf(
    edited('catalogue.yaml', '    about: Look up orders and customers when something went wrong.\n', ''),
  );
  expect(Object.keys(entitlements.get('orders-db') ?? {})).not.toContain('about');
  expect(entitlements.get('orders-logs')?.about).toBe(
    "Read the service's log streams and its queue metrics.",
  );
  expect(directory.people.get('ana' as PersonId)).toEqual({
    id: 'ana',
    name: 'Ana Ferreira',
    title: 'Backend engineer',
    manager: 'bo',
    active: true,
    accounts: {
      slack: ['U0ANAFERR1'],
      oidc: ['lantern|ana'],
      github: ['ana-ferreira'],
      'aws-iam': ['ana'],
    },
  });
  const bo = policyOf(edited('people.yaml', '    title: Engineering manager\n', '')).directory.people.get(
    'bo' as PersonId,
  );
  expect(Object.keys(bo ?? {}).sort()).toEqual(['accounts', 'active', 'id', 'name']);
});

test.each(['public', 'internal', 'confidential', 'restricted'])('an entitlement can be %s', (each) => {
  const { entitlements } = policyOf(edited('catalogue.yaml', /class: .*/, `class: ${each} # as it is`));
  expect(entitlements.get('orders-db')?.class).toBe(each);
});

test('an entitlement without a class is internal, and without synonyms it has its id only', () => {
  const without = edited('catalogue.yaml', '    synonyms: [orders, postgres, db]\n', '');
  without['catalogue.yaml'] = without['catalogue.yaml'].replace('    class: confidential\n', '');
  expect(policyOf(without).entitlements.get('orders-db')).toMatchObject({ class: 'internal', synonyms: [] });
});

test('the digest changes with the meaning of the files, not with a comment', () => {
  const { digest } = policyOf();
  expect(policyOf(edited('catalogue.yaml', '# What can', '# All that can')).digest).toBe(digest);
  expect(policyOf(edited('catalogue.yaml', 'longest: 8h', 'longest: 7h')).digest).not.toBe(digest);
  expect(policyOf(edited('people.yaml', 'security: [sam]', 'security: [sam, bo]')).digest).not.toBe(digest);
});
