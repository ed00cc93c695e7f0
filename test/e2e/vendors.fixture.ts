import pg from 'pg';
import { GetUserPolicyCommand, type IAMClient, ListUserPoliciesCommand } from '@aws-sdk/client-iam';
import { iamClient } from '../../providers/aws-iam/client.ts';
import { readDocument } from '../../providers/aws-iam/policy.ts';
import { seedAws } from '../../sandbox/world/seed-aws.ts';
import { lantern } from '../../sandbox/github/seed.ts';
import { type GithubServer as GitHub, startGitHub } from '../../sandbox/github/server.ts';
import type { GithubState } from '../../sandbox/github/state.ts';
import { type Orders, seedOrders } from '../../sandbox/world/seed-orders.ts';
import { type PgProxy, startPgProxy } from '../faults/pg-proxy.fixture.ts';
import { type FaultProxy, startFaultProxy } from '../faults/http-proxy.fixture.ts';
import { asAdmin, serverUrl } from '../ledger/database.fixture.ts';
import { ownAccount } from '../providers/aws-iam.fixture.ts';

/** The three vendors of the company, real or simulated, each behind a proxy that can lose answers. */
export type Vendors = Readonly<{
  github: GitHub;
  githubProxy: FaultProxy;
  /** Missing where moto is not installed. */
  aws?: Readonly<{ iam: IAMClient; proxy: FaultProxy; credentials: AwsKeys; account: string }>;
  /** The URL with which the Postgres provider connects, through the proxy. */
  granterUrl: string;
  /** The URL of the reaper's login, directly at the server. */
  reaperUrl: string;
  pgProxy: PgProxy;
  /** The logins of all members of the team `orders-oncall`. */
  team(): readonly string[];
  /** Names and documents of a user's inline policies, read back from the AWS API. */
  policies(user: string): Promise<readonly Readonly<{ name: string; document: unknown }>[]>;
  /** The database roles of leases that can still log in, also those of test files that run at the same time. */
  leaseRoles(): Promise<readonly string[]>;
  stop(): Promise<void>;
}>;

type AwsKeys = Readonly<{ accessKeyId: string; secretAccessKey: string; sessionToken: string }>;

/** `addToGithub` changes the organisation before it is served. */
export type VendorOptions = Readonly<{ addToGithub?: (state: GithubState) => void }>;

export async function startVendors({ addToGithub }: VendorOptions = {}): Promise<Vendors> {
  const seed = () => {
    const state = lantern();
    addToGithub?.(state);
    return state;
  };
  const github = await startGitHub({ seed });
  const githubProxy = await startFaultProxy(github.url);
  const { granterUrl: granter, reaperUrl } = await orders();
  const { hostname, port } = new URL(granter);
  const pgProxy = await startPgProxy(hostname, Number(port));
  const aws = await awsAccount(process.env['TEST_MOTO_URL']);
  return {
    github,
    githubProxy,
    pgProxy,
    ...(aws ? { aws } : {}),
    granterUrl: pgProxy.through(granter),
    reaperUrl,
    team() {
      const { teams, users } = github.github.state();
      const members = teams.find(({ slug }) => slug === 'orders-oncall')?.members ?? {};
      return users.flatMap(({ id, login }) => (members[id]?.state === 'active' ? [login] : [])).sort();
    },
    policies: async (user) => (aws ? policiesOf(aws.iam, user) : []),
    leaseRoles: () =>
      query(`select rolname as name from pg_roles where rolname like 'curfew_lease_%' and rolcanlogin`),
    async stop() {
      await Promise.all([githubProxy.stop(), pgProxy.stop(), aws?.proxy.stop()]);
      await github.stop();
    },
  };
}

/** The orders database on the server that all test files share. The first test file creates it. */
async function orders(): Promise<Orders> {
  let seeded: Orders = { granterUrl: '', reaperUrl: '', readerUrl: '' };
  await asAdmin(async (admin) => {
    await admin.query('select pg_advisory_lock(72)');
    seeded = await seedOrders(serverUrl(), 'orders-granter', 'orders-reaper');
  });
  return seeded;
}

async function awsAccount(moto: string | undefined): Promise<Vendors['aws']> {
  if (!moto) return undefined;
  const { account, credentials } = await ownAccount(moto);
  const iam = iamClient({ endpoint: moto, credentials });
  await seedAws(iam);
  return { iam, proxy: await startFaultProxy(moto), credentials, account };
}

async function policiesOf(iam: IAMClient, UserName: string) {
  const { PolicyNames = [] } = await iam.send(new ListUserPoliciesCommand({ UserName }));
  return Promise.all(
    PolicyNames.map(async (PolicyName) => {
      const { PolicyDocument = '' } = await iam.send(new GetUserPolicyCommand({ UserName, PolicyName }));
      return { name: PolicyName, document: readDocument(PolicyDocument) };
    }),
  );
}

async function query(sql: string): Promise<readonly string[]> {
  let names: readonly string[] = [];
  await asAdmin(async (admin) => {
    names = (await admin.query<{ name: string }>(sql)).rows.map(({ name }) => name);
  });
  return names;
}

/** Logs in with a URL, and throws the error of Postgres. */
export async function login(url: string): Promise<pg.Client> {
  const db = new pg.Client({ connectionString: url });
  db.on('error', () => undefined); // the server closes the session, which the tests wait for
  await db.connect();
  return db;
}
