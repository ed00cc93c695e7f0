import type { FindingId } from '../core/findings/finding.ts';
import { WAITS } from '../core/waits.ts';
import type { Deps } from '../requests/deps.ts';
import { carryOutFinding } from '../requests/findings/carry-out.ts';
import { type Busy, workThrough } from './work-through.ts';

/** A decision that could not be carried out yet. */
export type UndoneDecision = Readonly<{ finding: FindingId; why: string }>;

/** Carries out each decision about a finding once. Returns those that failed. */
export async function carryOutFindings(deps: Deps): Promise<readonly UndoneDecision[]> {
  const undone: UndoneDecision[] = [];
  await workThrough(
    deps.providers,
    async (busy: Busy<FindingId>) => {
      const work = await deps.ledger.takeFindingWork({ findings: busy.ids, providers: busy.providers });
      return work ? [{ ...work, id: work.finding.id, provider: work.finding.provider }] : [];
    },
    async (work) => {
      const why = await carryOutFinding(deps, work, AbortSignal.timeout(WAITS.attempt.ms));
      if (why !== undefined) undone.push({ finding: work.id, why });
    },
  );
  return undone;
}
