import { loadEach, providerFolders } from './load.ts';
import type { ProviderSettings } from './module.ts';

/** The settings of the providers in these folders. Throws when a provider's settings have another name than its folder. */
export async function settingsIn(folders: readonly string[]): Promise<readonly ProviderSettings[]> {
  const all = await loadEach<ProviderSettings>(folders, 'settings.ts', 'settings');
  all.forEach(({ name }, index) => {
    const folder = folders[index];
    if (name !== folder)
      throw new Error(`providers/${folder}/settings.ts has the name "${name}", not that of its folder`);
  });
  return all;
}

/** The settings of every provider. Loading them loads no vendor's SDK. */
export const PROVIDER_SETTINGS = await settingsIn(providerFolders());
