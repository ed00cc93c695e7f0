import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { randomUUID } from 'node:crypto';
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
    | { op: 'account-made'; name: string; id: string }
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

export type Held = Readonly<{ id: string; target: string; level: Rung }>;
export type Marked = Readonly<{ id: string; target: string; lease: LeaseId; end: number }>;

export type VendorState = Readonly<{
  accounts: ReadonlyMap<string, string>; // id -> name
  targets: ReadonlySet<string>;
  held: readonly Held[];
  marks: readonly Marked[];
  switches: ReadonlyMap<string, Extract<Entry, { op: 'switch-thrown' }>>;
  frozen: boolean;
}>;

/** Adds up a log. */
export function stateOf(entries: readonly Entry[]): VendorState {
  const accounts = new Map<string, string>();
  const targets = new Set<string>();
  const held = new Map<string, Held>();
  const marks = new Map<LeaseId, Marked>();
  const switches = new Map<string, Extract<Entry, { op: 'switch-thrown' }>>();
  let frozen = false;
  for (const entry of entries) {
    switch (entry.op) {
      case 'account-made':
        accounts.set(entry.id, entry.name);
        break;
      case 'account-deleted':
        accounts.delete(entry.id);
        break;
      case 'target-made':
        targets.add(entry.target);
        break;
      case 'target-deleted':
        targets.delete(entry.target);
        break;
      case 'level-set':
        held.set(`${entry.id} ${entry.target}`, entry);
        break;
      case 'marked':
        marks.set(entry.lease, entry);
        break;
      case 'unmarked':
        marks.delete(entry.lease);
        break;
      case 'switch-thrown':
        switches.set(entry.switchId, entry);
        break;
      case 'switch-spent':
        switches.delete(entry.switchId);
        break;
      case 'reads-frozen':
      case 'reads-fresh':
        frozen = entry.op === 'reads-frozen';
        break;
    }
  }
  const there = (of: { id: string; target: string }) => accounts.has(of.id) && targets.has(of.target);
  return {
    accounts,
    targets,
    held: [...held.values()].filter((one) => there(one) && one.level !== 'none'),
    marks: [...marks.values()].filter(there),
    switches,
    frozen,
  };
}

export const levelIn = ({ held }: VendorState, id: string, target: string): Rung =>
  held.find((one) => one.id === id && one.target === target)?.level ?? 'none';

/**
 * The vendor's own side: people edit it, tests read it and throw its switches. A provider talks to it
 * through `fakeApi`, where the switches bite.
 */
export type FakeVendor = Readonly<{
  log: AccessLog;
  /** The truth now, whatever reads are made to show. */
  state(): VendorState;
  makeAccount(name: string): string;
  deleteAccount(name: string): void;
  makeTarget(target: string): void;
  deleteTarget(target: string): void;
  /** Sets a level by hand; the log says who. */
  setLevel(name: string, target: string, level: Rung, by?: string): void;
  levelOf(name: string, target: string): Rung;
  /** Throws a switch: it bites the next call of its kind, in whichever process that is, and is spent. */
  throwSwitch(thrown: Switch, on?: 'read' | 'write' | 'any'): string;
  /** True once a call met the switch. */
  isSpent(switchId: string): boolean;
  /** From now on reads show what is there at this moment, until `freshen`. */
  freeze(): void;
  freshen(): void;
}>;

/**
 * @param log `memoryLog()` within one process, `fileLog(path)` where several must see the same vendor
 * @param now milliseconds since 1970
 */
export function fakeVendor(log: AccessLog, now: () => number = Date.now): FakeVendor {
  const state = () => stateOf(log.read());
  const idOf = (name: string): string | undefined =>
    [...state().accounts].find(([, called]) => called === name)?.[0];
  return {
    log,
    state,
    makeAccount(name) {
      const id = `fake-${randomUUID()}`;
      log.append({ at: now(), op: 'account-made', name, id });
      return id;
    },
    deleteAccount(name) {
      const id = idOf(name);
      if (id) log.append({ at: now(), op: 'account-deleted', id });
    },
    makeTarget: (target) => log.append({ at: now(), op: 'target-made', target }),
    deleteTarget: (target) => log.append({ at: now(), op: 'target-deleted', target }),
    setLevel(name, target, level, by = 'by hand') {
      const id = idOf(name);
      if (id) log.append({ at: now(), op: 'level-set', id, target, level, by });
    },
    levelOf: (name, target) => levelIn(state(), idOf(name) ?? '', target),
    throwSwitch(thrown, on = 'any') {
      const switchId = randomUUID();
      log.append({ at: now(), op: 'switch-thrown', switchId, on, thrown });
      return switchId;
    },
    isSpent: (switchId) =>
      log.read().some((entry) => entry.op === 'switch-spent' && entry.switchId === switchId),
    freeze: () => log.append({ at: now(), op: 'reads-frozen' }),
    freshen: () => log.append({ at: now(), op: 'reads-fresh' }),
  };
}
