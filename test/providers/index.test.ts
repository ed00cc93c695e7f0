import { expect, test } from '@jest/globals';
import { fakeVendor, memoryLog } from '../../providers/fake/index.ts';
import { createProviders, type ProviderDeps } from '../../providers/index.ts';
import { targetReader } from '../../providers/target-reader.ts';

const providers = createProviders({
  'aws-iam': { endpoint: 'http://127.0.0.1:1' },
  github: { appId: 1, privateKey: 'not used here', installationId: 1 },
  postgres: { databases: { orders: 'postgres://a:b@127.0.0.1:1/orders' } },
  fake: fakeVendor(memoryLog()),
  curfew: {},
});

const statement = {
  Effect: 'Allow',
  Action: 's3:GetObject',
  Resource: '*',
  Condition: { Bool: { 'aws:SecureTransport': 'true' } },
};

test('each provider is found by its own name', () =>
  expect([...providers].map(([name, provider]) => [name, provider.name])).toEqual(
    ['aws-iam', 'curfew', 'fake', 'github', 'postgres'].map((name) => [name, name]),
  ));

test.each<[name: string, deps: ProviderDeps]>([
  ['aws-iam', { 'aws-iam': {} }],
  ['github', { github: { appId: 1, privateKey: 'not used here', installationId: 1 } }],
  ['postgres', { postgres: { databases: {} } }],
  ['fake', { fake: fakeVendor(memoryLog()) }],
  ['curfew', { curfew: {} }],
])('with settings for %s only, there is this provider only', (name, deps) =>
  expect([...createProviders(deps).keys()]).toEqual([name]),
);

test('without settings there is no provider', () => expect([...createProviders({}).keys()]).toEqual([]));

const team = { kind: 'team', org: 'lantern', team: 'orders-oncall' };
const login = { database: 'orders', role: 'orders_read' };

test.each<[name: string, json: object, read: object]>([
  [
    'aws-iam',
    { kind: 'policy', statements: [statement] },
    { lockKey: expect.any(String), level: 'present', ownObject: true, accountless: false },
  ],
  [
    'aws-iam',
    { kind: 'group', group: 'deployers' },
    { lockKey: 'group deployers', level: 'member', ownObject: false, accountless: false },
  ],
  [
    'github',
    team,
    { lockKey: 'team:lantern/orders-oncall', level: 'member', ownObject: false, accountless: false },
  ],
  [
    'github',
    { ...team, id: 5001 },
    { lockKey: 'team:lantern/orders-oncall', level: 'member', ownObject: false, accountless: false },
  ],
  [
    'github',
    { kind: 'repository', org: 'lantern', repo: 'orders', role: 'write' },
    { lockKey: 'repository:lantern/orders', level: 'write', ownObject: false, accountless: false },
  ],
  [
    'postgres',
    login,
    { lockKey: '["orders","orders_read"]', level: 'present', ownObject: true, accountless: true },
  ],
  [
    'fake',
    { resource: 'orders', level: 'write' },
    { lockKey: 'orders', level: 'write', ownObject: false, accountless: false },
  ],
  [
    'curfew',
    { role: 'auditor' },
    { lockKey: 'auditor', level: 'present', ownObject: true, accountless: true },
  ],
])(
  'a target of %s is read with the key of its lock, which its id does not change (F16): %j',
  (name, json, value) => expect(targetReader(providers)(name, json)).toMatchObject({ ok: true, value }),
);

test('a target is read with its description as an approver sees it (I11)', () => {
  const fake = providers.get('fake');
  if (!fake) throw new Error('there is no fake provider');
  const described = (residualSessionMs: number) => {
    const one = new Map([['fake', { ...fake, residualSessionMs: () => residualSessionMs }]]);
    const read = targetReader(one)('fake', { resource: 'orders', level: 'write' });
    return read.ok && read.value.described;
  };
  expect(described(900_000)).toEqual({
    plain: 'write access to orders (simulated)',
    permissions: ['fake:write on orders'],
    cautions: [],
    atEnd: [],
    widens: false,
    level: 'write',
    enforcement: 'C',
    residualMs: 900_000,
  });
  expect(described(Infinity)).toMatchObject({ residualMs: null });
});

test.each<[what: string, name: string, json: object, error: string]>([
  [
    'an unknown provider',
    'azure',
    {},
    'there is no provider "azure"; there are aws-iam, curfew, fake, github, postgres',
  ],
  ['a target that its provider refuses', 'aws-iam', {}, 'aws-iam target: "kind" must be "policy" or "group"'],
])('%s is an error, which names what there is', (_what, name, json, error) =>
  expect(targetReader(providers)(name, json)).toEqual({ ok: false, error }),
);

test.each<[name: string, json: unknown, enforced: string]>([
  ['aws-iam', { kind: 'policy', account: '123456789012', statements: [statement] }, 'A'],
  ['aws-iam', { kind: 'group', group: 'deployers' }, 'C'],
  ['postgres', { database: 'orders', role: 'orders_read' }, 'B'],
  ['fake', { resource: 'orders', level: 'write' }, 'C'],
  ['curfew', { role: 'auditor' }, 'A'],
  ['curfew', { role: 'security' }, 'A'],
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
