import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import pg from 'pg';
import { startConsoleServer } from '../console/server.ts';
import type { PersonId } from '../core/ids.ts';
import { LOOPBACK, onFreePort } from '../sandbox/launch/ports.ts';
import { type AskedPage, consolePages } from './console-addresses.ts';
import { fillLargeLedger } from './large-ledger/fill.ts';
import { AUDITORS_ACCOUNT, largePolicy } from './large-ledger/policy.ts';
import { AUDITOR } from './large-ledger/things.ts';
import { type Ran, type RecordedLedger, recordedLedger } from './recorded-ledger.ts';

export type ConsoleSize = Readonly<{
  /** How many requests the ledger has. */
  requests: number;
  /** How often each page is fetched, after it was fetched twice. */
  rounds: number;
}>;

/** A page: the milliseconds of each fetch, its size in bytes alone with its style and with its scripts too, and its slowest statement. */
export type PageMeasure = AskedPage &
  Readonly<{
    status: number;
    ms: readonly number[];
    bytes: number;
    withScripts: number;
    slowest: Readonly<{ ms: number; sql: string; plan: readonly string[] }>;
  }>;

/** `reads`: the milliseconds of reads of one row by its primary key, over a connection as the console has it. */
export type ConsolePages = Readonly<{ pages: readonly PageMeasure[]; reads: readonly number[] }>;

/** Fetches every page of the console as an auditor, and reads of one row in turns. */
export async function measureConsolePages(
  { requests, rounds }: ConsoleSize,
  url: string,
  home: string,
): Promise<ConsolePages> {
  await fillLargeLedger(url, requests);
  return fetchPages(url, home, { rounds });
}

/** The same over a ledger that is filled already, of the pages whose name begins with this text. */
export async function fetchPages(
  url: string,
  home: string,
  { rounds, begins = '' }: Readonly<{ rounds: number; begins?: string }>,
): Promise<ConsolePages> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const recorded = recordedLedger(url);
  const { fetched, stop } = await signedIn(recorded, join(home, 'policy'));
  try {
    const reads: number[] = [];
    const read = await rowReader(client, reads);
    const pages: PageMeasure[] = [];
    for (const page of await consolePages(client))
      if (page.what.startsWith(begins))
        pages.push(await measurePage({ page, rounds, recorded, fetched, read }));
    return { pages, reads };
  } finally {
    await stop();
    await Promise.all([client.end(), recorded.ledger.close()]);
  }
}

/** What came: the status, the text, and the address after redirects. */
type Fetched = (path: string) => Promise<Readonly<{ status: number; text: string; path: string }>>;

/** The console's server, and a browser in which the auditor is signed in. */
async function signedIn({ ledger }: RecordedLedger, folder: string) {
  const originOf = (port: number): string => `http://${LOOPBACK}:${port}`;
  const nobody = () => Promise.reject(new Error('nobody signs in here'));
  const deps = {
    ...{ ledger, policy: largePolicy(folder), logKeys: [] },
    identity: { begin: nobody, end: nobody, signOutUrl: () => Promise.resolve(undefined) },
    health: () => Promise.resolve([]),
    report: (error: unknown) => globalThis.console.error(error),
  };
  const server = await onFreePort('the console', { given: undefined, used: undefined }, (port) =>
    startConsoleServer({ ...deps, origin: originOf(port) }, { host: LOOPBACK, port }),
  );
  const origin = originOf(server.port);
  const id = randomBytes(32).toString('base64url');
  await ledger.openSession(createHash('sha256').update(id).digest(), {
    ...{ person: AUDITOR as PersonId, account: AUDITORS_ACCOUNT, ownZone: 'UTC' },
  });
  const fetched: Fetched = async (path) => {
    const response = await fetch(`${origin}${path}`, { headers: { cookie: `__Host-curfew-session=${id}` } });
    return { status: response.status, text: await response.text(), path: response.url.slice(origin.length) };
  };
  return { fetched, stop: () => server.stop() };
}

type Measured = Readonly<{
  page: AskedPage;
  rounds: number;
  recorded: RecordedLedger;
  fetched: Fetched;
  read: () => Promise<void>;
}>;

async function measurePage({ page, rounds, recorded, fetched, read }: Measured): Promise<PageMeasure> {
  const { path } = await fetched(page.path); // The address by which the page is known from now on.
  const { status, text } = await fetched(path);
  const ms: number[] = [];
  recorded.taken();
  for (let round = 0; round < rounds; round += 1) {
    ms.push(await timed(() => fetched(path)));
    await read();
  }
  const slowest = recorded.taken().reduce<Ran>((most, each) => (each.ms > most.ms ? each : most), NOTHING);
  const assets = (tag: RegExp) =>
    sizeOf(
      [...text.matchAll(tag)].map(([, name]) => name ?? ''),
      fetched,
    );
  const bytes = Buffer.byteLength(text) + (await assets(/<link rel="stylesheet" href="([^"]+)"/g));
  return {
    ...{ ...page, status, ms, bytes, withScripts: bytes + (await assets(/<script[^>]* src="([^"]+)"/g)) },
    slowest: {
      ms: slowest.ms,
      sql: slowest.sql,
      plan: slowest === NOTHING ? [] : await recorded.explain(slowest),
    },
  };
}

const NOTHING: Ran = { sql: '', values: [], ms: 0 };

async function sizeOf(paths: readonly string[], fetched: Fetched): Promise<number> {
  const files = await Promise.all(paths.map(fetched));
  return files.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
}

/** Reads a row of its table by its primary key, another one each time. */
async function rowReader(client: pg.Client, reads: number[]): Promise<() => Promise<void>> {
  const { rows } = await client.query<{ id: string }>(
    'select id from request_list order by opened_at desc limit 1000',
  );
  return async () => {
    const { id } = rows[reads.length % rows.length] ?? { id: '' };
    reads.push(await timed(() => client.query('select * from request_list where id = $1', [id])));
  };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
