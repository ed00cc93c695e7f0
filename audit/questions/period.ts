import type { Instant } from '../../core/ids.ts';
import type { AuditCondition } from '../../ledger/index.ts';

/** A moment, or the time between two, both included. A time without one of them has no beginning or no end. */
export type Period = Readonly<{ from?: Instant | undefined; to?: Instant | undefined }>;

/** What happened in a period, by this column of a view. */
export const within = (column: string, { from, to }: Period): readonly AuditCondition[] => [
  ...(from === undefined ? [] : [{ kind: 'from', column, at: from } as const]),
  ...(to === undefined ? [] : [{ kind: 'to', column, at: to } as const]),
];
