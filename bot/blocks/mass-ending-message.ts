import type { PersonId } from '../../core/ids.ts';
import { isLocked, type MassEnding } from '../../core/mass-ending.ts';
import { elsewherePhrase } from '../../wording/elsewhere.ts';
import {
  elsewhereOf,
  type EndingProgress,
  latePhrase,
  lockStatePhrase,
  massEndingPhrase,
  progressPhrase,
} from '../../wording/mass-endings.ts';
import { code, list, person, type Phrase, phrase } from '../../wording/phrase.ts';
import type { NameOf } from '../rich-text.ts';
import { phraseMessage } from './phrase-message.ts';
import type { RenderedMessage } from './rendered-message.ts';

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
