import { createHash } from 'node:crypto';
import type { AuditRow } from '../../ledger/index.ts';

/** The rows with the lowest ranks, in the order of their ranks. */
export type Sample = Readonly<{ visit: (row: AuditRow) => void; rows: () => readonly AuditRow[] }>;

/**
 * Takes `most` rows whose choice nobody has: a row's rank is the SHA-256, in hex, of the root of a checkpoint in base64, a newline and the
 * row's id. The root is known only when the checkpoint is signed, and whoever has the checkpoint can compute the same sample.
 */
export function sampling(root: string, most: number): Sample {
  let lowest: readonly Readonly<{ rank: string; row: AuditRow }>[] = [];
  return {
    visit(row) {
      const rank = createHash('sha256')
        .update(`${root}\n${String(row['id'])}`)
        .digest('hex');
      const last = lowest.at(-1);
      if (most === 0 || (lowest.length === most && last && last.rank <= rank)) return;
      lowest = [...lowest, { rank, row }]
        .sort((one, other) => (one.rank < other.rank ? -1 : 1))
        .slice(0, most);
    },
    rows: () => lowest.map(({ row }) => row),
  };
}

/** The events that prove a row of the question `grants`: the approvals, the read that showed the access, and the receipt. */
export const eventsOfGrant = ({ approvals, granted_event, receipt }: AuditRow): readonly string[] => [
  ...(Array.isArray(approvals) ? (approvals as readonly string[]) : []),
  ...[granted_event, receipt].filter((id) => typeof id === 'string'),
];
