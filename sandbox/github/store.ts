import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import type { GithubState } from './state.ts';

/**
 * Keeps the state in one JSON file. `save` writes a new file, flushes it and renames it over the old one, so
 * that a process killed at any moment leaves either the old state or the new one. The server saves before it
 * sends the response.
 */
export type Store = Readonly<{ load(): GithubState | undefined; save(state: GithubState): void }>;

export const fileStore = (path: string): Store => ({
  load() {
    try {
      return JSON.parse(readFileSync(path, 'utf8')) as GithubState;
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
      throw new Error(
        `the sandbox GitHub cannot read ${path}; delete the file to start with the initial state`,
        { cause: error },
      );
    }
  },
  save(state) {
    const fresh = `${path}.new`;
    const file = openSync(fresh, 'w', 0o600);
    try {
      writeSync(file, JSON.stringify(state));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(fresh, path);
  },
});

export const memoryStore: Store = { load: () => undefined, save: () => undefined };
