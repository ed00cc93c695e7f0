import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const ofSlack = (name: string): string => at(`../../slack/page/assets/${name}`);

/** The files that a page may load, by name. The colours and the faces are those of the sandbox's Slack. */
const ASSETS: ReadonlyMap<string, Readonly<{ path: string; type: string }>> = new Map([
  ['colours.css', { path: ofSlack('colours.css'), type: 'text/css' }],
  ['faces.css', { path: ofSlack('faces.css'), type: 'text/css' }],
  ['sign-in.css', { path: at('assets/sign-in.css'), type: 'text/css' }],
  ['icon.svg', { path: ofSlack('icon.svg'), type: 'image/svg+xml' }],
]);

/** The text and content type of an asset. Undefined when there is none with this name. */
export async function readAsset(name: string): Promise<Readonly<{ body: string; type: string }> | undefined> {
  const asset = ASSETS.get(name);
  return asset && { body: await readFile(asset.path, 'utf8'), type: `${asset.type}; charset=utf-8` };
}
