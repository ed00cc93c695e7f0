import { describe, expect, test } from '@jest/globals';
import { WHY_CASE_IS_IGNORED } from '../../providers/index.ts';
import { accountKey } from '../../policy/files/account-names.ts';
import { type Directory, personOf } from '../../policy/files/people.ts';
import { readPolicy } from '../../policy/files/policy-set.ts';
import { formatProblem } from '../../policy/files/yaml.ts';
import { anyTarget, edited, policyOf } from './quickstart.fixture.ts';

const NO_CATALOGUE = 'entitlements: []\n';

/** What is wrong with a people file in which Ana and Bo have these accounts. */
function problems(ana: string, bo: string): readonly string[] {
  const people = `people:
  - { id: ana, name: Ana, accounts: { ${ana} } }
  - { id: bo, name: Bo, accounts: { ${bo} } }
`;
  const files = { 'people.yaml': people, 'catalogue.yaml': NO_CATALOGUE };
  const read = readPolicy(files, anyTarget, { oneAccount: WHY_CASE_IS_IGNORED });
  return read.ok ? [] : read.error.map(formatProblem);
}

describe('one account of a vendor cannot be bound to two people (T47, B35)', () => {
  test.each<[string, string, string, string]>([
    [
      'a GitHub login in two cases',
      'github: Octocat',
      'github: octocat',
      'people.yaml:3:37: the github account "octocat" is already bound to "ana", as "Octocat" in line 2. GitHub does not distinguish upper and lower case',
    ],
    [
      'an IAM user name in two cases',
      'aws-iam: Deploy',
      'aws-iam: dePLOY',
      'people.yaml:3:37: the aws-iam account "dePLOY" is already bound to "ana", as "Deploy" in line 2. AWS IAM does not distinguish upper and lower case',
    ],
    [
      'an account of an unknown system in two cases',
      'jira: Ana@lantern.example',
      'jira: ana@Lantern.example',
      'people.yaml:3:37: the jira account "ana@Lantern.example" is already bound to "ana", as "Ana@lantern.example" in line 2. Curfew does not know whether this system distinguishes upper and lower case, so it takes them for one account',
    ],
    [
      'an account of an unknown system in two normal forms',
      'jira: "zo\\u00eb"',
      'jira: "zoe\\u0308"',
      'people.yaml:3:37: the jira account "zoe\u0308" is already bound to "ana", as "zo\u00eb" in line 2. Curfew does not know whether this system distinguishes upper and lower case, so it takes them for one account',
    ],
    [
      'the second account of a list',
      'github: [ana, Octocat]',
      'github: [bo, octocat]',
      'people.yaml:3:50: the github account "octocat" is already bound to "ana", as "Octocat" in line 2. GitHub does not distinguish upper and lower case',
    ],
    [
      'a Slack account, exactly',
      'slack: U1',
      'slack: U1',
      'people.yaml:3:37: the slack account "U1" is already bound to "ana" in line 2',
    ],
    [
      'a login of the operating system, exactly',
      'unix: ana',
      'unix: ana',
      'people.yaml:3:37: the unix account "ana" is already bound to "ana" in line 2',
    ],
    [
      'a subject of the OpenID provider, exactly',
      'oidc: lantern|ana',
      'oidc: lantern|ana',
      'people.yaml:3:37: the oidc account "lantern|ana" is already bound to "ana" in line 2',
    ],
  ])('%s is refused, with both places and the rule', (_what, ana, bo, problem) =>
    expect(problems(ana, bo)).toEqual([problem]),
  );

  test('two spellings of one account in the list of one person are refused too', () =>
    expect(problems('github: [Octocat, octocat]', 'github: bo')).toEqual([
      'people.yaml:2:57: the github account "octocat" is already bound to "ana", as "Octocat" in line 2. GitHub does not distinguish upper and lower case',
    ]));

  test.each<[string, string, string]>([
    ['logins of the operating system that differ in case', 'unix: Ana', 'unix: ana'],
    ['Slack ids that differ in case, of which one names nobody', 'slack: U1', 'slack: u1'],
    ['subjects of the OpenID provider that differ in case', 'oidc: lantern|Ana', 'oidc: lantern|ana'],
    ['accounts of two systems', 'github: octocat', 'aws-iam: octocat'],
    ['GitHub logins that differ in a hyphen', 'github: octo-cat', 'github: octocat'],
  ])('%s are two accounts', (_what, ana, bo) => expect(problems(ana, bo)).toEqual([]));

  test.each([
    ['a sharp s', 'straße', 'STRASSE'],
    ['a final sigma', 'ΟΔΟΣ', 'οδος'],
    ['a composed letter in upper case', 'ZO\u00cb', 'zoe\u0308'],
  ])('%s is equal to its other spelling where the rule is not known', (_what, one, other) =>
    expect(accountKey('jira', one)).toBe(accountKey('jira', other)),
  );
});

describe('the person of an account is found by the same rule (T47)', () => {
  const files = edited(
    'people.yaml',
    'github: ana-ferreira, aws-iam: ana }',
    'github: [Ana-Ferreira, ana-at-home], aws-iam: Ana, unix: ana, jira: Ana }',
  );
  const directory: Directory = policyOf(files).directory;

  test.each<[string, string, string | undefined]>([
    ['github', 'ana-FERREIRA', 'ana'],
    ['github', 'Ana-At-Home', 'ana'],
    ['aws-iam', 'ana', 'ana'],
    ['jira', 'ANA', 'ana'],
    ['unix', 'ana', 'ana'],
    ['unix', 'Ana', undefined],
    ['slack', 'U0ANAFERR1', 'ana'],
    ['slack', 'u0anaferr1', undefined],
    ['oidc', 'lantern|ana', 'ana'],
    ['oidc', 'Lantern|ana', undefined],
    ['oidc', 'lantern|gil', undefined],
    ['github', 'ana-ferreira-2', undefined],
    ['nothing', 'ana', undefined],
  ])('%s %s belongs to %s', (system, account, person) =>
    expect(personOf(directory, system, account)?.id).toBe(person),
  );
});
