import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { LogRow } from '../ledger/index.ts';

// The package's types describe the default export of an ES module. Node gives the CommonJS function itself.
const canonical = canonicalize as unknown as (value: unknown) => string | undefined;

/** An entry of the log: its bytes, and the body in full when it is too long to be in them. */
export type LogEntry = Readonly<{ bytes: Buffer; longBody?: Readonly<{ sha256: string; text: string }> }>;

/** An entry bundle of C2SP tlog-tiles gives the length of an entry in 16 bits. */
export const LONGEST_ENTRY_BYTES = 60_000;

/**
 * The entry of a row: canonical JSON (RFC 8785). In place of a body that is too long, or that has no canonical JSON such as one with
 * an infinite number, it has the SHA-256 of the body's text.
 */
export function entryOf({ type, id, at, body, step, via }: LogRow): LogEntry {
  const fields = { at, id, type, ...(step === null ? {} : { step }), ...(via === null ? {} : { via }) };
  const text = canonicalText(body);
  const bytes = text === undefined ? undefined : bytesOf({ ...fields, body });
  if (bytes && bytes.length <= LONGEST_ENTRY_BYTES) return { bytes };
  const whole = text ?? canonical(JSON.parse(JSON.stringify(body))) ?? 'null'; // JSON has null for such a number.
  const sha256 = createHash('sha256').update(whole).digest('hex');
  return { bytes: bytesOf({ ...fields, body: { sha256 } }), longBody: { sha256, text: whole } };
}

const bytesOf = (value: unknown): Buffer => Buffer.from(canonical(value) ?? '', 'utf8');

function canonicalText(value: unknown): string | undefined {
  try {
    return canonical(value);
  } catch {
    return undefined; // It holds a number that JSON cannot say.
  }
}
