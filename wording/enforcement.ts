import { formatDuration } from '../core/duration.ts';
import type { Minutes } from '../core/ids.ts';
import type { DescribedTarget, EnforcementClass } from '../core/target.ts';

const ENFORCEMENT: Record<EnforcementClass, string> = {
  A: 'The provider enforces the end: the permission that Curfew writes contains the time of the end. The access also ends when Curfew is down.',
  B: 'The credential expires at the end: nobody can log in with it after that, even when Curfew is down.',
  C: 'Curfew revokes the access at the end, and tries again until the provider shows that it is gone.',
};

/** What a reader learns of the end: it is enforced in this way, or a session can outlast it. */
export type EndNote = Readonly<{ kind: 'enforced' | 'outlasted'; text: string }>;

type Target = Pick<DescribedTarget, 'enforcement' | 'residualMs'>;

/** How the end of the access is enforced, and which sessions can continue after it. */
export function endNotes(targets: readonly Target[]): readonly EndNote[] {
  const classes = [...new Set(targets.map(({ enforcement }) => enforcement))];
  const notes = classes.map((each): EndNote => ({ kind: 'enforced', text: ENFORCEMENT[each] }));
  const residual = Math.max(0, ...targets.map(({ residualMs }) => residualMs ?? Infinity));
  if (residual === 0) return notes;
  const length = Number.isFinite(residual)
    ? `for up to ${formatDuration((residual / 60_000) as Minutes)}`
    : 'for as long as it stays open';
  return [...notes, { kind: 'outlasted', text: `A session that is open at the end can continue ${length}.` }];
}
