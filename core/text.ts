// Characters that a reader does not see, or that act on what shows the text: controls, such as the start of a command to
// a terminal; changes of direction; joiners, fillers and other characters that are not drawn; a Braille cell without dots.
const HIDDEN = /[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}\u2800]/gu;

// These two are part of an emoji only beside one: a selector after it, or before the frame of a keycap, and a joiner
// between two.
const STRAY_SELECTOR = /(?<!\p{Extended_Pictographic})[\ufe0e\ufe0f](?!\u20e3)/gu;
const STRAY_JOINER =
  /(?<![\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0e\ufe0f])\u200d|\u200d(?!\p{Extended_Pictographic})/gu;

const BOX = '\u25af';
const OF_EMOJI = ['\u200d', '\ufe0e', '\ufe0f'];
const OF_LINES = ['\n', '\t'];

/** The text with each hidden character replaced. */
const replaceHidden = (text: string, replace: (hidden: string) => string): string =>
  text.replaceAll(HIDDEN, replace);

/** True when a reader sees nothing: white space and hidden characters only (T48). */
export const isBlank = (text: string): boolean => replaceHidden(text, () => '').trim() === '';

/**
 * JSON in which every hidden character is escaped, because a terminal may obey one, such as U+009B (T48). A program reads the
 * same value. `JSON.stringify` escapes only some of them, and it writes line ends between the fields.
 */
export const escapeHidden = (json: string): string =>
  replaceHidden(json, (hidden) => (hidden === '\n' ? hidden : unitsOf(hidden)));

/** A character as JSON escapes it: one `\u` and four hex digits for each of its UTF-16 code units. */
const unitsOf = (character: string): string =>
  character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');

/**
 * Text from elsewhere, with a box for each hidden character (T18). It can have several lines, so it is only for an
 * element that shows them all as a quotation.
 */
export const visible = (text: string): string => boxed(text, [...OF_EMOJI, ...OF_LINES]);

/** Text from elsewhere in one line, with a box for each hidden character, so that no line of ours can be forged (T48). */
export const oneLine = (text: string): string => boxed(text, OF_EMOJI);

const boxed = (text: string, kept: readonly string[]): string =>
  replaceHidden(text.toWellFormed().replaceAll(STRAY_SELECTOR, BOX).replaceAll(STRAY_JOINER, BOX), (hidden) =>
    kept.includes(hidden) ? hidden : BOX,
  );
