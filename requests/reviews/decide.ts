import { type FindingId, parseFindingId } from '../../core/findings/finding.ts';
import type { PersonId } from '../../core/ids.ts';
import type { Refusal } from '../../core/request/refusals.ts';
import { lineRefusal } from '../../core/reviews/decide-line.ts';
import { REVIEW_LIMITS } from '../../core/reviews/limits.ts';
import type { ReviewLine } from '../../core/reviews/review.ts';
import { no, ok } from '../../core/result.ts';
import { isBlank } from '../../core/text.ts';
import type { Click } from '../../ledger/index.ts';
import { checkedActorOf } from '../actor.ts';
import type { Deps } from '../deps.ts';
import { type Decision, stepOf } from '../refuse-click.ts';
import { recordFindingDecision } from '../findings/decide.ts';
import { seenDigest } from '../findings/seen-digest.ts';
import { accessOf } from './reviewers.ts';

type ReviewDeps = Pick<Deps, 'ledger' | 'policy' | 'removalCap'>;

type ReviewClick = Click<'certify' | 'object'>;

/**
 * Judges what a person decided about a line of a review, and records it, a refused decision too. An objection then ends the access: the request of a
 * grant that is live, and a finding that is open. What has ended already stays as it is. It throws while the account is not checked (T45). It has
 * its effect once, however often it runs.
 */
export async function recordReviewDecision(deps: ReviewDeps, click: ReviewClick): Promise<Decision> {
  const { ledger } = deps;
  const { review, line: id, note = '' } = click.body;
  const actor = await checkedActorOf(deps, click);
  const reason = [...note.trim()].slice(0, REVIEW_LIMITS.reasonLength).join('');
  const hasReason = !isBlank(reason);
  const decided = await ledger.decideLine({
    ...{ click: click.id, review, line: id, kind: click.kind, via: click.via },
    by: actor.ok ? actor.value : click.person,
    ...(click.kind === 'object' && hasReason ? { reason } : {}),
    judge: async (line) =>
      actor.ok ? judgeLine(deps, click, { line, by: actor.value, hasReason }) : actor.error,
  });
  if (!decided.ok) return { outcome: no(decided.error) };
  if (click.kind === 'object') await endAccess(deps, click);
  return { outcome: ok([]) };
}

type DecisionFacts = Readonly<{ line: ReviewLine | undefined; by: PersonId; hasReason: boolean }>;

const NOBODY = { reviewers: [], owner: undefined };

async function judgeLine(
  { ledger, policy }: ReviewDeps,
  { kind, body }: ReviewClick,
  { line, by, hasReason }: DecisionFacts,
): Promise<Refusal | undefined> {
  if (!line) return { code: 'unknown-line' };
  const found = await policy.reviewersFor([accessOf(line)]);
  if (!found.ok) return { code: 'not-allowed', why: found.error };
  const [{ reviewers, owner } = NOBODY] = found.value;
  const refusal = lineRefusal(line, { kind, by, hasReason, reviewers, owner });
  if (refusal) return refusal;
  const finding = parseFindingId(line.id);
  const seen = finding.ok ? await ledger.readFinding(finding.value) : undefined;
  return seen?.state === 'open' && seenDigest(seen) !== body.seen ? { code: 'finding-changed' } : undefined;
}

/**
 * Ends the access to which a person objected. The click has no reason any more, so it is read beside the decision. Whoever may review a finding may
 * not always revoke it: then the objection stays, and so does the finding.
 */
async function endAccess(deps: ReviewDeps, click: ReviewClick): Promise<void> {
  const { id, person: by, body } = click;
  const line = await deps.ledger.readReviewLine(body.review, body.line);
  if (!line || !by) return;
  if (line.kind === 'standing') {
    const finding = parseFindingId(line.id);
    const seen = finding.ok ? await deps.ledger.readFinding(finding.value) : undefined;
    if (finding.ok && seen?.state === 'open')
      await recordFindingDecision(deps, revocationOf(click, finding.value));
    return;
  }
  const why = (await deps.ledger.objectionReasons(body.review)).get(id) ?? 'its reason was erased';
  await deps.ledger.record({
    ...stepOf(click),
    request: line.request,
    command: (_state, at) => ({
      kind: 'object',
      ending: { kind: 'objected', by, review: body.review, why },
      at,
    }),
  });
}

/** The objection as the decision about the finding that everybody who decides about findings can make. */
const revocationOf = ({ body, ...click }: ReviewClick, finding: FindingId): Click<'revoke-finding'> => ({
  ...click,
  kind: 'revoke-finding',
  body: { finding, seen: body.seen ?? '' },
});
