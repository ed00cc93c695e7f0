import { z } from 'zod';
import { LIMITS } from '../../core/limits.ts';
import { USUAL_CAP } from '../../core/findings/removal-cap.ts';
import { META, type Meta, plain, secret, text, webUrl } from '../../providers/setting-fields.ts';
import { PROVIDER_SETTINGS } from '../../providers/settings.ts';
import {
  key32,
  logKeys,
  logName,
  logPlaces,
  logPublicKeys,
  manifestPlace,
  manifestPublicKeys,
  number,
  postgresUrl,
  removalCap,
  streamSinks,
  undoKeys,
} from './formats.ts';
import { USUAL_EXAMINATION_DAYS } from '../log-connection.ts';
import { DEFAULT_HOME } from './reading-connections.ts';

const SLACK = 'Slack';
const DATABASE = 'The ledger';
const TEMPORAL = 'Temporal. @temporalio/envconfig reads these settings';
const CONSOLE = 'The console';
const CURFEW = 'Curfew itself. The demo (npm start) reads only these, and not the keys';

/** The settings of the services that every installation needs. */
const SERVICES = z.object({
  SLACK_BOT_TOKEN: z
    .string()
    .startsWith('xoxb-', 'must be the bot token, which begins with xoxb-')
    .optional()
    .meta(secret(SLACK, 'Bot token, from "OAuth & Permissions".', 'xoxb-...')),
  SLACK_APP_TOKEN: z
    .string()
    .startsWith('xapp-', 'must be the app-level token, which begins with xapp-')
    .optional()
    .meta(secret(SLACK, 'App-level token for Socket Mode, with connections:write.', 'xapp-...')),
  SLACK_CHANNEL: z
    .string()
    .regex(
      /^[CG][A-Z0-9]{7,}$/,
      'must be the id of a channel, such as C0123456789 (at the end of its "About" tab)',
    )
    .optional()
    .meta(plain(SLACK, 'Id of the channel that shows request cards.', 'C0123456789')),
  SLACK_API_URL: webUrl.meta(
    plain(SLACK, 'Another address of the Web API, for a test workspace.', 'https://slack.com/api/'),
  ),

  DATABASE_URL: postgresUrl.meta(
    secret(
      DATABASE,
      'The login of this process. It must not own the tables.',
      'postgres://curfew_app:password@host:5432/curfew?sslmode=verify-full',
    ),
  ),
  CURFEW_MIGRATION_DATABASE_URL: postgresUrl.meta(
    secret(
      DATABASE,
      'The login that owns the tables, for curfew migrate; DATABASE_URL if not set.',
      'postgres://curfew_owner:password@host:5432/curfew?sslmode=verify-full',
    ),
  ),

  TEMPORAL_ADDRESS: z
    .string()
    .regex(/^[^\s/]+:\d+$/, 'must be host:port')
    .optional()
    .meta(plain(TEMPORAL, 'host:port of the front end.', 'temporal.example.com:7233')),
  TEMPORAL_NAMESPACE: text.meta(plain(TEMPORAL, 'Namespace; "default" if not set.', 'curfew')),
  TEMPORAL_API_KEY: text.meta(secret(TEMPORAL, 'API key of Temporal Cloud; turns TLS on.', 'ey...')),
  TEMPORAL_TLS: z
    .enum(['true', 'false'], 'must be true or false')
    .optional()
    .meta(plain(TEMPORAL, 'true or false; false only for a server on this machine.', 'true')),
  TEMPORAL_TLS_CLIENT_CERT_PATH: text.meta(
    plain(TEMPORAL, 'Client certificate for mutual TLS (PEM file).', '/etc/curfew/client.pem'),
  ),
  TEMPORAL_TLS_CLIENT_KEY_PATH: text.meta(
    plain(TEMPORAL, 'Its private key (PEM file).', '/etc/curfew/client.key'),
  ),
  TEMPORAL_TLS_CLIENT_CERT_DATA: text.meta(
    plain(TEMPORAL, 'The client certificate itself.', '-----BEGIN CERTIFICATE-----...'),
  ),
  TEMPORAL_TLS_CLIENT_KEY_DATA: text.meta(
    secret(TEMPORAL, 'The private key itself.', '-----BEGIN PRIVATE KEY-----...'),
  ),
  TEMPORAL_TLS_SERVER_CA_CERT_PATH: text.meta(
    plain(TEMPORAL, 'The authority that signed the server (PEM file).', '/etc/curfew/ca.pem'),
  ),
  TEMPORAL_TLS_SERVER_CA_CERT_DATA: text.meta(
    plain(TEMPORAL, 'That authority itself.', '-----BEGIN CERTIFICATE-----...'),
  ),
  TEMPORAL_TLS_SERVER_NAME: text.meta(
    plain(TEMPORAL, 'The name the server proves, where it is not the host.', 'temporal.internal'),
  ),
});

