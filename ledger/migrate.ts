import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runner } from 'node-pg-migrate';
import pg from 'pg';
import { addEventPartitions } from './log/partitions.ts';
import { reachable } from './pool.ts';

export const MIGRATIONS = fileURLToPath(new URL('../migrations', import.meta.url));

/**
 * Brings a database to the newest schema, with the partitions of the next two quarters, as its owner. Forward only, each file in order and once; concurrent
 * callers wait for each other. A file that is not what `checksums.txt` says is refused, because every
 * database must run the same files. Returns the names of the migrations that were applied now.
 */
export async function migrate(url: string, dir = MIGRATIONS): Promise<readonly string[]> {
  const problems = await checksumProblems(dir);
  if (problems.length > 0) throw new Error(`migrations were changed after the fact: ${problems.join('; ')}`);
  const applied = await reachable(async () => {
    // The runner does not wait for the end of its own connection. A server that stops then would end this process.
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      const applied = await runner({
        dbClient: client,
        dir,
        direction: 'up',
        migrationsTable: 'migration',
        checkOrder: true,
        singleTransaction: true,
        advisoryLockMode: 'wait',
        ignorePattern: '.*\\.txt',
        log: () => undefined,
      });
      await addEventPartitions(client);
      return applied;
    } finally {
      await client.end();
    }
  });
  return applied.map(({ name }) => name);
}

/** What differs between the migrations and their checksums; nothing when all is well. */
export async function checksumProblems(dir = MIGRATIONS): Promise<readonly string[]> {
  const listed = parseChecksums(await readFile(join(dir, 'checksums.txt'), 'utf8'));
  const files = (await readdir(dir)).filter((name) => name.endsWith('.sql')).sort();
  const actual = new Map<string, string>();
  for (const name of files)
    actual.set(
      name,
      createHash('sha256')
        .update(await readFile(join(dir, name)))
        .digest('hex'),
    );

  return [
    ...files.filter((name) => !listed.has(name)).map((name) => `${name} is not in checksums.txt`),
    ...[...listed].flatMap(([name, sum]) => {
      if (!actual.has(name)) return [`${name} is missing`];
      return actual.get(name) === sum ? [] : [`${name} is not the file that was released`];
    }),
  ];
}

// The format of sha256sum, so that `sha256sum -c checksums.txt` checks them too.
const parseChecksums = (text: string): ReadonlyMap<string, string> =>
  new Map(
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => [line.slice(66), line.slice(0, 64)] as const),
  );
