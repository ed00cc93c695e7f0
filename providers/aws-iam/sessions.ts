import { formatDuration } from '../../core/duration.ts';
import type { Minutes } from '../../core/ids.ts';
import type { Allows } from './policy.ts';
import { namesOf } from './risks.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const NO_LIMIT = Number.POSITIVE_INFINITY;

/**
 * Actions that open a session which IAM does not check again, so that it stays open after the policy has ended.
 * `lifetimeMs` is the longest lifetime in the service's documentation, or `NO_LIMIT` where it names none.
 */
const SESSIONS: readonly Readonly<{ action: string; opens: string; lifetimeMs: number }>[] = [
  { action: 'sts:AssumeRole', opens: "a role's session", lifetimeMs: 12 * HOUR_MS },
  { action: 'sts:AssumeRoot', opens: "a root's session in a member account", lifetimeMs: 15 * MINUTE_MS },
  // STS API reference, GetWebIdentityToken: "from 60 seconds (1 minute) to 3600 seconds (1 hour)".
  {
    action: 'sts:GetWebIdentityToken',
    opens: 'a token that services outside AWS accept',
    lifetimeMs: HOUR_MS,
  },
  { action: 'ssm:StartSession', opens: 'a shell or a tunnel', lifetimeMs: NO_LIMIT },
  { action: 'ssm:ResumeSession', opens: 'a shell or a tunnel', lifetimeMs: NO_LIMIT },
  { action: 'ecs:ExecuteCommand', opens: 'a shell in a container', lifetimeMs: NO_LIMIT },
  { action: 'ec2-instance-connect:SendSSHPublicKey', opens: 'a shell', lifetimeMs: NO_LIMIT },
  { action: 'ec2-instance-connect:OpenTunnel', opens: 'a tunnel', lifetimeMs: HOUR_MS },
  {
    action: 'ec2-instance-connect:SendSerialConsoleSSHPublicKey',
    opens: 'a serial console',
    lifetimeMs: NO_LIMIT,
  },
  { action: 'rds-db:connect', opens: "a database's session", lifetimeMs: NO_LIMIT },
  { action: 'dsql:DbConnect', opens: "a database's session", lifetimeMs: 65 * MINUTE_MS },
  { action: 'dsql:DbConnectAdmin', opens: "a database's session", lifetimeMs: 65 * MINUTE_MS },
  { action: 'elasticache:Connect', opens: "a cache's session", lifetimeMs: 12 * HOUR_MS },
  { action: 'memorydb:Connect', opens: "a database's session", lifetimeMs: 12 * HOUR_MS },
  { action: 'neptune-db:connect', opens: "a database's session", lifetimeMs: 240 * HOUR_MS },
  { action: 'neptune-db:ReadDataViaQuery', opens: "a database's session", lifetimeMs: 240 * HOUR_MS },
  { action: 'neptune-db:WriteDataViaQuery', opens: "a database's session", lifetimeMs: 240 * HOUR_MS },
  { action: 'redshift:GetClusterCredentials', opens: "a database's session", lifetimeMs: NO_LIMIT },
  { action: 'redshift:GetClusterCredentialsWithIAM', opens: "a database's session", lifetimeMs: NO_LIMIT },
  { action: 'redshift-serverless:GetCredentials', opens: "a database's session", lifetimeMs: NO_LIMIT },
  { action: 's3:GetDataAccess', opens: 'credentials for objects', lifetimeMs: 12 * HOUR_MS },
  {
    action: 'lakeformation:GetTemporaryGlueTableCredentials',
    opens: 'credentials for a table',
    lifetimeMs: 6 * HOUR_MS,
  },
  {
    action: 'lakeformation:GetTemporaryGluePartitionCredentials',
    opens: 'credentials for a table',
    lifetimeMs: 6 * HOUR_MS,
  },
  { action: 'codeartifact:GetAuthorizationToken', opens: 'a token for packages', lifetimeMs: 12 * HOUR_MS },
];

/** How long a session that these statements allow may continue after their end, in milliseconds. */
export const lifetimeMs = (allows: Allows): number =>
  Math.max(0, ...SESSIONS.flatMap((each) => (allows(each.action) ? [each.lifetimeMs] : [])));

/** One sentence for the card for each kind of session that the statements allow. */
export function sessionRisks(allows: Allows): readonly string[] {
  const byEffect = new Map<string, string[]>();
  for (const { action, opens, lifetimeMs: ms } of SESSIONS.filter((each) => allows(each.action))) {
    const duration =
      ms === NO_LIMIT
        ? 'for as long as it stays open'
        : `for up to ${formatDuration((ms / MINUTE_MS) as Minutes)}`;
    const effect = `${opens}, which continues after the end ${duration}`;
    byEffect.set(effect, [...(byEffect.get(effect) ?? []), action]);
  }
  return [...byEffect].map(
    ([effect, actions]) => `caution: ${namesOf(actions)} allowed: the person can open ${effect}`,
  );
}

/** The actions that open such a session. */
export const SESSION_ACTIONS: readonly string[] = SESSIONS.map(({ action }) => action);
