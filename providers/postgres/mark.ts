import pg from 'pg';
import type { LeaseId } from '../../core/ids.ts';

/**
 * What the comment on a lease's role says. Every login of the server can read it, so it names no person (T29). The ledger
 * knows whose the lease is. `since` is the server's number of the transaction that granted the lease (`xid8`, decimal): what
 * has a later number was changed after it. `until` is the end that Curfew wrote last, in milliseconds.
 */
export type Mark = Readonly<{ curfew: 1; lease: string; database: string; since?: string; until?: number }>;

export function readMark(comment: string | null): Mark | undefined {
  try {
    const mark = Object(JSON.parse(comment ?? '')) as Partial<Record<keyof Mark, unknown>>;
    const { curfew, lease, database, since, until } = mark;
    if (curfew !== 1 || typeof lease !== 'string' || typeof database !== 'string') return undefined;
    return {
      ...{ curfew, lease, database },
      ...(isTransaction(since) && { since }),
      ...(typeof until === 'number' && { until }),
    };
  } catch {
    return undefined; // a comment that Curfew did not write
  }
}

const isTransaction = (since: unknown): since is string =>
  typeof since === 'string' && /^[1-9]\d{0,19}$/.test(since);

/** How the comment of every mark of this lease begins. */
export const markStart = (lease: LeaseId): string => JSON.stringify({ curfew: 1, lease }).replace(/\}$/, ',');
export const ANY_MARK = '{"curfew":1,';

export const markLiteral = (mark: Mark): string => pg.escapeLiteral(JSON.stringify(mark));
