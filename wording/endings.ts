import { FAULTS, isFaultCode } from '../core/faults.ts';
import type { Ending, ExtensionEnding } from '../core/request/events.ts';
import { skipNewer } from '../core/result.ts';
import { code, instant, type Phrase, person, phrase, quoted } from './phrase.ts';
import { scopePhrase } from './scopes.ts';

/** Why a request ended, as the second half of a sentence. */
export function endingPhrase(ending: Ending): Phrase {
  switch (ending.kind) {
    case 'denied':
      return phrase`denied by ${person(ending.by)}`;
    case 'withdrawn':
      return phrase`withdrawn by ${person(ending.by)}`;
    case 'lapsed':
      return phrase`lapsed, because nobody approved or denied it in time`;
    case 'voided':
      return phrase`void, because ${quoted(ending.why)}`;
    case 'grant-failed':
      return phrase`the access could not be granted${faultPhrase(ending)}`;
    case 'ended':
      return phrase`ended by ${person(ending.by)}`;
    case 'mass-ended':
      return phrase`${person(ending.by)} ended ${scopePhrase(ending.scope)}: ${quoted(ending.why)}`;
    case 'objected':
      return phrase`${person(ending.by)} objected to it in a review: ${quoted(ending.why)}`;
    case 'expired':
      return phrase`expired`;
    default:
      skipNewer(ending);
      return phrase`ended in a way that a newer version of Curfew recorded`;
  }
}

/** Why an extension is over, as the second half of a sentence. */
export function extensionEndingPhrase(ending: ExtensionEnding): Phrase {
  switch (ending.kind) {
    case 'denied':
      return phrase`denied by ${person(ending.by)}`;
    case 'withdrawn':
      return phrase`withdrawn by ${person(ending.by)}`;
    case 'lapsed':
      return phrase`nobody approved or denied the extension in time`;
    case 'failed':
      return phrase`the end could not be moved${faultPhrase(ending)}`;
    default:
      skipNewer(ending);
      return phrase`the extension ended in a way that a newer version of Curfew recorded`;
  }
}

function faultPhrase({
  fault,
  why,
}: Pick<Extract<Ending, { kind: 'grant-failed' }>, 'fault' | 'why'>): Phrase {
  if (!isFaultCode(fault)) return [];
  const text = [FAULTS[fault].text.replace(/\.$/, '')];
  return why === undefined ? phrase` (${text})` : phrase` (${text}: ${code(why)})`;
}

/** Why and when a request ended, as a whole sentence. */
export function endingSentence(ending: Ending, at: number): Phrase {
  switch (ending.kind) {
    case 'denied':
      return phrase`Denied by ${person(ending.by)}${instant(at, ', ')}.`;
    case 'withdrawn':
      return phrase`Withdrawn by ${person(ending.by)}${instant(at, ', ')}.`;
    case 'lapsed':
      return phrase`${instant(at, 'Lapsed ')}: nobody approved or denied the request in time.`;
    case 'voided':
    case 'mass-ended':
    case 'objected':
    case 'grant-failed':
      return phrase`${instant(at, 'Closed ')}: ${endingPhrase(ending)}.`;
    case 'ended':
      return phrase`Ended by ${person(ending.by)}${instant(at, ', ')}.`;
    case 'expired':
      return phrase`${instant(at, 'Expired ')}.`;
    default:
      skipNewer(ending);
      return phrase`${instant(at, 'Closed ')}: ${endingPhrase(ending)}.`;
  }
}
