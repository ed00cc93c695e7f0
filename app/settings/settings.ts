import type { KeyObject } from 'node:crypto';
import { resolve } from 'node:path';
import type { RemovalCap } from '../../core/findings/removal-cap.ts';
import { no, ok } from '../../core/result.ts';
import type { Result } from '../../core/result.ts';
import type { ProviderDeps } from '../../providers/index.ts';
import { PROVIDER_SETTINGS } from '../../providers/settings.ts';
import type { LookOptions } from '../../upkeep/sweeper.ts';
import type { UndoKeys } from '../undo-keys.ts';
import { checkTogether, type Raw } from './combinations.ts';
import { metaOf, SCHEMA, SETTING_NAMES, variablesOf } from './schema.ts';
import type { Problem, Values } from './schema.ts';
import type { ConsoleConnection } from '../console-connection.ts';
import type { LogConnection, StreamSettings } from '../log-connection.ts';
import { type Env, valueOrFile } from './secret-file.ts';

/**
 * What the demo can be told. It has no field for a real service, because the demo starts all services itself and its
 * Slack asks nobody who they are (T44).
 */
export type DemoSettings = Readonly<{
  /** Absolute. When it is undefined, the demo uses the quickstart's. */
  config: string | undefined;
  /** Absolute. */
  home: string;
  port: number | undefined;
  temporalCli: string | undefined;
  logLevel: string;
  sweepSeconds: number;
  mostLeavers: number;
}>;

/** What Curfew runs with. A service that is not set is undefined. */
export type Settings = DemoSettings &
  Readonly<{
    slack:
      | Readonly<{ botToken: string; appToken: string; channel: string; apiUrl: string | undefined }>
      | undefined;
    /** `migrationUrl` connects as the owner of the tables, `url` as the login of this process. */
    database: Readonly<{ url: string; migrationUrl: string }> | undefined;
    /** For `loadClientConnectConfig({ overrideEnvVars })`: secrets from files are in it. */
    temporal: Readonly<Record<string, string>> | undefined;
    /** What each provider that is set works with, by the name of the provider. */
    providers: ProviderDeps;
    /** 32 bytes. */
    secretKey: Uint8Array | undefined;
    /** What the secret key was before, each 32 bytes. */
    olderSecretKeys: readonly Uint8Array[];
    undoKeys: UndoKeys;
    /** `key` is missing in a process that does not write the manifest. */
    manifest: Readonly<{ where: string; key?: string; region?: string; endpoint?: string }> | undefined;
    /** The keys of which one must have signed each object of the manifest, for the reaper. */
    manifestPublicKeys: readonly KeyObject[];
    /** The audit log; undefined when it has no name. */
    log: LogConnection | undefined;
    /** In how many days the whole audit log is examined. */
    examineDays: number;
    /** The address of the console in a browser, for links to it. */
    consoleUrl: string | undefined;
    /** The console; undefined when this process has no client at an OpenID provider. */
    console: ConsoleConnection | undefined;
    /** Where the streamer sends the log; undefined when it is sent nowhere. */
    stream: StreamSettings | undefined;
    /** How often access is compared with its provider. */
    looks: LookOptions;
    /** How much may be revoked at one target within an hour before a person is asked. */
    removalCap: RemovalCap;
  }>;

export type { Problem } from './schema.ts';

/** Reads every setting and returns every problem at once. An empty value counts as absent. */
export function readSettings(env: Env): Result<Settings, readonly Problem[]> {
  const problems: Problem[] = [...unknownNames(env)];
  const raw: Record<string, string> = {};
  for (const name of SETTING_NAMES) {
    const found = metaOf(name).secret ? valueOrFile(env, name) : ok(env[name]);
    if (!found.ok) problems.push({ setting: name, what: found.error });
    else if (found.value) raw[name] = found.value;
  }
  const parsed = SCHEMA.safeParse(raw);
  if (!parsed.success) {
    problems.push(
      ...parsed.error.issues.map(({ path, message }) => ({ setting: String(path[0]), what: message })),
    );
    return no(problems);
  }
  const values = parsed.data as Values;
  problems.push(...checkTogether(raw, values));
  return problems.length > 0 ? no(problems) : ok(assemble(values, raw));
}

/** A CURFEW_ name that is not a setting is a typing mistake, which would silently do nothing. */
function unknownNames(env: Env): Problem[] {
  const known = new Set(SETTING_NAMES.flatMap(variablesOf));
  return Object.keys(env)
    .filter((name) => name.startsWith('CURFEW_') && !known.has(name))
    .map((setting) => ({ setting, what: 'is not a setting. .env.example lists them all' }));
}

