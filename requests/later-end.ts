import type { KeyObject } from 'node:crypto';
import { type Instant, type RequestId, requestIdOfLease } from '../core/ids.ts';
import type { LaterEnd, Via } from '../ledger/index.ts';
import { open } from '../manifest/signature.ts';
import type { Deps } from './deps.ts';

/**
 * The later end that the manifest has for a request, while the quarantine is open. It counts instead of the ledger's. Whoever has the
 * login of one role can write a plan (T24), so an end counts only when a key of the manifest signed it. A process without the manifest cannot
 * verify it and leaves the end to the sweeper. A sweeper without the manifest takes no later end.
 */
export async function laterEndOf(
  { ledger, manifest }: Pick<Deps, 'ledger' | 'manifest'>,
  { request, via }: Readonly<{ request: RequestId; via: Via }>,
): Promise<Instant | undefined> {
  const all = await ledger.laterEndsOf(request);
  const counting = manifest
    ? all.filter((each) => requestIdOfLease(each.lease) === request && isSignedEnd(each, manifest.publicKeys))
    : via === 'sweeper'
      ? []
      : all;
  return counting.length === 0 ? undefined : (Math.max(...counting.map(({ endsAt }) => endsAt)) as Instant);
}

/** True when one of the keys signed that this lease has this end. */
export function isSignedEnd({ lease, endsAt, signed }: LaterEnd, publicKeys: readonly KeyObject[]): boolean {
  const opened = open(signed, publicKeys);
  return opened.ok && opened.value.lease === lease && opened.value.endsAt === endsAt;
}
