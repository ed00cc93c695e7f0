import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { rows } from './own-ledger.fixture.ts';

// Any login of the database can hold an advisory lock for ever, so nothing of the ledger waits for one (T43). A change at a Postgres target is
// another database, with a limit of its own.

const ROOT = join(import.meta.dirname, '../..');
const LEDGER = [
  'activities',
  'app',
  'audit',
  'bot',
  'cli',
  'console',
  'inbox',
  'ledger',
  'requests',
  'upkeep',
  'workflows',
];

test('no function of the ledger takes an advisory lock (T43)', async () => {
  const functions = await rows<{ name: string; body: string }>(
    `select p.oid::regprocedure::text as name, p.prosrc as body from pg_proc p where p.pronamespace in ('public'::regnamespace, 'audit'::regnamespace)`,
  );
  expect(functions.length).toBeGreaterThan(30);
  expect(functions.filter(({ body }) => /advisory/i.test(body)).map(({ name }) => name)).toEqual([]);
});

test('no statement that is sent to the ledger takes an advisory lock (T43)', () => {
  const files = LEDGER.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.tsx?$/.test(name))
      .map((name) => join(folder, name)),
  );
  expect(files.length).toBeGreaterThan(300);
  expect(
    files.filter((file) => /pg_(?:try_)?advisory/i.test(readFileSync(join(ROOT, file), 'utf8'))),
  ).toEqual([]);
});
