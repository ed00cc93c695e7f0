import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProviderDeps } from '../providers/index.ts';

/** Everything that Curfew connects to, wherever it runs: addresses and credentials, nothing opened yet. */
export type Connections = Readonly<{
  databaseUrl: string;
  migrationUrl: string;
  /** For `loadClientConnectConfig`: TEMPORAL_ADDRESS and its family. */
  temporal: Readonly<Record<string, string>>;
  slack: Readonly<{ botToken: string; appToken: string; channel: string; apiUrl?: string }>;
  providers: Omit<ProviderDeps, 'fake'>;
  /** Folder with catalogue.yaml and people.yaml. */
  config: string;
  /** 32 bytes, base64url. */
  sealingKey: string;
  /** True for a sandbox: its people may be acted for at the command line. */
  sandbox: boolean;
}>;

const FILE = 'parts.json';

/** Lets commands in another terminal find a demo that runs in the same folder. Only its owner may read it. */
export function publishConnections(home: string, parts: Connections): void {
  const file = join(home, FILE);
  writeFileSync(`${file}.new`, JSON.stringify(parts), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

export const withdrawConnections = (home: string): void => rmSync(join(home, FILE), { force: true });

export function publishedConnections(home: string): Connections | undefined {
  const file = join(home, FILE);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Connections) : undefined;
}
