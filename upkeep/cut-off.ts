import { messageOf } from '../core/faults.ts';
import type { MassEnding } from '../core/mass-ending.ts';
import { WAITS } from '../core/waits.ts';
import type { Deps } from '../requests/deps.ts';
import { leaseAtProvider, remainingIntent } from '../requests/lease-at-provider.ts';
import { storableText } from '../requests/storable-text.ts';

type CutOffDeps = Pick<Deps, 'ledger' | 'providers'>;
type Lease = Awaited<ReturnType<Deps['ledger']['leasesToCutOff']>>[number];

/**
 * For each mass ending with a lock, cuts off the access at each provider that can do that with few calls. It goes on while leases of it are
 * to be cut off: more may have been ended since, what failed is tried again, and a vendor may need it again. The revocation of each lease
 * follows in any case. Without a lock nothing is cut off, because it is coarse. Returns what was cut off, as sentences.
 */
export async function cutOffMassEndings(deps: CutOffDeps): Promise<readonly string[]> {
  const massEndings = await deps.ledger.massEndingsToCutOff();
  return (await Promise.all(massEndings.map((each) => cutOff(deps, each)))).flat();
}

/** At all providers at the same time, so that one that does not answer delays no other one (F32). */
async function cutOff(deps: CutOffDeps, massEnding: MassEnding): Promise<readonly string[]> {
  const leases = await deps.ledger.leasesToCutOff(massEnding.id, accountsOf(deps, massEnding));
  const names = [...new Set(leases.map(({ target }) => target.provider))];
  const done = names.map(async (name) => {
    const there = leases.filter(({ target }) => target.provider === name);
    const seen = await cutOffAt(deps, massEnding, { name, leases: there });
    return seen === undefined ? [] : [`${name}: ${seen}`];
  });
  return (await Promise.all(done)).flat();
}

/**
 * The providers that cut off whole accounts, where everything of a person ends. A key or a session has nothing to do with the lease, so it
 * counts for nothing that the lease was revoked meanwhile.
 */
const accountsOf = ({ providers }: CutOffDeps, { scope }: MassEnding): readonly string[] =>
  scope.kind === 'person'
    ? [...providers].flatMap(([name, { cutsOff }]) => (cutsOff === 'accounts' ? [name] : []))
    : [];

/** What a person may have to undo is stored before the provider is changed (I2). */
async function cutOffAt(
  { ledger, providers }: CutOffDeps,
  { id, scope }: MassEnding,
  { name, leases }: Readonly<{ name: string; leases: readonly Lease[] }>,
): Promise<string | undefined> {
  const provider = providers.get(name);
  if (!provider?.cutOff) return undefined;
  const write = (step: Omit<Parameters<typeof ledger.writeCutOff>[1], 'provider'>): Promise<void> =>
    ledger.writeCutOff(id, {
      ...{ ...step, provider: name, seen: storableText(step.seen), toUndo: step.toUndo.map(storableText) },
    });
  const all = leases.map((lease) => lease.id);
  const cut = {
    leases: leases.map((lease) => remainingIntent(leaseAtProvider({ providers }, lease))),
    wholeAccount: scope.kind === 'person',
    beforeChange: (toUndo: readonly string[]) => write({ seen: BEGUN, toUndo, done: [], again: [] }),
  };
  const result = await provider
    .cutOff(cut, AbortSignal.timeout(WAITS.attempt.ms))
    .catch((error: unknown) => ({ seen: `it failed: ${messageOf(error)}`, again: all }));
  if (!result) return undefined;
  const { seen, again } = result;
  await write({ seen, toUndo: [], done: all.filter((each) => !again.includes(each)), again });
  return storableText(seen);
}

const BEGUN = 'it has begun, and what it did is not known yet';
