import { loadEach, providerFolders } from './load.ts';
import type { ProviderSettings } from './module.ts';

/** The settings of every provider. Loading them loads no vendor's SDK. */
export const PROVIDER_SETTINGS = await loadEach<ProviderSettings>(
  providerFolders(),
  'settings.ts',
  'settings',
);
