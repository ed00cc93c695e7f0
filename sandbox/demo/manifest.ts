import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ManifestConnection } from '../../app/manifest-connection.ts';
import type { Keys } from './keys.ts';

const folderIn = (home: string): string => join(home, 'manifest');

/** The manifest of the demo: a folder in its home. */
export const manifestOf = (home: string, { manifest }: Pick<Keys, 'manifest'>): ManifestConnection => ({
  where: `file:${folderIn(home)}`,
  key: manifest,
});

/** Makes the folder, for its owner only. */
export const makeManifestFolder = (home: string): void =>
  void mkdirSync(folderIn(home), { recursive: true, mode: 0o700 });
