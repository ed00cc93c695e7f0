import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import type { World } from './world.ts';

/**
 * Keeps the world in one JSON file, replaced whole: written beside it, flushed, then renamed over it. A
 * process killed at any instant leaves either the old world or the new one. Saved before the answer leaves.
 */
export type Store = Readonly<{ load(): World | undefined; save(world: World): void }>;

export const fileStore = (path: string): Store => ({
  load() {
    try {
      return JSON.parse(readFileSync(path, 'utf8')) as World;
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
      throw new Error(`the sandbox GitHub cannot read ${path}; delete it to start afresh`, { cause: error });
    }
  },
  save(world) {
    const fresh = `${path}.new`;
    const file = openSync(fresh, 'w', 0o600);
    try {
      writeSync(file, JSON.stringify(world));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(fresh, path);
  },
});

export const memoryStore: Store = { load: () => undefined, save: () => undefined };
