import type { Entry } from '../../providers/fake/log.ts';
import type { Facts } from '../world/facts.ts';
import { ENTITLEMENTS, NARROWED_MINUTES } from '../world/policy-files.ts';
import { RACE_MS, seconds } from './containment.ts';
import { isCalm, faultTimes } from './intervals.ts';
import { approvedAt, hasFailover, type Life, livesOf, permitsOf, requestOf } from './permits.ts';
import { type Change, isByHand, levelOf, rankOf, type Timeline, timelinesOf } from './timeline.ts';
import type { Violation } from './violation.ts';

/** What one lease does at the vendor: for one account, once, what the policy of that moment allows, and nothing against a person's hand. */
export function grantViolations(facts: Facts, log: readonly Entry[]): readonly Violation[] {
  const lives = livesOf(facts);
  const timelines = timelinesOf(log);
  return [
    ...accountViolations(log),
    ...timelines.flatMap((timeline) => policyViolations(facts, lives, timeline)),
    ...timelines.flatMap((timeline) => handViolations(facts, lives, timeline)),
    ...(isCalm(facts) ? timelines.flatMap((timeline) => repeatedViolations(facts, lives, timeline)) : []),
  ];
}

/** A lease is of one account, whatever is called like it later (B36). */
function accountViolations(log: readonly Entry[]): readonly Violation[] {
  const accounts = new Map<string, string>();
  for (const entry of log) {
    if (entry.op !== 'level-set' || entry.level === 'none' || !entry.by.startsWith('lease_')) continue;
    const known = accounts.get(entry.by) ?? entry.id;
    if (known !== entry.id)
      return [{ checker: 'containment', what: `${entry.by} gave access to ${known} and to ${entry.id}` }];
    accounts.set(entry.by, entry.id);
  }
  return [];
}

const raisesOf = ({ changes }: Timeline): readonly Change[] =>
  changes.filter((change, index) => !isByHand(change) && change.rank > (changes[index - 1]?.rank ?? 0));

/** A decision that was on its way when the policy changed is carried out. Faults make that way longer, but each attempt decides again. */
const ON_ITS_WAY_MS = 60_000;
const ATTEMPT_MS = 30_000;
const SOON_MS = 5_000;
function onItsWayMs({ plan, disturbances }: Facts): number {
  if (plan.windows.length === 0 && disturbances.length === 0) return SOON_MS;
  const isLater = plan.windows.some(({ kind }) => kind === 'writes-late' || kind === 'processes-frozen');
  return isLater ? ATTEMPT_MS + ON_ITS_WAY_MS : ATTEMPT_MS;
}

/** Nothing is given for the first time that the policy does not allow any more (I9, I12, B46). */
function policyViolations(facts: Facts, lives: readonly Life[], timeline: Timeline): readonly Violation[] {
  const seen = new Set<string>();
  for (const { by, at } of raisesOf(timeline)) {
    const life = lives.find(({ request }) => request === requestOf(by));
    if (!life || seen.has(by)) continue;
    seen.add(by);
    const leftBefore = facts.left
      .filter((each) => each.at + onItsWayMs(facts) < at)
      .map(({ person }) => person);
    const without = { ...life, deeds: life.deeds.filter((deed) => !leftBefore.includes(deed.by)) };
    const isTooLong =
      life.first.minutes > NARROWED_MINUTES && facts.narrowed.some((since) => since + onItsWayMs(facts) < at);
    if (approvedAt(facts, life) !== undefined && (approvedAt(facts, without) === undefined || isTooLong))
      return [
        { checker: 'policy', what: `${by} is granted at ${seconds(facts, at)}, after the policy changed` },
      ];
  }
  return [];
}

