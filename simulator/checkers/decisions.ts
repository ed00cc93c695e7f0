import type { RequestDeed, Card, Facts } from '../world/facts.ts';
import { seconds } from './containment.ts';
import { faultTimes } from './intervals.ts';
import { approvedAt, hasFailover, type Life, livesOf } from './permits.ts';
import { APPROVERS, LONGEST_MINUTES } from '../world/policy-files.ts';
import type { Violation } from './violation.ts';

const ORDER: readonly Card['kind'][] = ['pending', 'granting', 'active', 'revoking', 'closed'];

/** A request goes forward only, has one outcome, and its end moves only by what was approved (I7, I8, I13). */
export function decisionViolations(facts: Facts): readonly Violation[] {
  if (hasFailover(facts)) return []; // Then people read of something that the ledger forgot.
  return livesOf(facts).flatMap((life) => [
    ...orderViolations(facts, life),
    ...endViolations(facts, life),
    ...askedViolations(facts, life),
    ...refusedViolations(facts, life),
  ]);
}

function orderViolations(facts: Facts, { request, told }: Life): readonly Violation[] {
  for (const [index, { card, at }] of told.entries()) {
    const before = told[index - 1]?.card;
    if (!before) continue;
    const isBack = ORDER.indexOf(card.kind) < ORDER.indexOf(before.kind);
    const isOther = before.ending !== undefined && card.ending !== before.ending;
    if (isBack || isOther)
      return [
        {
          checker: 'decisions',
          what: `${request} was ${before.kind} ${before.ending ?? ''} and is ${card.kind} ${card.ending ?? ''} at ${seconds(facts, at)}`,
        },
      ];
  }
  return [];
}

/** The first end is no later than what was requested; each later one needs an approved extension. */
function endViolations(facts: Facts, life: Life): readonly Violation[] {
  const { request, told, first } = life;
  if (facts.ledgerClock.length > 1) return []; // The ledger's clock stepped: no grant is made with an end that is too far away.
  let end: number | undefined;
  let begin: number | undefined;
  for (const { card, ledgerTime, at } of told) {
    if (card.endsAt === undefined) continue;
    const most =
      end === undefined ? ledgerTime + first.minutes * 60_000 : end + extensionsUntil(facts, life, at);
    if (card.endsAt > most)
      return [
        { checker: 'scope', what: `${request} ends at ${seconds(facts, card.endsAt)}, later than approved` },
      ];
    begin ??= card.endsAt - first.minutes * 60_000;
    if (card.endsAt > begin + LONGEST_MINUTES * 60_000)
      return [{ checker: 'scope', what: `${request} lasts longer than anybody may have it` }];
    end = Math.max(end ?? 0, card.endsAt);
  }
  return [];
}

/** By how much the extensions that were approved until then may move the end. */
function extensionsUntil(facts: Facts, life: Life, at: number): number {
  const shown = new Map(
    life.told.flatMap(({ card }) =>
      card.extension ? [[card.extension.digest, card.extension.minutes]] : [],
    ),
  );
  const approved = [...shown].filter(
    ([digest]) => (approvedAt(facts, life, digest) ?? Number.POSITIVE_INFINITY) <= at,
  );
  return approved.reduce((sum, [, minutes]) => sum + minutes * 60_000, 0);
}

/** What somebody denied or withdrew before it was approved is never granted (I8). */
function refusedViolations(facts: Facts, life: Life): readonly Violation[] {
  const { request, first, told, deeds } = life;
  const granted = told.find(({ card }) => card.kind === 'granting' || card.kind === 'active');
  const approved = approvedAt(facts, life) ?? Number.POSITIVE_INFINITY;
  const refused = deeds.find(({ kind, by, acknowledgedAt, ...deed }) => {
    const isAllowed =
      kind === 'withdraw'
        ? by === first.requester
        : kind === 'deny' && (APPROVERS as readonly string[]).includes(by) && facts.left.length === 0;
    const isOfThis = 'digest' in deed && deed.digest === first.digest;
    return (
      isAllowed &&
      isOfThis &&
      acknowledgedAt !== undefined &&
      isDecidedBefore(facts, acknowledgedAt, approved)
    );
  });
  if (!granted || !refused) return [];
  return [
    {
      checker: 'decisions',
      what: `${request} is ${granted.card.kind} at ${seconds(facts, granted.at)}, and ${refused.by} refused it at ${seconds(facts, refused.at)}`,
    },
  ];
}

/** A click is decided this soon, when nothing goes wrong meanwhile. */
const DECIDED_MS = 15_000;

const isDecidedBefore = (facts: Facts, acknowledged: number, approved: number): boolean =>
  acknowledged + DECIDED_MS < approved &&
  faultTimes(facts).every(({ from, to }) => to < acknowledged || from > acknowledged + DECIDED_MS);

/** What the card says is what somebody requested. */
const askedViolations = ({ asked }: Facts, { request, first }: Life): readonly Violation[] =>
  asked.some(
    ({ by, entitlement, minutes }) =>
      by === first.requester && entitlement === first.entitlement && minutes === first.minutes,
  )
    ? []
    : [{ checker: 'scope', what: `${request} is not what anybody requested` }];

/** Each request comes to its end, and each click that requests one opens one request at most. */
export function restViolations(facts: Facts, end: number): readonly Violation[] {
  const lives = livesOf(facts);
  const open = hasFailover(facts) ? [] : lives.filter(({ told }) => told.at(-1)?.card.kind !== 'closed');
  const isSame = ({ first }: Life, { by, entitlement, minutes }: RequestDeed): boolean =>
    first.requester === by && first.entitlement === entitlement && first.minutes === minutes;
  const timesAsked = (asked: RequestDeed): number =>
    facts.asked.filter(
      ({ by, entitlement, minutes }) =>
        by === asked.by && entitlement === asked.entitlement && minutes === asked.minutes,
    ).length;
  const tooMany = facts.asked.find(
    (asked) => lives.filter((life) => isSame(life, asked)).length > timesAsked(asked),
  );
  const lost = isPolicySteady(facts)
    ? facts.asked.find(
        (asked) =>
          asked.acknowledgedAt !== undefined &&
          asked.minutes <= LONGEST_MINUTES &&
          !lives.some((life) => isSame(life, asked)),
      )
    : undefined;
  return [
    ...open.map(({ request, told }) => ({
      checker: 'rest',
      what: `${request} is still ${told.at(-1)?.card.kind} at ${seconds(facts, end)}`,
    })),
    ...(tooMany
      ? [
          {
            checker: 'decisions',
            what: `${tooMany.by} requested once ${tooMany.entitlement} and has two requests`,
          },
        ]
      : []),
    ...(lost
      ? [
          {
            checker: 'lost',
            what: `${lost.by} requested ${lost.entitlement} at ${seconds(facts, lost.at)}, and nobody heard of it`,
          },
        ]
      : []),
  ];
}

/** Otherwise a request may be refused, and nobody reads a card of it. */
const isPolicySteady = (facts: Facts): boolean =>
  facts.left.length === 0 && facts.narrowed.length === 0 && !hasFailover(facts);
