import { type Finding, type FindingCommand, findingRefusal } from '../../core/findings/finding.ts';
import { removalsAllowed, USUAL_CAP } from '../../core/findings/removal-cap.ts';
import type { PersonId } from '../../core/ids.ts';
import { LIMITS } from '../../core/limits.ts';
import type { Refusal } from '../../core/request/refusals.ts';
import { no, ok } from '../../core/result.ts';
import { seenDigest } from './seen-digest.ts';
import { isBlank } from '../../core/text.ts';
import type { Click } from '../../ledger/index.ts';
import type { Policy } from '../../policy/index.ts';
import { checkedActorOf } from '../actor.ts';
import type { Deps } from '../deps.ts';
import type { Decision } from '../refuse-click.ts';

/**
 * Judges what a person decided about a finding, and records the decision, a refused one too. The sweeper carries it out. It throws
 * while the account is not checked (T45).
 */
export async function recordFindingDecision(
  deps: Pick<Deps, 'ledger' | 'policy' | 'removalCap'>,
  click: Click<'adopt-finding' | 'revoke-finding'>,
): Promise<Decision> {
  const { ledger, policy, removalCap = USUAL_CAP } = deps;
  const actor = await checkedActorOf(deps, click);
  const { finding, seen, confirmed, note = '' } = click.body;
  const reason = [...note.trim()].slice(0, LIMITS.denialReasonLength).join('');
  const kind = click.kind === 'adopt-finding' ? 'adopt' : 'revoke';
  const hasReason = !isBlank(reason);
  const decided = await ledger.decideFinding({
    click: click.id,
    finding,
    kind,
    by: actor.ok ? actor.value : click.person,
    via: click.via,
    seen,
    ...(kind === 'adopt' && hasReason ? { reason } : {}),
    ...(confirmed === undefined ? {} : { confirmed }),
    async judge(found, { removals, waitingAdopters, certifiers }) {
      if (!actor.ok) return actor.error;
      if (!found) return { code: 'unknown-finding' };
      const decider = await whoDecides(policy, found, actor.value);
      if ('code' in decider) return decider;
      const { deciders, owner, ...person } = decider;
      const hasCertified = certifiers.includes(actor.value);
      const canOthers = deciders.some((each) => each !== actor.value && each !== owner);
      const whySecond =
        owner === undefined ? 'unknown-account' : hasCertified && canOthers ? 'certified' : undefined;
      const isSeconded = waitingAdopters.some((each) => deciders.includes(each));
      const who = { ...person, isAsSeen: seen === seenDigest(found) };
      const count = removals.count + 1;
      const allowed = removalsAllowed(removalCap, removals.members);
      const command: FindingCommand =
        kind === 'adopt'
          ? { ...who, kind, hasReason, isSeconded, ...(whySecond && { whySecond }) }
          : { ...who, kind, count, allowed, ...(confirmed === undefined ? {} : { confirmed }) };
      return findingRefusal(found, command);
    },
  });
  return { outcome: decided.ok ? ok([]) : no(decided.error) };
}

type Who = Pick<FindingCommand, 'by' | 'isDecider' | 'isOwn'> &
  Readonly<{ deciders: readonly PersonId[]; owner: PersonId | undefined }>;

/** Whether this person may decide about the finding, and whether it is about them. */
export async function whoDecides(
  policy: Pick<Policy, 'findingDeciders' | 'ownerOf'>,
  finding: Finding,
  by: PersonId,
): Promise<Who | Refusal> {
  const deciders = await policy.findingDeciders(finding);
  if (!deciders.ok) return { code: 'not-allowed', why: deciders.error };
  const owner = await policy.ownerOf(finding.provider, finding.subject.name);
  if (!owner.ok) return { code: 'not-allowed', why: owner.error };
  const person = owner.value ?? finding.leaseOf;
  return {
    by,
    isDecider: deciders.value.includes(by),
    isOwn: by === person,
    owner: person,
    deciders: deciders.value,
  };
}
