import type { ExtensionProgress, Progress } from '../core/request/progress.ts';
import type { SealedUndo } from '../requests/undo.ts';
import { extendActivity } from './activities.ts';
import { msUntil, positive } from './clock.ts';
import type { Deadline } from './deadline.ts';
import type { Watch } from './watch.ts';

type Extending = Readonly<{
  active: Extract<Progress, { kind: 'active' }>;
  extension: Extract<ExtensionProgress, { kind: 'started' }>;
}>;

/**
 * Carries out an approved extension: gives every lease the later end at its provider. The timer for the later end starts first. The
 * old end counts until the ledger says that the access is extended. Returns the undos with the later end, lease by lease; none
 * while the old end counts.
 */
export async function extendAccess(
  watch: Watch,
  { active: { leases, endsAt, at }, extension }: Extending,
  deadline: Deadline,
): Promise<readonly (SealedUndo | undefined)[]> {
  deadline.startTimer({ endsAt: extension.endsAt, at });
  const withinMs = positive(Math.min(msUntil(endsAt, at), msUntil(extension.dueAt, at)));
  const extended = await Promise.all(
    // An activity that failed recorded why. The ledger says what came of the extension.
    leases.map(({ lease, provider }) => extendActivity(provider, withinMs)({ lease }).catch(() => undefined)),
  );
  await watch.look();
  const last = watch.progress();
  const isExtended = last.kind === 'active' && last.endsAt >= extension.endsAt;
  return isExtended ? extended.map((each) => each?.undo) : [];
}
