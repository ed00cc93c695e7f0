import { no, ok, type Result } from '../../core/result.ts';
import type { Connections } from '../connections.ts';
import { providerDeps } from '../provider-deps.ts';
import type { Settings } from './settings.ts';
import type { SettingName } from './schema.ts';

/** The settings that a part is named by and that are not there. */
export type Missing = readonly SettingName[];

/** What a role connects to besides the ledger and the providers. */
export type Uses = Readonly<{ temporal: boolean; slack: boolean }>;

type Temporal = Pick<Connections, 'temporal'>;
type Slack = Pick<Connections, 'slack'>;
/** The parts of every role. */
export type CoreConnections = Omit<Connections, 'temporal' | 'slack'>;
export type RoleConnections = CoreConnections & Partial<Temporal & Slack>;

/** Real parts only, all of them. */
export const givenConnections = (settings: Settings): Result<Connections, Missing> =>
  together(ownOf(settings), temporalOf(settings), slackOf(settings));

/** Those that are used, and no more: a role runs where the settings of the others are not. */
export const roleConnections = (
  settings: Settings,
  { temporal, slack }: Uses,
): Result<RoleConnections, Missing> =>
  together<CoreConnections, Partial<Temporal>, Partial<Slack>>(
    ownOf(settings),
    temporal ? temporalOf(settings) : ok({}),
    slack ? slackOf(settings) : ok({}),
  );

function ownOf(settings: Settings): Result<CoreConnections, Missing> {
  const { database, config, secretKey } = settings;
  if (database.kind !== 'given' || !config || !secretKey)
    return no([
      ...(database.kind === 'given' ? [] : (['DATABASE_URL'] as const)),
      ...(config ? [] : (['CURFEW_CONFIG'] as const)),
      ...(secretKey ? [] : (['CURFEW_SECRET_KEY'] as const)),
    ]);
  return ok({
    databaseUrl: database.url,
    migrationUrl: database.migrationUrl,
    providers: providerDeps(settings),
    config,
    sealingKey: Buffer.from(secretKey).toString('base64url'),
    sandbox: false,
  });
}

const temporalOf = ({ temporal }: Settings): Result<Temporal, Missing> =>
  temporal.kind === 'given' ? ok({ temporal: temporal.env }) : no(['TEMPORAL_ADDRESS']);

function slackOf({ slack }: Settings): Result<Slack, Missing> {
  if (slack.kind !== 'slack') return no(['SLACK_BOT_TOKEN', 'SLACK_APP_TOKEN', 'SLACK_CHANNEL']);
  const { kind: _slack, apiUrl, ...tokens } = slack;
  return ok({ slack: { ...tokens, ...(apiUrl === undefined ? {} : { apiUrl }) } });
}

function together<A, B, C>(
  a: Result<A, Missing>,
  b: Result<B, Missing>,
  c: Result<C, Missing>,
): Result<A & B & C, Missing> {
  if (a.ok && b.ok && c.ok) return ok({ ...a.value, ...b.value, ...c.value });
  return no([a, b, c].flatMap((part) => (part.ok ? [] : part.error)));
}
