import type { ExtensionProgress, LeaseOfProvider, Progress } from '../core/request/progress.ts';
import type { SealedUndo } from '../requests/undo.ts';
import { extendActivity } from './activities.ts';
import { msUntil, positive } from './clock.ts';
import type { Deadline } from './deadline.ts';
import type { Watch } from './watch.ts';

type Extending = Readonly<{
  active: Extract<Progress, { kind: 'active' }>;
  extension: Extract<ExtensionProgress, { kind: 'started' }>;
}>;

/** How to undo each lease, as its activity returned it. A lease whose activity failed has none. */
type Undos = readonly (SealedUndo | undefined)[];

/**
 * Carries out an approved extension: gives every lease the later end at its provider. The timer for the later end starts first. The
 * old end counts until the ledger says that the access is extended. Returns the undos of the extension; none while the old end
 * counts. When the access ends meanwhile, it returns at once, and no provider that does not answer delays the revocation (I3).
 */
export async function extendAccess(
  watch: Watch,
  { active: { leases, endsAt, at }, extension }: Extending,
  deadline: Deadline,
): Promise<Undos> {
  deadline.startTimer({ endsAt: extension.endsAt, at });
  const withinMs = positive(Math.min(msUntil(endsAt, at), msUntil(extension.dueAt, at)));
  const carriedOut = Promise.all(leases.map((each) => extendOne(each, withinMs)));
  for (;;) {
    const undos = await Promise.race([carriedOut, news(watch)]);
    await watch.look();
    const last = watch.progress();
    if (last.kind !== 'active') return [];
    if (undos) return last.endsAt >= extension.endsAt ? undos : [];
  }
}

/** An activity that failed recorded why. The ledger says what came of the extension. */
const extendOne = async (
  { lease, provider }: LeaseOfProvider,
  withinMs: number,
): Promise<SealedUndo | undefined> => {
  const extended = await extendActivity(provider, withinMs)({ lease }).catch(() => undefined);
  return extended?.undo;
};

const news = async (watch: Watch): Promise<undefined> => {
  await watch.waitForNews({});
  return undefined;
};
