import { z } from 'zod';
import type { ProviderSettings } from '../module.ts';
import type { FakeVendor } from './vendor.ts';

/** The simulated vendor has no settings. Only code can configure it. */
export const settings: ProviderSettings<z.ZodObject<Record<string, never>>, FakeVendor> = {
  name: 'fake',
  variables: z.object({}),
  together: [],
  depsOf: () => undefined,
  addressesOf: () => [],
};
