import type { KeyObject } from 'node:crypto';
import type { Instant, PersonId, RequestId } from '../core/ids.ts';
import { no, ok, type Result } from '../core/result.ts';
import type { PlanLine, QuarantineAnswer } from '../ledger/index.ts';
import { checkManifest } from './check-manifest.ts';
import type { Deps } from './deps.ts';
import { isSignedEnd } from './later-end.ts';
import { planDigest } from './quarantine-plan.ts';

const ENDED_BEFORE = 'it was over before the ledger was restored from an older state';

/**
 * Decides about somebody who wants to end the quarantine. The policy judges the person now, and the plan must be the one that
 * they have seen. Then the later ends of the manifest are recorded as the ends, and what the manifest says is over is revoked again.
 * It may run again after any crash. It throws while the manifest cannot be read: then nobody knows whether the plan is the whole one.
 */
export async function decideQuarantineAnswer(
  deps: Deps,
  answer: QuarantineAnswer,
  signal: AbortSignal,
): Promise<void> {
  const { ledger } = deps;
  const by = await actorOf(deps, answer);
  if (!by.ok) return ledger.refuseQuarantineAnswer(answer.id, by.error);
  const checked = await checkManifest(deps, signal);
  const quarantine = await ledger.readQuarantine();
  if (quarantine?.id !== answer.quarantine)
    return ledger.refuseQuarantineAnswer(answer.id, 'that quarantine is over already');
  if (planDigest(quarantine.plan) !== answer.planDigest)
    return ledger.refuseQuarantineAnswer(answer.id, 'the plan is another one now. Look at it again');
  for (const [request, endsAt] of laterEnds(quarantine.plan, deps.manifest?.publicKeys ?? []))
    await ledger.record({
      request,
      name: `adopt-end/${quarantine.id}`,
      via: 'sweeper',
      command: (_state, at) => ({ kind: 'adopt-end', by: by.value, endsAt, at }),
    });
  for (const request of requestsOf(quarantine.plan, 'ended-before'))
    await ledger.record({
      request,
      name: `void/${quarantine.id}`,
      via: 'sweeper',
      command: (_state, at) => ({ kind: 'void', why: ENDED_BEFORE, at }),
    });
  const serial = Math.max(checked?.manifest.serial ?? 0, quarantine.manifestSerial);
  await ledger.endQuarantine(answer, { by: by.value, serial });
}

/** The person of the login, when the policy lets them end a quarantine; else why not. */
async function actorOf(
  { policy }: Pick<Deps, 'policy'>,
  { account, person }: QuarantineAnswer,
): Promise<Result<PersonId, string>> {
  const owner = await policy.ownerOf('unix', account);
  if (!owner.ok) return owner;
  if (!person || owner.value !== person)
    return no('your account is not linked to an active person in people.yaml');
  const may = await policy.mayEndQuarantine(person);
  return may.ok ? ok(person) : may;
}

/** The latest end of each request whose end the manifest has later than the ledger. One that no key signed does not count. */
function laterEnds(
  plan: readonly PlanLine[],
  publicKeys: readonly KeyObject[],
): ReadonlyMap<RequestId, Instant> {
  const ends = new Map<RequestId, Instant>();
  const signed = plan.filter((line) => line.kind === 'later-end' && isSignedEnd(line, publicKeys));
  for (const { request, endsAt } of signed)
    ends.set(request, Math.max(endsAt, ends.get(request) ?? 0) as Instant);
  return ends;
}

const requestsOf = (plan: readonly PlanLine[], kind: PlanLine['kind']): ReadonlySet<RequestId> =>
  new Set(plan.filter((line) => line.kind === kind).map(({ request }) => request));
