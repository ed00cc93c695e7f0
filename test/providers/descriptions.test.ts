import { expect, test } from '@jest/globals';
import { createProviders, targetReader, withDescriptionsOnly } from '../../providers/index.ts';

const team = { kind: 'team', org: 'lantern', team: 'platform' };

test('a process without a credential parses and describes the targets of other processes', () => {
  const readers = withDescriptionsOnly(createProviders({}));
  expect(targetReader(readers)('github', team)).toMatchObject({ ok: true, value: { level: 'member' } });
  const github = readers.get('github');
  const target = github?.parseTarget(team);
  expect(target?.ok && github?.describe(target.value).plain).toContain('lantern/platform');
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
