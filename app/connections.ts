import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProviderDeps } from '../providers/index.ts';

/** The addresses and credentials of everything that Curfew connects to. Nothing is opened yet. */
export type Connections = Readonly<{
  databaseUrl: string;
  migrationUrl: string;
  /** For `loadClientConnectConfig`: TEMPORAL_ADDRESS and the other TEMPORAL_ settings. */
  temporal: Readonly<Record<string, string>>;
  slack: Readonly<{ botToken: string; appToken: string; channel: string; apiUrl?: string }>;
  providers: Omit<ProviderDeps, 'fake'>;
  /** Folder with catalogue.yaml and people.yaml. */
  config: string;
  /** 32 bytes, base64url. */
  sealingKey: string;
  /** True when Slack is the sandbox's: then the command line may act as any of its people (--as). */
  sandbox: boolean;
}>;

const FILE = 'connections.json';

/** Lets commands in another terminal find the demo that runs in this home. Only the owner may read the file. */
export function publishConnections(home: string, connections: Connections): void {
  const file = join(home, FILE);
  writeFileSync(`${file}.new`, JSON.stringify(connections), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

export const unpublishConnections = (home: string): void => rmSync(join(home, FILE), { force: true });

export function publishedConnections(home: string): Connections | undefined {
  const file = join(home, FILE);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Connections) : undefined;
}
