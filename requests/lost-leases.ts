import { Fault } from '../core/faults.ts';
import { highestLevel } from '../core/holding.ts';
import type { LeaseId } from '../core/ids.ts';
import { accessKey } from '../manifest/due.ts';
import type { ManifestEntry } from '../manifest/entry.ts';
import type { Intent } from '../providers/provider.ts';
import type { Deps } from './deps.ts';
import { type LeaseAtProvider, remainingIntent } from './lease-at-provider.ts';
import { targetKeyOf } from './manifest.ts';
import { signedEntryOf } from './signed-entry.ts';

type LostLeases = Pick<Deps, 'ledger' | 'manifest'>;
type Access = Readonly<{ provider: string; targetKey: string; subject: Readonly<{ id: string }> }>;

/** The entries of the lost leases of one access, but for one lease. Only the manifest knew them, and their access is not gone. */
export async function lostLeasesOn(
  deps: LostLeases,
  access: Access,
  except: LeaseId,
): Promise<readonly ManifestEntry[]> {
  const lost = await deps.ledger.lostLeasesOn(accessKey(access));
  return lost.flatMap((line) => {
    const entry = signedEntryOf(deps, line);
    return entry.ok && line.lease !== except ? [entry.value] : [];
  });
}

/**
 * Throws while an account has the access of a lost lease. A grant would take it for the prior state, and it would stay for
 * ever (I5).
 */
export async function assertNoLostLease(deps: LostLeases, access: Access): Promise<void> {
  const [lost] = await deps.ledger.lostLeasesOn(accessKey(access)); // Also one that nobody signed: no grant is lost by that.
  if (lost)
    throw new Fault(
      'quarantine',
      `the account still has access of ${lost.lease}, which was lost when the ledger was restored, until ${new Date(lost.endsAt).toISOString()}`,
    );
}

/** What must remain without this lease, as `remainingIntent` says, and at least what lost leases of the same access give (I6). */
export async function remainingWithLost(
  deps: LostLeases,
  current: LeaseAtProvider,
): Promise<Intent<unknown>> {
  const intent = remainingIntent(current);
  const { lease, provider, target } = current;
  const access = { provider: provider.name, targetKey: targetKeyOf(lease, current), subject: intent.subject };
  const lost = await lostLeasesOn(deps, access, lease.id);
  const levels = [intent.level, ...lost.map(({ level }) => level)];
  return { ...intent, level: highestLevel(provider.ladder(target), levels) };
}
