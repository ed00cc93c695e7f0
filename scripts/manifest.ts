import { writeFileSync } from 'node:fs';
import { manifest } from '../bot/manifest.ts';
import { formatted } from './format.ts';

/** npm has no word for this: `node --import tsx scripts/manifest.ts` after a change of bot/manifest.ts. */
const FILE = 'docs/slack-manifest.json';

writeFileSync(FILE, await formatted(FILE, JSON.stringify(manifest())));
