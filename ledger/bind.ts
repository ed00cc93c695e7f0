import type { HintingDb } from './pool.ts';

/** Runs work on a connection to the database. */
export type Run = <T>(work: (db: HintingDb) => Promise<T>) => Promise<T>;

/** A function of the ledger: one question or one change, over the connection that it gets first. */
type LedgerFunction = (db: never, ...args: never[]) => Promise<unknown>;
type LedgerFunctions = Readonly<Record<string, LedgerFunction>>;

/**
 * The functions of a port, by how each one runs. `query` functions are one statement, or several that need not see the same moment. `tx` functions
 * run in one transaction. `judged` functions run in one that also reads on other connections. `pure` functions need none.
 */
export type Port = Readonly<{
  query?: LedgerFunctions;
  tx?: LedgerFunctions;
  judged?: LedgerFunctions;
  pure?: Readonly<Record<string, (...args: never[]) => unknown>>;
}>;

type WithoutDb<F> = F extends (db: never, ...args: infer Args) => infer Answer
  ? (...args: Args) => Answer
  : never;
type BoundFunctions<Functions> = { [Name in keyof Functions]: WithoutDb<Functions[Name]> };
type Functions<P extends Port, Kind extends keyof Port> = P[Kind] extends object ? P[Kind] : unknown;

/** A port as its callers have it: each function without its connection. */
export type Bound<P extends Port> = BoundFunctions<Functions<P, 'query'>> &
  BoundFunctions<Functions<P, 'tx'>> &
  BoundFunctions<Functions<P, 'judged'>> &
  Readonly<Functions<P, 'pure'>>;

/** Gives each function of a port its connection. */
export function bind<P extends Port>(
  runs: Readonly<Record<'query' | 'tx' | 'judged', Run>>,
  port: P,
): Bound<P> {
  const over = (run: Run, functions: LedgerFunctions = {}): object =>
    Object.fromEntries(
      Object.entries(
        functions as Record<string, (db: HintingDb, ...args: unknown[]) => Promise<unknown>>,
      ).map(([name, work]) => [name, (...args: unknown[]) => run((db) => work(db, ...args))]),
    );
  return {
    ...over(runs.query, port.query),
    ...over(runs.tx, port.tx),
    ...over(runs.judged, port.judged),
    ...port.pure,
  } as Bound<P>;
}
