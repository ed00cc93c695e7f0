import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { LogRow } from '../ledger/index.ts';

// The package's types describe the default export of an ES module. Node gives the CommonJS function itself.
const canonical = canonicalize as unknown as (value: unknown) => string | undefined;

/** An entry of the log: its bytes, and the body in full when it is too long to be in them. */
export type LogEntry = Readonly<{ bytes: Buffer; longBody?: Readonly<{ sha256: string; text: string }> }>;

/** A longer entry has only the hash of its body, and so stays below 65,535 bytes: C2SP tlog-tiles gives the length of an entry in 16 bits. */
export const LONGEST_ENTRY_BYTES = 60_000;

/**
 * The entry of a row: canonical JSON (RFC 8785). In place of a body that is too long it has the SHA-256 of the body's canonical JSON. Every
 * row has one, because the database refuses bodies that are not read alike everywhere.
 */
export function entryOf({ type, id, at, body, step, via }: LogRow): LogEntry {
  const fields = { at, id, type, ...(step === null ? {} : { step }), ...(via === null ? {} : { via }) };
  const bytes = bytesOf({ ...fields, body });
  if (bytes.length <= LONGEST_ENTRY_BYTES) return { bytes };
  const text = bytesOf(body);
  const sha256 = createHash('sha256').update(text).digest('hex');
  return { bytes: bytesOf({ ...fields, body: { sha256 } }), longBody: { sha256, text: text.toString() } };
}

const bytesOf = (value: unknown): Buffer => Buffer.from(canonical(value) ?? '', 'utf8');
