import { WAITS } from '../core/waits.ts';
import type { Run } from './bind.ts';
import { type Hints, openHints, withHints } from './hints.ts';
import { type Ledger, ledgerOver } from './ledger.ts';
import { type Db, openPool, reachable, transaction } from './pool.ts';
import { openProbe } from './reach.ts';
import { CONNECTIONS, type LedgerRole } from './roles.ts';
import { watch } from './watch.ts';

/** Every session acts as `role`. Without one it has the rights of its login. Ledgers of one process can share `hints`. */
export type LedgerOptions = Readonly<{
  role?: LedgerRole;
  hints?: Hints;
  connections?: number;
  queryTimeoutMs?: number;
  statementTimeoutMs?: number;
}>;

const WITHOUT_ROLE = 10;

/** Opens the ledger at a Postgres URL. It connects at the first call. */
export function openLedger(
  url: string,
  { role, hints: shared, connections, queryTimeoutMs, statementTimeoutMs }: LedgerOptions = {},
): Ledger {
  const acts = role === undefined ? {} : { role };
  const pool = openPool(url, {
    ...acts,
    max: connections ?? (role ? CONNECTIONS[role].pool : WITHOUT_ROLE),
    queryTimeoutMs: queryTimeoutMs ?? WAITS.ledgerAnswer.ms,
    statementTimeoutMs: statementTimeoutMs ?? longestStatement(role),
  });
  const hints = shared ?? openHints(url);
  const run =
    (runs: <T>(work: (db: Db) => Promise<T>) => Promise<T>): Run =>
    (work) =>
      withHints(hints, (hint) => runs((db) => work({ query: db.query.bind(db), hint })));
  return ledgerOver({
    tx: run((work) => transaction(pool, work)),
    query: run((work) => reachable(() => work(pool))),
    canWrite: openProbe(url, role),
    watch: (channel, look, onError) => watch({ url, ...acts, channel, look, onError }),
    close: async () => void (await Promise.all([pool.end(), ...(shared ? [] : [hints.close()])])),
  });
}

/** Whoever opens a page must not keep the database busy with it, so its statements end sooner. */
const longestStatement = (role: LedgerRole | undefined): number =>
  (role === 'console' ? WAITS.consoleStatement : WAITS.ledgerStatement).ms;
