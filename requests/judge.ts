import { createHash, randomBytes } from 'node:crypto';
import { clickIdOfRequest, type RequestId } from '../core/ids.ts';
import { type Deps, eventsSince, type NewEvents, newEventsOf } from './deps.ts';

const hash = (salt: string, text: string): string =>
  createHash('sha256').update(`${salt}\n${text}`).digest('hex');

/**
 * Judges a submission, and opens the request or records the refusal. It reads the submission from the inbox, because
 * Temporal carries only the request's id (T11). It has its effect once, however often it runs.
 */
export async function judge(
  { ledger, policy }: Pick<Deps, 'ledger' | 'policy'>,
  { request }: { request: RequestId },
): Promise<NewEvents> {
  const click = await ledger.readClick(clickIdOfRequest(request));
  if (click?.kind !== 'request') return { events: [] };

  const { entitlement, length, reason } = click.body;
  // The reason was erased when the submission was judged.
  if (reason === undefined) return eventsSince(await ledger.readTrail(request), 0);
  const salt = randomBytes(16).toString('hex');
  const reasonHash = hash(salt, reason.trim());
  const openRequests = click.person ? await ledger.countOpenRequests(click.person) : 0;
  const verdict = await policy.judge({
    person: click.person,
    entitlement,
    length,
    reason,
    reasonHash,
    openRequests,
  });
  if (!verdict.allowed) {
    const refused = { by: click.person, tried: 'request', refusal: verdict.refusal };
    await ledger.recordRefusal({ request, name: 'open', via: click.via }, refused);
    return eventsSince(await ledger.readTrail(request), 0);
  }

  const { person, minutes, targets, stages, waitMinutes, shown, digest } = verdict.judged;
  const recorded = await ledger.open({
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
    reason: { salt, body: reason.trim() },
    requirements: { stages, policy: verdict.judged.policy },
    waitMinutes,
    via: click.via,
  });
  return newEventsOf(recorded, 0);
}
