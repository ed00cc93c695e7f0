import { messageOf } from '../core/faults.ts';
import type { MassEnding } from '../core/mass-ending.ts';
import { WAITS } from '../core/waits.ts';
import type { Deps } from '../requests/deps.ts';
import { leaseAtProvider, remainingIntent } from '../requests/lease-at-provider.ts';
import { storableText } from '../requests/storable-text.ts';

type CutOffDeps = Pick<Deps, 'ledger' | 'providers'>;
type Lease = Awaited<ReturnType<Deps['ledger']['leasesToCutOff']>>[number];

/**
 * For each mass ending with a lock, cuts off the access at each provider that can do that with few calls. Each is tried once: the revocation of
 * each lease follows in any case. Without a lock nothing is cut off, because it is coarse. Returns what was cut off, as sentences.
 */
export async function cutOffMassEndings(deps: CutOffDeps): Promise<readonly string[]> {
  const done: string[] = [];
  for (const massEnding of await deps.ledger.massEndingsToCutOff()) {
    const leases = await deps.ledger.leasesToCutOff(massEnding.id);
    const before = await deps.ledger.readCutOffs(massEnding.id);
    for (const name of new Set(leases.map(({ target }) => target.provider))) {
      if (before.some(({ provider }) => provider === name)) continue;
      const there = leases.filter(({ target }) => target.provider === name);
      const seen = await cutOffAt(deps, massEnding, { name, leases: there });
      if (seen !== undefined) done.push(`${name}: ${seen}`);
    }
  }
  return done;
}

async function cutOffAt(
  deps: CutOffDeps,
  { id, scope }: MassEnding,
  { name, leases }: Readonly<{ name: string; leases: readonly Lease[] }>,
): Promise<string | undefined> {
  const provider = deps.providers.get(name);
  if (!provider?.cutOff) return undefined;
  const intents = leases.map((lease) => remainingIntent(leaseAtProvider(deps, lease)));
  const result = await provider
    .cutOff({ leases: intents, wholeAccount: scope.kind === 'person' }, AbortSignal.timeout(WAITS.attempt.ms))
    .catch((error: unknown) => ({ seen: `it failed: ${messageOf(error)}`, toUndo: [] }));
  if (!result) return undefined;
  const seen = storableText(result.seen);
  await deps.ledger.writeCutOff(id, { provider: name, seen, toUndo: result.toUndo.map(storableText) });
  return seen;
}
