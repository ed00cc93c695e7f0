import { isLocked } from '../../core/mass-ending.ts';
import type { PersonId } from '../../core/ids.ts';
import type { Refusal } from '../../core/request/refusals.ts';
import { no, ok, type Result } from '../../core/result.ts';
import type { LiftClick, Recorded } from '../../ledger/index.ts';
import { actorOf } from '../actor.ts';
import type { Deps } from '../deps.ts';

type LiftDeps = Pick<Deps, 'ledger' | 'policy'>;

/**
 * Records that a person lifts a lock, or why they may not. The lock holds until as many people lifted it as it needs. Each new lift counts only
 * those earlier lifts whose person may still lift the lock. It throws while the account is not checked (T45).
 */
export async function recordLift(deps: LiftDeps, click: LiftClick): Promise<Pick<Recorded, 'outcome'>> {
  const { ledger } = deps;
  const { id, kind, request, via, person } = click;
  const lifted = await lift(deps, click);
  if (lifted.ok) return { outcome: ok([]) };
  const refused = { by: person, tried: kind, refusal: lifted.error };
  return { outcome: await ledger.recordRefusal({ request, name: `click/${id}`, via }, refused) };
}

async function lift(deps: LiftDeps, click: LiftClick): Promise<Result<undefined, Refusal>> {
  const { ledger, policy } = deps;
  const actor = await actorOf(deps, click);
  if (!actor) throw new Error('the account of this click is not checked yet');
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
