import { expect, test } from '@jest/globals';
import { createProviders, targetReader, withDescriptionsOnly } from '../../providers/index.ts';

const team = { kind: 'team', org: 'lantern', team: 'platform' };

test.each<[name: string, json: unknown, level: string, plain: string]>([
  ['aws-iam', { kind: 'group', group: 'deployers' }, 'member', 'deployers'],
  ['github', team, 'member', 'lantern/platform'],
])('a process without the credential of %s parses and describes its targets', (name, json, level, plain) => {
  const readers = withDescriptionsOnly(createProviders({}));
  expect(targetReader(readers)(name, json)).toMatchObject({ ok: true, value: { level } });
  const provider = readers.get(name);
  const target = provider?.parseTarget(json);
  expect(target?.ok && provider?.describe(target.value).plain).toContain(plain);
});

test('without descriptions only, a provider that is not configured is unknown', () =>
  expect(targetReader(createProviders({}))('github', team)).toMatchObject({
    ok: false,
    error: expect.stringContaining('there is no provider "github"'),
  }));

test('a configured provider is not replaced by its descriptions', () => {
  const configured = createProviders({ awsIam: { endpoint: 'http://127.0.0.1:1' } });
  expect(withDescriptionsOnly(configured).get('aws-iam')).toBe(configured.get('aws-iam'));
});
