import { type LeaseId, requestIdOfLease } from '../core/ids.ts';
import type { AlteredAccess, LogLedger, LogRow } from '../ledger/index.ts';

/** The request in which this entry says that access was granted; undefined when it says something else. */
export const grantedIn = (row: LogRow | undefined): string | undefined =>
  row?.type === 'event' && (row.body as Readonly<{ kind?: unknown }>).kind === 'granted'
    ? row.id.slice(0, row.id.lastIndexOf('/'))
    : undefined;

/** Access that is examined: what these requests were granted, and up to `most` leases after `after` that are in the answers. */
type Access = Readonly<{ requests: readonly string[]; after: string; most: number }>;

/** `last`: the last lease that was examined; undefined when no lease comes after `after`. */
type ExaminedAccess = Readonly<{ differences: readonly string[]; last: string | undefined }>;

/** Compares answers about access with what the events say. */
export async function examineAccess(
  ledger: Pick<LogLedger, 'leasesWithAccess' | 'alteredAccess'>,
  { requests, after, most }: Access,
): Promise<ExaminedAccess> {
  const leases = await ledger.leasesWithAccess(after, most);
  const theirs = leases.map((lease) => requestIdOfLease(lease as LeaseId));
  const altered =
    requests.length + leases.length === 0 ? [] : await ledger.alteredAccess([...requests, ...theirs], leases);
  return { differences: altered.map(differenceOf), last: leases.at(-1) };
}

function differenceOf({ lease, wrong, print }: AlteredAccess): string {
  if (wrong.includes('missing'))
    return `the access of ${lease} is missing in the answers, and an event says that it was granted`;
  if (wrong.includes('unknown'))
    return `the access of ${lease} is in the answers, and no event says that it was granted (${print})`;
  return `the access of ${lease} is another one in the answers than its events say: ${wrong.join(', ')} (${print})`;
}
