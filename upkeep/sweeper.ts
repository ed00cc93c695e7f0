import { messageOf } from '../core/faults.ts';
import type { Deps } from '../requests/deps.ts';
import { cutOffMassEndings } from './cut-off.ts';
import { repeat } from './repeat.ts';
import { carryOutFindings } from './carry-out-findings.ts';
import { checkAccesses } from './check-accesses.ts';
import { drawSamples } from './draw-samples.ts';
import { reconcile } from './reconcile.ts';
import { type Revocations, revokeLost, revokeOverdue, runUpkeep } from './sweep.ts';

/** How often each live access is looked at, and how often each target, in minutes. */
export type LookOptions = Readonly<{ checkMinutes: number; reconcileMinutes: number }>;

export const USUAL_LOOKS: LookOptions = { checkMinutes: 15, reconcileMinutes: 30 };

type SweeperOptions = Readonly<{
  everySeconds: number;
  looks?: LookOptions;
  log: Readonly<Record<'warn' | 'error', (details: object, message: string) => void>>;
}>;

/** A lock is new for a short time only, and somebody waits for the sample of a review. So both are looked for often. */
const OFTEN_SECONDS = 2;

const HELD =
  'so many people seem to have left at once that nothing of theirs is ended: mend people.yaml, or confirm with "curfew end --leavers"';

/**
 * Sweeps again and again until stopped. It uses the ledger and the providers, not Temporal. Revocations have passes of
 * their own, so that nothing else delays them (I3). So have the looks at access, which may wait for the budget of a provider.
 */
export function runSweeper(
  deps: Deps,
  { everySeconds, log, looks = USUAL_LOOKS }: SweeperOptions,
): { stop(): Promise<void> } {
  const revoking = async (revoke: (deps: Deps) => Promise<Revocations>): Promise<void> => {
    const { failedRevocations, problems, ...swept } = await revoke(deps);
    logSwept(swept);
    logProblems(problems);
    for (const each of failedRevocations) log.error(each, 'not revoked yet; trying again within a minute');
  };
  const upkeep = async (): Promise<void> => {
    const { corrected, unverified, problems, heldLeavers, ...swept } = await runUpkeep(deps);
    logSwept(swept);
    for (const each of corrected) log.error(each, 'the row of a lease is not what its events say');
    if (heldLeavers.length > 0) log.error({ people: heldLeavers }, HELD);
    logProblems(problems);
    for (const each of unverified) log.error(each, 'not verified yet; trying again within a minute');
  };
  const logSwept = (swept: Readonly<Record<string, readonly string[]>>): void => {
    if (Object.values(swept).some((each) => each.length > 0)) log.warn(swept, 'swept');
  };
  const logProblems = (problems: readonly string[]): void => {
    for (const error of problems) log.error({ error }, 'the sweep did not finish; trying again');
  };
  const looking = async (): Promise<void> => {
    for (const each of await checkAccesses(deps, looks.checkMinutes * 60_000))
      log[each.what === 'failed' || each.what === 'left' ? 'error' : 'warn'](each, 'looked at access');
  };
  const deciding = async (): Promise<void> => {
    for (const each of await carryOutFindings(deps))
      log.error(each, 'a decision about a finding is not carried out yet; trying again');
  };
  const stopped = new AbortController();
  const reconciling = (provider: string) => (): Promise<void> =>
    reconcile(deps, provider, {
      everyMs: looks.reconcileMinutes * 60_000,
      stop: stopped.signal,
      report: (each) => log[each.failed === undefined ? 'warn' : 'error'](each, 'reconciled a target'),
    });
  const onError = (error: unknown): void => logProblems([messageOf(error)]);
  const cuttingOff = async (): Promise<void> => logSwept({ cutOff: await cutOffMassEndings(deps) });
  const drawing = async (): Promise<void> => logProblems((await drawSamples(deps)).problems);
  const revocations = [() => revoking(revokeOverdue), () => revoking(revokeLost)];
  const reconciliations = [...deps.providers.keys()].map(reconciling);
  const passes = [...revocations, upkeep, looking, deciding, ...reconciliations];
  const loops = [
    ...passes.map((pass) => repeat(pass, { everySeconds, onError })),
    ...[cuttingOff, drawing].map((pass) =>
      repeat(pass, { everySeconds: Math.min(everySeconds, OFTEN_SECONDS), onError }),
    ),
  ];
  return {
    async stop() {
      stopped.abort();
      await Promise.all(loops.map((loop) => loop.stop()));
    },
  };
}
