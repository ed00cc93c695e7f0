import { describe, expect, test } from '@jest/globals';
import { formatDuration } from '../../core/duration.ts';
import type { Minutes } from '../../core/ids.ts';
import { describe as describeTarget, residualSessionMs } from '../../providers/aws-iam/describe.ts';
import { allowsOf } from '../../providers/aws-iam/policy.ts';
import { SESSION_ROWS } from '../../providers/aws-iam/session-actions.ts';
import { lifetimeMs } from '../../providers/aws-iam/sessions.ts';
import { PAGE } from './aws-iam-docs.fixture.ts';

const READ = { Effect: 'Allow', Action: ['s3:GetObject'], Resource: ['*'] } as const;

describe('sessions that continue after the end', () => {
  const NO_LIMIT = Number.POSITIVE_INFINITY;
  const AGAIN = ', and longer if the role may assume a role again';

  test.each<[action: string, minutes: number, opens: string, ends: string]>([
    ['sts:AssumeRole', NO_LIMIT, "a role's session", `for up to 12 h${AGAIN}`],
    ['sts:AssumeRoot', 15, "a root's session in a member account", 'for up to 15 min'],
    ['sts:GetWebIdentityToken', 60, 'a token that services outside AWS accept', 'for up to 1 h'],
    ['ssm:StartSession', NO_LIMIT, 'a shell or a tunnel', `for as long as it stays open${AGAIN}`],
    ['ssm:ResumeSession', NO_LIMIT, 'a shell or a tunnel', `for as long as it stays open${AGAIN}`],
    ['ecs:ExecuteCommand', NO_LIMIT, 'a shell in a container', `for as long as it stays open${AGAIN}`],
    ['ec2-instance-connect:SendSSHPublicKey', NO_LIMIT, 'a shell', `for as long as it stays open${AGAIN}`],
    ['ec2-instance-connect:OpenTunnel', 60, 'a tunnel', 'for up to 1 h'],
    [
      'ec2-instance-connect:SendSerialConsoleSSHPublicKey',
      NO_LIMIT,
      'a serial console',
      `for as long as it stays open${AGAIN}`,
    ],
    ['rds-db:connect', NO_LIMIT, "a database's session", 'for as long as it stays open'],
    ['dsql:DbConnect', 65, "a database's session", 'for up to 1 h 5 min'],
    ['dsql:DbConnectAdmin', 65, "a database's session", 'for up to 1 h 5 min'],
    ['redshift:GetClusterCredentials', NO_LIMIT, "a database's session", 'for as long as it stays open'],
    ['elasticache:Connect', 720, "a cache's session", 'for up to 12 h'],
    ['memorydb:Connect', 720, "a database's session", 'for up to 12 h'],
    ['neptune-db:connect', 14_400, "a database's session", 'for up to 10 days'],
    ['neptune-db:ReadDataViaQuery', 14_400, "a database's session", 'for up to 10 days'],
    ['neptune-db:WriteDataViaQuery', 14_400, "a database's session", 'for up to 10 days'],
    [
      'redshift:GetClusterCredentialsWithIAM',
      NO_LIMIT,
      "a database's session",
      'for as long as it stays open',
    ],
    ['redshift-serverless:GetCredentials', NO_LIMIT, "a database's session", 'for as long as it stays open'],
    ['s3:GetDataAccess', 720, 'credentials for objects', 'for up to 12 h'],
    ['lakeformation:GetTemporaryGlueTableCredentials', 360, 'credentials for a table', 'for up to 6 h'],
    ['lakeformation:GetTemporaryGluePartitionCredentials', 360, 'credentials for a table', 'for up to 6 h'],
    ['codeartifact:GetAuthorizationToken', 720, 'a token for packages', 'for up to 12 h'],
    ['ecr:GetAuthorizationToken', 720, 'a token for images of containers', 'for up to 12 h'],
    ['quicksight:GetSessionEmbedUrl', 600, 'a session of QuickSight', 'for up to 10 h'],
    ['quicksight:GenerateEmbedUrlForRegisteredUser', 600, 'a session of QuickSight', 'for up to 10 h'],
    [
      'sagemaker:CreatePresignedDomainUrl',
      NO_LIMIT,
      'a session of SageMaker or of a notebook',
      `for up to 12 h${AGAIN}`,
    ],
    ['airflow:CreateWebLoginToken', NO_LIMIT, 'a session of Airflow', `for up to 12 h${AGAIN}`],
    ['grafana:CreateWorkspaceApiKey', 43_200, 'a token for Grafana', 'for up to 30 days'],
    [
      'appstream:CreateStreamingURL',
      17_280,
      'a remote desktop with an address of its own',
      'for up to 12 days',
    ],
    ['connect:GetFederationToken', 720, 'a session of a contact centre', 'for up to 12 h'],
    ['s3express:CreateSession', 5, 'a session for objects', 'for up to 5 min'],
    ['lightsail:GetInstanceAccessDetails', NO_LIMIT, 'a shell', `for as long as it stays open${AGAIN}`],
    [
      'codeconnections:GetConnectionToken',
      NO_LIMIT,
      "a service's credential for a place outside AWS",
      'for a time that AWS does not document',
    ],
  ])('%s leaves one for %d minutes, and the card says so', (action, minutes, opens, ends) => {
    const statements = [{ ...READ, Action: [action] }];
    expect(residualSessionMs({ kind: 'policy', statements })).toBe(minutes * 60_000);
    expect(describeTarget({ kind: 'policy', statements }).cautions).toContain(
      `${action} is allowed: the person can get ${opens}, which continues after the end ${ends}`,
    );
  });

  test('actions that open the same session are in one line', () => {
    const statements = [{ ...READ, Action: ['ssm:*Session', 'rds-db:*'] }];
    const lines = describeTarget({ kind: 'policy', statements }).cautions;
    expect(lines.filter((line) => line.includes('the person can get'))).toEqual([
      'ssm:StartSession, ssm:ResumeSession are allowed: the person can get a shell or a tunnel, which continues after the end for as long as it stays open, and longer if the role may assume a role again',
      "rds-db:connect is allowed: the person can get a database's session, which continues after the end for as long as it stays open",
    ]);
  });

  test('an ordinary action leaves none', () => {
    expect(residualSessionMs({ kind: 'policy', statements: [READ] })).toBe(0);
    expect(describeTarget({ kind: 'policy', statements: [READ] }).cautions).toEqual([]);
  });

  test.each<[actions: readonly string[], minutes: number]>([
    [['sts:AssumeRoot', 's3:GetDataAccess', 's3:*'], 720],
    [['sts:AssumeRoot', 'sts:AssumeRole'], NO_LIMIT],
    [['s3:GetDataAccess', 'rds-db:connect'], NO_LIMIT],
    [['dsql:DbConnect', 'sts:AssumeRoot'], 65],
  ])('of %j the longest counts', (Action, minutes) =>
    expect(lifetimeMs(allowsOf([{ ...READ, Action }]))).toBe(minutes * 60_000),
  );

  test('the page says how long each continues', () => {
    const [, section = ''] = PAGE.split('## What continues after the end\n');
    const rows = (section.split('\n## ')[0] ?? '').split('\n').filter((line) => /^\| (?!how|-)/.test(line));
    const ofPage = rows.map((row) =>
      row
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
    const ofCode = new Map<string, readonly string[]>();
    for (const { gives, lifetime, actsAsRole } of SESSION_ROWS) {
      const found = ofCode.get(lasts(lifetime)) ?? [];
      ofCode.set(lasts(lifetime), [...found, actsAsRole ? `${gives} *` : gives]);
    }
    expect(ofPage).toEqual([...ofCode].map(([howLong, kinds]) => [howLong, [...new Set(kinds)].join('; ')]));
  });
});

const lasts = (lifetime: (typeof SESSION_ROWS)[number]['lifetime']): string => {
  if (lifetime === 'open') return 'as long as it stays open';
  return lifetime === 'undocumented' ? 'not documented' : formatDuration(lifetime as Minutes);
};
