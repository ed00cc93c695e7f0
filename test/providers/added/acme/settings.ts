import { z } from 'zod';
import { about, type ProviderSettings, webUrl } from '../../../../providers/module.ts';

const variables = z.object({
  ACME_URL: webUrl.meta(about('Acme', 'Address of Acme.', 'https://acme.example')),
});

export const settings: ProviderSettings<typeof variables, { url: string }> = {
  name: 'acme',
  variables,
  together: [],
  depsOf: ({ ACME_URL: url }) => (url ? { url } : undefined),
  addressesOf: ({ ACME_URL: address }) =>
    address ? [{ setting: 'ACME_URL', address, protocol: 'web' }] : [],
};
