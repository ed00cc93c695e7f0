import { existsSync, readdirSync } from 'node:fs';

const FOLDER = new URL('./', import.meta.url);

/**
 * The names of the provider folders, sorted. A folder without `settings.ts` is no provider, for example one that an older version
 * left.
 */
export const providerFolders = (): readonly string[] =>
  readdirSync(FOLDER, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(new URL(`${entry.name}/settings.ts`, FOLDER)))
    .map(({ name }) => name)
    .sort();

/**
 * What this file of each folder exports as `name`. One file is loaded after the other, because the module loader of the tests
 * cannot link two that share imports at the same time. The bundle of Curfew has each file that one of the two names can mean.
 */
export async function loadEach<T>(
  folders: readonly string[],
  file: 'index.ts' | 'settings.ts',
  name: 'module' | 'settings',
): Promise<readonly T[]> {
  const exported: T[] = [];
  for (const each of folders) {
    const loaded = (await (file === 'index.ts'
      ? import('./' + each + '/index.ts')
      : import('./' + each + '/settings.ts'))) as Record<string, T>;
    if (loaded[name] === undefined) throw new Error(`providers/${each}/${file} exports no "${name}"`);
    exported.push(loaded[name]);
  }
  return exported;
}
