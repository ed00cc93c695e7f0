import { providerDeps } from '../../app/provider-deps.ts';
import type { Settings } from '../../app/settings/settings.ts';
import type { ProviderDeps } from '../../providers/index.ts';
import { type Embedded, SANDBOX_CREDENTIALS } from './embedded.ts';

/** What the providers work with: the real service where the settings name one, else the one started here. */
export function providerDepsWithSandbox(
  settings: Settings,
  { aws, github, orders }: Pick<Embedded, 'aws' | 'github' | 'orders'>,
): Omit<ProviderDeps, 'fake'> {
  const { postgres, ...real } = providerDeps(settings);
  const databases = { ...(orders ? { orders: orders.granterUrl } : {}), ...postgres?.databases };
  return {
    ...(Object.keys(databases).length > 0 ? { postgres: { databases } } : {}),
    ...(aws && 'url' in aws ? { awsIam: { endpoint: aws.url, credentials: SANDBOX_CREDENTIALS } } : {}),
    ...(github ? { github: { ...github.github.credentials, baseUrl: github.url } } : {}),
    ...real,
  };
}
