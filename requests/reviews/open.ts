import { StatementTooLong } from '../../core/faults.ts';
import { orderRefusal } from '../../core/reviews/check-order.ts';
import { reviewIdOf, type ReviewScope } from '../../core/reviews/review.ts';
import type { PersonId } from '../../core/ids.ts';
import type { Refusal } from '../../core/request/refusals.ts';
import { no, ok, type Result } from '../../core/result.ts';
import type { Click, ReviewedAccount } from '../../ledger/index.ts';
import type { Policy } from '../../policy/index.ts';
import { checkedActorOf } from '../actor.ts';
import type { Deps } from '../deps.ts';
import { type Decision, refuseClick } from '../refuse-click.ts';

type OpenDeps = Pick<Deps, 'ledger' | 'policy'>;

/**
 * Opens a review, or records why this person may not. It throws while the account is not checked (T45). It has its effect once, however often it
 * runs.
 */
export async function recordOpenReview(deps: OpenDeps, click: Click<'open-review'>): Promise<Decision> {
  const opened = await open(deps, click);
  return opened.ok ? { outcome: ok([]) } : refuseClick(deps.ledger, click, opened.error);
}

async function open(deps: OpenDeps, click: Click<'open-review'>): Promise<Result<undefined, Refusal>> {
  const { ledger, policy } = deps;
  const actor = await checkedActorOf(deps, click);
  if (!actor.ok) return actor;
  const may = await policy.mayOpenReview(actor.value);
  if (!may.ok) return no({ code: 'may-not-open-review', why: may.error });
  const { review, title: written = '' } = click.body;
  const title = written.trim();
  const refusal = orderRefusal({ ...review, title }, await ledger.now());
  if (refusal) return no(refusal);
  const accounts = await accountsIn(policy, review.scope);
  return ledger
    .openReview({ ...review, ...{ id: reviewIdOf(click.id), by: actor.value, title }, accounts })
    .catch(refusalWhenTooLong);
}

/** A population that takes the ledger too long once takes it too long again, so nothing is tried again by itself. */
function refusalWhenTooLong(error: unknown): Result<undefined, Refusal> {
  if (!(error instanceof StatementTooLong)) throw error;
  const why =
    'the ledger took too long to collect what was held. Choose a shorter period or a narrower scope';
  return no({ code: 'review-not-opened', why });
}

/** The accounts of the people in a scope: standing access is known by them. */
async function accountsIn(
  policy: Pick<Policy, 'lastKnown'>,
  { person = [] }: ReviewScope,
): Promise<readonly ReviewedAccount[]> {
  const people = (await policy.lastKnown())?.directory.people;
  return person.flatMap((id) =>
    Object.entries(people?.get(id as PersonId)?.accounts ?? {}).flatMap(([provider, names]) =>
      names.map((name) => ({ provider, name })),
    ),
  );
}
