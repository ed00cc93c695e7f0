import { formatDuration } from '../../core/duration.ts';
import type { Minutes } from '../../core/ids.ts';
import type { Allows } from './policy.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const OPEN = Number.POSITIVE_INFINITY;

/**
 * Calls that open something which nobody asks IAM about again, so that it is still open when the policy has ended.
 * `livesOnMs` is the longest that the service's documentation allows; open-ended where it names no limit.
 */
const SESSIONS: readonly Readonly<{ action: string; opens: string; livesOnMs: number }>[] = [
  { action: 'sts:AssumeRole', opens: "a role's session", livesOnMs: 12 * HOUR_MS },
  { action: 'sts:AssumeRoot', opens: "a root's session in a member account", livesOnMs: 15 * MINUTE_MS },
  { action: 'ssm:StartSession', opens: 'a shell or a tunnel', livesOnMs: OPEN },
  { action: 'ssm:ResumeSession', opens: 'a shell or a tunnel', livesOnMs: OPEN },
  { action: 'ecs:ExecuteCommand', opens: 'a shell in a container', livesOnMs: OPEN },
  { action: 'ec2-instance-connect:SendSSHPublicKey', opens: 'a shell', livesOnMs: OPEN },
  { action: 'ec2-instance-connect:OpenTunnel', opens: 'a tunnel', livesOnMs: HOUR_MS },
  { action: 'rds-db:connect', opens: "a database's session", livesOnMs: OPEN },
  { action: 'dsql:DbConnect', opens: "a database's session", livesOnMs: 65 * MINUTE_MS },
  { action: 'dsql:DbConnectAdmin', opens: "a database's session", livesOnMs: 65 * MINUTE_MS },
  { action: 'redshift:GetClusterCredentials', opens: "a database's session", livesOnMs: OPEN },
  { action: 'redshift:GetClusterCredentialsWithIAM', opens: "a database's session", livesOnMs: OPEN },
  { action: 'redshift-serverless:GetCredentials', opens: "a database's session", livesOnMs: OPEN },
  { action: 'codeartifact:GetAuthorizationToken', opens: 'a token for packages', livesOnMs: 12 * HOUR_MS },
];

/** How long something that these statements can open may live on after their end, in milliseconds. */
export const livesOnMs = (allows: Allows): number =>
  Math.max(0, ...SESSIONS.flatMap((each) => (allows(each.action) ? [each.livesOnMs] : [])));

/** What they can open, in words for the card. */
export const sessionRisks = (allows: Allows): readonly string[] =>
  SESSIONS.filter(({ action }) => allows(action)).map(({ action, opens, livesOnMs: ms }) => {
    const long =
      ms === OPEN
        ? 'for as long as it stays open'
        : `for up to ${formatDuration((ms / MINUTE_MS) as Minutes)}`;
    return `caution: ${action} is included: the holder can open ${opens}, which lives on ${long}`;
  });
