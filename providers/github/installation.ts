import { Fault } from '../../core/faults.ts';
import type { Client } from './client.ts';

/**
 * Which repositories of the organisation the App was given. GitHub says "not found" also of what one may
 * not see, so before a 404 counts as "gone" we make sure that we could have seen it.
 */
export async function repositorySelection(
  client: Client,
  org: string,
  signal: AbortSignal,
): Promise<'all' | 'selected'> {
  const { rest } = await client.app(signal);
  const { data } = await rest.apps.getInstallation({ installation_id: client.installationId });
  if (ownerOf(data.account)?.toLowerCase() !== org.toLowerCase())
    throw new Fault('provider-forbidden', `github: the App is not installed in ${org}`);
  return data.repository_selection;
}

export const ownerOf = (account: object | null): string | undefined =>
  account && 'login' in account && typeof account.login === 'string' ? account.login : undefined;
