import { no, ok, type Result } from '../../core/result.ts';
import { type Checkpoint, parseCheckpoint } from './checkpoint.ts';
import { isCosignature } from './cosignature.ts';
import { parseNote, type SignatureLine } from './note.ts';
import { type VerifierKey, verifyEd25519 } from './vkey.ts';

/** The text of a note, the keys that signed it (each of them verified), and the lines of keys that we do not know. */
export type OpenedNote = Readonly<{
  text: string;
  signedBy: readonly VerifierKey[];
  unknown: readonly SignatureLine[];
}>;

/**
 * Verifies a signed note. It counts when at least one of these keys signed it. Lines of other keys are kept apart. A line of one
 * of these keys that does not verify spoils the whole note, as https://c2sp.org/signed-note says. Whatever the note is, it does not throw.
 */
export function openNote(note: string, keys: readonly VerifierKey[]): Result<OpenedNote, string> {
  const parsed = parseNote(note);
  if (!parsed.ok) return no(`it is not a signed note: ${parsed.error}`);
  const { text, lines } = parsed.value;
  const signedBy = new Set<VerifierKey>();
  const unknown: SignatureLine[] = [];
  for (const line of lines) {
    const known = keys.filter(({ name, id }) => name === line.name && id === line.id);
    if (known.length === 0) unknown.push(line);
    else {
      const key = known.find((each) => isSignatureOf(each, text, line.bytes));
      if (!key) return no(`its signature by ${line.name} (key ${line.id}) is wrong`);
      signedBy.add(key);
    }
  }
  if (signedBy.size === 0) return no('no key that is trusted signed it');
  return ok({ text, signedBy: [...signedBy], unknown });
}

const isSignatureOf = ({ type, publicKey }: VerifierKey, text: string, bytes: Buffer): boolean =>
  type === 'cosignature'
    ? isCosignature(text, bytes, publicKey)
    : verifyEd25519(Buffer.from(text), publicKey, bytes);

/** Verifies the note of a checkpoint with the keys of the log. All of them have the name of the log, which is its origin. */
export function openCheckpoint(note: string, keys: readonly VerifierKey[]): Result<Checkpoint, string> {
  const opened = openNote(note, keys);
  if (!opened.ok) return opened;
  const checkpoint = parseCheckpoint(opened.value.text);
  if (!checkpoint.ok) return checkpoint;
  const { origin } = checkpoint.value;
  if (opened.value.signedBy.some(({ name, type }) => name === origin && type === 'ed25519'))
    return checkpoint;
  return no(`it is a checkpoint of another log, ${origin}`);
}
