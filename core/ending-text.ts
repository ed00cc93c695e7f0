import { LIMITS } from './limits.ts';
import { isBlank } from './text.ts';

/** All that decides whether a text is accepted, for each kind of ending that needs one. They cut it or refuse it at the same length. */
type EndingText = Readonly<{ isBlank: boolean; beginsBlank: boolean; isLong: boolean }>;

function endingTextOf(text: string): EndingText {
  const letters = [...text.trim()];
  return {
    isBlank: isBlank(text),
    beginsBlank: isBlank(letters.slice(0, LIMITS.reasonLength).join('')),
    isLong: letters.length > LIMITS.reasonLength,
  };
}

/** True when whatever accepts one of the texts accepts the other one too. */
export const areAcceptedAlike = (one: string, other: string): boolean =>
  JSON.stringify(endingTextOf(one)) === JSON.stringify(endingTextOf(other));

/** True when an ending with this text is refused too, after one was refused with this code. */
export function isRefusedAlike(code: string | null, text: string): boolean {
  if (code?.endsWith('reason-missing')) return endingTextOf(text).beginsBlank;
  return code === 'reason-too-long' ? endingTextOf(text).isLong : true;
}
