import type { IAMClient } from '@aws-sdk/client-iam';
import { COLLEAGUES, type Colleague } from './company.ts';
import type { GitHub } from '../github/people.ts';
import { awsReader } from './aws.ts';
import { githubSandbox } from './github-sandbox.ts';
import { githubReader } from './github.ts';
import { postgresReader } from './postgres.ts';
import type { WorldReader } from './world.ts';

/** The vendors that this sandbox has; one that is missing is left out of the panel. */
export type LanternVendors = Readonly<{
  iam?: IAMClient;
  /** The teams and repositories that somebody may ask for. */
  github?: Readonly<{ hub: GitHub; teams: readonly string[]; repositories: readonly string[] }>;
  /** A login that may read `pg_roles`; the databases' own server, not the ledger's. */
  postgresUrl?: string;
}>;

/** People's names by what a vendor calls them. */
const namesBy = (keyOf: (colleague: Colleague) => string | undefined): ReadonlyMap<string, string> =>
  new Map(
    COLLEAGUES.flatMap((colleague) => {
      const key = keyOf(colleague);
      return key === undefined ? [] : [[key, colleague.name] as const];
    }),
  );

/** One reader per vendor of the company, in the order of the panel. */
export function lanternReaders({ iam, github, postgresUrl }: LanternVendors): readonly WorldReader[] {
  const readers: WorldReader[] = [];
  if (iam) readers.push(awsReader({ client: iam, names: namesBy(({ iamUser }) => iamUser) }));
  if (github)
    readers.push(
      githubReader({
        source: githubSandbox(github.hub),
        org: github.hub.world().org.login,
        teams: github.teams,
        repositories: github.repositories,
        names: namesBy((colleague) => colleague.github),
      }),
    );
  if (postgresUrl !== undefined)
    readers.push(
      postgresReader({ connectionString: postgresUrl, names: namesBy(({ email }) => email.split('@')[0]) }),
    );
  return readers;
}
