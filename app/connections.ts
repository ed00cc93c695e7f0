import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProviderDeps } from '../providers/index.ts';
import type { GitHubDeps } from '../providers/github/index.ts';
import { type LogConnection, logOnThisMachine } from './log-connection.ts';
import { type ManifestConnection, manifestOnThisMachine } from './manifest-connection.ts';
import { type LocalAddress, onThisMachine } from './this-machine.ts';

/**
 * The addresses and credentials of everything that Curfew connects to. Nothing is opened yet. The sandbox's Slack asks
 * nobody who they are, so what the demo starts and real services are never mixed (T44).
 */
export type Connections = RealConnections | SandboxConnections;

type Common = Readonly<{
  /** Folder with catalogue.yaml and people.yaml. */
  config: string;
  /** 32 bytes, base64url. */
  sealingKey: string;
  /** What `sealingKey` was before. What they sealed can still be opened. */
  olderSealingKeys?: readonly string[];
  /** In a process that writes the manifest. In the sandbox it is a folder of this machine. */
  manifest?: ManifestConnection;
  /** The audit log. In the sandbox it is published in a folder of this machine. */
  log?: LogConnection;
  /** The address of the console in a browser. */
  consoleUrl?: string;
}>;

/** The services that the settings name. Everybody acts as themselves. */
export type RealConnections = Common &
  Readonly<{
    kind: 'real';
    databaseUrl: string;
    migrationUrl: string;
    /** For `loadClientConnectConfig`: TEMPORAL_ADDRESS and the other TEMPORAL_ settings. */
    temporal: Readonly<Record<string, string>>;
    slack: Readonly<{ botToken: string; appToken: string; channel: string; apiUrl?: string }>;
    providers: ProviderDeps;
    /** The accounts of examples/quickstart. They are accepted only where Slack is an imitation on this machine. */
    exampleAccounts: 'accepted' | 'refused';
  }>;

/** The services that the demo started on this machine. The command line may act as any of its people (--as). */
export type SandboxConnections = Common &
  Readonly<{
    kind: 'sandbox';
    databaseUrl: LocalAddress;
    migrationUrl: LocalAddress;
    temporal: Readonly<{ TEMPORAL_ADDRESS: LocalAddress }>;
    slack: Readonly<{ botToken: string; appToken: string; channel: string; apiUrl: LocalAddress }>;
    providers: SandboxProviders;
    consoleUrl?: LocalAddress;
  }>;

/** The keys of the imitated AWS. */
export type AwsCredentials = Readonly<{
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}>;

/** Every provider of a vendor has an address on this machine and a credential, so that none looks for a real one. */
export type SandboxProviders = Readonly<{
  postgres?: Readonly<{
    databases: Readonly<Record<string, LocalAddress>>;
    /** The demo starts no replica, and says so. */
    replicas?: Readonly<Record<string, readonly []>>;
  }>;
  'aws-iam'?: Readonly<{ endpoint: LocalAddress; credentials: AwsCredentials }>;
  github?: GitHubDeps & Readonly<{ baseUrl: LocalAddress }>;
  /** The roles of Curfew itself, which need neither. */
  curfew?: Readonly<Record<string, never>>;
}>;

/** The same value with every address as plain text. */
type Plain<T> = T extends LocalAddress
  ? string
  : T extends object
    ? { readonly [Key in keyof T]: Plain<T[Key]> }
    : T;

/** Throws when one of the addresses is that of another machine. */
export function sandboxConnections(plain: Omit<Plain<SandboxConnections>, 'kind'>): SandboxConnections {
  const { databaseUrl, migrationUrl, temporal, slack, providers, manifest, log, consoleUrl } = plain;
  const { config, sealingKey } = plain;
  const { postgres, 'aws-iam': aws, github, curfew } = providers;
  return {
    kind: 'sandbox',
    databaseUrl: onThisMachine(databaseUrl),
    migrationUrl: onThisMachine(migrationUrl),
    temporal: { TEMPORAL_ADDRESS: onThisMachine(temporal.TEMPORAL_ADDRESS) },
    slack: { ...slack, apiUrl: onThisMachine(slack.apiUrl) },
    providers: {
      ...(postgres && {
        postgres: { ...postgres, databases: allOnThisMachine(postgres.databases) },
      }),
      ...(aws && { 'aws-iam': { ...aws, endpoint: onThisMachine(aws.endpoint) } }),
      ...(github && { github: { ...github, baseUrl: onThisMachine(github.baseUrl) } }),
      ...(curfew && { curfew }),
    },
    ...(manifest && { manifest: manifestOnThisMachine(manifest) }),
    ...(log && { log: logOnThisMachine(log) }),
    ...(consoleUrl && { consoleUrl: onThisMachine(consoleUrl) }),
    config,
    sealingKey,
  };
}

const allOnThisMachine = (urls: Readonly<Record<string, string>>): Readonly<Record<string, LocalAddress>> =>
  Object.fromEntries(Object.entries(urls).map(([name, url]) => [name, onThisMachine(url)]));

const FILE = 'connections.json';

/** Lets commands in another terminal find the demo that runs in this home. Only the owner may read the file. */
export function publishConnections(home: string, connections: SandboxConnections): void {
  const file = join(home, FILE);
  writeFileSync(`${file}.new`, JSON.stringify(connections), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

export const unpublishConnections = (home: string): void => rmSync(join(home, FILE), { force: true });

export function publishedConnections(home: string): SandboxConnections | undefined {
  const file = join(home, FILE);
  if (!existsSync(file)) return undefined;
  return sandboxConnections(JSON.parse(readFileSync(file, 'utf8')) as SandboxConnections);
}
