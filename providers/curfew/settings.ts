import { z } from 'zod';
import type { ProviderSettings } from '../module.ts';
import { plain } from '../setting-fields.ts';

const variables = z.object({
  CURFEW_ROLE_GRANTS: z
    .literal('on', { error: 'must be "on", or left out' })
    .optional()
    .meta(plain('The roles of Curfew', 'Whether entitlements may give the roles of Curfew itself.', 'on')),
});

export const settings: ProviderSettings<typeof variables, Readonly<Record<string, never>>> = {
  name: 'curfew',
  variables,
  together: [],
  depsOf: ({ CURFEW_ROLE_GRANTS: isOn }) => (isOn ? {} : undefined),
  addressesOf: () => [],
};
