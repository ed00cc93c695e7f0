import { createHash } from 'node:crypto';
import type { WebClient } from '@slack/web-api';
import { messageOf } from '../../core/faults.ts';
import type { MassEndingId, PersonId, RequestId } from '../../core/ids.ts';
import { isOwn, isLocked, type MassEnding } from '../../core/mass-ending.ts';
import { readLeavers } from '../../requests/leavers.ts';
import { personNames } from '../../requests/view.ts';
import {
  isDone,
  elsewhereOf,
  type EndingProgress,
  latePhrase,
  lockStatePhrase,
  massEndingPhrase,
  progressPhrase,
} from '../../wording/mass-endings.ts';
import type { BotDeps } from '../deps.ts';
import { lookAgain } from './look-again.ts';
import type { Messenger } from './messenger.ts';
import { messengerFor } from './messenger-for.ts';
import { type Pace, UNPACED } from './pace.ts';
import { firstPlace } from './places.ts';
import { elsewherePhrase } from '../../wording/elsewhere.ts';
import { code, list, person, type Phrase, phrase } from '../../wording/phrase.ts';
import type { NameOf } from '../cards/rich-text.ts';
import { phraseMessage, type RenderedMessage } from '../cards/rendered-message.ts';

const LOOK_MS = 2_000;
const LOOK_FOR_LEAVERS_MS = 60_000;

/**
 * Shows how far each mass ending is: one message to the person who began it and one in the channel, edited in place until all of it is over. It also
 * tells the security people when so many people seem to have left at once that nothing of theirs is ended (F29).
 */
export function startMassEndingMessages(
  deps: BotDeps,
  client: WebClient,
  pace: Pace = UNPACED,
): Readonly<{ stop(): Promise<void> }> {
  const messenger = messengerFor(deps, client, pace)();
  const shown = new Map<MassEndingId, string>();
  const over = new Set<MassEndingId>();
  let lookForLeaversAt = 0;

  async function look(): Promise<void> {
    for (const { id } of await deps.ledger.recentMassEndings([...over]))
      if (await showMassEnding(deps, messenger, { id, shown })) over.add(id);
    if (performance.now() < lookForLeaversAt) return;
    lookForLeaversAt = performance.now() + LOOK_FOR_LEAVERS_MS;
    await tellOfLeavers(deps, messenger);
  }

  return lookAgain(look, {
    everyMs: LOOK_MS,
    onError: (error) => deps.warn(`a mass ending is not shown yet: ${messageOf(error)}`),
  });
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
    // The messages of a mass ending are remembered like those of a request, under its own id.
    const request = id as string as RequestId;
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

/** Tells each security person once about the same people. */
async function tellOfLeavers(deps: BotDeps, messenger: Pick<Messenger, 'postToPerson'>): Promise<void> {
  const leavers = await readLeavers(deps);
  if (!leavers.areHeld) return;
  const set = await deps.policy.lastKnown();
  const people = leavers.people.map(({ requester }) => requester);
  const request = `leavers_${createHash('sha256')
    .update([...people, ...leavers.accounts].join())
    .digest('hex')
    .slice(0, 26)}` as RequestId;
  const message = heldLeaversMessage({ ...leavers, people }, personNames(set));
  for (const person of await deps.policy.securityPeople()) {
    const user = slackOf(set, person);
    if (user !== undefined)
      await messenger.postToPerson({ request, place: firstPlace(person), user, message });
  }
}

type Set = Awaited<ReturnType<BotDeps['policy']['lastKnown']>>;
const slackOf = (set: Set, person: PersonId): string | undefined =>
  set?.directory.people.get(person)?.accounts['slack']?.[0];

/** How many late accesses are named. */
const LATE_SHOWN = 5;

type Shown = Readonly<{ massEnding: MassEnding; progress: EndingProgress }>;

/** Who ended what and why, how far it is, what is late and why, and whether a lock holds. */
export function massEndingMessage({ massEnding, progress }: Shown, nameOf: NameOf): RenderedMessage {
  const { lock } = massEnding;
  const lines: Phrase[] = [
    massEndingPhrase(massEnding),
    progressPhrase(progress),
    ...elsewhereOf(progress).map(elsewherePhrase),
    ...progress.late.slice(0, LATE_SHOWN).map((each) => phrase`Late: ${latePhrase(each)}`),
    ...(isLocked(massEnding)
      ? [
          phrase`Nothing of it is granted until the lock is lifted (${code('curfew locks')}). ${lockStatePhrase(massEnding)}`,
        ]
      : lock
        ? [phrase`The lock is lifted, so it can be granted again. ${lockStatePhrase(massEnding)}`]
        : []),
  ];
  return phraseMessage(lines, nameOf);
}

/** So many people seem to have left at once that a person must confirm it. */
export const heldLeaversMessage = (
  {
    people,
    accounts,
    of,
  }: Readonly<{ people: readonly PersonId[]; accounts: readonly string[]; of: number }>,
  nameOf: NameOf,
): RenderedMessage =>
  phraseMessage(
    [
      phrase`${[`${people.length + accounts.length} of ${of}`]} people who have or wait for access are not active in ${code('people.yaml')}: ${list([...people.map((each) => person(each)), ...accounts.map((each) => code(each))])}.`,
      phrase`So many at once are more likely a broken file than people who left, so nothing of theirs is ended. Mend the file. If they really left, confirm it with ${code('/access end leavers')} or ${code('curfew end --leavers')}.`,
    ],
    nameOf,
  );
