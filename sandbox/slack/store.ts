/** Holds the one current state of the workspace, and tells those who watch it. */
import { randomBytes } from 'node:crypto';
import { evolve, type Change } from './changes.ts';
import { loadState, openStateFile } from './state-file.ts';
import type { State } from './model.ts';

export interface Store {
  readonly state: State;
  /** Writes the change down, then makes it true, then tells the watchers. */
  apply(change: Change): void;
  watch(listener: () => void): () => void;
  /** Calls the watchers without a change: something outside the state did change. */
  notify(): void;
  /** A `ts` that no message ever had, later than all others. */
  newTs(): string;
  close(): void;
}

/** `now` in milliseconds since 1970; without `file` nothing is kept. */
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

/** The clock in microseconds, or one more than the last `ts` when the clock stood still or went back. */
function laterTs(last: string, now: number): string {
  const micros = Math.max(Math.floor(now * 1000), Number(last.replace('.', '')) + 1);
  const digits = String(micros).padStart(16, '0');
  return `${digits.slice(0, -6)}.${digits.slice(-6)}`;
}

const LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZ0123456789';

/** An id as Slack spells them: `V` and ten capitals and digits. */
export const newId = (prefix: string, length = 10): string =>
  prefix + Array.from(randomBytes(length), (byte) => LETTERS[byte % LETTERS.length]).join('');
