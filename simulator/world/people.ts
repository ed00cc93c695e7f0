import type { System } from '../parts/system.ts';
import type { Card, Facts } from './facts.ts';
import { PEOPLE_ACT_MS, themeOf } from './faults.ts';
import {
  APPROVERS,
  ENTITLEMENTS,
  GUEST,
  LEAVER,
  OF_ONE_ACCESS,
  REQUESTERS,
  STRANGER,
  TOO_LONG_MINUTES,
} from './policy-files.ts';
import { type Random, randomOf } from './random.ts';
import { openSlack } from './slack.ts';
import type { World } from './world.ts';

/** People who request, answer, end and extend. What they do depends on what they read. */
export type People = Readonly<{
  /** They begin to work with this bot. */
  begin(system: System): void;
  /** A card was drawn. */
  read(card: Card, ledgerTime: number): void;
}>;

export function openPeople(world: World, facts: Facts, seed: number): People {
  const random = randomOf(seed, 'people');
  const theme = themeOf(seed);
  /** One person requests several entitlements of the same access. */
  const isOverlapping = theme === 'overlap' || theme === 'by-hand' || random.chance(0.2);
  const known = new Map<string, Card>();
  const { begin, send, read } = openSlack(world, facts, random);
  const later = (longestMs: number, act: () => void): void =>
    void world.time.plan(random.between(200, longestMs), act);

  /** The answers to a new request. */
  function answer({ request, digest, requester, entitlement, lapsesAt }: Card, ledgerTime: number): void {
    const say = (
      kind: 'approve' | 'deny' | 'withdraw',
      by: string,
      longestMs = 35_000,
      shown = digest,
    ): void => later(longestMs, () => send({ kind, by, request, digest: shown }));
    const willing = leaverFirst(shuffled(random, APPROVERS));
    const needed = ENTITLEMENTS[entitlement]?.approvals ?? 1;
    const behaviour = random.between(0, 1);
    const soon = backToBack(requester);
    if (behaviour < 0.8)
      for (const by of willing.slice(0, needed))
        if (soon === undefined) say('approve', by);
        else world.time.plan(soon, () => send({ kind: 'approve', by, request, digest }));
    if (random.chance(0.2))
      for (const longestMs of [600, 1_500]) say('approve', willing[0] ?? 'bo', longestMs); // pressed twice
    if (random.chance(0.1)) say('approve', requester);
    if (random.chance(0.1)) say('approve', STRANGER);
    if (random.chance(0.1)) say('approve', random.pick(APPROVERS), 10_000, otherDigest(request));
    const isRefused = behaviour > 0.75 && behaviour < 0.9;
    if (isRefused) say('deny', random.pick(APPROVERS));
    if (isRefused && random.chance(0.5))
      for (const by of willing.slice(0, needed)) say('approve', by, 90_000);
    if (random.chance(0.08)) {
      say('withdraw', requester, 10_000);
      if (random.chance(0.5)) for (const by of willing.slice(0, needed)) say('approve', by, 90_000);
    }
    if (random.chance(0.2)) say('approve', GUEST);
    if (random.chance(0.08)) say('approve', random.pick(APPROVERS), 200_000); // after it lapsed, or is over
    if (lapsesAt !== undefined && random.chance(0.3))
      for (const by of willing.slice(0, needed))
        world.time.plan(lapsesAt - ledgerTime + random.between(5, 20_000), () =>
          send({ kind: 'approve', by, request, digest }),
        );
  }
  /** Where the policy changes, who leaves is often the one who approves. */
  const leaverFirst = (people: readonly string[]): readonly string[] =>
    theme === 'policy' && random.chance(0.6)
      ? [LEAVER, ...people.filter((person) => person !== LEAVER)]
      : people;
  /** In how many milliseconds other access of this person ends, so that the next begins at that moment. */
  function backToBack(requester: string): number | undefined {
    const active = [...known.values()].find((card) => card.kind === 'active' && card.requester === requester);
    const left = (active?.endsAt ?? 0) - world.time.now() - random.between(-1_000, 1_000);
    return left > 0 && left < 90_000 && random.chance(isOverlapping ? 0.9 : 0.5) ? left : undefined;
  }
  /** The digest of another request, as on the screen of somebody who looked at that one. */
  const otherDigest = (request: string): string =>
    [...known.values()].find((card) => card.request !== request)?.digest ?? 'of nothing';

  /** Somebody ends what is just being granted. */
  function regret({ request, requester }: Card): void {
    if (random.chance(0.12)) later(4_000, () => send({ kind: 'end', by: requester, request, digest: '' }));
  }
  /** What the holder of access does with it. */
  function use({ request, requester }: Card): void {
    if (random.chance(0.3))
      later(30_000, () => send({ kind: 'end', by: random.pick([requester, 'bo']), request, digest: '' }));
    if (random.chance(0.4))
      later(60_000, () => send({ kind: 'extend', by: requester, request, minutes: random.whole(1, 3) }));
  }
  function answerExtension({ request, extension, entitlement, requester }: Card): void {
    const needed = ENTITLEMENTS[entitlement]?.approvals ?? 1;
    const digest = extension?.digest ?? '';
    const isDenied = random.chance(0.15);
    if (random.chance(0.4)) later(10_000, () => send({ kind: 'approve', by: requester, request, digest }));
    for (const by of shuffled(random, APPROVERS).slice(0, needed))
      later(30_000, () => send({ kind: isDenied ? 'deny' : 'approve', by, request, digest }));
  }
  return {
    begin(bot) {
      begin(bot);
      for (let left = isOverlapping ? random.whole(5, 7) : random.whole(3, 6); left > 0; left -= 1)
        world.time.plan(random.between(0, PEOPLE_ACT_MS), () =>
          send({
            kind: 'request',
            by: isOverlapping ? 'ana' : random.pick([...REQUESTERS, 'ana']),
            entitlement: random.pick(isOverlapping ? OF_ONE_ACCESS : Object.keys(ENTITLEMENTS)),
            minutes: random.chance(0.05) ? TOO_LONG_MINUTES : random.whole(1, 3),
          }),
        );
    },
    read(card, ledgerTime) {
      const before = known.get(card.request);
      known.set(card.request, card);
      read(card, ledgerTime, before);
      if (!before && card.kind === 'pending') answer(card, ledgerTime);
      if (before?.kind !== 'granting' && card.kind === 'granting') regret(card);
      if (before?.kind !== 'active' && card.kind === 'active') use(card);
      if (card.extension && before?.extension?.digest !== card.extension.digest) answerExtension(card);
    },
  };
}

function shuffled<T>(random: Random, values: readonly T[]): readonly T[] {
  const left = [...values];
  return values.map(() => left.splice(random.whole(0, left.length - 1), 1)[0] as T);
}
