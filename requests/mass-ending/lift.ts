import { isLocked } from '../../core/mass-ending.ts';
import type { PersonId } from '../../core/ids.ts';
import type { Refusal } from '../../core/request/refusals.ts';
import { no, ok, type Result } from '../../core/result.ts';
import type { Click } from '../../ledger/index.ts';
import { checkedActorOf } from '../actor.ts';
import type { Deps } from '../deps.ts';
import { type Decision, refuseClick } from '../refuse-click.ts';

type LiftDeps = Pick<Deps, 'ledger' | 'policy'>;

/**
 * Records that a person lifts a lock, or why they may not. The lock holds until as many people lifted it as it needs. Each new lift counts only
 * those earlier lifts whose person may still lift the lock. It throws while the account is not checked (T45).
 */
export async function recordLift(deps: LiftDeps, click: Click<'lift'>): Promise<Decision> {
  const lifted = await lift(deps, click);
  return lifted.ok ? { outcome: ok([]) } : refuseClick(deps.ledger, click, lifted.error);
}

async function lift(deps: LiftDeps, click: Click<'lift'>): Promise<Result<undefined, Refusal>> {
  const { ledger, policy } = deps;
  const actor = await checkedActorOf(deps, click);
  if (!actor.ok) return actor;
  const by = actor.value;
  const lock = await ledger.readMassEnding(click.body.lock);
  if (!lock || !isLocked(lock)) return no({ code: 'unknown-lock' });
  const may = await policy.mayLift(by, lock);
  if (!may.ok) return no({ code: 'may-not-lift', why: may.error });
  if (lock.lock?.liftedBy.includes(by)) return no({ code: 'already-lifted' });
  const mayLift = async (other: PersonId) => (await policy.mayLift(other, lock)).ok;
  await ledger.writeLift({ id: lock.id, by, click: click.id, mayLift });
  return ok(undefined);
}
