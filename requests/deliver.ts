import type { LeaseId, PersonId } from '../core/ids.ts';
import type { Refusal } from '../core/request/refusals.ts';
import { no, ok, type Result } from '../core/result.ts';
import type { Click, Ledger } from '../ledger/index.ts';
import type { Policy } from '../policy/index.ts';
import { checkedActorOf } from './actor.ts';
import { type Decision, refuseClick } from './refuse-click.ts';

export type DeliverDeps = Readonly<{
  ledger: Pick<Ledger, 'readAccountCheck' | 'deliver' | 'recordRefusal'>;
  policy: Pick<Policy, 'mayAct' | 'ownerOf'>;
}>;

/** Only a forged click has no lease. It is refused like one with a lease of another request. */
const NO_LEASE = '' as LeaseId;

/**
 * Decides whether the person of a click may be shown the credential of a lease. It reads no credential, needs no workflow,
 * and calls no vendor. It throws while the account is not checked (T45).
 */
export async function recordDelivery(deps: DeliverDeps, click: Click<'deliver'>): Promise<Decision> {
  const { ledger } = deps;
  const { id, request, via, body } = click;
  const actor = await checkedActorOf(deps, click);
  const by = actor.ok ? await unlessLeft(deps, actor.value) : actor;
  if (by.ok) return ledger.deliver({ request, lease: body.lease ?? NO_LEASE, by: by.value, click: id, via });
  return refuseClick(ledger, click, by.error);
}

/** Who left gets no password any more, also before the access is revoked (I17). */
async function unlessLeft({ policy }: DeliverDeps, by: PersonId): Promise<Result<PersonId, Refusal>> {
  const standing = await policy.mayAct(by);
  if (standing.kind === 'eligible') return ok(by);
  return no(
    standing.kind === 'unknown' ? { code: 'not-allowed', why: standing.why } : { code: 'unknown-person' },
  );
}
