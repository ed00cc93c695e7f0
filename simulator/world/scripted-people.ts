import type { Card, Facts } from './facts.ts';
import type { People } from './people.ts';
import { APPROVERS, ENTITLEMENTS } from './policy-files.ts';
import { randomOf } from './random.ts';
import type { ScriptedRequest } from './scenario.ts';
import { openSlack } from './slack.ts';
import type { World } from './world.ts';

/** People who do what a scenario says, and nothing else. */
export function openScriptedPeople(
  world: World,
  facts: Facts,
  { requests, seed }: Readonly<{ requests: readonly ScriptedRequest[]; seed: number }>,
): People {
  const slack = openSlack(world, facts, randomOf(seed, 'people'));
  const known = new Map<string, Card>();
  const scripts = new Map<string, ScriptedRequest>();
  const plan = (afterMs: number, act: () => void): void => void world.time.plan(afterMs, act);

  /** Which request of the scenario this card is of: of equal ones, the first. */
  const scriptOf = ({ requester, entitlement, minutes }: Card): ScriptedRequest | undefined =>
    requests.find(
      (each) =>
        each.by === requester &&
        each.entitlement === entitlement &&
        each.minutes === minutes &&
        ![...scripts.values()].includes(each),
    );
  function approve({ request, digest, entitlement }: Card, afterMs: number): void {
    for (const by of APPROVERS.slice(0, ENTITLEMENTS[entitlement]?.approvals ?? 1))
      plan(afterMs, () => slack.send({ kind: 'approve', by, request, digest }));
  }
  return {
    begin(system) {
      slack.begin(system);
      for (const { atMs, by, entitlement, minutes } of requests)
        plan(atMs, () => slack.send({ kind: 'request', by, entitlement, minutes }));
    },
    read(card, ledgerTime) {
      const { request, kind, requester } = card;
      const before = known.get(request);
      known.set(request, card);
      slack.read(card, ledgerTime, before);
      const script = scripts.get(request) ?? scriptOf(card);
      if (!script) return;
      scripts.set(request, script);
      if (!before && kind === 'pending') approve(card, script.approvedAfterMs);
      if (before?.kind !== 'granting' && kind === 'granting' && script.endedAfterMs !== undefined)
        plan(script.endedAfterMs, () => slack.send({ kind: 'end', by: requester, request, digest: '' }));
    },
  };
}
