import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import pg from 'pg';
import { signersOf, trustedKeys } from '../app/log-keys.ts';
import { exportLog } from '../audit/export.ts';
import { TREE_RULES } from '../audit/tree/rules.ts';
import { signedUpdate } from '../audit/update.ts';
import type { RequestId } from '../core/ids.ts';
import { EVENTS } from '../core/request/events.ts';
import { INSERT_EVENTS, INSERT_TEXTS } from './large-ledger/events.ts';
import { makeLives } from './large-ledger/lives.ts';
import { INSERT_REASONS } from './large-ledger/rows.ts';
import { type Ledger, openLedger } from '../ledger/index.ts';
import { VIAS } from '../ledger/request/record.ts';
import { BENCH_LOG, benchLog } from './log.ts';

export type LogSize = Readonly<{
  /** How many entries the log gets for the export and its verification. */
  entries: number;
  /** How many times each comparison is made. */
  rounds: number;
  /** How many approvals wait for their checkpoint, one after the other. */
  approvals: number;
}>;

/** Inserts in a second, for each number of writers, in each round. */
export type Appends = Readonly<{ writers: number; events: readonly number[]; bare: readonly number[] }>;

/** The figures of the log. Times are in milliseconds, memory in bytes. */
export type LogMeasures = Readonly<{
  appends: readonly Appends[];
  waits: readonly number[];
  exported: Readonly<{ ms: number; grewBy: number }>;
  verified: readonly number[];
  hashed: readonly number[];
}>;

const WRITERS = [1, 8, 32];
/** Short turns, so that both kinds get the same share of the seconds in which the disk is slow. */
const ROUND_MS = 250;
const TURNS_A_ROUND = 4;

export async function measureLog(size: LogSize, url: string, home: string): Promise<LogMeasures> {
  const owner = new pg.Client({ connectionString: url });
  await owner.connect();
  const ledger = openLedger(url, { queryTimeoutMs: 600_000, statementTimeoutMs: 600_000 });
  try {
    // Before the others, because a place that is empty gets the whole log with the first checkpoint.
    const waits = await measureWaits({ ledger, owner }, home, size.approvals);
    const appends: Appends[] = [];
    await owner.query(BARE_TABLE);
    for (const writers of WRITERS)
      appends.push(await measureAppends(url, writers, size.rounds * TURNS_A_ROUND));
    await fill(owner, size.entries);
    await publishAll(ledger);
    const folder = join(home, 'export');
    const exported = await measureExport(ledger, folder);
    return { appends, waits, exported, ...(await measureVerification(folder, size.rounds)) };
  } finally {
    await Promise.all([owner.end(), ledger.close()]);
  }
}

/**
 * The trail as it would be without the log: no number and no index of it, no partitions, and of the form of a row only what the columns
 * need. The triggers of the questions are on both.
 */
const BARE_TABLE = `
  create table bare_event (like event including all);
  alter table bare_event drop column log_id, drop constraint event_is_sound;
  create function is_bare_event(kind text, seq integer, via text, body jsonb) returns boolean
  language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
  begin
    return kind in (${Object.keys(EVENTS)
      .map((kind) => `'${kind}'`)
      .join(', ')})
       and via in (${VIAS.map((via) => `'${via}'`).join(', ')}) and seq >= 0 and body ->> 'kind' is not distinct from kind;
  end $$;
  alter table bare_event add check (is_bare_event(kind, seq, via, body));
  create trigger keep_access_periods after insert on bare_event for each row
    when (changes_access(new.kind)) execute function keep_access_periods();
  create trigger keep_request_list after insert on bare_event for each row
    when (changes_request_list(new.kind)) execute function keep_request_list();`;

/** Both kinds of insert, in turns: A B A B. */
async function measureAppends(url: string, writers: number, rounds: number): Promise<Appends> {
  const clients = Array.from({ length: writers }, () => new pg.Client({ connectionString: url }));
  await Promise.all(clients.map((client) => client.connect()));
  const [events, bare]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    events.push(await insertsInto('event', clients));
    bare.push(await insertsInto('bare_event', clients));
  }
  await Promise.all(clients.map((client) => client.end()));
  return { writers, events, bare };
}

let requests = 0;

