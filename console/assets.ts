import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const own = (name: string): string => fileURLToPath(new URL(`./assets/${name}`, import.meta.url));

const idiomorph = createRequire(import.meta.url).resolve('idiomorph/dist/idiomorph.esm.js');

/** Every file that a page may load, by name. A table instead of a path, so that no other file can be requested. */
const ASSETS: ReadonlyMap<string, Readonly<{ path: string; type: string }>> = new Map([
  ['console.css', { path: own('console.css'), type: 'text/css' }],
  ['search.js', { path: own('search.js'), type: 'text/javascript' }],
  ['live.js', { path: own('live.js'), type: 'text/javascript' }],
  ['idiomorph.js', { path: idiomorph, type: 'text/javascript' }],
  ['moment.js', { path: own('moment.js'), type: 'text/javascript' }],
  ['proof.js', { path: own('proof.js'), type: 'text/javascript' }],
  ['icon.svg', { path: own('icon.svg'), type: 'image/svg+xml' }],
]);

/** The text and content type of an asset. Undefined when there is none with this name. */
export async function readAsset(name: string): Promise<Readonly<{ body: string; type: string }> | undefined> {
  const asset = ASSETS.get(name);
  return asset && { body: await readFile(asset.path, 'utf8'), type: `${asset.type}; charset=utf-8` };
}
