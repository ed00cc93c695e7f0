import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { LeaseId } from '../../core/ids.ts';

export const LADDER = ['none', 'read', 'write', 'admin'] as const;
export type Rung = (typeof LADDER)[number];

/** What can be made to go wrong, once per switch thrown. */
export type Switch = Readonly<
  | { kind: 'lose-answer' | 'refuse-connection' | 'swallow' | 'hang' | 'forbid' }
  | { kind: 'throttle'; retryAfterMs?: number }
>;

/** One thing that happened at the vendor, in the order it happened. State is only the sum of these. */
export type Entry = Readonly<
  { at: number } & (
    | { op: 'account-made' | 'account-renamed'; name: string; id: string }
    | { op: 'account-deleted'; id: string }
    | { op: 'target-made' | 'target-deleted'; target: string }
    | { op: 'level-set'; id: string; target: string; level: Rung; by: string }
    | { op: 'marked'; id: string; target: string; lease: LeaseId; end: number }
    | { op: 'unmarked'; lease: LeaseId }
    | { op: 'switch-thrown'; switchId: string; on: 'read' | 'write' | 'any'; thrown: Switch }
    | { op: 'switch-spent'; switchId: string }
    | { op: 'reads-frozen' | 'reads-fresh' }
  )
>;

/** Where the vendor keeps what happened. Appending is one step that no crash can leave half-done. */
export type AccessLog = Readonly<{ append(entry: Entry): void; read(): readonly Entry[] }>;

export function memoryLog(): AccessLog {
  const entries: Entry[] = [];
  return { append: (entry) => void entries.push(entry), read: () => entries };
}

/**
 * A log in a file, for any number of processes. Each entry is one append of one line that begins with
 * the line break, so a line torn by a power cut spoils neither its neighbours nor the reading.
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
    return []; // a torn line: its write was never answered, so it never happened
  }
}