/** The settings of the console and of the identity provider at which people sign in. */
const CONSOLE_SETTINGS = z.object({
  CURFEW_CONSOLE_URL: webUrl.meta(
    plain(
      CONSOLE,
      'Address of the console in a browser. Without it there is no console.',
      'https://curfew.example.com',
    ),
  ),
  CURFEW_CONSOLE_LISTEN: z
    .string()
    .regex(/^[^\s/]+:\d{1,5}$/, 'must be host:port')
    .optional()
    .meta(plain(CONSOLE, 'host:port where the console listens; 127.0.0.1:4050 if not set.', '0.0.0.0:4050')),
  CURFEW_OIDC_ISSUER: webUrl.meta(
    plain(
      CONSOLE,
      'Issuer of the OpenID provider at which people sign in.',
      'https://id.example.com/realms/staff',
    ),
  ),
  CURFEW_OIDC_CLIENT_ID: text.meta(plain(CONSOLE, 'What the provider calls the console.', 'curfew')),
  CURFEW_OIDC_CLIENT_SECRET: text.meta(secret(CONSOLE, 'The secret of the console at the provider.', '...')),
  CURFEW_OIDC_CLAIM: text.meta(
    plain(
      CONSOLE,
      'Claim that names the account of a person, which people.yaml has as the system oidc; sub if not set. It must never be given to somebody else.',
      'sub',
    ),
  ),
});

/** The settings of Curfew itself. */
const CURFEW_SETTINGS = z.object({
  CURFEW_CONFIG: text.meta(
    plain(
      CURFEW,
      'Folder with catalogue.yaml and people.yaml; the demo has the quickstart if it is not set.',
      './config',
    ),
  ),
  CURFEW_HOME: z
    .string()
    .default(DEFAULT_HOME)
    .meta(plain(CURFEW, 'Folder for everything kept on this machine.', '.curfew')),
  CURFEW_SECRET_KEY: key32
    .optional()
    .meta(
      secret(
        CURFEW,
        '32 bytes in base64 that seal passwords and what Temporal keeps (openssl rand -base64 32).',
        '...',
      ),
    ),
  CURFEW_OLDER_SECRET_KEYS: z
    .string()
    .transform((keys) => keys.split(',').map((key) => key.trim()))
    .pipe(z.array(key32))
    .optional()
    .meta(
      secret(
        CURFEW,
        'Earlier values of CURFEW_SECRET_KEY, separated by commas. What they sealed can still be opened.',
        '...',
      ),
    ),
  CURFEW_UNDO_KEYS: undoKeys
    .optional()
    .meta(
      secret(
        CURFEW,
        'provider=key pairs, each key 32 bytes in base64. They seal what Curfew needs to revoke access while the ledger is unavailable.',
        'aws-iam=...,github=...,postgres=...',
      ),
    ),
  CURFEW_MANIFEST: manifestPlace
    .optional()
    .meta(
      plain(
        CURFEW,
        'Folder or bucket for the list of what must be ended, outside of the ledger. Access that only Curfew ends needs it.',
        's3://example-curfew/manifest',
      ),
    ),
  CURFEW_MANIFEST_KEY: key32
    .optional()
    .meta(
      secret(
        CURFEW,
        '32 bytes in base64 that sign the manifest (openssl rand -base64 32). Only the processes of providers and the sweeper have it.',
        '...',
      ),
    ),
  CURFEW_MANIFEST_REGION: text.meta(
    plain(CURFEW, 'Region of the bucket of the manifest; AWS_REGION if not set.', 'eu-central-1'),
  ),
  CURFEW_MANIFEST_ENDPOINT: webUrl.meta(
    plain(CURFEW, 'Address of another server that speaks S3.', 'https://s3.example.com'),
  ),
  CURFEW_LOG_NAME: logName
    .optional()
    .meta(
      plain(
        CURFEW,
        'Name of the audit log, for ever. It is part of what its keys sign.',
        'curfew.example.com/log',
      ),
    ),
  CURFEW_LOG_KEYS: logKeys
    .optional()
    .meta(
      secret(
        CURFEW,
        '32 bytes in base64 that sign the audit log (openssl rand -base64 32). Only the sequencer has it. While a key is changed, both, separated by commas.',
        '...',
      ),
    ),
  CURFEW_LOG_PUBLIC_KEYS: logPublicKeys
    .optional()
    .meta(
      plain(
        CURFEW,
        'Public keys of the audit log, separated by commas, as the sequencer and curfew doctor show them. The processes of providers grant only what one of them signed.',
        'curfew.example.com/log+2c1b9c7b+AQ...',
      ),
    ),
  CURFEW_LOG_PLACES: logPlaces
    .optional()
    .meta(
      plain(
        CURFEW,
        'Where the sequencer publishes the audit log, separated by commas: folders, buckets, git remotes, Slack channels, witnesses.',
        'file:/srv/curfew-log,s3://example-curfew/log',
      ),
    ),
  CURFEW_LOG_REGION: text.meta(
    plain(CURFEW, 'Region of the buckets of the audit log; AWS_REGION if not set.', 'eu-central-1'),
  ),
  CURFEW_LOG_ENDPOINT: webUrl.meta(
    plain(CURFEW, 'Address of another server that speaks S3, for the audit log.', 'https://s3.example.com'),
  ),
  CURFEW_LOG_EXAMINE_DAYS: number(1, 90, 'number of days')
    .default(USUAL_EXAMINATION_DAYS)
    .meta(
      plain(
        CURFEW,
        'In how many days the sequencer hashes the whole audit log again, and compares it and the answers about access with what was signed.',
        '7',
      ),
    ),
  CURFEW_STREAM: streamSinks
    .optional()
    .meta(
      plain(
        CURFEW,
        'Where the streamer sends what is in the audit log, for a SIEM, separated by commas: files, stdout:, HTTPS addresses, syslog servers. Each can have ?format=ocsf, ecs or cef.',
        'file:/var/log/curfew/audit.jsonl,syslog+tls://siem.example.com:6514?format=cef',
      ),
    ),
  CURFEW_STREAM_TOKEN: z
    .string()
    .regex(/^[A-Za-z0-9._~+/=-]{1,4096}$/, 'must be a bearer token without spaces')
    .optional()
    .meta(secret(CURFEW, 'Bearer token for the HTTPS addresses of CURFEW_STREAM.', '...')),
  CURFEW_PORT: number(0, 65_535, 'number')
    .optional()
    .meta(plain(CURFEW, 'Port of the page of the demo; if not set, 4040 or another free one.', '4000')),
  CURFEW_TEMPORAL_CLI: text.meta(
    plain(CURFEW, 'Path of a Temporal CLI with which the demo starts its server.', '/usr/local/bin/temporal'),
  ),
  CURFEW_LOG_LEVEL: z
    .enum(
      ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
      'must be trace, debug, info, warn, error, fatal or silent',
    )
    .default('info')
    .meta(plain(CURFEW, 'trace, debug, info, warn, error, fatal or silent.', 'info')),
  CURFEW_SWEEP_SECONDS: number(1, 30, 'number of seconds')
    .default(15)
    .meta(plain(CURFEW, 'How often the sweeper looks for leases past their end.', '15')),
  CURFEW_MANIFEST_PUBLIC_KEYS: manifestPublicKeys
    .optional()
    .meta(
      plain(
        CURFEW,
        'Public keys of the manifest, separated by commas, for curfew reap. Only what one of them signed ends access.',
        'MCowBQYDK2VwAyEA...',
      ),
    ),
  CURFEW_MOST_LEAVERS: number(0, 1_000_000, 'number of people')
    .default(LIMITS.leaversAtOnce)
    .meta(
      plain(
        CURFEW,
        'When more people than this, and more than a tenth of all, leave at once, a person must confirm it.',
        '3',
      ),
    ),
  CURFEW_CHECK_MINUTES: number(5, 1_440, 'number of minutes')
    .default(15)
    .meta(plain(CURFEW, 'How often the access of each live lease is compared with its provider.', '15')),
  CURFEW_RECONCILE_MINUTES: number(5, 1_440, 'number of minutes')
    .default(30)
    .meta(plain(CURFEW, 'How often Curfew reads who has each target.', '30')),
  CURFEW_REMOVAL_CAP: removalCap
    .default(USUAL_CAP)
    .meta(
      plain(
        CURFEW,
        'How many accesses at one target may be revoked within an hour before a person is asked: a number, and a part of its members. The smaller one counts, and at least one.',
        '10,20%',
      ),
    ),
});

