import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { LogConnection } from '../../app/log-connection.ts';
import type { Keys } from './keys.ts';

const folderIn = (home: string): string => join(home, 'log');

/** The audit log of the demo: it is published in a folder in its home. */
export const logOf = (home: string, { log }: Pick<Keys, 'log'>): LogConnection => ({
  name: 'curfew.demo/log',
  publicKeys: [],
  keys: [log],
  places: `file:${folderIn(home)}`,
});

/** Makes the folder, for its owner only. */
export const makeLogFolder = (home: string): void =>
  void mkdirSync(folderIn(home), { recursive: true, mode: 0o700 });
