import { type KeyObject, sign } from 'node:crypto';
import { no, ok, type Result } from '../../core/result.ts';
import {
  MOST_LINES,
  parseNote,
  parseSignatureLine,
  parseSignatureLines,
  type SignatureLine,
  signatureLine,
} from './note.ts';
import { verifierKey, type VerifierKey, verifyEd25519 } from './vkey.ts';

/**
 * What a witness states with a cosignature/v1 (https://c2sp.org/tlog-cosignature): at `at`, this was the largest checkpoint of
 * the log that it saw, and it was consistent with all before. `at` is in seconds since 1970. `line` is the signature line with its newline.
 */
export type Cosignature = Readonly<{ key: VerifierKey; at: number; line: string }>;

const TIME_BYTES = 8;
const COSIGNATURE_BYTES = TIME_BYTES + 64;

/** The bytes that a witness signs: two lines, and the text of the checkpoint. */
const cosignedBytes = (text: string, at: bigint): Buffer =>
  Buffer.from(`cosignature/v1\ntime ${at}\n${text}`);

/** Whether these bytes of a signature line are a cosignature of this key over the text of a checkpoint. */
export function isCosignature(text: string, bytes: Buffer, publicKey: KeyObject): boolean {
  if (!hasTime(bytes)) return false;
  return verifyEd25519(cosignedBytes(text, bytes.readBigUInt64BE()), publicKey, bytes.subarray(TIME_BYTES));
}

/** Whether these bytes of a signature line have the length of a cosignature, and a time. */
function hasTime(bytes: Buffer): boolean {
  if (bytes.length !== COSIGNATURE_BYTES) return false;
  const at = bytes.readBigUInt64BE();
  return at > 0n && at <= MOST_SECONDS;
}

/** The last time that a `Date` can hold. C2SP allows later ones. */
const MOST_SECONDS = 8_640_000_000_000n;

/** The line of a cosignature at a time, in seconds since 1970. A witness makes it. */
export function cosign(
  text: string,
  witness: Readonly<{ name: string; privateKey: KeyObject }>,
  at: number,
): string {
  const { id } = verifierKey(witness.name, witness.privateKey, 'cosignature');
  const time = Buffer.alloc(TIME_BYTES);
  time.writeBigUInt64BE(BigInt(at));
  const signature = sign(null, cosignedBytes(text, BigInt(at)), witness.privateKey);
  return signatureLine({ name: witness.name, id, bytes: Buffer.concat([time, signature]) });
}

/**
 * Verifies what a witness answered: signature lines over this checkpoint. Lines of other keys are skipped, and so is each line of
 * a key after its first one. The error says why there is no cosignature of these keys, or that a line of one of them is wrong.
 */
export function openCosignatures(
  text: string,
  lines: string,
  keys: readonly VerifierKey[],
): Result<readonly Cosignature[], string> {
  const parsed = parseSignatureLines(lines);
  if (!parsed.ok) return parsed;
  const ours = parsed.value.flatMap((line) => {
    const key = keys.find(
      ({ name, id, type }) => type === 'cosignature' && name === line.name && id === line.id,
    );
    return key ? [{ key, line }] : [];
  });
  if (ours.length === 0) return no('no key that is trusted cosigned it');
  const wrong = ours.find(({ key, line }) => !isCosignature(text, line.bytes, key.publicKey));
  if (wrong) return no(`the cosignature by ${wrong.line.name} (key ${wrong.line.id}) is wrong`);
  const firsts = ours.filter(({ key }, at) => ours.findIndex((each) => each.key === key) === at);
  return ok(firsts.map(({ key, line }) => ({ key, at: timeOf(line), line: signatureLine(line) })));
}

const timeOf = ({ bytes }: SignatureLine): number => Number(bytes.readBigUInt64BE());

/**
 * A note with cosignatures below it: for each key the first of these lines that is one. `lines` may have their newlines. A witness can cosign a
 * checkpoint many times, and `parseNote` reads no note with more than MOST_LINES lines, so a line without room is left out.
 */
export function withCosigned(note: string, lines: readonly string[]): string {
  const parsed = parseNote(note);
  if (!parsed.ok) return note; // Who verifies it says what is wrong.
  const keys = new Set(parsed.value.lines.map(keyOf));
  const room = MOST_LINES - parsed.value.lines.length;
  const added: string[] = [];
  for (const each of lines) {
    const line = parseSignatureLine(each.replace(/\n$/, ''));
    if (added.length >= room) break;
    if (!line || !hasTime(line.bytes) || keys.has(keyOf(line))) continue;
    keys.add(keyOf(line));
    added.push(signatureLine(line));
  }
  return note + added.join('');
}

/** The key that a line names. A name has no plus. */
const keyOf = ({ name, id }: SignatureLine): string => `${name}+${id}`;
