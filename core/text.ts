// Characters that a reader does not see, or that act on what shows the text: controls, such as the start of a command to
// a terminal; changes of direction; joiners, fillers and other characters that are not drawn; a Braille cell without dots.
const HIDDEN = /[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}\u2800]/gu;

/** The text with each hidden character replaced. */
export const replaceHidden = (text: string, replace: (hidden: string) => string): string =>
  text.replaceAll(HIDDEN, replace);

/** True when a reader sees nothing: white space and hidden characters only (T48). */
export const isBlank = (text: string): boolean => replaceHidden(text, () => '').trim() === '';
