import { Fault } from '../../core/faults.ts';
import type { Client } from './client.ts';
import type { GitHubTarget } from './target.ts';

/**
 * The organisation that the App is installed in: its current name, its number, and whether the App sees all its
 * repositories or selected ones.
 */
export type Installation = Readonly<{ org: string; orgId: number; selection: 'all' | 'selected' }>;

/**
 * The installation in the target's organisation. Its number finds a renamed organisation. GitHub answers 404 also for
 * things that the App may not see. So a 404 counts as "does not exist" only when the App could see the thing.
 */
export async function installationIn(
  client: Client,
  { org, orgId }: Pick<GitHubTarget, 'org' | 'orgId'>,
  signal: AbortSignal,
): Promise<Installation> {
  const { rest } = await client.app(signal);
  const { data } = await rest.apps.getInstallation({ installation_id: client.installationId });
  const current = ownerOf(data.account) ?? '';
  const id = data.account?.id ?? 0;
  const isSame = orgId === undefined ? current.toLowerCase() === org.toLowerCase() : id === orgId;
  if (!isSame)
    throw new Fault('provider-forbidden', `github: the App is not installed in the organisation ${org}`);
  return { org: current, orgId: id, selection: data.repository_selection };
}

export const ownerOf = (account: object | null): string | undefined =>
  account && 'login' in account && typeof account.login === 'string' ? account.login : undefined;
