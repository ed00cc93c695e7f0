import { clickIdOfRequest, type RequestId } from '../core/ids.ts';
import { LIMITS } from '../core/limits.ts';
import type { Refusal } from '../core/request/refusals.ts';
import { actorOf } from './actor.ts';
import type { Deps } from './deps.ts';
import { QUARANTINE_REFUSAL } from './quarantine.ts';

/**
 * Judges a submission, and opens the request or records the refusal. It reads the submission from the inbox, because
 * Temporal carries only the request's id (T11). While the account behind it is not checked, it does nothing (T45). It has
 * its effect once, however often it runs.
 */
export async function judge(
  { ledger, policy }: Pick<Deps, 'ledger' | 'policy'>,
  { request }: { request: RequestId },
): Promise<void> {
  const click = await ledger.readClick(clickIdOfRequest(request));
  if (click?.kind !== 'request') return;
  const { entitlement, length, reason } = click.body;
  if (reason === undefined) return; // The reason was erased when the submission was judged.
  const actor = await actorOf({ ledger, policy }, click);
  if (!actor) return;
  const refuse = async (refusal: Refusal) => {
    const refused = { by: click.person, tried: click.kind, refusal };
    await ledger.recordRefusal({ request, name: 'open', via: click.via }, refused);
  };
  if (!actor.ok) return refuse(actor.error);
  if (await ledger.isQuarantined()) return refuse(QUARANTINE_REFUSAL);

  const written = ledger.salted(reason.trim());
  const reasonHash = written.hash;
  const openRequests = await ledger.countOpenRequests(actor.value);
  const verdict = await policy.judge({
    person: actor.value,
    entitlement,
    length,
    reason,
    reasonHash,
    openRequests,
  });
  if (!verdict.allowed) return refuse(verdict.refusal);

  const { person, minutes, targets, stages, waitMinutes, shown, digest } = verdict.judged;
  await ledger.open({
    details: {
      id: request,
      requester: person.id,
      entitlement: verdict.judged.entitlement.id,
      minutes,
      targets: targets.map(({ provider }) => provider),
      reasonHash,
      digest,
    },
    targets,
    shown,
    reason: written,
    requirements: { stages, policy: verdict.judged.policy },
    waitMinutes,
    mostOpen: LIMITS.openRequestsPerPerson,
    sameWithin: LIMITS.sameRequestMinutes,
    via: click.via,
  });
}
