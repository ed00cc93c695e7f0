import {
  appendFileSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createHash, randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { LEDGER_ROLES } from '../../ledger/index.ts';
import { readLogin } from '../../ledger/login.ts';
import { checksumProblems, migrate, MIGRATIONS } from '../../ledger/migrate.ts';
import { asAdmin, freshDatabase, serverUrl } from './database.fixture.ts';
import { rowsOf } from './ledger.fixture.ts';

let folder: string;
let url: string;
let name: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'curfew-migrate-'));
  cpSync(MIGRATIONS, folder, { recursive: true });
  name = `migrate_${randomBytes(6).toString('hex')}`;
  await asAdmin(async (admin) => void (await admin.query(`create database ${name}`)));
  url = Object.assign(new URL(serverUrl()), { pathname: `/${name}` }).href;
});
afterEach(async () => {
  rmSync(folder, { recursive: true, force: true });
  await asAdmin(async (admin) => void (await admin.query(`drop database ${name} with (force)`)));
});

const FIRST = '0001_foundation.sql';
/** The names of the migrations that were released. */
const RELEASED = readdirSync(MIGRATIONS)
  .filter((file) => file.endsWith('.sql'))
  .map((file) => file.replace(/\.sql$/, ''))
  .sort();
/** Adds a migration with its checksum. */
function release(file: string, sql: string): void {
  writeFileSync(join(folder, file), sql);
  const sum = createHash('sha256').update(sql).digest('hex');
  appendFileSync(join(folder, 'checksums.txt'), `${sum}  ${file}\n`);
}
const tables = async () =>
  (
    await rowsOf<{ name: string }>(
      url,
      `select relname::text as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')`,
    )
  ).map((row) => row.name);

describe('a folder of migrations that is not what was released', () => {
  test.each<[string, () => void, string]>([
    [
      'a changed file',
      () => appendFileSync(join(folder, FIRST), '\n-- x'),
      `${FIRST} is not the file that was released`,
    ],
    [
      'a file without a checksum',
      () => writeFileSync(join(folder, '0902_more.sql'), 'select 1'),
      '0902_more.sql is not in checksums.txt',
    ],
    ['a missing file', () => rmSync(join(folder, FIRST)), `${FIRST} is missing`],
    [
      'a renamed file',
      () => renameSync(join(folder, FIRST), join(folder, '0001_x.sql')),
      `${FIRST} is missing`,
    ],
  ])('%s is named, and nothing is applied', async (_what, spoil, problem) => {
    spoil();
    expect((await checksumProblems(folder)).join('; ')).toContain(problem);
    await expect(migrate(url, folder)).rejects.toThrow(problem);
    expect(await tables()).toEqual([]);
  });
});

test('every difference is named, in the order of the files', async () => {
  appendFileSync(join(folder, FIRST), '\n-- x');
  for (const name of ['0904_d.sql', '0902_b.sql', '0903_c.sql'])
    writeFileSync(join(folder, name), 'select 1');
  await expect(migrate(url, folder)).rejects.toThrow(
    `migrations were changed after the fact: 0902_b.sql is not in checksums.txt; 0903_c.sql is not in checksums.txt; 0904_d.sql is not in checksums.txt; ${FIRST} is not the file that was released`,
  );
});

test('only the migrations that are new are applied, and their names are returned', async () => {
  expect(await migrate(url, folder)).toEqual(RELEASED);
  release('0902_more.sql', 'create table more (id int);');
  release('0903_still.sql', 'create table still (id int);');
  expect(await migrate(url, folder)).toEqual(['0902_more', '0903_still']);
  expect(await migrate(url, folder)).toEqual([]);
  expect(await tables()).toEqual(expect.arrayContaining(['event', 'more', 'still']));
});

test('callers at the same time wait for each other, and each migration is applied once', async () => {
  const applied = await Promise.all([1, 2, 3, 4].map(() => migrate(url, folder)));
  expect(applied.flat()).toEqual(RELEASED);
  expect(await tables()).toContain('event');
});

test('when one of several new migrations fails, none of them is applied', async () => {
  release('0902_more.sql', 'create table more (id int);');
  release('0903_broken.sql', 'create table broken (id nothing);');
  await expect(migrate(url, folder)).rejects.toThrow('type "nothing" does not exist');
  expect(await tables()).not.toContain('more');
});

test('a new migration before one that was applied is refused, because databases would differ', async () => {
  release('0903_later.sql', 'create table later (id int);');
  await migrate(url, folder);
  release('0902_earlier.sql', 'create table earlier (id int);');
  await expect(migrate(url, folder)).rejects.toThrow('Not run migration 0902_earlier is preceding');
  expect(await tables()).not.toContain('earlier');
});

// Its name needs quotes.
test('an owner of the database who is no superuser can migrate it, and is a member of no role of Curfew', async () => {
  const owner = `owner-${name}`;
  await (await freshDatabase()).drop(); // from now on the roles exist
  const login = Object.assign(new URL(url), { username: owner, password: 'p' }).href;
  await asAdmin(async (admin) => {
    await admin.query(`create role "${owner}" login password 'p'`);
    await admin.query(`alter database ${name} owner to "${owner}"`);
  });
  try {
    expect(await migrate(login, folder)).toEqual(RELEASED);
    expect(await readLogin(login, LEDGER_ROLES)).toMatchObject({ isOwner: true, missing: LEDGER_ROLES });
  } finally {
    await asAdmin(async (admin) => {
      await admin.query(`reassign owned by "${owner}" to current_user; drop owned by "${owner}"`);
    }, url);
    await asAdmin(async (admin) => void (await admin.query(`drop role "${owner}"`)));
  }
});

test('whoever is not the owner of the database cannot migrate it, because PUBLIC could still connect', async () => {
  const stranger = `stranger_${name}`;
  const login = Object.assign(new URL(url), { username: stranger, password: 'p' }).href;
  await (await freshDatabase()).drop();
  await asAdmin(async (admin) => void (await admin.query(`create role ${stranger} login password 'p'`)));
  await asAdmin(
    async (admin) => void (await admin.query(`grant create on schema public to ${stranger}`)),
    url,
  );
  await expect(migrate(login, folder)).rejects.toThrow('PUBLIC may still connect to the database');
  await asAdmin(async (admin) => void (await admin.query(`drop owned by ${stranger}`)), url);
  await asAdmin(async (admin) => void (await admin.query(`drop role ${stranger}`)));
});

test('a database that does not answer is an unavailable ledger, not a failed migration', async () => {
  await expect(migrate('postgres://nobody:x@127.0.0.1:1/none', folder)).rejects.toMatchObject({
    code: 'ledger-unavailable',
  });
});

test('the listed checksums are those of sha256sum', () => {
  const [line] = readFileSync(join(MIGRATIONS, 'checksums.txt'), 'utf8').split('\n');
  const sum = createHash('sha256')
    .update(readFileSync(join(MIGRATIONS, FIRST)))
    .digest('hex');
  expect(line).toBe(`${sum}  ${FIRST}`);
});
