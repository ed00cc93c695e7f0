import { messageOf } from '../core/faults.ts';
import { WAITS } from '../core/waits.ts';
import { MARKS_KEY } from '../core/findings/finding.ts';
import type { Deps } from '../requests/deps.ts';
import { reconcileMarks } from '../requests/findings/reconcile-marks.ts';
import { reconcileTarget } from '../requests/findings/reconcile-target.ts';

/** What one pass through a target did that is not as usual, or why it failed. */
export type PassReport = Readonly<{
  provider: string;
  target: string;
  /** How many findings are new, how many accesses were there at the first pass, how many were revoked again, how many are gone. */
  fresh?: number;
  baseline?: number;
  repaired?: number;
  gone?: number;
  failed?: string;
}>;

type Pass = NonNullable<Awaited<ReturnType<Deps['ledger']['takePass']>>>;
type PlannedTarget = Parameters<Deps['ledger']['planPasses']>[0][number];
type Options = Readonly<{
  everyMs: number;
  stop: AbortSignal;
  /** Is told of each target as it comes, when it is not as usual or when its pass failed. */
  report: (report: PassReport) => void;
}>;

/** While one sweeper reads a target, no other one does. A pass that its process did not finish is taken again after this time. */
const TAKEN_MS = 15 * 60_000;
const RETRY_MS = 2 * 60_000;
/** No target is begun after this time. The next call begins with the catalogue of then. */
const BEGIN_MS = 30_000;

/**
 * Goes through each target of one provider whose time has come, and through the objects that carry our mark. The targets are those of the
 * catalogue and of leases whose access is not over. Several sweepers share them. A provider that does not answer delays no other one, because
 * each has calls of its own (F32). `everyMs` is the time between two passes of a target.
 */
export async function reconcile(deps: Deps, provider: string, options: Options): Promise<void> {
  const deadline = performance.now() + BEGIN_MS;
  await planPasses(deps, provider);
  while (!options.stop.aborted && performance.now() < deadline) {
    const pass = await deps.ledger.takePass({ providers: [], known: [provider], retryMs: TAKEN_MS });
    if (!pass) return;
    const report = await runPass(deps, pass, options);
    if (report) options.report(report);
  }
}

/** While the policy cannot be read, the targets are those that were known before. */
async function planPasses({ ledger, policy, providers }: Deps, only: string): Promise<void> {
  const provider = providers.get(only);
  if (!provider) return;
  const current = await policy.current();
  const catalogue = current.ok
    ? [...current.value.entitlements.values()].flatMap(({ id, targets }) =>
        targets.map((target) => ({ ...target, entitlements: [id] })),
      )
    : [];
  const ofLeases = (await ledger.targetsOfLeases()).map((target) => ({ ...target, entitlements: [] }));
  const once = new Map<string, PlannedTarget>([[MARKS_KEY, { provider: only, key: MARKS_KEY, spec: {} }]]);
  for (const { provider: name, spec, entitlements } of [...catalogue, ...ofLeases]) {
    const target = name === only ? provider.parseTarget(spec) : undefined;
    if (!target?.ok) continue;
    const key = provider.targetKey(target.value);
    const others = once.get(key)?.entitlements ?? [];
    const planned = { provider: only, key, spec, name: provider.lockKey(target.value) };
    once.set(key, { ...planned, entitlements: [...others, ...entitlements] });
  }
  await ledger.planPasses([...once.values()]);
}

/** A pass that fails changes nothing that is known of its target, and is tried again. */
async function runPass(deps: Deps, pass: Pass, { everyMs, stop }: Options): Promise<PassReport | undefined> {
  const { provider, key } = pass;
  const where = { provider, target: key };
  try {
    if (key === MARKS_KEY) {
      const { fresh, repaired, gone } = await reconcileMarks(
        deps,
        pass,
        AbortSignal.timeout(10 * WAITS.attempt.ms),
      );
      await deps.ledger.endPass({ pass, nextMs: everyMs, foundKey: key, members: 0 });
      return reportOf(where, { fresh: fresh.length, repaired: repaired.length, gone });
    }
    const { fresh, baseline, gone, ...ended } = await reconcileTarget(deps, pass, stop);
    await deps.ledger.endPass({ pass, nextMs: everyMs, ...ended });
    return reportOf(where, { fresh: fresh.length, baseline, gone });
  } catch (error) {
    const problem = messageOf(error);
    await deps.ledger.endPass({ pass, nextMs: Math.min(RETRY_MS, everyMs), problem });
    return { ...where, failed: problem };
  }
}

const reportOf = (
  where: Pick<PassReport, 'provider' | 'target'>,
  counts: Readonly<Record<string, number>>,
): PassReport | undefined =>
  Object.values(counts).some((count) => count > 0) ? { ...where, ...counts } : undefined;
