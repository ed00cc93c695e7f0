import { createHash } from 'node:crypto';
import { requestIdOfLease } from '../core/ids.ts';
import type { KnownLease, PlanKind, PlanLine } from '../ledger/index.ts';
import { accessKey } from '../manifest/due.ts';
import type { ManifestEntry } from '../manifest/entry.ts';

type UnsignedLine = Omit<PlanLine, 'goneAt' | 'signed' | 'entry'> & Readonly<{ entry: ManifestEntry }>;

/** The leases of which the manifest knows more than the ledger, except what a person saw in an earlier plan. Empty while both agree. */
export function planOf(
  entries: readonly ManifestEntry[],
  known: readonly KnownLease[],
): readonly UnsignedLine[] {
  const byLease = new Map(known.map((each) => [each.lease, each]));
  return entries.flatMap((entry) => {
    const ledger = byLease.get(entry.lease);
    if (entry.serial <= (ledger?.seenSerial ?? 0)) return [];
    const kind = kindOf(entry, ledger?.standing);
    if (!kind) return [];
    const { lease, endsAt } = entry;
    const ledgerEndsAt = ledger?.standing?.endsAt;
    return {
      lease,
      request: requestIdOfLease(lease),
      kind,
      entry,
      accessKey: accessKey(entry),
      endsAt,
      ...(ledgerEndsAt === undefined ? {} : { ledgerEndsAt }),
    };
  });
}

/**
 * What the ledger does not know of an entry. The entry is written after the intent, and `over` after the receipt. An extension
 * writes its later end after it is approved. So there is nothing of this kind while the ledger was not restored.
 */
function kindOf({ state, endsAt }: ManifestEntry, standing: KnownLease['standing']): PlanKind | undefined {
  if (state === 'over') return standing && !standing.isRevoked ? 'ended-before' : undefined;
  if (!standing) return 'unknown';
  if (!standing.isIntended) return 'not-granted';
  return endsAt > standing.latestEnd && !standing.isRevoked ? 'later-end' : undefined;
}

/** Why the ledger must be in quarantine; undefined while nothing shows that it was restored. `givenOut` is the highest serial that the manifest or this process has. */
export function restoreReason(
  serials: Readonly<{ givenOut: number; ledger: number }>,
  plan: readonly unknown[],
): string | undefined {
  if (serials.givenOut > serials.ledger)
    return `the serial ${serials.givenOut} was given out, and the last one that the ledger knows is ${serials.ledger}`;
  if (plan.length > 0)
    return `the manifest knows more than the ledger about ${plan.length === 1 ? 'one lease' : `${plan.length} leases`}`;
  return undefined;
}

/** SHA-256, in hex, of what a person reads in a plan. With another one, the plan that they have seen is not this one. */
export const planDigest = (plan: readonly PlanLine[]): string =>
  createHash('sha256')
    .update(
      JSON.stringify(
        plan
          .map(({ lease, kind, endsAt, ledgerEndsAt }) => [lease, kind, endsAt, ledgerEndsAt ?? null])
          .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)),
      ),
    )
    .digest('hex');
