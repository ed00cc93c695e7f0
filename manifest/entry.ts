import { z } from 'zod';
import { type Instant, type LeaseId, parseLeaseId } from '../core/ids.ts';
import { no, ok, type Result } from '../core/result.ts';

/** What is needed to end one lease without the ledger. Each write is one signed object, and no object is ever changed. */
export type ManifestEntry = Readonly<{
  /** A number of the ledger that grows with every write of any entry. Of two entries of one lease the higher one counts. */
  serial: number;
  lease: LeaseId;
  /** `over`: the receipt of the lease is recorded. The other fields are then the last ones known. */
  state: 'live' | 'over';
  provider: string;
  /** The target as the ledger has it, with the vendor's own id. `Provider.parseTarget` reads it. */
  spec: unknown;
  /** `Provider.targetKey` of it. Entries with one provider, targetKey and subject.id share one access. */
  targetKey: string;
  subject: Readonly<{ id: string; name: string }>;
  /** The level that the account had before Curfew's first grant. */
  prior: string;
  /** The level that this lease gives. */
  level: string;
  /** When the access ends. While an extension is carried out, it is the later end. */
  endsAt: Instant;
}>;

const text = z.string().min(1);
/** A newer version may write more fields. They are signed with the rest, and skipped. */
const ENTRY = z.object({
  serial: z.int().positive(),
  lease: z.string().refine((id) => parseLeaseId(id).ok),
  state: z.enum(['live', 'over']),
  provider: text,
  spec: z.unknown().refine((spec) => spec !== undefined),
  targetKey: text,
  subject: z.object({ id: text, name: text }),
  prior: text,
  level: text,
  endsAt: z.int(),
});

/** Reads an entry. The error names the fields that are wrong. */
export function parseEntry(json: unknown): Result<ManifestEntry, string> {
  const parsed = ENTRY.safeParse(json);
  if (parsed.success) {
    const { lease, endsAt, ...rest } = parsed.data;
    return ok({ ...rest, lease: lease as LeaseId, endsAt: endsAt as Instant });
  }
  const fields = new Set(parsed.error.issues.map(({ path }) => path.join('.') || 'the entry itself'));
  return no(`it is not an entry of the manifest: ${[...fields].join(', ')}`);
}

const SERIAL_DIGITS = 16; // the largest whole number of JavaScript has 16

type EntryName = Readonly<{ lease: LeaseId; serial: number }>;

/** The name of an entry's object. Names of one lease sort by serial. */
export const entryName = ({ lease, serial }: EntryName): string =>
  `${lease}.${String(serial).padStart(SERIAL_DIGITS, '0')}.json`;

const NAME = new RegExp(`^(.+)\\.(\\d{${SERIAL_DIGITS}})\\.json$`);

/** What the name of an object says; undefined for a name that no entry has. */
export function parseEntryName(name: string): EntryName | undefined {
  const [, id = '', digits = ''] = NAME.exec(name) ?? [];
  const lease = parseLeaseId(id);
  return lease.ok ? { lease: lease.value, serial: Number(digits) } : undefined;
}
