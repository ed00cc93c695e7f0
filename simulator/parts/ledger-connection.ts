import { createHash } from 'node:crypto';
import type pg from 'pg';
import { Fault } from '../../core/faults.ts';
import { type Ledger, type LedgerConnection, ledgerOver } from '../../ledger/index.ts';
import { type Db, type HintingDb, reachable } from '../../ledger/pool.ts';
import { EMPTY_TABLES } from '../empty-tables.ts';
import { currentScope } from '../world/scope.ts';
import { call, pause, type World } from '../world/world.ts';

/** The simulated database server, over one connection to a real one. */
export type LedgerServer = Readonly<{
  ledger: Ledger;
  /** What the ledger's clock says now. */
  now(): number;
  /** The ledger's clock goes on from another time (F22). */
  stepClock(byMs: number): void;
  /** Remembers what is committed now, and sets the server back to it later: a failover that loses what came between (F05). */
  rememberCommits(): Promise<void>;
  loseCommits(): Promise<void>;
  /** Rolls everything back, so that the next seed begins with an empty database. */
  end(): Promise<void>;
}>;

const FAILOVER = 'commits_that_survive';
/** How long a process waits for a ledger that does not answer. */
const NO_ANSWER_MS = 5_000;
const ANSWER_LOST = 0.15;

/**
 * Opens the real ledger on a real Postgres. A seed is one transaction of the server, and each transaction of Curfew is a savepoint in
 * it: so one comes after the other, in the order of the virtual time, and everything can be forgotten at once. The function
 * ledger_now() reads the virtual time.
 */
export async function openLedgerServer(client: pg.Client, world: World, seed: number): Promise<LedgerServer> {
  const db = preparedOn(client);
  let skewMs = 0;
  let clockSetTo = Number.NaN;
  let hasSavepoint = false;
  let watchers: readonly Watcher[] = [];
  const now = (): number => Math.floor(world.time.now() + skewMs);
  const run = (sql: string): Promise<unknown> => world.time.track(() => client.query(sql));
  await run(`begin; ${EMPTY_TABLES}; select setseed(${(seed % 1000) / 1000})`);

  const setClock = (): string => {
    if (clockSetTo === now()) return '';
    clockSetTo = now();
    return `select set_config('simulator.now', '${clockSetTo}', false);`;
  };
  /** What was done since the last savepoint is kept: that one is released only now, which saves a round trip. */
  const savepoint = (name: string): string => {
    const release = hasSavepoint ? 'release savepoint one;' : '';
    hasSavepoint = name === 'one';
    return `${release} savepoint ${name};`;
  };
  /** Runs work as one transaction. Its effect is there or not, as a whole. A single question needs no savepoint. */
  async function commit<T>(work: (db: HintingDb) => Promise<T>, isOneStatement: boolean): Promise<T> {
    const written = new Set<string>();
    let isBegun = false;
    const query = async (sql: string, values?: unknown[]): Promise<unknown> => {
      if (/^\s*insert into event \(/.test(sql))
        world.log.say(`ledger: ${String(values?.[0])} ${String(values?.[3])} by ${currentScope().name}`);
      const isRead = isOneStatement && /^\s*select/.test(sql);
      const begin = isRead || isBegun ? '' : savepoint('one');
      isBegun ||= !isRead;
      // Nothing waits for the answer in between: the connection takes several queries in a row.
      const before = `${begin}${isRead && !sql.includes('ledger_now') ? '' : setClock()}`;
      const isReady = before === '' ? undefined : client.query(before);
      const [answer] = await Promise.all([db.query(sql, values), isReady]);
      return answer;
    };
    try {
      const value = await reachable(() =>
        work({ query, hint: (channel) => void written.add(channel) } as HintingDb),
      );
      for (const { channel, wake } of watchers) if (written.has(channel)) wake();
      return value;
    } catch (error) {
      if (!isBegun) throw error; // The savepoint is of an earlier transaction.
      await client.query('rollback to savepoint one');
      clockSetTo = Number.NaN;
      throw error;
    }
  }
  const transactionOf =
    (isOneStatement: boolean) =>
    <T>(work: (db: HintingDb) => Promise<T>): Promise<T> =>
      call(world, async () => {
        if (world.isOn('ledger-away')) return unavailable(world);
        const value = await world.time.track(() => commit(work, isOneStatement));
        if (world.isOn('answers-lost') && world.random.chance(ANSWER_LOST)) return unavailable(world);
        return value;
      });
  const query = transactionOf(true);

  const connection: LedgerConnection = {
    tx: transactionOf(false),
    query,
    canWrite: (lease) =>
      query(async (on) => (await on.query('select from lease where id = $1', [lease])).rowCount === 1).catch(
        () => false,
      ),
    watch: (channel, look, onError) =>
      watchChannel(channel, { look, onError }, (watcher) => (watchers = [...watchers, watcher])),
    close: () => Promise.resolve(),
  };
  return {
    // Nobody ends everything or reviews access here, and the sweeper looks for that every two seconds.
    ledger: {
      ...ledgerOver(connection),
      massEndingsToCutOff: () => Promise.resolve([]),
      drawableReviews: () => Promise.resolve([]),
    },
    now,
    stepClock: (byMs) => void (skewMs += byMs),
    rememberCommits: () => run(savepoint(FAILOVER)).then(() => undefined),
    async loseCommits() {
      await run(`rollback to savepoint ${FAILOVER}; release savepoint ${FAILOVER}`);
      [clockSetTo, hasSavepoint] = [Number.NaN, false];
    },
    end: () => run('rollback').then(() => undefined),
  };
}

async function unavailable({ random }: World): Promise<never> {
  await pause(random.chance(0.5) ? 20 : NO_ANSWER_MS);
  throw new Fault('ledger-unavailable', 'the simulated server does not answer');
}

/** Runs each statement as a prepared one, so that the server plans it once for all seeds. */
function preparedOn(client: pg.Client): Db {
  const names = new Map<string, string>();
  const query = (text: string, values: unknown[] = []) => {
    // The whole seed is one transaction, which sees what it wrote at any level.
    if (text.startsWith('set transaction')) return client.query('select 1');
    const name = names.get(text) ?? createHash('sha256').update(text).digest('hex').slice(0, 32);
    names.set(text, name);
    return client.query({ text, values, name });
  };
  return { query } as Db;
}

type Watcher = Readonly<{ channel: string; wake: () => void }>;

/** Without a message it looks again after a pause that grows. What is due for another attempt is found only so. */
const FIRST_POLL_MS = 2_000;
const LONGEST_POLL_MS = 30_000;

/** Looks after each write to a channel, and again and again. It ends with its process. */
function watchChannel(
  channel: string,
  { look, onError }: Readonly<{ look: () => Promise<number>; onError: (error: unknown) => void }>,
  add: (watcher: Watcher) => void,
): { stop(): Promise<void> } {
  const scope = currentScope();
  let wasWoken = false;
  let wake = (): void => undefined;
  add({ channel, wake: () => scope.isDead || ((wasWoken = true), wake()) });
  void (async () => {
    for (let pollMs = FIRST_POLL_MS; ; pollMs = Math.min(pollMs * 2, LONGEST_POLL_MS)) {
      wasWoken = false;
      const found = await look().catch((error: unknown) => (onError(error), 0));
      if (found > 0 || wasWoken) {
        pollMs = FIRST_POLL_MS / 2;
        continue;
      }
      await new Promise<void>((resolve) => {
        wake = resolve;
        setTimeout(resolve, pollMs);
      });
    }
  })();
  return { stop: () => Promise.resolve() };
}
