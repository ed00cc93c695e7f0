/**
 * The pictures of emoji, so that they look the same without a font of the system. They are Microsoft's Fluent
 * emoji (MIT), from the package @iconify-json/fluent-emoji-flat.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';

type Pictures = Readonly<{
  width: number;
  height: number;
  icons: Readonly<Record<string, Readonly<{ body: string }>>>;
}>;

const { resolve } = createRequire(import.meta.url);
const PACKAGE = '@iconify-json/fluent-emoji-flat';

/** The names of the pictures by code points in hexadecimal, for example `1f468-200d-1f4bb`. */
const NAMES = JSON.parse(readFileSync(resolve(`${PACKAGE}/chars.json`), 'utf8')) as Readonly<
  Record<string, string>
>;

// Says that the character before it is to be shown as a picture. The package's names do not have it.
const AS_PICTURE = '\ufe0f';

const codeOf = (character: string): string =>
  Array.from(character.replaceAll(AS_PICTURE, ''), (each) => each.codePointAt(0)?.toString(16)).join('-');

/** The address of the picture of an emoji. Undefined when the package has none, as for flags. */
export function pictureOf(character: string): string | undefined {
  const code = codeOf(character);
  return Object.hasOwn(NAMES, code) ? `/emoji/${code}.svg` : undefined;
}

let loading: Promise<Pictures> | undefined;
const load = async (): Promise<Pictures> =>
  JSON.parse(await readFile(resolve(`${PACKAGE}/icons.json`), 'utf8')) as Pictures;

/** The SVG of a file name such as `1f511.svg`. Undefined when there is no such picture. */
export async function readPicture(file: string): Promise<string | undefined> {
  const code = file.replace(/\.svg$/, '');
  const name = Object.hasOwn(NAMES, code) ? NAMES[code] : undefined;
  if (name === undefined) return undefined;
  loading ??= load();
  const { icons, width, height } = await loading;
  const icon = icons[name];
  return (
    icon &&
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">${icon.body}</svg>`
  );
}
