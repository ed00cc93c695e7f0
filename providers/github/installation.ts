import { Fault } from '../../core/faults.ts';
import type { Client } from './client.ts';

/**
 * Whether the App is installed on all repositories of the organisation or on selected ones. GitHub answers 404 also
 * for things that the App may not see. So a 404 counts as "does not exist" only when the App could see the thing.
 */
export async function repositorySelection(
  client: Client,
  org: string,
  signal: AbortSignal,
): Promise<'all' | 'selected'> {
  const { rest } = await client.app(signal);
  const { data } = await rest.apps.getInstallation({ installation_id: client.installationId });
  if (ownerOf(data.account)?.toLowerCase() !== org.toLowerCase())
    throw new Fault('provider-forbidden', `github: the App is not installed in the organisation ${org}`);
  return data.repository_selection;
}

export const ownerOf = (account: object | null): string | undefined =>
  account && 'login' in account && typeof account.login === 'string' ? account.login : undefined;
