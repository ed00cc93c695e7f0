import { createHash, randomBytes } from 'node:crypto';
import { clickIdOfRequest, type RequestId } from '../core/ids.ts';
import type { Event } from '../core/request/events.ts';
import { type Deps, eventsSince, type NewEvents, newEventsOf } from './deps.ts';

const hash = (salt: string, text: string): string =>
  createHash('sha256').update(`${salt}\n${text}`).digest('hex');

const isTheVerdict = (event: Event): boolean => event.kind === 'refused' && event.tried === 'request';

/**
 * Judges what was asked and opens the request, or writes down why not. Reads the ask from the inbox: what
 * Temporal was told is only which one (T11). Once, however often it runs.
 */
export async function judge(
  { ledger, policy }: Pick<Deps, 'ledger' | 'policy'>,
  { request }: { request: RequestId },
): Promise<NewEvents> {
  const before = await ledger.readTrail(request);
  if (before.some(({ event }) => event.kind === 'requested' || isTheVerdict(event)))
    return { events: eventsSince(before, 0) };
  const click = await ledger.readClick(clickIdOfRequest(request));
  if (click?.kind !== 'request') return { events: [] };

  const { entitlement, length, reason } = click.body;
  const salt = randomBytes(16).toString('hex');
  const reasonHash = hash(salt, reason.trim());
  const openRequests = click.person ? await ledger.countOpen(click.person) : 0;
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
    return { events: eventsSince(await ledger.readTrail(request), 0) };
  }

  const { person, minutes, targets, stages, waitMinutes, digest, policy: policyDigest } = verdict.judged;
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
    reason: { salt, body: reason.trim() },
    requirements: { stages, policy: policyDigest },
    waitMinutes,
    via: click.via,
  });
  return newEventsOf(recorded, 0);
}
