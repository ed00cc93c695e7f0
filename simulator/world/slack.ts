import { newFormId } from '../../inbox/receive.ts';
import type { Action, Doing, System } from '../parts/system.ts';
import type { RequestDeed, Card, Deed, Facts } from './facts.ts';
import type { Random } from './random.ts';
import type { World } from './world.ts';

/** How people reach the bot. What they do and read is noted in the facts. */
export type Slack = Readonly<{
  begin(system: System): void;
  /** Sends one click, and at times the same one again: Slack redelivers, and people press twice. */
  send(doing: Doing): void;
  /** Somebody reads a card. `before` is the last one of the same request. */
  read(card: Card, ledgerTime: number, before: Card | undefined): void;
}>;

const BEFORE_END_MS = 5_000;

export function openSlack(world: World, facts: Facts, random: Random): Slack {
  let system: System | undefined;
  let sources = 0;

  const noted = (done: Doing & Readonly<{ at: number }>): { acknowledgedAt?: number } => {
    if (done.kind === 'request') return last<RequestDeed>(facts.asked, done);
    return last<Deed>(facts.deeds, done);
  };
  const deliver = async (action: Action, deed: { acknowledgedAt?: number }): Promise<void> => {
    const request = 'request' in action ? action.request : action.entitlement;
    world.log.say(`${action.by} clicks ${action.kind} ${request}`);
    const isDone = await system?.act(action).then(
      () => true,
      () => false,
    );
    if (isDone) deed.acknowledgedAt ??= world.time.now();
  };
  return {
    begin: (bot) => void (system = bot),
    send(doing) {
      const [source, form] = [`click-${(sources += 1)}`, newFormId()];
      const at = world.time.now();
      if (doing.kind === 'request') world.meet('request');
      if (doing.kind === 'approve') world.meet('approval');
      if (doing.kind === 'end') world.meet('ending');
      const deed = noted({ at, ...doing });
      const deliveries = random.chance(0.15) ? 3 : 1;
      for (let each = 0; each < deliveries; each += 1)
        world.time.plan(
          each * random.between(0, 3_000),
          () => void deliver({ ...doing, source, form }, deed),
        );
    },
    read(card, ledgerTime, before) {
      facts.told.push({ at: world.time.now(), ledgerTime, card });
      const end =
        card.endsAt === undefined ? '' : ` until ${((card.endsAt - facts.startedAt) / 1000).toFixed(1)}`;
      world.log.say(`people read: ${card.request} is ${card.kind}${end} ${card.ending ?? ''}`.trimEnd());
      if (card.endsAt !== undefined && card.endsAt !== before?.endsAt)
        world.time.plan(card.endsAt - ledgerTime - BEFORE_END_MS, () => world.meet('end'));
    },
  };
}

/** Adds it, and returns what was added. */
function last<T>(to: T[], added: T): T {
  to.push(added);
  return added;
}
