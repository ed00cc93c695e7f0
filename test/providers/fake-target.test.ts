import { describe, expect, test } from '@jest/globals';
import { fakeProvider, fakeVendor, memoryLog, type FakeTarget } from '../../providers/fake/index.ts';

const target = { resource: 'orders', level: 'write' } as const;

describe('what the fake provider says of itself and of its targets', () => {
  const provider = fakeProvider(fakeVendor(memoryLog()));

  test('it has its name, its consistency window and its rate limit, and needs no secret', () =>
    expect(provider).toMatchObject({
      name: 'fake',
      consistencyWindowMs: 0,
      rateBudget: 6_000,
      needsSecret: false,
    }));

  test('the keys, the levels and the class of a target', () => {
    expect(provider.targetKey(target)).toBe('orders');
    expect(provider.lockKey(target)).toBe('orders');
    expect(provider.ladder(target)).toEqual(['none', 'read', 'write', 'admin']);
    expect(provider.level(target)).toBe('write');
    expect(provider.ownObject(target)).toBe(false);
    expect(provider.enforcementClass(target)).toBe('C');
    expect(provider.residualSessionMs(target)).toBe(0);
    expect(provider.describe(target)).toEqual({
      plain: 'write access to orders (simulated)',
      permissions: ['fake:write on orders'],
      cautions: [],
      atEnd: [],
      widens: false,
    });
  });

  test.each([
    ['read', false, []],
    ['write', false, []],
    ['admin', true, ['an admin can give access to others, which stays after the end']],
  ] as const)('whether the access of the level %s can widen itself: %s', (level, widens, cautions) =>
    expect(provider.describe({ ...target, level })).toMatchObject({ widens, cautions, atEnd: [] }),
  );

  test.each<[json: FakeTarget]>([
    [{ resource: 'a', level: 'read' }],
    [{ resource: '0/_.-z', level: 'write' }],
    [{ resource: 'x'.repeat(100), level: 'admin' }],
  ])('%j is a target', (json) => expect(provider.parseTarget(json)).toEqual({ ok: true, value: json }));

  const RESOURCE = '"resource" must be a string of 1 to 100 letters, digits and / _ . - (lower case)';
  const LEVEL = '"level" must be one of read, write, admin';
  test.each<[what: string, json: unknown, error: string]>([
    ['nothing', undefined, RESOURCE],
    ['no resource', { level: 'read' }, RESOURCE],
    ['a resource that is a list', { resource: ['orders'], level: 'read' }, RESOURCE],
    ['a resource that begins with a sign', { resource: '/orders', level: 'read' }, RESOURCE],
    ['a resource in capitals', { resource: 'Orders', level: 'read' }, RESOURCE],
    ['a space behind a resource', { resource: 'orders ', level: 'read' }, RESOURCE],
    ['a resource of 101 characters', { resource: 'x'.repeat(101), level: 'read' }, RESOURCE],
    ['no level', { resource: 'orders' }, LEVEL],
    ['the level none', { resource: 'orders', level: 'none' }, LEVEL],
    ['an unknown level', { resource: 'orders', level: 'owner' }, LEVEL],
  ])('%s is no target', (_what, json, error) =>
    expect(provider.parseTarget(json)).toEqual({ ok: false, error: `fake target: ${error}` }),
  );
});
