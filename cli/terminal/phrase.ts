import type { PersonId } from '../../core/ids.ts';
import { oneLine } from '../../core/text.ts';
import type { Phrase } from '../../wording/phrase.ts';
import { utcMinute } from '../../wording/text.ts';

/** A phrase as one line for a terminal: UTC times, quotes around what can be typed, and ids of people by default. */
export const terminalText = (phrase: Phrase, nameOf: (person: PersonId) => string = String): string =>
  phrase
    .map((part) => {
      if (typeof part === 'string') return part;
      switch (part.kind) {
        case 'person':
          return oneLine(nameOf(part.person));
        case 'instant':
          return `${part.before}${utcMinute(part.at)}`;
        case 'code':
          return `"${oneLine(part.text).replaceAll('"', '\\"')}"`;
        case 'quoted':
          return oneLine(part.text);
        case 'emphasis':
          return terminalText(part.phrase, nameOf);
      }
    })
    .join('');
