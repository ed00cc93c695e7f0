import { expect, test } from '@jest/globals';
import { fakeVendor, memoryLog } from '../../providers/fake/index.ts';
import { createProviders, targetReader } from '../../providers/index.ts';

const providers = createProviders({
  awsIam: { endpoint: 'http://127.0.0.1:1' },
  github: { appId: 1, privateKey: 'not used here', installationId: 1 },
  postgres: { databases: { orders: 'postgres://a:b@127.0.0.1:1/orders' } },
  fake: fakeVendor(memoryLog()),
});

const statement = {
  Effect: 'Allow',
  Action: 's3:GetObject',
  Resource: '*',
  Condition: { Bool: { 'aws:SecureTransport': 'true' } },
};

test('each provider is found by its own name, and providers without settings are left out', () => {
  expect([...providers].map(([name, provider]) => [name, provider.name])).toEqual(
    ['aws-iam', 'github', 'postgres', 'fake'].map((name) => [name, name]),
  );
  expect([...createProviders({}).keys()]).toEqual([]);
});

test.each<[name: string, json: unknown, level: string, ownObject: boolean, accountless: boolean]>([
  ['aws-iam', { kind: 'policy', statements: [statement] }, 'present', true, false],
  ['aws-iam', { kind: 'group', group: 'deployers' }, 'member', false, false],
  ['github', { kind: 'team', org: 'lantern', team: 'orders' }, 'member', false, false],
  ['github', { kind: 'repository', org: 'lantern', repo: 'orders', role: 'write' }, 'write', false, false],
  ['postgres', { database: 'orders', role: 'orders_read' }, 'present', true, true],
  ['fake', { resource: 'orders', level: 'write' }, 'write', false, false],
])(
  '%s: a target says its level, whether it has an object of its own, and whether it needs an account: %j',
  (name, json, level, ownObject, accountless) =>
    expect(targetReader(providers)(name, json)).toEqual({
      ok: true,
      value: { level, ownObject, accountless, lockKey: expect.any(String) },
    }),
);

test('a target is read with the key of its lock, which its id does not change (F16)', () => {
  const team = { kind: 'team', org: 'lantern', team: 'orders-oncall' };
  const read = (json: object) => {
    const target = targetReader(providers)('github', json);
    if (!target.ok) throw new Error(target.error);
    return target.value;
  };
  expect(read({ ...team, id: 5001 }).lockKey).toBe(read(team).lockKey);
  expect(targetReader(providers)('azure', {})).toMatchObject({ ok: false });
  expect(targetReader(providers)('github', {})).toMatchObject({ ok: false });
});

test.each<[name: string, json: unknown, enforced: string]>([
  ['aws-iam', { kind: 'policy', account: '123456789012', statements: [statement] }, 'A'],
  ['aws-iam', { kind: 'group', group: 'deployers' }, 'C'],
  ['postgres', { database: 'orders', role: 'orders_read' }, 'B'],
  ['fake', { resource: 'orders', level: 'write' }, 'C'],
])('%s: a parsed target parses to the same value after JSON: %j', (name, json, enforced) => {
  const provider = providers.get(name);
  const parsed = provider?.parseTarget(json);
  if (!provider || !parsed?.ok) throw new Error(`not parsed: ${JSON.stringify(parsed)}`);
  const { value } = parsed;
  const again = provider.parseTarget(JSON.parse(JSON.stringify(value)));
  expect(again).toEqual(parsed);
  expect(provider.enforcementClass(value)).toBe(enforced);
  expect(provider.ladder(value)[0]).toBe('none');
  expect(provider.ladder(value)).toContain(provider.level(value));
  const { plain, permissions } = provider.describe(value);
  expect(plain).not.toBe('');
  expect(permissions.length).toBeGreaterThan(0);
});
