/** Holds the current state of the workspace and calls the watchers after each change. */
import { randomBytes } from 'node:crypto';
import { evolve, type Change } from './changes.ts';
import { loadState, openStateFile } from './state-file.ts';
import type { State } from './model.ts';

export interface Store {
  readonly state: State;
  /** Writes the change to the state file, unless it is one of modals, then changes the state, then calls the watchers. */
  apply(change: Change): void;
  watch(listener: () => void): () => void;
  /** Calls the watchers without a change of state, for example when `connections` changes. */
  notify(): void;
  /** A new `ts`, higher than all others. */
  newTs(): string;
  close(): void;
}

/** `now` returns milliseconds since 1970. Without `file` nothing is kept across restarts. */
export function createStore(seed: State, now: () => number, file?: string): Store {
  let state = file === undefined ? seed : loadState(file, seed);
  let last = state.lastTs;
  const journal = file === undefined ? undefined : openStateFile(file, state);
  const watchers = new Set<() => void>();
  const stir = () => {
    for (const watcher of watchers) watcher();
  };
  return {
    get state() {
      return state;
    },
    apply(change) {
      const next = evolve(state, change);
      journal?.write(change);
      state = next;
      stir();
    },
    watch(listener) {
      const own = () => listener();
      watchers.add(own);
      return () => void watchers.delete(own);
    },
    notify: stir,
    newTs() {
      last = laterTs(last, now());
      return last;
    },
    close() {
      watchers.clear();
      journal?.close();
    },
  };
}

/**
 * The clock in microseconds as a `ts`. At least one more than the last `ts`, even if the clock stopped or
 * went back.
 */
function laterTs(last: string, now: number): string {
  const micros = Math.max(Math.floor(now * 1000), Number(last.replace('.', '')) + 1);
  const digits = String(micros).padStart(16, '0');
  return `${digits.slice(0, -6)}.${digits.slice(-6)}`;
}

const LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZ0123456789';

/** A random id in Slack's format: the prefix, for example `V`, and ten capitals and digits. */
export const newId = (prefix: string, length = 10): string =>
  prefix + Array.from(randomBytes(length), (byte) => LETTERS[byte % LETTERS.length]).join('');
