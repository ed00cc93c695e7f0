import { describe, expect, test } from '@jest/globals';
import { EXAMPLE_ACCOUNTS } from '../../policy/files/example-accounts.ts';
import { type PolicyFiles, readPolicy } from '../../policy/files/policy-set.ts';
import { formatProblem } from '../../policy/files/yaml.ts';
import { anyTarget, policyOf, QUICKSTART } from './quickstart.fixture.ts';

const problems = (files: PolicyFiles, refused = EXAMPLE_ACCOUNTS): readonly string[] => {
  const read = readPolicy(files, anyTarget, { refused });
  return read.ok ? [] : read.error.map(formatProblem);
};
const REMEDY = 'Replace it by the account of a person of your company, or remove the person';

test('the list has every account of the example in Slack, at GitHub and at the OpenID provider', () => {
  const people = [...policyOf().directory.people.values()];
  const accountsIn = (system: string) => people.flatMap(({ accounts }) => accounts[system] ?? []);
  expect(EXAMPLE_ACCOUNTS).toEqual({
    slack: accountsIn('slack'),
    github: accountsIn('github'),
    oidc: accountsIn('oidc'),
  });
});

describe('the accounts of the example', () => {
  test('are accepted in the sandbox, where no account is refused', () => {
    expect(problems(QUICKSTART, {})).toEqual([]);
  });

  test('are refused elsewhere, each at its place', () => {
    const found = problems(QUICKSTART);
    expect(found).toHaveLength(16);
    expect(found.slice(0, 3)).toEqual([
      `people.yaml:7:17: the slack account "U0ANAFERR1" is that of an example person. ${REMEDY}`,
      `people.yaml:7:36: the oidc account "lantern|ana" is that of an example person. ${REMEDY}`,
      `people.yaml:7:55: the github account "ana-ferreira" is that of an example person. ${REMEDY}`,
    ]);
  });

  const withOwn = (accounts: string): PolicyFiles => ({
    'people.yaml': `people:\n  - { id: eve, name: Eve, accounts: { ${accounts} } }\n  - { id: cy, name: Cy }\n`,
    'catalogue.yaml': 'entitlements: []\n',
  });

  test.each([
    ['in a list of several', 'slack: [U024BE7LH, U0BOLIND01]', 'slack', 'U0BOLIND01'],
    ['at the OpenID provider', 'oidc: lantern|sam', 'oidc', 'lantern|sam'],
    ['in other letters, which GitHub takes for the same', 'github: Sam-Rao', 'github', 'Sam-Rao'],
  ])('are refused %s', (_what, accounts, system, name) => {
    expect(problems(withOwn(accounts))).toEqual([
      expect.stringContaining(`the ${system} account "${name}" is that of an example person.`),
    ]);
  });

  test('have the kind "example", and other mistakes have not', () => {
    const files = withOwn('slack: U0BOLIND01');
    const read = readPolicy(
      { ...files, 'people.yaml': `${files['people.yaml']}groups: { all: [eva] }\n` },
      anyTarget,
      { refused: EXAMPLE_ACCOUNTS },
    );
    expect(read.ok ? [] : read.error.map(({ kind }) => kind)).toEqual(['example', undefined]);
  });

  test.each(['slack: U024BE7LH', 'github: ana-ferreira-2', 'unix: sam-rao', 'aws-iam: ana', 'oidc: ana'])(
    'are not those of other people: %s',
    (accounts) => expect(problems(withOwn(accounts))).toEqual([]),
  );
});
