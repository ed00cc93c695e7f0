import { Fault, messageOf } from '../../core/faults.ts';
import { highestLevel, levelLeft } from '../../core/holding.ts';
import { seenDigest } from './seen-digest.ts';
import { leaseIdOf, requestIdOf } from '../../core/ids.ts';
import { lockKeyOf } from '../../core/target.ts';
import type { EndedWork, FindingWork, HeldLock, Holding } from '../../ledger/index.ts';
import type { Intent } from '../../providers/provider.ts';
import { withLocksOfLeases } from '../access-lock.ts';
import type { Deps } from '../deps.ts';
import {
  leaseAtProvider,
  leaseOrFault,
  mayHaveAccess,
  remainingIntent,
  targetAtProvider,
} from '../lease-at-provider.ts';

/**
 * Carries out what a person decided about a finding, under the lock of its access. To adopt changes nothing at the provider: what was
 * adopted is what the end of a live lease restores. To revoke lowers the account to what live leases, the prior state and adopted access
 * give, reads that back, and records the receipt. Returns why it failed; the next attempt follows.
 */
export async function carryOutFinding(
  deps: Deps,
  work: FindingWork,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { id } = work.finding;
  try {
    await deps.ledger.endFindingWork(await underLocks(deps, work, signal));
    return undefined;
  } catch (error) {
    const problem = messageOf(error);
    await deps.ledger.endFindingWork({ id, problem });
    return problem;
  }
}

async function underLocks(deps: Deps, work: FindingWork, signal: AbortSignal): Promise<EndedWork> {
  const { ledger } = deps;
  const { provider, targetName, subject, targetKey } = work.finding;
  const key = lockKeyOf({ provider, lockKey: targetName, account: subject.name });
  const open = () => ledger.readOpenHolding(provider, { key: targetKey, subject });
  const before = await open();
  return withLocksOfLeases(ledger, { key, leases: before ? [{ holding: before }] : [] }, async (lock) => {
    const under = { lock, signal: AbortSignal.any([signal, lock.lost]) };
    return work.kind === 'adopt'
      ? adopt(deps, work)
      : revoke(deps, work, { ...under, holding: await open() });
  });
}

async function adopt({ ledger }: Deps, { finding: { id }, by, via, seen }: FindingWork): Promise<EndedWork> {
  const finding = await ledger.readFinding(id);
  if (!finding || seenDigest(finding) !== seen)
    return { id, changed: 'It was decided to adopt it. It is not what that person saw any more.' };
  if (finding.whyNoAdopt !== undefined) return { id, changed: finding.whyNoAdopt };
  const { provider, targetKey: key, subject, level, onLadder } = finding;
  // A level that Curfew does not know cannot be restored. The end of a lease leaves it as it is, or says that it cannot.
  if (onLadder) await ledger.raisePrior({ provider, key, subject: subject.id, level });
  return { id, state: 'adopted', by, via, why: 'Adopted as standing access.', level };
}

type Under = Readonly<{ lock: HeldLock; signal: AbortSignal; holding: Holding | undefined }>;

async function revoke(deps: Deps, work: FindingWork, { lock, signal, holding }: Under): Promise<EndedWork> {
  const { finding, by, via } = work;
  const { provider } = targetAtProvider(deps, { provider: finding.provider, spec: finding.target });
  const intent = await intentOf(deps, work, holding);
  lock.markWriting();
  const { seen, note, untidied } = await provider.ensureAbsent(intent, signal);
  await deps.ledger.assertHeld(lock);
  const why = [seen, note, untidied].filter((each) => each !== undefined).join(' ');
  return { id: finding.id, state: 'revoked', by, via, why };
}

/** What must remain: the highest of the prior state, the leases that may have access, and lower access that was adopted. */
async function intentOf(
  deps: Deps,
  { finding, click, now }: FindingWork,
  holding: Holding | undefined,
): Promise<Intent<unknown>> {
  const { subject, targetKey: key, provider: name, lease } = finding;
  const { provider, target } = targetAtProvider(deps, { provider: name, spec: finding.target });
  if (lease !== undefined && (provider.ownObject(target) || finding.kind === 'mark')) {
    const known = await leaseOrFault(deps, lease);
    if (known.state !== 'revoked') throw new Fault('superseded', `the lease ${lease} is not over`);
    return remainingIntent(leaseAtProvider(deps, known));
  }
  const ladder = provider.ladder(target);
  const known = await deps.ledger.knownAt(name, { key, settledBefore: now });
  const standing = known.get(subject.id)?.standing ?? 'none';
  const adopted = ladder.includes(standing) ? standing : 'none';
  const leases = holding?.others.filter(mayHaveAccess).map((each) => levelLeft(ladder, each)) ?? [];
  const level = highestLevel(ladder, [holding?.prior ?? 'none', adopted, ...leases]);
  // The provider names its change by a lease. This one is made from the click, and nobody else has it.
  return { lease: leaseIdOf(requestIdOf(click), 0), subject, target, level, endsAt: now };
}
