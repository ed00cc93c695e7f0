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

test('a target is read with the key of its lock, which its id does not change (F16)', () => {
  const team = { kind: 'team', org: 'lantern', team: 'orders-oncall' };
  const read = (json: object) => {
    const target = targetReader(providers)('github', json);
    if (!target.ok) throw new Error(target.error);
    return target.value;
  };
  expect(read({ ...team, id: 5001 }).lockKey).toBe(read(team).lockKey);
  expect(read(team)).toMatchObject({ level: 'member', ownObject: false, accountless: false });
  const login = targetReader(providers)('postgres', { database: 'orders', role: 'orders_read' });
  expect(login).toMatchObject({ ok: true, value: { ownObject: true, accountless: true } });
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