function assemble(values: Values, raw: Raw): Settings {
  const temporal = Object.entries(raw).filter(([name]) => name.startsWith('TEMPORAL_'));
  return {
    slack: slackOf(values),
    database: values.DATABASE_URL
      ? {
          url: values.DATABASE_URL,
          migrationUrl: values.CURFEW_MIGRATION_DATABASE_URL ?? values.DATABASE_URL,
        }
      : undefined,
    temporal: values.TEMPORAL_ADDRESS ? Object.fromEntries(temporal) : undefined,
    providers: providerDeps(values),
    config: values.CURFEW_CONFIG && resolve(values.CURFEW_CONFIG),
    home: resolve(values.CURFEW_HOME),
    secretKey: values.CURFEW_SECRET_KEY,
    olderSecretKeys: values.CURFEW_OLDER_SECRET_KEYS ?? [],
    undoKeys: values.CURFEW_UNDO_KEYS ?? new Map(),
    manifest: manifestOf(values, raw),
    manifestPublicKeys: values.CURFEW_MANIFEST_PUBLIC_KEYS ?? [],
    log: logOf(values, raw),
    examineDays: values.CURFEW_LOG_EXAMINE_DAYS,
    stream: streamOf(values),
    consoleUrl: values.CURFEW_CONSOLE_URL && new URL(values.CURFEW_CONSOLE_URL).origin,
    console: consoleOf(values),
    looks: {
      checkMinutes: values.CURFEW_CHECK_MINUTES,
      reconcileMinutes: values.CURFEW_RECONCILE_MINUTES,
    },
    removalCap: values.CURFEW_REMOVAL_CAP,
    port: values.CURFEW_PORT,
    temporalCli: values.CURFEW_TEMPORAL_CLI,
    logLevel: values.CURFEW_LOG_LEVEL,
    sweepSeconds: values.CURFEW_SWEEP_SECONDS,
    mostLeavers: values.CURFEW_MOST_LEAVERS,
  };
}

function manifestOf(
  { CURFEW_MANIFEST: where, CURFEW_MANIFEST_KEY: key, ...values }: Values,
  { AWS_REGION }: Raw,
): Settings['manifest'] {
  if (!where) return undefined;
  const region = values.CURFEW_MANIFEST_REGION ?? AWS_REGION;
  const endpoint = values.CURFEW_MANIFEST_ENDPOINT;
  return {
    where,
    ...(key && { key: Buffer.from(key).toString('base64url') }),
    ...(region && { region }),
    ...(endpoint && { endpoint }),
  };
}

function logOf(
  { CURFEW_LOG_NAME: name, CURFEW_LOG_KEYS: keys, CURFEW_LOG_PLACES: places, ...values }: Values,
  { AWS_REGION }: Raw,
): Settings['log'] {
  if (!name) return undefined;
  const region = values.CURFEW_LOG_REGION ?? AWS_REGION;
  const endpoint = values.CURFEW_LOG_ENDPOINT;
  return {
    name,
    publicKeys: values.CURFEW_LOG_PUBLIC_KEYS ?? [],
    keys: (keys ?? []).map((key) => Buffer.from(key).toString('base64url')),
    ...(places && { places }),
    ...(region && { region }),
    ...(endpoint && { endpoint }),
  };
}

function consoleOf(values: Values): ConsoleConnection | undefined {
  const { CURFEW_CONSOLE_URL: url, CURFEW_OIDC_ISSUER: issuer } = values;
  const { CURFEW_OIDC_CLIENT_ID: clientId, CURFEW_OIDC_CLIENT_SECRET: clientSecret } = values;
  if (!url || !issuer || !clientId || !clientSecret) return undefined;
  const listen = values.CURFEW_CONSOLE_LISTEN ?? '127.0.0.1:4050';
  const colon = listen.lastIndexOf(':');
  return {
    origin: new URL(url).origin,
    listen: {
      host: listen.slice(0, colon).replace(/^\[(.*)\]$/, '$1'),
      port: Number(listen.slice(colon + 1)),
    },
    client: { issuer, clientId, clientSecret, claim: values.CURFEW_OIDC_CLAIM ?? 'sub' },
  };
}

const streamOf = ({ CURFEW_STREAM: sinks, CURFEW_STREAM_TOKEN: token }: Values): StreamSettings | undefined =>
  sinks ? { sinks, ...(token && { token }) } : undefined;

function slackOf({
  SLACK_BOT_TOKEN,
  SLACK_APP_TOKEN,
  SLACK_CHANNEL,
  SLACK_API_URL,
}: Values): Settings['slack'] {
  return SLACK_BOT_TOKEN && SLACK_APP_TOKEN && SLACK_CHANNEL
    ? {
        botToken: SLACK_BOT_TOKEN,
        appToken: SLACK_APP_TOKEN,
        channel: SLACK_CHANNEL,
        apiUrl: SLACK_API_URL,
      }
    : undefined;
}

const providerDeps = (values: Values): ProviderDeps =>
  Object.fromEntries(
    PROVIDER_SETTINGS.flatMap(({ name, depsOf }) => {
      const deps = depsOf(values);
      return deps === undefined ? [] : [[name, deps]];
    }),
  );
