import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { openManifest } from '../app/manifest.ts';
import type { ManifestAccess } from '../requests/manifest-access.ts';

/** An empty manifest in a new folder inside this one. */
export const benchManifest = (folder: string): ManifestAccess =>
  openManifest({
    where: `file:${mkdtempSync(join(folder, 'manifest-'))}`,
    key: Buffer.alloc(32, 1).toString('base64'),
  });
