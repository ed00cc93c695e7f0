// A zero-width joiner is part of an emoji only when it is between two emoji.
const STRAY_JOINER =
  /(?<![\p{Extended_Pictographic}\p{Emoji_Modifier}\p{Variation_Selector}])\u200d|\u200d(?!\p{Extended_Pictographic})/gu;

// Bidirectional controls, zero-width characters, line separators and other invisible controls.
const INVISIBLE =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e007f}]/gu;

/** Makes text of people safe to show: a box replaces what hides or reorders text. Line ends and emoji stay (T18). */
export const inert = (text: string): string =>
  text.toWellFormed().replaceAll(STRAY_JOINER, '\u25af').replaceAll(INVISIBLE, '\u25af');

/** At most `most` code points. The last one is an ellipsis when something was cut off. */
export function capped(text: string, most: number): string {
  const points = [...text];
  return points.length <= most ? text : `${points.slice(0, most - 1).join('')}…`;
}

/** The first letter in upper case, for a sentence that begins with text of the catalogue or of a provider. */
export const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** A time in UTC, to the minute. */
export const utcMinute = (at: number): string =>
  `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
