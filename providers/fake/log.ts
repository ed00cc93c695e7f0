import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { LeaseId } from '../../core/ids.ts';

export const LADDER = ['none', 'read', 'write', 'admin'] as const;
export type FakeLevel = (typeof LADDER)[number];

/** A simulated fault. Each one that is set applies to one call. */
export type FakeFault = Readonly<
  | { kind: 'lose-answer' | 'refuse-connection' | 'ignore-write' | 'hang' | 'forbid' }
  | { kind: 'throttle'; retryAfterMs?: number }
>;

/**
 * What the mark of a lease says: the level that the lease gives, and the one that the account had before. Older marks say
 * neither.
 */
export type MarkLevels = Readonly<{ level?: FakeLevel; prior?: FakeLevel }>;

/** One change at the vendor. The vendor's state is computed from all entries in order. */
export type Entry = Readonly<
  { at: number } & (
    | { op: 'account-made' | 'account-renamed'; name: string; id: string }
    | { op: 'account-deleted'; id: string }
    | { op: 'target-made' | 'target-deleted'; target: string }
    | { op: 'level-set'; id: string; target: string; level: FakeLevel; by: string }
    | ({ op: 'marked'; id: string; target: string; lease: LeaseId; endsAt: number } & MarkLevels)
    | { op: 'unmarked'; lease: LeaseId }
    | { op: 'used'; id: string; target: string; level: FakeLevel }
    | { op: 'use-hidden' | 'use-shown' }
    | { op: 'fault-set'; faultId: string; on: 'read' | 'write' | 'any'; fault: FakeFault }
    | { op: 'fault-applied'; faultId: string }
    | { op: 'reads-frozen' | 'reads-unfrozen' }
  )
>;

/** Where the vendor stores its entries. An append is atomic: no crash leaves half an entry. */
export type AccessLog = Readonly<{ append(entry: Entry): void; read(): readonly Entry[] }>;

export function memoryLog(): AccessLog {
  const entries: Entry[] = [];
  return { append: (entry) => void entries.push(entry), read: () => entries };
}

/**
 * A log in a file, for any number of processes. Each entry is one append of one line. The line starts with
 * its line break, so an incomplete line after a power failure damages no other line and does not stop the reader.
 */
export function fileLog(path: string): AccessLog {
  mkdirSync(dirname(path), { recursive: true });
  return {
    append: (entry) => appendFileSync(path, `\n${JSON.stringify(entry)}`),
    read: () => (existsSync(path) ? readFileSync(path, 'utf8').split('\n').flatMap(parseLine) : []),
  };
}

function parseLine(line: string): Entry[] {
  if (line === '') return [];
  try {
    return [JSON.parse(line) as Entry];
  } catch {
    return []; // an incomplete line: its write was never answered, so it does not count
  }
}
