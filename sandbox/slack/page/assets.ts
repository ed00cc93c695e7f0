import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const own = (name: string): string => fileURLToPath(new URL(`./assets/${name}`, import.meta.url));
const idiomorph = createRequire(import.meta.url).resolve('idiomorph/dist/idiomorph.esm.js');

const SCRIPTS = [
  'main',
  'live',
  'act',
  'fields',
  'combo',
  'confirm',
  'composer',
  'menu',
  'panels',
  'remember',
  'terminal',
  'theme',
  'toast',
];
/** In loading order. The last one overrides the others on a narrow screen. */
export const SHEETS: readonly string[] = [
  'colours',
  'base',
  'buttons',
  'faces',
  'toasts',
  'frame',
  'people',
  'sidebar',
  'panes',
  'composer',
  'guide',
  'message',
  'blocks',
  'fields',
  'modal',
  'world',
  'terminal',
  'narrow',
];

/**
 * Every file that the page may load, by name. A table instead of a path, so that no other file can be
 * requested.
 */
const ASSETS: ReadonlyMap<string, Readonly<{ path: string; type: string }>> = new Map([
  ...SCRIPTS.map((name) => [`${name}.js`, { path: own(`${name}.js`), type: 'text/javascript' }] as const),
  ...SHEETS.map((name) => [`${name}.css`, { path: own(`${name}.css`), type: 'text/css' }] as const),
  ['idiomorph.js', { path: idiomorph, type: 'text/javascript' }],
  ['icon.svg', { path: own('icon.svg'), type: 'image/svg+xml' }],
]);

/** The text and content type of an asset. Undefined when there is none with this name. */
export async function readAsset(name: string): Promise<Readonly<{ body: string; type: string }> | undefined> {
  const asset = ASSETS.get(name);
  return asset && { body: await readFile(asset.path, 'utf8'), type: `${asset.type}; charset=utf-8` };
}
