import { no, ok, type Result } from '../../core/result.ts';
import type { RealConnections } from '../connections.ts';
import { isOnThisMachine } from '../this-machine.ts';
import type { Settings } from './settings.ts';
import type { UsableSettings } from './usable.ts';
import type { SettingName } from './schema.ts';

/** The settings that are needed and not set. */
export type Missing = readonly SettingName[];

/** What a role connects to besides the ledger and the providers. */
export type Uses = Readonly<{ temporal: boolean; slack: boolean }>;

type Temporal = Pick<RealConnections, 'temporal'>;
type Slack = Pick<RealConnections, 'slack'>;
/** The connections that every role needs. */
export type CoreConnections = Omit<RealConnections, 'temporal' | 'slack'>;
/** The connections without the secret key. */
type LedgerConnections = Omit<CoreConnections, keyof Sealing>;
type Sealing = Pick<RealConnections, 'sealingKey' | 'olderSealingKeys'>;
/** What most commands connect to. A command that opens nothing sealed runs without the key. */
export type CommandConnections = LedgerConnections & Partial<Sealing>;
export type RoleConnections = CoreConnections & Partial<Temporal & Slack>;

/** All connections, from the settings alone: nothing of the sandbox. */
export const allConnections = (settings: Settings): Result<RealConnections, Missing> =>
  combine(coreOf(settings), temporalOf(settings), slackOf(settings));

/** Only the connections that the roles use, so that a role needs no settings of another role. */
export const roleConnections = (
  settings: Settings,
  { temporal, slack }: Uses,
): Result<RoleConnections, Missing> =>
  combine<CoreConnections, Partial<Temporal>, Partial<Slack>>(
    coreOf(settings),
    temporal ? temporalOf(settings) : ok({}),
    slack ? slackOf(settings) : ok({}),
  );

/** The connections of a command to the ledger. The secret key must be set, and may be wrong. */
export const commandConnections = ({
  settings,
  problems,
}: UsableSettings): Result<CommandConnections, Missing> =>
  combine<LedgerConnections, Partial<Sealing>, unknown>(
    ledgerOf(settings),
    problems.some(({ setting }) => setting === 'CURFEW_SECRET_KEY') ? ok({}) : sealingOf(settings),
    ok({}),
  );

const coreOf = (settings: Settings): Result<CoreConnections, Missing> =>
  combine(ledgerOf(settings), sealingOf(settings), ok({}));

function ledgerOf(settings: Settings): Result<LedgerConnections, Missing> {
  const { database, config, slack, providers, manifest, log, consoleUrl } = settings;
  if (!database || !config)
    return no([
      ...(database ? [] : (['DATABASE_URL'] as const)),
      ...(config ? [] : (['CURFEW_CONFIG'] as const)),
    ]);
  return ok({
    kind: 'real',
    databaseUrl: database.url,
    migrationUrl: database.migrationUrl,
    providers,
    ...(manifest?.key === undefined ? {} : { manifest: { ...manifest, key: manifest.key } }),
    ...(log && { log }),
    ...(consoleUrl === undefined ? {} : { consoleUrl }),
    config,
    exampleAccounts: slack?.apiUrl && isOnThisMachine(slack.apiUrl) ? 'accepted' : 'refused',
  });
}

const sealingOf = ({ secretKey, olderSecretKeys }: Settings): Result<Sealing, Missing> =>
  secretKey
    ? ok({
        sealingKey: Buffer.from(secretKey).toString('base64url'),
        olderSealingKeys: olderSecretKeys.map((key) => Buffer.from(key).toString('base64url')),
      })
    : no(['CURFEW_SECRET_KEY']);

const temporalOf = ({ temporal }: Settings): Result<Temporal, Missing> =>
  temporal ? ok({ temporal }) : no(['TEMPORAL_ADDRESS']);

function slackOf({ slack }: Settings): Result<Slack, Missing> {
  if (!slack) return no(['SLACK_BOT_TOKEN', 'SLACK_APP_TOKEN', 'SLACK_CHANNEL']);
  const { apiUrl, ...tokens } = slack;
  return ok({ slack: { ...tokens, ...(apiUrl === undefined ? {} : { apiUrl }) } });
}

function combine<A, B, C>(
  a: Result<A, Missing>,
  b: Result<B, Missing>,
  c: Result<C, Missing>,
): Result<A & B & C, Missing> {
  if (a.ok && b.ok && c.ok) return ok({ ...a.value, ...b.value, ...c.value });
  return no([a, b, c].flatMap((each) => (each.ok ? [] : each.error)));
}
