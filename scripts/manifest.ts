import { writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { manifest } from '../bot/manifest.ts';

/** npm has no word for this: `node --import tsx scripts/manifest.ts` after a change of bot/manifest.ts. */
const FILE = 'docs/slack-manifest.json';

const options = await resolveConfig(FILE);
writeFileSync(FILE, await format(JSON.stringify(manifest()), { ...options, parser: 'json' }));
