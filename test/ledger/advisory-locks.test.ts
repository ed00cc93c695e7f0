import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { rows } from './own-ledger.fixture.ts';

// Any login of the database can hold an advisory lock for ever. So nothing waits for one but a migration, whose runner takes one (T43).

const ROOT = join(import.meta.dirname, '../..');
test('no function of the ledger takes an advisory lock (T43)', async () => {
  const functions = await rows<{ name: string; body: string }>(
    `select p.oid::regprocedure::text as name, p.prosrc as body from pg_proc p where p.pronamespace in ('public'::regnamespace, 'audit'::regnamespace)`,
  );
  expect(functions.length).toBeGreaterThan(30);
  expect(functions.filter(({ body }) => /advisory/i.test(body)).map(({ name }) => name)).toEqual([]);
});

test('no statement of the ledger takes an advisory lock (T43)', () => {
  const folder = join(ROOT, 'ledger'); // SQL for our tables is in no other folder.
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  expect(files.length).toBeGreaterThan(80);
  expect(
    files.filter((name) => /pg_(?:try_)?advisory/i.test(readFileSync(join(folder, name), 'utf8'))),
  ).toEqual([]);
});
