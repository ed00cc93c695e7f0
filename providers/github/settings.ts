import { createPrivateKey } from 'node:crypto';
import { z } from 'zod';
import type { ProviderSettings } from '../module.ts';
import { plain, secret, webUrl } from '../setting-fields.ts';
import type { GitHubDeps } from './client.ts';

const GROUP = 'GitHub, as an app';
const GITHUB_API = 'https://api.github.com';

/** A PEM file. In a setting of one line its line ends are written as \n. */
const privateKey = z
  .string()
  .transform((pem) => pem.replaceAll('\\n', '\n'))
  .refine(isPrivateKey, 'must be the private key (PEM) that GitHub gave you for the app');

function isPrivateKey(pem: string): boolean {
  try {
    return createPrivateKey(pem).type === 'private';
  } catch {
    return false;
  }
}

/** Numbers with commas between them. */
const repositories = z
  .string()
  .regex(/^\d+( *, *\d+)*$/, 'must be the numbers of repositories, with commas between them')
  .transform((text) => text.split(',').map(Number));

const variables = z.object({
  GITHUB_APP_ID: z
    .string()
    .regex(/^\d+$/, 'must be the number on the settings page of the app')
    .optional()
    .meta(plain(GROUP, 'Number of the app.', '123456')),
  GITHUB_APP_PRIVATE_KEY: privateKey
    .optional()
    .meta(
      secret(GROUP, 'Private key of the app (PEM; \\n for line ends).', '-----BEGIN RSA PRIVATE KEY-----...'),
    ),
  GITHUB_INSTALLATION_ID: z
    .string()
    .regex(/^\d+$/, 'must be the number at the end of the address of the installation')
    .optional()
    .meta(plain(GROUP, 'Number of its installation in the organisation.', '12345678')),
  GITHUB_DELETED_REPOSITORIES: repositories
    .optional()
    .meta(
      plain(
        GROUP,
        'Numbers of repositories that an operator found among the deleted ones of the organisation.',
        '6001,6002',
      ),
    ),
  GITHUB_API_URL: webUrl.meta(plain(GROUP, 'Another address of the API, for GitHub Enterprise.', GITHUB_API)),
});

export const settings: ProviderSettings<typeof variables, GitHubDeps> = {
  name: 'github',
  variables,
  together: [['GITHUB_APP_ID', 'GITHUB_APP_PRIVATE_KEY', 'GITHUB_INSTALLATION_ID']],
  depsOf({
    GITHUB_APP_ID: appId,
    GITHUB_APP_PRIVATE_KEY: key,
    GITHUB_INSTALLATION_ID: installation,
    GITHUB_DELETED_REPOSITORIES: deletedRepositories,
    GITHUB_API_URL: baseUrl,
  }) {
    if (!appId || !key || !installation) return undefined;
    return {
      appId,
      privateKey: key,
      installationId: Number(installation),
      ...(baseUrl === undefined ? {} : { baseUrl }),
      ...(deletedRepositories === undefined ? {} : { deletedRepositories }),
    };
  },
  addressesOf: ({ GITHUB_APP_ID: appId, GITHUB_API_URL: url }) => {
    const address = url ?? (appId && GITHUB_API);
    return address ? [{ setting: 'GITHUB_API_URL', address, protocol: 'web' }] : [];
  },
};
