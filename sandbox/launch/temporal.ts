import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { makeFolder, makeHome } from './home.ts';
import { LOOPBACK, onFreePort } from './ports.ts';
import { portUsed, reap, startService } from './processes.ts';
import { untilReady } from './ready.ts';
import { findTemporalCli } from './temporal-cli.ts';
import { diskErrorOf } from './launch-error.ts';

export type TemporalOptions = Readonly<{
  home: string;
  /** Where a fetched program is kept; `<home>/tools` when left out. */
  tools?: string;
  /** CURFEW_TEMPORAL_CLI. */
  cli?: string;
  port?: number;
  log?: (line: string) => void;
}>;

export type Temporal = Readonly<{
  /** host:port of the front end; the namespace is `default`. */
  address: string;
  pid: number;
  stop(): Promise<void>;
}>;

const READY_MS = 60_000;
const CONNECT_MS = 2_000;

/**
 * Without these, every write of the development server waits for the disk: 2.5 times slower. With a write-ahead
 * log, `normal` survives a killed process; only a power cut may lose the last moments.
 */
const PRAGMAS = ['journal_mode=wal', 'synchronous=normal'];

/**
 * The server has an HTTP interface, and no option to turn it off. It checks neither the origin nor the content type, so
 * any web page could start activities (T42). It answers only to these hosts: to one that nobody can guess. Its metrics
 * cannot be turned off either. They count, and name no request.
 */
const closedHttp = (): string =>
  `frontend.httpAllowedHosts=${JSON.stringify([randomBytes(16).toString('hex')])}`;

/**
 * Starts Temporal's development server on 127.0.0.1, with its workflows kept in `<home>/temporal/`.
 * Throws a `LaunchError` when it cannot.
 */
export async function launchTemporal(options: TemporalOptions): Promise<Temporal> {
  const { home, tools = join(home, 'tools'), log = () => {} } = options;
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
    return await onFreePort('Temporal', wish, (port) => start(home, command, port));
  } catch (error) {
    throw diskErrorOf(error, join(home, 'temporal'));
  }
}

async function start(home: string, command: string, port: number): Promise<Temporal> {
  const address = `${LOOPBACK}:${port}`;
  const args = ['server', 'start-dev', '--headless', '--ip', LOOPBACK, '--port', String(port)];
  args.push('--db-filename', join(home, 'temporal', 'temporal.db'), '--log-level', 'warn');
  for (const pragma of PRAGMAS) args.push('--sqlite-pragma', pragma);
  args.push('--dynamic-config-value', closedHttp());
  const service = await startService({ home, name: 'temporal', command, args, port });
  await untilReady({ name: 'temporal', where: address, service, boundMs: READY_MS }, () => answers(address));
  return { address, pid: service.pid, stop: () => service.stop() };
}

/** The server takes connections a moment before it knows the namespace. */
async function answers(address: string): Promise<true> {
  const connection = await Connection.connect({ address, connectTimeout: CONNECT_MS });
  try {
    await connection.workflowService.describeNamespace({ namespace: 'default' });
    return true;
  } finally {
    await connection.close();
  }
}
