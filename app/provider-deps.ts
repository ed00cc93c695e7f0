import type { ProviderDeps } from '../providers/index.ts';
import type { Settings } from './settings/settings.ts';

/** The addresses and credentials of the real providers that are set. A provider that is not set is left out. */
export function providerDeps({ aws, github, postgresTargets }: Settings): Omit<ProviderDeps, 'fake'> {
  return {
    ...(postgresTargets.size > 0 ? { postgres: { databases: Object.fromEntries(postgresTargets) } } : {}),
    ...awsDeps(aws),
    ...gitHubDeps(github),
  };
}

function awsDeps(aws: Settings['aws']): Pick<ProviderDeps, 'awsIam'> {
  if (!aws) return {};
  const { region, iamUrl, credentials } = aws;
  return {
    awsIam: {
      region,
      ...(iamUrl === undefined ? {} : { endpoint: iamUrl }),
      ...(credentials === undefined ? {} : { credentials }),
    },
  };
}

function gitHubDeps(github: Settings['github']): Pick<ProviderDeps, 'github'> {
  if (!github) return {};
  const { appId, privateKey, installationId, apiUrl } = github;
  return {
    github: {
      appId,
      privateKey,
      installationId: Number(installationId),
      ...(apiUrl === undefined ? {} : { baseUrl: apiUrl }),
    },
  };
}
