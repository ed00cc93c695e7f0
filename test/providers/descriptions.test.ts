import { expect, test } from '@jest/globals';
import { createProviders, withDescriptionsOnly } from '../../providers/index.ts';
import { targetReader } from '../../providers/target-reader.ts';

const team = { kind: 'team', org: 'lantern', team: 'platform' };

const names = (providers: ReadonlyMap<string, unknown>) => [...providers.keys()];

test.each<[name: string, json: unknown, level: string, plain: string]>([
  [
    'aws-iam',
    { kind: 'group', group: 'deployers' },
    'member',
    'membership in the IAM group deployers in AWS',
  ],
  [
    'github',
    team,
    'member',
    'membership in the GitHub team lantern/platform with the role member: the access of the team in every repository',
  ],
  [
    'curfew',
    { role: 'auditor' },
    'present',
    'the role auditor of Curfew: to see everything, and to open reviews',
  ],
])('a process without the credential of %s parses and describes its targets', (name, json, level, plain) => {
  const readers = withDescriptionsOnly(createProviders({}));
  expect(targetReader(readers)(name, json)).toMatchObject({ ok: true, value: { level } });
  const provider = readers.get(name);
  const target = provider?.parseTarget(json);
  expect(target?.ok && provider?.describe(target.value).plain).toBe(plain);
});

test('a role at a GitHub repository has every caution of the role below it', () => {
  const github = createProviders({ github: { appId: 1, privateKey: 'x', installationId: 2 } }).get('github');
  const cautionsOf = (role: string) => {
    const target = github?.parseTarget({ ...repository, role });
    return (target?.ok && github?.describe(target.value).cautions) || [];
  };
  const roles = ['read', 'triage', 'write', 'maintain', 'admin'].map(cautionsOf);
  expect(roles.map((all, index) => (roles[index - 1] ?? []).filter((each) => !all.includes(each)))).toEqual(
    roles.map(() => []),
  );
  expect(roles.map((all) => all.length)).toEqual([1, 1, 4, 6, 9]);
});

const repository = { kind: 'repository', org: 'lantern', repo: 'api', role: 'maintain' };

test.each<[name: string, json: unknown, found: string, what: RegExp]>([
  ['github', repository, 'write', /^the GitHub repository lantern\/api with the role write: /],
  ['github', repository, 'admin', /^the GitHub repository lantern\/api with the role admin: /],
  ['github', repository, 'auditor-of-ours', /^the GitHub repository lantern\/api$/],
  ['github', repository, 'none', /^the GitHub repository lantern\/api$/],
  [
    'github',
    team,
    'maintainer',
    /^membership in the GitHub team lantern\/platform with the role maintainer: /,
  ],
  ['github', team, 'none', /^the GitHub team lantern\/platform$/],
  ['aws-iam', { kind: 'group', group: 'deployers' }, 'member', /^membership in the IAM group deployers/],
])('a finding at %s, for which the catalogue has %j, says what was found: %s', (name, json, found, what) => {
  const provider = withDescriptionsOnly(createProviders({})).get(name);
  const target = provider?.parseTarget(json);
  expect(target?.ok && provider?.describeFound(target.value, found)).toMatch(what);
});

test('descriptions only are added for the providers whose targets need no setting', () => {
  expect(names(withDescriptionsOnly(createProviders({})))).toEqual(['aws-iam', 'curfew', 'github']);
  const postgres = createProviders({ postgres: { databases: {} } });
  expect(names(withDescriptionsOnly(postgres))).toEqual(['aws-iam', 'curfew', 'github', 'postgres']);
});

test('without descriptions only, a provider that is not configured is unknown', () =>
  expect(targetReader(createProviders({ 'aws-iam': {} }))('github', team)).toEqual({
    ok: false,
    error: 'there is no provider "github"; there are aws-iam',
  }));

test.each(['aws-iam', 'github'])(
  'a configured provider of %s is not replaced by its descriptions',
  (name) => {
    const configured = createProviders({
      'aws-iam': { endpoint: 'http://127.0.0.1:1' },
      github: { appId: 2, privateKey: 'not used here', installationId: 2 },
    });
    expect(withDescriptionsOnly(configured).get(name)).toBe(configured.get(name));
  },
);
