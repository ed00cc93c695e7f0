import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launchPostgres } from '../sandbox/launch/postgres.ts';
import { type Edit, openBundler } from './bundle.ts';
import { createDatabase } from './database.ts';
import { PLANTED_BUGS } from './planted/index.ts';
import type { SeedOptions, SeedResult } from './run-seed.ts';

export type Run = (options: Omit<SeedOptions, 'client'>) => Promise<SeedResult>;

/** What all seeds of one run of the simulator share: a database and the bundler. */
export type Session = Readonly<{
  /** The simulator with these edits of the real source. `name` tells it from others. */
  load(name: string, edits?: readonly Edit[]): Promise<Run>;
  close(): Promise<void>;
}>;

export async function openSession(): Promise<Session> {
  process.setMaxListeners(0);
  const { url, stop } = await server();
  const { client, drop } = await createDatabase(url);
  const bundler = await openBundler([
    ...new Set(PLANTED_BUGS.flatMap(({ edits }) => edits.map(({ file }) => file))),
  ]);
  return {
    async load(name, edits) {
      const { runSeed } = await bundler.load(name, edits);
      return (options) => runSeed({ client, ...options });
    },
    async close() {
      await bundler.close();
      await drop();
      await stop();
    },
  };
}

/** Uses the server of the tests, or starts one. */
async function server(): Promise<Readonly<{ url: string; stop: () => Promise<void> }>> {
  const given = process.env['TEST_PG_URL'];
  if (given) return { url: given, stop: () => Promise.resolve() };
  const home = mkdtempSync(join(tmpdir(), 'curfew-simulator-'));
  const postgres = await launchPostgres({ home, durable: false, binaries: 'npm' });
  return {
    url: postgres.url,
    async stop() {
      await postgres.stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
}
