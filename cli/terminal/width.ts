// What a terminal draws in two cells: East Asian wide characters (Unicode UAX 11), in whole blocks, and emoji.
const WIDE =
  /[\u1100-\u115f\u2329\u232a\u2630-\u268f\u2e80-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{1b2ff}\u{1d300}-\u{1d37f}\u{1f000}-\u{1faff}\u{20000}-\u{3ffff}\p{Extended_Pictographic}\p{Emoji_Presentation}]/u;

// What is drawn together with the character before it, such as an accent, and the joiner of an emoji.
const MARK = /[\p{Mn}\u200d]/u;

/**
 * How many cells of a terminal the text fills, at most. Terminals differ in how they draw a joined emoji: here each of its parts
 * counts.
 */
export const widthOf = (text: string): number =>
  [...text].reduce((sum, character) => sum + cellsOf(character), 0);

function cellsOf(character: string): number {
  if (MARK.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}
