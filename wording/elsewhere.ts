import type { Elsewhere } from '../core/elsewhere.ts';
import { unreachable } from '../core/result.ts';
import { code, instant, person, type Phrase, phrase, quoted } from './phrase.ts';

/** What goes on at a provider after an ending, in one or two sentences. */
export function elsewherePhrase(each: Elsewhere): Phrase {
  switch (each.kind) {
    case 'session': {
      const length =
        each.until === null ? phrase`for as long as it stays open` : instant(each.until, 'until ');
      return phrase`A session at ${code(each.provider)} that was open at the end can continue ${length}.`;
    }
    case 'cut-off': {
      const { provider, seen, toUndo } = each;
      const undo =
        toUndo.length === 0 ? [] : phrase` To undo by hand at ${code(provider)}: ${quoted(toUndo.join(' '))}`;
      return phrase`Cut off at once at ${code(provider)}: ${quoted(seen)}.${undo}`;
    }
    case 'denied':
      return phrase`${code(each.provider)} may still refuse this access, because all access of this person was cut off. Undo this there by hand: ${quoted(each.toUndo.join(' '))}`;
    case 'standing':
      return phrase`Access of ${person(each.person)} that Curfew did not grant was not changed. ${code(`curfew audit held ${each.person}`)} shows it.`;
    default:
      return unreachable(each);
  }
}
