import { widthOf } from './width.ts';

/** The most cells that one character fills. A line has room for them also on the narrowest terminal. */
const WIDEST = 2;

/**
 * The text in lines that fill at most `width` cells of a terminal, each after the indentation. It is broken at white space of
 * every kind, and a longer word is cut. A terminal continues a longer line at its left edge, where lines of ours begin (T48).
 */
export function wrapped(text: string, indent: string, width: number): readonly string[] {
  const room = Math.max(WIDEST, width - widthOf(indent));
  const words = text.trim().split(/\s+/);
  const lines: string[] = [];
  let line = '';
  for (const part of words.flatMap((word) => pieces(word, room))) {
    const longer = line === '' ? part : `${line} ${part}`;
    if (widthOf(longer) > room) {
      lines.push(line);
      line = part;
    } else line = longer;
  }
  return [...lines, line].map((each) => indent + each);
}

/** The same, with `first` in place of the indentation of the first line. It is no wider. */
export const hanging = (text: string, first: string, indent: string, width: number): readonly string[] =>
  wrapped(text, indent, width).map((line, index) => (index === 0 ? first + line.trimStart() : line));

/** A line of ours in lines that fill at most `width` cells. What does not fit is indented more than any line of ours. */
export const fitted = (line: string, width: number): readonly string[] =>
  hanging(line, /^ {0,4}/.exec(line)?.[0] ?? '', '      ', width);

/** The word in pieces that fill at most `room` cells. */
function pieces(word: string, room: number): readonly string[] {
  const cut: string[] = [];
  let piece = '';
  for (const character of word) {
    if (widthOf(piece + character) > room) {
      cut.push(piece);
      piece = '';
    }
    piece += character;
  }
  return [...cut, piece];
}
