import { randomBytes } from 'node:crypto';
import { asAdmin } from './database.fixture.ts';
import { until } from '../until.fixture.ts';

/** A copy of a ledger's database, as a backup has it. */
export type Backup = Readonly<{
  /** Puts the copy in the place of the database. Connections are closed, and open again by themselves. */
  restore(): Promise<void>;
  drop(): Promise<void>;
}>;

/** Copies the database at this address. Nobody may work in it meanwhile. */
export async function backUp(url: string): Promise<Backup> {
  const database = new URL(url).pathname.slice(1);
  const copy = `${database}_${randomBytes(4).toString('hex')}`;
  await copyDatabase(database, copy);
  return {
    async restore() {
      await asAdmin(async (admin) => void (await admin.query(`drop database ${database} with (force)`)));
      await copyDatabase(copy, database);
    },
    drop: () => asAdmin(async (admin) => void (await admin.query(`drop database ${copy} with (force)`))),
  };
}

/** A copy can only be made while nobody is connected. A connection that began before the lock may appear after it. */
const copyDatabase = (from: string, to: string): Promise<void> =>
  asAdmin(async (admin) => {
    await admin.query(`alter database ${from} allow_connections false`);
    await until(`${from} is copied`, async () => {
      await admin.query(
        'select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = $1 and pid <> pg_backend_pid()',
        [from],
      );
      await admin.query(`create database ${to} template ${from} strategy file_copy`);
      return true;
    });
    await admin.query(`alter database ${from} allow_connections true`);
  });
