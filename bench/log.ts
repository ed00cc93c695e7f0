import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { filePlace } from '../audit/places/file-place.ts';
import { folderStore } from '../audit/places/folder.ts';
import { logAccess } from '../audit/published-approval.ts';
import { runSequencer } from '../audit/sequencer.ts';
import { signersOf, trustedKeys } from '../app/log-keys.ts';
import type { Ledger } from '../ledger/index.ts';
import type { LogAccess } from '../requests/log-access.ts';

export const BENCH_LOG = {
  name: 'bench.example/log',
  publicKeys: [],
  keys: [Buffer.alloc(32, 2).toString('base64url')],
};

/** The log of the benchmark, and the sequencer that publishes it. */
export type BenchLog = Readonly<{ access: LogAccess; stop(): Promise<void> }>;

/** Publishes the log of a ledger in a folder inside this one, until it is stopped. Several processes may do it. */
export function benchLog(ledger: Ledger, folder: string): BenchLog {
  const path = join(folder, 'log');
  mkdirSync(path, { recursive: true });
  const trusted = trustedKeys(BENCH_LOG);
  const places = [filePlace(folderStore(path))];
  const fail = (details: object, message: string): void => console.error(message, details);
  const sequencer = runSequencer(
    ledger,
    { name: BENCH_LOG.name, signers: signersOf(BENCH_LOG), trusted, places },
    { report: { info: () => undefined, warn: fail, error: fail } },
  );
  return { access: logAccess(trusted), stop: () => sequencer.stop() };
}
