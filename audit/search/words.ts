/** One of the values of a word, as it was written, without its quotes. */
export type WordValue = Readonly<{ text: string; at: number }>;

/** A word of a search: `key:value`, `key:value,value`, or a value alone. `at` and `end` are places in the text. */
export type Word = Readonly<{
  text: string;
  at: number;
  end: number;
  key: string | undefined;
  values: readonly WordValue[];
  /** False when a quote was opened and not closed. */
  isClosed: boolean;
}>;

const KEY = /^([A-Za-z][A-Za-z-]*):/;
const SPACE = /\s/u;

/** The words of a search. Spaces separate them, commas separate values. Neither does in double quotes, where `\` stands before a quote or a `\`. */
export function wordsIn(text: string): readonly Word[] {
  const words: Word[] = [];
  for (let at = 0; at < text.length;) {
    if (SPACE.test(text.charAt(at))) {
      at += 1;
      continue;
    }
    const word = wordAt(text, at);
    words.push(word);
    at = word.end;
  }
  return words;
}

function wordAt(text: string, at: number): Word {
  const key = KEY.exec(text.slice(at))?.[1];
  const values: WordValue[] = [];
  let place = at + (key === undefined ? 0 : key.length + 1);
  let value = { text: '', at: place };
  let isQuoted = false;
  for (; place < text.length; place += 1) {
    const letter = text.charAt(place);
    if (isQuoted && letter === '\\' && place + 1 < text.length) {
      place += 1;
      value.text += text.charAt(place);
    } else if (letter === '"') isQuoted = !isQuoted;
    else if (!isQuoted && SPACE.test(letter)) break;
    else if (!isQuoted && letter === ',') {
      values.push(value);
      value = { text: '', at: place + 1 };
    } else value.text += letter;
  }
  values.push(value);
  return {
    ...{ text: text.slice(at, place), at, end: place, isClosed: !isQuoted },
    key: key?.toLowerCase(),
    values,
  };
}

const PLAIN = /^[^\s",\\]+$/u;

/** A value as a search has it: in quotes where it needs them. */
export const quoted = (value: string): string =>
  PLAIN.test(value) ? value : `"${value.replaceAll(/["\\]/g, (letter) => `\\${letter}`)}"`;
