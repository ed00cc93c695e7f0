import type { ProviderDeps } from '../providers/index.ts';
import type { Running as GitHub } from '../sandbox/github/server.ts';
import { type Embedded, SANDBOX_CREDENTIALS } from '../sandbox/demo/embedded.ts';
import type { Settings } from './settings/settings.ts';

/** What the providers work with: the real thing where it is named, our own where it was started. */
export function providerDeps(
  settings: Settings,
  { aws, github, orders }: Pick<Embedded, 'aws' | 'github' | 'orders'> = {},
): Omit<ProviderDeps, 'fake'> {
  const targets = Object.fromEntries(settings.postgresTargets);
  const databases = orders ? { orders: orders.granterUrl, ...targets } : targets;
  return {
    ...(Object.keys(databases).length > 0 ? { postgres: { databases } } : {}),
    ...awsDeps(settings.aws, aws),
    ...gitHubDeps(settings.github, github),
  };
}

function awsDeps(given: Settings['aws'], embedded: Embedded['aws']): Pick<ProviderDeps, 'awsIam'> {
  if (given.kind === 'sandbox')
    return embedded && 'url' in embedded
      ? { awsIam: { endpoint: embedded.url, credentials: SANDBOX_CREDENTIALS } }
      : {};
  const { region, iamUrl, credentials } = given;
  return {
    awsIam: {
      region,
      ...(iamUrl === undefined ? {} : { endpoint: iamUrl }),
      ...(credentials === undefined ? {} : { credentials }),
    },
  };
}

function gitHubDeps(given: Settings['github'], embedded: GitHub | undefined): Pick<ProviderDeps, 'github'> {
  if (given.kind === 'sandbox') {
    if (!embedded) return {};
    return { github: { ...embedded.github.credentials, baseUrl: embedded.url } };
  }
  const { appId, privateKey, installationId, apiUrl } = given;
  return {
    github: {
      appId,
      privateKey,
      installationId: Number(installationId),
      ...(apiUrl === undefined ? {} : { baseUrl: apiUrl }),
    },
  };
}
