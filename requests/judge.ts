import { createHash, randomBytes } from 'node:crypto';
import { type ClickId, clickIdOfRequest, type RequestId } from '../core/ids.ts';
import { LIMITS } from '../core/limits.ts';
import type { Deps } from './deps.ts';

const hash = (salt: string, text: string): string =>
  createHash('sha256').update(`${salt}\n${text}`).digest('hex');

/**
 * Judges a submission, and opens the request or records the refusal. It reads the submission from the inbox, because
 * Temporal carries only the request's id (T11). It has its effect once, however often it runs.
 */
export async function judge(
  { ledger, policy }: Pick<Deps, 'ledger' | 'policy'>,
  { request }: { request: RequestId },
): Promise<void> {
  const id = clickIdOfRequest(request);
  const click = await ledger.readClick(id);
  if (click?.kind !== 'request' || !(await isAccepted({ ledger }, id))) return;

  const { entitlement, length, reason } = click.body;
  if (reason === undefined) return; // The reason was erased when the submission was judged.
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
    return ledger.recordRefusal({ request, name: 'open', via: click.via }, refused);
  }

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
    reason: { salt, body: reason.trim() },
    requirements: { stages, policy: verdict.judged.policy },
    waitMinutes,
    mostOpen: LIMITS.openRequestsPerPerson,
    via: click.via,
  });
}

/** The account behind a submission is checked before it is accepted. Until then nothing judges it (T45). */
const isAccepted = async ({ ledger }: Pick<Deps, 'ledger'>, id: ClickId): Promise<boolean> =>
  ((await ledger.clickOutcome(id)) as { kind?: string } | undefined)?.kind === 'started';