const CORE_SETTINGS = z.object({ ...SERVICES.shape, ...CONSOLE_SETTINGS.shape, ...CURFEW_SETTINGS.shape });

/** The settings, after each was checked by itself. Those of the providers are read by their own folders. */
export type Values = z.output<typeof CORE_SETTINGS>;
export type SettingName = keyof Values;

type Variables = Readonly<Record<string, z.ZodType>>;

/** All variables of these parts. Throws when two have one of the same name, because each would get the value of the other. */
export function joinedVariables(parts: readonly Variables[]): Variables {
  const all: Record<string, z.ZodType> = {};
  for (const [name, variable] of parts.flatMap(Object.entries)) {
    if (Object.hasOwn(all, name)) throw new Error(`the setting ${name} is declared twice`);
    all[name] = variable;
  }
  return all;
}

const PROVIDER_VARIABLES = joinedVariables(PROVIDER_SETTINGS.map(({ variables }) => variables.shape));

/** Every setting, those of the providers included. */
export const SCHEMA = z.object(
  joinedVariables([SERVICES.shape, PROVIDER_VARIABLES, CONSOLE_SETTINGS.shape, CURFEW_SETTINGS.shape]),
);

/** One problem with one setting. It never holds the value, which may be a secret. */
export type Problem = Readonly<{ setting: string; what: string }>;

export const SETTING_NAMES: readonly string[] = Object.keys(SCHEMA.shape);
export const isSetting = (name: string): boolean => SETTING_NAMES.includes(name);

/** The environment variables of a setting: its name, and that of its file when it is a secret. */
export const variablesOf = (name: string): readonly string[] =>
  metaOf(name).secret ? [name, `${name}_FILE`] : [name];

/** What `.env.example` says about a setting. */
export const metaOf = (name: string): Meta =>
  META.parse((SCHEMA.shape as Readonly<Record<string, z.ZodType>>)[name]?.meta());
