import { type KeyObject, sign as signBytes, verify } from 'node:crypto';
import canonicalize from 'canonicalize';
import { no, type Result } from '../core/result.ts';
import { type ManifestEntry, parseEntry } from './entry.ts';

// The package's types describe the default export of an ES module. Node gives the CommonJS function itself.
const canonical = canonicalize as unknown as (value: unknown) => string | undefined;

/** The signed bytes begin with this line, so that no signature for another purpose counts here. */
const PURPOSE = 'curfew manifest entry, version 1\n';

const signedBytes = (entry: unknown): Buffer => Buffer.from(PURPOSE + (canonical(entry) ?? ''), 'utf8');

/**
 * The text of an entry's object: the entry and its Ed25519 signature over the canonical JSON (RFC 8785). Throws for what
 * is no entry, and for one with half of a surrogate pair, because RFC 8785 allows none.
 */
export function sign(entry: ManifestEntry, privateKey: KeyObject): string {
  const parsed = parseEntry(entry);
  if (!parsed.ok) throw new Error(parsed.error);
  if (HALF_PAIR.test(canonical(entry) ?? '')) throw new Error('the entry holds text that is not Unicode');
  const signature = signBytes(null, signedBytes(entry), privateKey).toString('base64');
  return `${canonical({ entry, signature }) ?? ''}\n`;
}

/** Half of a surrogate pair, as JSON.stringify escapes it, which canonicalize uses for texts. */
const HALF_PAIR = /(?<!\\)(\\\\)*\\ud[89a-f]/i;

/** Reads the text of an object. The error says why it is not an entry that one of these keys signed. Whatever the text is, it does not throw. */
export function open(text: string, publicKeys: readonly KeyObject[]): Result<ManifestEntry, string> {
  const object = parseObject(text);
  if (!object) return no('it is not a signed object');
  const { entry, bytes, signature } = object;
  if (!publicKeys.some((key) => verify(null, bytes, key, signature)))
    return no('no key that is configured signed it, or it was changed after that');
  return parseEntry(entry);
}

type SignedObject = Readonly<{ entry: unknown; bytes: Buffer; signature: Buffer }>;

/** Whoever wrote the text may be hostile: a number that is infinite, or a thousand brackets, has no canonical JSON. */
function parseObject(text: string): SignedObject | undefined {
  try {
    const { entry, signature } = Object(JSON.parse(text)) as { entry?: unknown; signature?: unknown };
    if (entry === undefined || typeof signature !== 'string') return undefined;
    return { entry, bytes: signedBytes(entry), signature: Buffer.from(signature, 'base64') };
  } catch {
    return undefined;
  }
}
