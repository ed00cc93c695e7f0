import type { Elsewhere } from '../core/elsewhere.ts';
import type { Instant } from '../core/ids.ts';
import type { EndScope, MassEnding } from '../core/mass-ending.ts';
import { code, instant, list, person, type Phrase, phrase, quoted } from './phrase.ts';
import { scopePhrase } from './scopes.ts';

const counted = (count: number, one: string): string => `${count} ${count === 1 ? one : `${one}s`}`;

/** What a mass ending would end now: how many requests, of how many people, and how many of them have access or wait for it. */
export function contentPhrase(
  scope: EndScope,
  {
    total,
    withAccess,
    granting,
    people,
  }: Readonly<{ total: number; withAccess: number; granting: number; people: number }>,
): Phrase {
  const what = scopePhrase(scope);
  if (total === 0)
    return phrase`This would end ${what}, but there is nothing to end: nobody has or waits for access there.`;
  const pending = total - withAccess - granting;
  const parts = [
    ...(withAccess > 0 ? [`${withAccess} with access`] : []),
    ...(granting > 0 ? [`${granting} waiting for a grant`] : []),
    ...(pending > 0 ? [`${pending} pending`] : []),
  ];
  return phrase`This ends ${what}: ${[counted(total, 'request')]} of ${[people === 1 ? '1 person' : `${people} people`]}, ${list(parts.map((each) => [each]))}.`;
}

/** What comes with the ending of everything of others. */
export const lockPhrase = (needs: number | undefined): Phrase =>
  needs === undefined
    ? phrase`This makes no lock: people can request this access again, unless another lock holds.`
    : phrase`Afterwards nothing of it is granted or extended until ${[counted(needs, 'security person').replace('persons', 'people')]} ${[needs === 1 ? 'lifts' : 'lift']} the lock.`;

/**
 * How far a mass ending is. `granted`: of the requests that are over, those with a receipt of a grant; `unconfirmed`: those of which a grant had begun.
 * `late`: the first of the `lateCount` leases that are not revoked yet although they should be, with the reason.
 */
export type EndingProgress = Readonly<{
  /** Null when the mass ending is not recorded. */
  scope: EndScope | null;
  left: number;
  ended: number;
  over: number;
  granted: number;
  unconfirmed: number;
  late: readonly Readonly<{ lease: string; provider: string; fault: string | null }>[];
  lateCount: number;
  cutOffs: readonly Readonly<{ provider: string; seen: string; toUndo: readonly string[] }>[];
  sessions: readonly Readonly<{ provider: string; until: Instant | null }>[];
}>;

/** True when every request is over, with its receipts. */
export const isDone = ({ left, ended, over }: EndingProgress): boolean => left === 0 && ended === over;

/** How many of how many requests are ended, and what Curfew does about the others. */
export function progressPhrase(progress: EndingProgress): Phrase {
  const { left, ended, over, lateCount } = progress;
  const all = ended + left;
  if (all === 0) return phrase`Nothing had to be ended.`;
  if (isDone(progress)) return donePhrase(progress);
  const slow =
    lateCount === 0
      ? []
      : phrase` ${[String(lateCount)]} ${[lateCount === 1 ? 'access is' : 'accesses are']} late.`;
  return all === 1
    ? phrase`Curfew is ending the request. It revokes the access and tries again until each provider shows that the access is gone.${slow}`
    : phrase`Ended: ${[`${over} of ${all}`]} requests. Curfew revokes the access of the others and tries again until each provider shows that it is gone.${slow}`;
}

/** What became of the access, as the receipts of the grants say. */
function donePhrase({ ended: all, granted, unconfirmed }: EndingProgress): Phrase {
  const isOne = all === 1;
  const requests = isOne ? 'The request is ended' : `All ${all} requests are ended`;
  if (granted === all)
    return phrase`${[requests]}, and ${[isOne ? 'its' : 'their']} access is revoked and verified.`;
  if (granted + unconfirmed === 0) return phrase`${[requests]}. No access was granted.`;
  if (isOne) return phrase`${[requests]}. Verified: nothing is left of what Curfew began to grant.`;
  const none = all - granted - unconfirmed;
  return [
    `${requests}.`,
    ...(granted > 0 ? [` The access of ${granted} is revoked and verified.`] : []),
    ...(unconfirmed > 0
      ? [` For ${unconfirmed}, a grant began and was never confirmed. Verified: nothing of it is left.`]
      : []),
    ...(none > 0 ? [` ${none} had no access.`] : []),
  ];
}

/** Which lease is late, where and why. */
export const latePhrase = ({ lease, provider, fault }: EndingProgress['late'][number]): Phrase =>
  phrase`${code(lease)} at ${code(provider)}: ${fault === null ? phrase`it takes longer than a minute` : quoted(fault)}`;

/** What goes on at the providers during and after a mass ending. */
export const elsewhereOf = ({
  scope,
  cutOffs,
  sessions,
}: Pick<EndingProgress, 'scope' | 'cutOffs' | 'sessions'>): readonly Elsewhere[] => [
  ...cutOffs.map((each) => ({ kind: 'cut-off', ...each }) as const),
  ...sessions.map((each) => ({ kind: 'session', ...each }) as const),
  ...(scope?.kind === 'person' ? [{ kind: 'standing', person: scope.person } as const] : []),
];

/** Who ended what, when and why. */
export const massEndingPhrase = ({ scope, by, reason, at }: MassEnding): Phrase =>
  phrase`${person(by)} ended ${scopePhrase(scope)}, ${instant(at)}: ${quoted(reason)}`;

/** A lock that holds: who made it when, what it keeps from happening, and who lifted it so far. */
export const lockHoldsPhrase = (massEnding: MassEnding): Phrase =>
  phrase`${person(massEnding.by)} ended ${scopePhrase(massEnding.scope)}, ${instant(massEnding.at)}. Nothing of it is granted or extended until the lock is lifted. ${lockStatePhrase(massEnding)}`;

/** Whether a lock holds, and who lifted it so far. */
export function lockStatePhrase({ lock }: Pick<MassEnding, 'lock'>): Phrase {
  if (!lock) return phrase`No lock.`;
  const { needs, liftedBy } = lock;
  const by = liftedBy.length === 0 ? [] : phrase`: ${list(liftedBy.map((each) => person(each)))}`;
  return phrase`Lifted by ${[`${liftedBy.length} of ${needs}`]}${by}.`;
}
