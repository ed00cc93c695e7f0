import { Fault } from '../core/faults.ts';
import { levelLeft } from '../core/holding.ts';
import type { Deps } from './deps.ts';
import { hasAccess, type LeaseAtProvider } from './lease-at-provider.ts';
import { type SealedUndo, sealUndo } from './undo.ts';

/** How to undo a lease, with the end that it has now. Undefined when this process has no undo key of the provider. */
export function undoOf(deps: Deps, current: LeaseAtProvider): SealedUndo | undefined {
  const { id, holding, endsAt, target } = current.lease;
  if (!holding) throw new Fault('superseded', `lease ${id} has no intent`);
  const ladder = current.provider.ladder(current.target);
  return sealUndo(deps, {
    intent: { lease: id, subject: holding.subject, level: holding.prior, endsAt },
    others: holding.others
      .filter(hasAccess)
      .map((other) => ({ level: levelLeft(ladder, other), endsAt: other.endsAt })),
    target,
  });
}
