import { no, ok, type Result } from '../../core/result.ts';
import { parseBase64 } from './base64.ts';
import { isKeyName } from './vkey.ts';

/** A line `— <name> <base64>` below the text of a note. `bytes` comes after the four bytes of the key's id. */
export type SignatureLine = Readonly<{ name: string; id: string; bytes: Buffer }>;

/** A note as it is written. No signature is verified. `text` ends with a newline. */
export type Note = Readonly<{ text: string; lines: readonly SignatureLine[] }>;

// A note with more is refused, so that a hostile place costs nothing. C2SP demands that 16 signatures are read.
const MOST_CHARACTERS = 1_000_000;
/** The most signature lines that a note may have. */
export const MOST_LINES = 100;
const ID_BYTES = 4;

/** A note has no control character but the newline. */
const CONTROL = /[\u0000-\u0009\u000b-\u001f]/;

/** Reads a signed note (https://c2sp.org/signed-note): a text, an empty line, and signature lines. Whatever it is, it does not throw. */
export function parseNote(note: string): Result<Note, string> {
  if (note.length > MOST_CHARACTERS) return no('it is too long');
  if (!note.isWellFormed() || CONTROL.test(note)) return no('it has a character that no note has');
  const end = note.lastIndexOf('\n\n');
  if (end < 0) return no('it has no empty line before its signatures');
  const lines = parseSignatureLines(note.slice(end + 2));
  return lines.ok ? ok({ text: note.slice(0, end + 1), lines: lines.value }) : lines;
}

/** Reads one or more signature lines, each with its newline. */
export function parseSignatureLines(text: string): Result<readonly SignatureLine[], string> {
  const lines = text.split('\n');
  if (lines.pop() !== '' || lines.length === 0)
    return no('it has no signature line that ends with a newline');
  if (lines.length > MOST_LINES) return no(`it has more than ${MOST_LINES} signature lines`);
  const parsed = lines.map(parseSignatureLine);
  const good = parsed.filter((line) => line !== undefined);
  return good.length === parsed.length ? ok(good) : no('a line below its text is no signature line');
}

const MARK = '\u2014 ';

/** Reads one signature line without its newline. Undefined when it is none. */
export function parseSignatureLine(line: string): SignatureLine | undefined {
  if (!line.startsWith(MARK)) return undefined;
  const [name = '', base64 = '', ...rest] = line.slice(MARK.length).split(' ');
  const bytes = parseBase64(base64);
  if (rest.length > 0 || !isKeyName(name) || !bytes || bytes.length <= ID_BYTES) return undefined;
  return { name, id: bytes.toString('hex', 0, ID_BYTES), bytes: bytes.subarray(ID_BYTES) };
}

/** A signature line as text, with its newline. */
export const signatureLine = ({ name, id, bytes }: SignatureLine): string =>
  `${MARK}${name} ${Buffer.concat([Buffer.from(id, 'hex'), bytes]).toString('base64')}\n`;
