import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { makeFolder, makeHome } from './home.ts';
import { LOOPBACK, onFreePort } from './ports.ts';
import { portUsed, reap, startService } from './processes.ts';
import { untilReady } from './ready.ts';
import { findTemporalCli } from './temporal-cli.ts';
import { diskTrouble } from './trouble.ts';

export type SearchAttributes = Readonly<Record<string, keyof typeof ATTRIBUTE_TYPES>>;

export type TemporalOptions = Readonly<{
  home: string;
  /** Where a fetched program is kept; `<home>/tools` when left out. */
  tools?: string;
  /** CURFEW_TEMPORAL_CLI. */
  cli?: string;
  port?: number;
  /** Custom search attributes to register where they are missing, such as `{ CurfewState: 'Keyword' }`. */
  searchAttributes?: SearchAttributes;
  log?: (line: string) => void;
}>;

export type Temporal = Readonly<{
  /** host:port of the front end; the namespace is `default`. */
  address: string;
  pid: number;
  stop(): Promise<void>;
}>;

/** Temporal's numbers for them (`temporal.api.enums.v1.IndexedValueType`). */
const ATTRIBUTE_TYPES = { Keyword: 2, Datetime: 6 } as const;

const READY_MS = 60_000;
const CONNECT_MS = 2_000;

/**
 * Without these, every write of the development server waits for the disk: 2.5 times slower. With a write-ahead
 * log, `normal` survives a killed process; only a power cut may lose the last moments.
 */
const PRAGMAS = ['journal_mode=wal', 'synchronous=normal'];

/**
 * Starts Temporal's development server on 127.0.0.1, with its workflows kept in `<home>/temporal/`.
 * Throws a `Trouble` when it cannot.
 */
export async function launchTemporal(options: TemporalOptions): Promise<Temporal> {
  const { home, tools = join(home, 'tools'), searchAttributes: attributes = {}, log = () => {} } = options;
  try {
    makeHome(home);
    makeFolder(join(home, 'temporal'), 0o700);
    await reap(home, 'temporal');
    const command = await findTemporalCli({
      tools,
      log,
      ...(options.cli !== undefined && { given: options.cli }),
    });
    const wish = { given: options.port, used: portUsed(home, 'temporal') };
    return await onFreePort('Temporal', wish, (port) => start(home, command, port, attributes));
  } catch (error) {
    throw diskTrouble(error, join(home, 'temporal'));
  }
}

async function start(
  home: string,
  command: string,
  port: number,
  attributes: SearchAttributes,
): Promise<Temporal> {
  const address = `${LOOPBACK}:${port}`;
  const args = ['server', 'start-dev', '--headless', '--ip', LOOPBACK, '--port', String(port)];
  args.push('--db-filename', join(home, 'temporal', 'temporal.db'), '--log-level', 'warn');
  for (const pragma of PRAGMAS) args.push('--sqlite-pragma', pragma);
  const service = await startService({ home, name: 'temporal', command, args, port });
  await untilReady('temporal', address, service, READY_MS, () => answers(address, attributes));
  return { address, pid: service.pid, stop: () => service.stop() };
}

/** The server takes connections a moment before it knows the namespace. */
async function answers(address: string, attributes: SearchAttributes): Promise<true> {
  const connection = await Connection.connect({ address, connectTimeout: CONNECT_MS });
  try {
    await connection.workflowService.describeNamespace({ namespace: 'default' });
    if (Object.keys(attributes).length > 0) await register(connection, attributes);
    return true;
  } finally {
    await connection.close();
  }
}

/** The server's own `--search-attribute` does nothing for a database that exists already. */
async function register({ operatorService }: Connection, attributes: SearchAttributes): Promise<void> {
  const { customAttributes } = await operatorService.listSearchAttributes({ namespace: 'default' });
  const missing = Object.entries(attributes).filter(([name]) => !(name in customAttributes));
  if (missing.length === 0) return;
  const searchAttributes = Object.fromEntries(missing.map(([name, type]) => [name, ATTRIBUTE_TYPES[type]]));
  await operatorService.addSearchAttributes({ namespace: 'default', searchAttributes });
}
