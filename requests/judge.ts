import { createHash, randomBytes } from 'node:crypto';
import { askOf, type RequestId } from '../core/ids.ts';
import type { Event } from '../core/request/request.ts';
import { type Deps, since, type Update, updateOf } from './deps.ts';

const hash = (salt: string, text: string): string =>
  createHash('sha256').update(`${salt}\n${text}`).digest('hex');

const isTheVerdict = (event: Event): boolean => event.kind === 'refused' && event.tried === 'ask';

/**
 * Judges what was asked and opens the request, or writes down why not. Reads the ask from the inbox: what
 * Temporal was told is only which one (T11). Once, however often it runs.
 */
export async function judge(
  { ledger, policy }: Pick<Deps, 'ledger' | 'policy'>,
  { request }: { request: RequestId },
): Promise<Update> {
  const before = await ledger.readTrail(request);
  if (before.some(({ event }) => event.kind === 'asked' || isTheVerdict(event)))
    return { events: since(before, 0) };
  const click = await ledger.readClick(askOf(request));
  if (click?.kind !== 'ask') return { events: [] };

  const { entitlement, length, reason } = click.body;
  const salt = randomBytes(16).toString('hex');
  const reasonHash = hash(salt, reason.trim());
  const openRequests = click.person ? await ledger.countOpen(click.person) : 0;
  const judged = await policy.judge({
    person: click.person,
    entitlement,
    length,
    reason,
    reasonHash,
    openRequests,
  });
  if (!judged.ok) {
    const refused = { by: click.person, tried: 'ask', refusal: judged.error };
    await ledger.recordRefusal({ request, name: 'open', via: click.via }, refused);
    return { events: since(await ledger.readTrail(request), 0) };
  }

  const { person, minutes, targets, stages, patience, digest, policy: policyDigest } = judged.value;
  const recorded = await ledger.open({
    ask: {
      id: request,
      requester: person.id,
      entitlement: judged.value.entitlement.id,
      minutes,
      targets: targets.map(({ provider }) => provider),
      reasonHash,
      digest,
    },
    targets,
    reason: { salt, body: reason.trim() },
    demand: { stages, policy: policyDigest },
    patience,
    via: click.via,
  });
  return updateOf(recorded, 0);
}
