import { type Classification, classifyAccess, isAtMost } from '../../core/findings/classify.ts';
import { levelLeft } from '../../core/holding.ts';
import type { Instant, LeaseId } from '../../core/ids.ts';
import type { FindingId } from '../../core/findings/finding.ts';
import type { KnownAtTarget, NewFinding, TargetPass } from '../../ledger/index.ts';
import type { FoundAccess, Provider } from '../../providers/provider.ts';
import type { Deps } from '../deps.ts';
import { targetAtProvider } from '../lease-at-provider.ts';
import { LEFT_BY_LEASE } from './check-revoked.ts';
import { newFinding } from './new-finding.ts';
import { readTarget, type WholeTarget } from './read-target.ts';

/** What one pass through a target did. `baseline` is the number of accesses that were there at the first pass. */
export type PassResult = Readonly<{
  foundKey: string;
  members: number;
  note?: string;
  fresh: readonly FindingId[];
  baseline: number;
  gone: number;
}>;

const BASELINE = 'It was there when Curfew first looked at this target.';

/**
 * Compares who has a target with what the ledger explains. What nobody explains is a finding; at the first pass it is the baseline, which counts
 * as standing access. What a lease left is never standing access (B08). Nothing is changed at the provider: live leases that
 * have less are looked at again, under their lock.
 */
export async function reconcileTarget(deps: Deps, pass: TargetPass, stop: AbortSignal): Promise<PassResult> {
  const { ledger } = deps;
  const { provider, target } = targetAtProvider(deps, { provider: pass.provider, spec: pass.spec });
  const whole = await readTarget(deps, provider, target, stop);
  const key = provider.targetKey(whole.target);
  const settledBefore = (pass.now - provider.consistencyWindowMs) as Instant;
  const known = await ledger.knownAt(provider.name, { key, settledBefore });
  const judged = whole.accesses
    .filter(isOfAccount)
    .map((access) => ({ access, why: whyThere(provider, whole, access, known.get(access.subject.id)) }));
  // A new name or another spelling in the catalogue is a new row of the same target.
  const isFirst = pass.isFirst && !(await ledger.hasBaseline(provider.name, key));
  const findings = judged.flatMap(({ access, why }) =>
    findingsOf(provider, whole, {
      access,
      why,
      isFirst,
      hasStanding: known.get(access.subject.id)?.standing !== undefined,
    }),
  );
  const fresh = await ledger.recordFindings(findings);
  const is = (...kinds: readonly Classification['kind'][]) =>
    judged.filter(({ why }) => kinds.includes(why.kind)).map(({ access }) => access.subject.id);
  await ledger.seeStanding({ provider: provider.name, key, subjects: is('standing') });
  const isComplete = (whole.hidden ?? 0) === 0;
  const gone = isComplete
    ? await ledger.closeGone({
        provider: provider.name,
        key,
        kind: 'access',
        open: is('left', 'unexplained', 'unsettled'),
        present: whole.accesses.map(({ subject }) => subject.id),
        since: pass.now,
      })
    : 0;
  if (isComplete) await lookAgain(deps, provider, whole, known);
  return {
    foundKey: key,
    members: whole.accesses.filter(({ level }) => level !== 'none').length,
    ...(whole.managedBy === undefined ? {} : { note: `The members are managed by ${whole.managedBy}.` }),
    fresh,
    baseline: findings.filter(({ standing }) => standing !== undefined).length,
    gone,
  };
}

/** The looks and the pass through the marks compare the objects of leases. Access that everybody in an organisation has is no access of one account. */
const isOfAccount = ({ lease, level, sources }: FoundAccess): boolean =>
  lease === undefined && (level !== 'none' || sources.some(({ kind }) => kind !== 'organisation'));

/** The leases of a target with own objects explain their own objects only, and not what the account has besides. */
function whyThere(
  provider: Provider,
  { target }: WholeTarget,
  { level }: FoundAccess,
  known: KnownAtTarget | undefined,
): Classification {
  if (known?.isSettling) return { kind: 'unsettled' };
  const standing = known?.standing === undefined ? {} : { standing: known.standing };
  const all = provider.ownObject(target) ? { leases: [], ...standing } : (known ?? { leases: [] });
  if (level !== 'none') return classifyAccess(provider.ladder(target), all, level);
  // What comes from elsewhere only is no lease's, and is known when the account has standing access.
  if (all.leases.some((lease) => lease.standing !== 'gone')) return { kind: 'expected' };
  return { kind: known?.standing === undefined ? 'unexplained' : 'standing' };
}

/** `hasStanding`: the account has a lower level as standing access, so a person decides about the new level. */
type ClassifiedAccess = Readonly<{
  access: FoundAccess;
  why: Classification;
  isFirst: boolean;
  hasStanding: boolean;
}>;

function findingsOf(
  provider: Provider,
  { target, managedBy }: WholeTarget,
  { access, why, isFirst, hasStanding }: ClassifiedAccess,
): readonly NewFinding[] {
  const finding = newFinding(provider, target, elsewhere(access));
  if (why.kind === 'left') return [{ ...finding, lease: why.lease, whyNoAdopt: LEFT_BY_LEASE }];
  if (why.kind !== 'unexplained') return [];
  if (hasStanding) return [finding];
  if (managedBy !== undefined) return [{ ...finding, standing: `It is managed by ${managedBy}.` }];
  return [isFirst ? { ...finding, standing: BASELINE } : finding];
}

/** What comes from elsewhere only is removed there. Its level is that of the source. */
function elsewhere(access: FoundAccess): FoundAccess {
  const [first] = access.sources;
  if (access.level !== 'none' || !first) return access;
  return {
    ...access,
    level: first.level,
    whyNoRevoke: `The account has it ${first.through}. Remove it there.`,
  };
}

/** Plans a look at each live lease whose access does not show. Records that a lease left nothing when its access does not show any more. */
async function lookAgain(
  { ledger }: Deps,
  provider: Provider,
  { target, accesses }: WholeTarget,
  known: ReadonlyMap<string, KnownAtTarget>,
): Promise<void> {
  const ladder = provider.ladder(target);
  const levelOf = (subject: string): string =>
    accesses.find((each) => each.subject.id === subject && each.lease === undefined)?.level ?? 'none';
  const isShown = (lease: LeaseId, subject: string, level: string): boolean =>
    provider.ownObject(target)
      ? accesses.some((each) => each.lease === lease)
      : isAtMost(ladder, level, levelOf(subject));
  const all = [...known.values()].flatMap(({ subject, restored = 'none', leases }) =>
    leases.map((lease) => ({ ...lease, subject, restored, level: levelLeft(ladder, lease) })),
  );
  const less = all.filter(
    ({ standing, lease, subject, level }) => standing === 'live' && !isShown(lease, subject, level),
  );
  if (less.length > 0) await ledger.checkSoon(less.map(({ lease }) => lease));
  const over = all.filter(
    ({ standing, lease, subject, restored }) =>
      standing === 'over' &&
      (provider.ownObject(target)
        ? !accesses.some((each) => each.lease === lease)
        : isAtMost(ladder, levelOf(subject), restored)),
  );
  if (over.length > 0) await ledger.recordGone(over.map(({ lease }) => lease));
}