/** What somebody lowered by hand is given again only by a lease of its own that gives so much (I22). */
function handViolations(facts: Facts, lives: readonly Life[], timeline: Timeline): readonly Violation[] {
  const { changes, resource, owner } = timeline;
  for (const [index, lowered] of changes.entries()) {
    const before = changes[index - 1];
    if (
      lowered.by !== 'administrator' ||
      !before ||
      before.rank <= lowered.rank ||
      isDisturbed(facts, lowered.at) ||
      isShownLate(facts, lives, { timeline, at: lowered.at })
    )
      continue;
    const next = changes.findIndex((each, position) => position > index && isByHand(each));
    for (const change of changes.slice(index + 1, next < 0 ? undefined : next)) {
      const { targets = {} } =
        ENTITLEMENTS[
          lives.find(({ request }) => request === requestOf(change.by))?.first.entitlement ?? ''
        ] ?? {};
      const own = rankOf(targets[resource] ?? 'none');
      const wasThere = changes.slice(0, index).some((each) => each.by === change.by);
      if (change.at < lowered.at + RACE_MS + facts.plan.consistencyWindowMs) break; // What they did may be overwritten.
      if (isMoving(facts, timeline, change)) break;
      if (change.rank > Math.max(lowered.rank, wasThere ? 0 : own))
        return [
          {
            checker: 'by hand',
            what: `${owner} has ${levelOf(change.rank)} at ${resource} again by ${change.by} at ${seconds(facts, change.at)}, which was lowered by hand at ${seconds(facts, lowered.at)}`,
          },
        ];
    }
  }
  return [];
}

/**
 * While another lease of the access begins or ends, a low level may come from its undo, so nobody can know that a person lowered it.
 * docs/decisions/2026-11-27-changes-by-hand.md says so.
 */
const isMoving = (facts: Facts, { owner, resource }: Timeline, { by, at }: Change): boolean =>
  permitsOf(facts).some(
    ({ life, ranks, from, to, endsAt }) =>
      life.first.requester === owner &&
      ranks.has(resource) &&
      life.request !== requestOf(by) &&
      ((endsAt <= at && at <= to) || Math.abs(at - from) < RACE_MS),
  );

/** While an access is in doubt, a change by hand cannot be told from a change of Curfew that was lost. */
const isDisturbed = (facts: Facts, at: number): boolean =>
  hasFailover(facts) ||
  facts.ledgerClock.length > 1 ||
  faultTimes(facts).some(({ from, to }) => from < at + 400_000 && to > at - 400_000) ||
  facts.plan.incidents.some(
    ({ kind }) => kind === 'workflows-terminated' || kind.startsWith('account') || kind.startsWith('target'),
  );

/** How long an access stays in doubt after a change that a read did not show, with the attempt itself. */
const DOUBT_MS = 90_000;

/** After a grant or an end that the vendor shows late, the access is in doubt, as after a fault. */
const isShownLate = (
  facts: Facts,
  lives: readonly Life[],
  { timeline: { owner, resource }, at }: Readonly<{ timeline: Timeline; at: number }>,
): boolean =>
  facts.plan.consistencyWindowMs > 0 &&
  lives.some(
    ({ first, told }) =>
      first.requester === owner &&
      ENTITLEMENTS[first.entitlement]?.targets?.[resource] !== undefined &&
      told.some(
        ({ card, at: begun }) =>
          (card.kind === 'granting' || card.kind === 'revoking') && begun <= at && at < begun + DOUBT_MS,
      ),
  );

/** While everything works, each lease raises the access once at most, and lowers it once (I6, I15). */
function repeatedViolations(facts: Facts, lives: readonly Life[], timeline: Timeline): readonly Violation[] {
  const counts = new Map<string, number>();
  const raises = raisesOf(timeline).filter(
    (raise) => !isLeftForAnother(facts, timeline, raise) && !isUnconfirmed(facts, lives, raise),
  );
  for (const { by } of raises) {
    counts.set(by, (counts.get(by) ?? 0) + 1);
    if ((counts.get(by) ?? 0) > 1)
      return [{ checker: 'once', what: `${by} gave access to ${timeline.owner} twice` }];
  }
  return [];
}

/** Before its receipt, the grant of another lease whose read is old may write less. Then this lease raises the access again. */
const isUnconfirmed = (facts: Facts, lives: readonly Life[], { by, at }: Change): boolean =>
  facts.plan.consistencyWindowMs > 0 &&
  lives.some(
    ({ request, told }) =>
      request === requestOf(by) &&
      told.every(({ card, at: toldAt }) => card.kind !== 'active' || toldAt > at),
  );

/** A revocation whose read is old writes what another lease gives, although the access is gone already. */
const isLeftForAnother = (facts: Facts, { owner, resource }: Timeline, { by, at, rank }: Change): boolean =>
  facts.plan.consistencyWindowMs > 0 &&
  permitsOf(facts).some(
    ({ life, ranks, from, to }) =>
      life.first.requester === owner &&
      life.request !== requestOf(by) &&
      from <= at &&
      at < to &&
      (ranks.get(resource) ?? 0) >= rank,
  );
