import { type DecidedKind } from '../core/click-kinds.ts';
import type { Click } from '../ledger/index.ts';
import { decideClick } from '../requests/decide-click.ts';
import type { EndsWorld } from './ends-world.ts';
import { APPROVER } from './policy.ts';

/** Ends everything at once, as `curfew end --everything` does. */
export async function endMany({ deps, click }: EndsWorld): Promise<void> {
  const made = await click(APPROVER, {
    kind: 'end-all',
    body: { scope: { kind: 'everything' }, reason: 'a credential leaked' },
  });
  const { outcome } = await decideClick(deps, made as Click<DecidedKind>);
  if (!outcome.ok) throw new Error(`everything was not ended: ${outcome.error.code}`);
}
