import { createHash } from 'node:crypto';
import type { MassEndingId, PersonId } from '../../core/ids.ts';
import { isOwn } from '../../core/mass-ending.ts';
import { readLeavers } from '../../requests/leavers.ts';
import { personNames } from '../../requests/view.ts';
import { isDone } from '../../wording/mass-endings.ts';
import { heldLeaversMessage, massEndingMessage } from '../cards/notices.ts';
import type { BotDeps } from '../deps.ts';
import type { Messenger } from './messenger.ts';
import type { MessageKind, OutboxTools } from './message-kind.ts';
import { firstPlace, ownerOf } from './places.ts';

/**
 * How far each mass ending is: one message to the person who began it and one in the channel, edited in place until all of it is
 * over.
 */
export function massEndings({ deps, messengerOf }: OutboxTools): MessageKind {
  const messenger = messengerOf();
  const shown = new Map<MassEndingId, string>();
  const over = new Set<MassEndingId>();
  return {
    wakes: 2_000,
    late: 'a mass ending is not shown yet',
    take: async () =>
      (await deps.ledger.recentMassEndings([...over])).map(({ id }) => ({
        id,
        async send() {
          if (await showMassEnding(deps, messenger, { id, shown })) over.add(id);
        },
      })),
  };
}

type Showing = Readonly<{ id: MassEndingId; shown: Map<MassEndingId, string> }>;

/** Posts or edits the two messages of a mass ending. True when all of it is over, also its lock, and shown. */
export async function showMassEnding(
  deps: Pick<BotDeps, 'ledger' | 'policy' | 'channel'>,
  messenger: Pick<Messenger, 'showInChannel' | 'showToPerson'>,
  { id, shown }: Showing,
): Promise<boolean> {
  const [massEnding, progress, set] = await Promise.all([
    deps.ledger.readMassEnding(id),
    deps.ledger.massEndingProgress(id),
    deps.policy.lastKnown(),
  ]);
  if (!massEnding) return true;
  const nameOf = personNames(set);
  const message = massEndingMessage({ massEnding, progress }, nameOf);
  const text = JSON.stringify(message.blocks);
  if (shown.get(id) !== text) {
    const request = ownerOf(id);
    // Who ends only what is their own needs no audience.
    if (!isOwn(massEnding.scope, massEnding.by))
      await messenger.showInChannel({ request, channel: deps.channel, message });
    const user = slackOf(set, massEnding.by);
    await messenger.showToPerson({ request, person: massEnding.by, user, message, mayPost: true });
    shown.set(id, text);
  }
  const { lock } = massEnding;
  return isDone(progress) && (lock === undefined || lock.liftedBy.length >= lock.needs);
}

/**
 * Tells each security person once about the same people: so many seem to have left at once that nothing of theirs is ended (F29).
 */
export const leavers = ({ deps, messengerOf }: OutboxTools): MessageKind => ({
  wakes: 60_000,
  late: 'the security people are told later who seems to have left',
  async take() {
    const found = await readLeavers(deps);
    if (!found.areHeld) return [];
    const people = found.people.map(({ requester }) => requester);
    const id = leaversId([...people, ...found.accounts]);
    return [
      {
        id,
        async send() {
          const set = await deps.policy.lastKnown();
          const message = heldLeaversMessage({ ...found, people }, personNames(set));
          for (const person of await deps.policy.securityPeople()) {
            const user = slackOf(set, person);
            if (user !== undefined)
              await messengerOf().postToPerson({
                request: ownerOf(id),
                place: firstPlace(person),
                user,
                message,
              });
          }
        },
      },
    ];
  },
});

/** Names these people, so that the same ones are told of once. */
const leaversId = (people: readonly string[]): `leavers_${string}` =>
  `leavers_${createHash('sha256').update(people.join()).digest('hex').slice(0, 26)}`;

type Set = Awaited<ReturnType<BotDeps['policy']['lastKnown']>>;
const slackOf = (set: Set, person: PersonId): string | undefined =>
  set?.directory.people.get(person)?.accounts['slack']?.[0];
