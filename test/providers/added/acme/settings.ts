import { z } from 'zod';
import type { ProviderSettings } from '../../../../providers/module.ts';
import { plain, webUrl } from '../../../../providers/setting-fields.ts';

const variables = z.object({
  ACME_URL: webUrl.meta(plain('Acme', 'Address of Acme.', 'https://acme.example')),
});

export const settings: ProviderSettings<typeof variables, { url: string }> = {
  name: 'acme',
  variables,
  together: [],
  depsOf: ({ ACME_URL: url }) => (url ? { url } : undefined),
  addressesOf: ({ ACME_URL: address }) =>
    address ? [{ setting: 'ACME_URL', address, protocol: 'web' }] : [],
};
