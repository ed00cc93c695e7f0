import { isBefore, type MassEnding } from '../../core/mass-ending.ts';
import type { Ledger, Via } from '../../ledger/index.ts';
import { isLostInScope, type LostAccess, type LostAccessDeps, readLostAccess } from '../lost-access.ts';

type EndsLost = Pick<Ledger, 'endLostRequest'>;
type Ends = Pick<MassEnding, 'id' | 'scope' | 'by'>;

/** Ends the access of a scope that a restored ledger has lost. The sweeper then ends the leases. */
export async function endLostInScope(
  deps: LostAccessDeps & Readonly<{ ledger: EndsLost }>,
  ending: Ends,
  via: Via,
): Promise<void> {
  await endThose(deps.ledger, await readLostAccess(deps), ending, via);
}

/** The same for what an earlier mass ending has not ended. Without a lock it ends nothing that was requested after it. */
export const endLostOf = (ledger: EndsLost, lost: readonly LostAccess[], ending: MassEnding): Promise<void> =>
  endThose(
    ledger,
    lost.filter(({ request }) => ending.lock !== undefined || isBefore(request, ending.id)),
    ending,
    'sweeper',
  );

async function endThose(
  ledger: EndsLost,
  lost: readonly LostAccess[],
  { id, scope, by }: Ends,
  via: Via,
): Promise<void> {
  for (const each of lost)
    if (isLostInScope(scope, each)) await ledger.endLostRequest({ id, by }, { request: each.request, via });
}
