import type { IAMClient } from '@aws-sdk/client-iam';
import { COLLEAGUES, type Colleague } from './company.ts';
import type { GitHub } from '../github/people.ts';
import { awsReader } from './aws.ts';
import { githubSandbox } from './github-sandbox.ts';
import { githubReader } from './github.ts';
import { postgresReader } from './postgres.ts';
import type { VendorReader } from './vendor-watcher.ts';

/** The vendors of this sandbox. The panel does not show a vendor that is missing here. */
export type LanternVendors = Readonly<{
  iam?: IAMClient;
  /** The teams and repositories for which people can request access. */
  github?: Readonly<{ hub: GitHub; teams: readonly string[]; repositories: readonly string[] }>;
  /**
   * A login that may read `pg_roles` on the server of the target databases, not on the server of the ledger.
   */
  postgresUrl?: string;
}>;

/** People's full names by the account name that a vendor uses. */
const namesBy = (keyOf: (colleague: Colleague) => string | undefined): ReadonlyMap<string, string> =>
  new Map(
    COLLEAGUES.flatMap((colleague) => {
      const key = keyOf(colleague);
      return key === undefined ? [] : [[key, colleague.name] as const];
    }),
  );

/** One reader for each vendor, in the order of the panel. */
export function lanternReaders({ iam, github, postgresUrl }: LanternVendors): readonly VendorReader[] {
  const readers: VendorReader[] = [];
  if (iam) readers.push(awsReader({ client: iam, names: namesBy(({ iamUser }) => iamUser) }));
  if (github)
    readers.push(
      githubReader({
        source: githubSandbox(github.hub),
        org: github.hub.state().org.login,
        teams: github.teams,
        repositories: github.repositories,
        names: namesBy((colleague) => colleague.github),
      }),
    );
  if (postgresUrl !== undefined) readers.push(postgresReader({ connectionString: postgresUrl }));
  return readers;
}
