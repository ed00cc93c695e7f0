import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { entitlementIn, readNames } from '../../policy/files/names.ts';

const folder = mkdtempSync(join(tmpdir(), 'curfew-names-'));
afterAll(() => rmSync(folder, { recursive: true }));

function write(people: string, catalogue: string): Promise<Awaited<ReturnType<typeof readNames>>> {
  writeFileSync(join(folder, 'people.yaml'), people);
  writeFileSync(join(folder, 'catalogue.yaml'), catalogue);
  return readNames(folder);
}

describe('the names in the policy files', () => {
  test('are those of the quickstart', async () => {
    const names = await readNames(resolve(import.meta.dirname, '../../examples/quickstart'));
    expect(names?.people.map(({ id }) => id)).toEqual(['ana', 'bo', 'cy', 'sam', 'ada', 'dan']);
    expect(names?.people[0]?.name).toBe('Ana Ferreira');
    expect(names?.entitlements[0]).toEqual({
      id: 'orders-db',
      title: 'Orders database, read only',
      synonyms: ['orders', 'postgres', 'db'],
      targets: [{ provider: 'postgres' }],
    });
  });

  test.each([
    ['a mistake in the YAML of the people', 'people: [', 'entitlements: []'],
    ['a mistake in the YAML of the catalogue', 'people: []', 'entitlements: {'],
  ])('are unknown with %s', async (_what, people, catalogue) =>
    expect(await write(people, catalogue)).toBeUndefined(),
  );

  test('are unknown where no file is', async () => expect(await readNames('/nowhere')).toBeUndefined());

  test('leave out what has no id, and whatever else is wrong', async () => {
    expect(await write('people: [{ name: Ana }, 7, { id: bo }]', 'entitlements: 3')).toEqual({
      people: [{ id: 'bo', name: '', accounts: {} }],
      entitlements: [],
    });
    expect(await write('', '[]')).toEqual({ people: [], entitlements: [] });
  });

  test.each([
    ['orders-db', 'orders-db'],
    [' Orders-DB ', 'orders-db'],
    ['DB', 'orders-db'],
    ['orders', undefined],
  ])('%j names %s', async (typed, id) => {
    const names = await write('people: []', 'entitlements: [{ id: orders-db, synonyms: [db, 7] }]');
    expect(names && entitlementIn(names, typed)?.id).toBe(id);
  });
});