/** How many rows all clients insert in a second, each in a transaction of its own. */
async function insertsInto(table: string, clients: readonly pg.Client[]): Promise<number> {
  const start = performance.now();
  let rows = 0;
  await Promise.all(
    clients.map(async (client) => {
      const request = `req_${String((requests += 1)).padStart(26, '0')}`;
      for (let seq = 0; performance.now() - start < ROUND_MS; seq += 1, rows += 1)
        await client.query({
          name: table,
          text: `insert into ${table} (request_id, seq, step, kind, body, via, at) values ($1, $2, $3, 'refused', $4, 'cli', now())`,
          values: [request, seq, `click/${seq}`, BODY],
        });
    }),
  );
  return (rows * 1000) / (performance.now() - start);
}

const BODY = JSON.stringify({
  ...{ kind: 'refused', by: 'ana', tried: 'approve' },
  refusal: { code: 'own-request', why: { text: 0, hash: 'e'.repeat(64) } },
});

/** Requests with their whole lives, and the texts beside them, until there are about so many entries. */
async function fill(owner: pg.Client, entries: number): Promise<void> {
  await owner.query('set session_replication_role = replica');
  await makeLives(owner, Math.ceil(entries / ENTRIES_OF_A_LIFE), Date.now());
  for (const insert of [INSERT_EVENTS, INSERT_REASONS, INSERT_TEXTS]) await owner.query(insert);
  await owner.query('set session_replication_role = origin');
}
const ENTRIES_OF_A_LIFE = 9;

async function sequenceAll(ledger: Ledger): Promise<void> {
  for (;;) {
    const pass = await ledger.sequence({ name: BENCH_LOG.name, most: 5_000, rules: TREE_RULES });
    if (pass?.rows.length === 0) return;
  }
}

/** Signs a checkpoint over everything that is recorded. */
async function publishAll(ledger: Ledger): Promise<void> {
  await sequenceAll(ledger);
  const { size } = await ledger.logProgress();
  const keys = {
    name: BENCH_LOG.name,
    signers: signersOf(BENCH_LOG),
    trusted: trustedKeys(BENCH_LOG),
  };
  await ledger.storeCheckpoint({ size, note: (await signedUpdate(ledger, keys, size)).note });
}

/** The memory that the process needs more at the highest point of an export. */
async function measureExport(ledger: Ledger, folder: string): Promise<LogMeasures['exported']> {
  mkdirSync(folder, { recursive: true });
  globalThis.gc?.();
  const before = process.memoryUsage.rss();
  let highest = before;
  const watching = setInterval(() => (highest = Math.max(highest, process.memoryUsage.rss())), 20);
  const start = performance.now();
  await exportLog(ledger, folder, {
    ...{ name: BENCH_LOG.name, trusted: trustedKeys(BENCH_LOG), witnesses: [] },
    ...{ places: new Map(), exportedAt: new Date() },
  });
  clearInterval(watching);
  return { ms: performance.now() - start, grewBy: highest - before };
}

/** The processor's time of whole verifications of an export, and of their SHA-256 calls alone, in milliseconds. All threads of V8 are one, so it is that of one core. */
async function measureVerification(
  folder: string,
  rounds: number,
): Promise<Pick<LogMeasures, 'verified' | 'hashed'>> {
  const program = fileURLToPath(new URL('./verification.mjs', import.meta.url));
  const key = trustedKeys(BENCH_LOG)[0]?.text ?? '';
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--single-threaded',
    program,
    folder,
    key,
    String(rounds),
  ]);
  return JSON.parse(stdout) as Pick<LogMeasures, 'verified' | 'hashed'>;
}

/** What the ledger does when it records an approval. */
const APPROVAL = `insert into event (request_id, seq, step, kind, body, via, at)
  values ($1, 0, 'click/1', 'approved', '{"kind":"approved"}', 'cli', now())`;

/** How long each approval waits until a published checkpoint has it, from the end of its transaction. */
async function measureWaits(
  { ledger, owner }: Readonly<{ ledger: Ledger; owner: pg.Client }>,
  home: string,
  approvals: number,
): Promise<readonly number[]> {
  const folder = join(home, 'published');
  mkdirSync(folder, { recursive: true });
  const log = benchLog(ledger, folder);
  const waits: number[] = [];
  for (let at = 0; at < approvals; at += 1) {
    const request = `req_wait${String(at).padStart(22, '0')}` as RequestId;
    await owner.query(APPROVAL.replace('$1', owner.escapeLiteral(request)));
    const start = performance.now();
    await log.access.publishedEvents(
      ledger,
      { request, until: 'approved' },
      { waitMs: 60_000, signal: AbortSignal.timeout(60_000) },
    );
    waits.push(performance.now() - start);
  }
  await log.stop();
  return waits;
}
