import { createPrivateKey } from 'node:crypto';
import { z } from 'zod';

/** What `.env.example` says about a setting. A `secret` one may also be a file, which `<NAME>_FILE` names. */
export const META = z.object({
  group: z.string(),
  about: z.string(),
  example: z.string(),
  secret: z.boolean(),
});
export type Meta = z.infer<typeof META>;

const about = (group: string, text: string, example: string): Meta => ({
  group,
  about: text,
  example,
  secret: false,
});
const secret = (group: string, text: string, example: string): Meta => ({
  ...about(group, text, example),
  secret: true,
});

const PROTOCOLS = {
  web: { protocol: /^https?$/, error: 'must be an address like https://host/path' },
  postgres: {
    protocol: /^postgres(ql)?$/,
    error: 'must be an address like postgres://user:password@host:5432/database',
  },
} as const;
const webUrl = z.url(PROTOCOLS.web).optional();
const postgresUrl = z.url(PROTOCOLS.postgres).optional();
const text = z.string().optional();

const number = (least: number, most: number, unit: string) =>
  z
    .string()
    .regex(/^\d+$/, `must be a whole ${unit} from ${least} to ${most}`)
    .transform(Number)
    .refine((value) => value >= least && value <= most, `must be from ${least} to ${most}`);

/** `name=url` pairs, separated by spaces or line ends, which an address never contains. */
const targets = z
  .string()
  .transform((pairs) =>
    pairs
      .split(/\s+/)
      .filter(Boolean)
      .map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)] as const),
  )
  .refine(
    (pairs) => pairs.every(([name]) => /^[a-z0-9][a-z0-9_-]*$/i.test(name)),
    'must be pairs like orders=postgres://..., the name of letters, digits, "-" and "_"',
  )
  .refine(
    (pairs) => pairs.every(([, url]) => z.url(PROTOCOLS.postgres).safeParse(url).success),
    'must give every name an address like postgres://user:password@host:5432/database',
  )
  .refine((pairs) => new Set(pairs.map(([name]) => name)).size === pairs.length, 'names one database twice')
  .transform((pairs) => new Map(pairs));

const key32 = z
  .string()
  // Node skips characters that are not base64, so that a mistyped key would be another key.
  .regex(/^[A-Za-z0-9+/_-]{43}=?$/, 'must be 32 bytes in base64; make one with: openssl rand -base64 32')
  .transform((base64) => new Uint8Array(Buffer.from(base64, 'base64')));

/** `provider=key` pairs, separated by commas or spaces. A provider with several keys is named several times. */
const undoKeys = z
  .string()
  .transform((pairs) =>
    pairs
      .split(/[\s,]+/)
      .filter(Boolean)
      .map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)] as const),
  )
  .refine(
    (pairs) => pairs.every(([name]) => /^[a-z0-9][a-z0-9_-]*$/.test(name)),
    'must be pairs like github=<key>, the name of a provider and its key',
  )
  .refine(
    (pairs) => pairs.every(([, key]) => key32.safeParse(key).success),
    'must give every provider 32 bytes in base64; make a key with: openssl rand -base64 32',
  )
  .transform((pairs) => pairs.map(([name, key]) => [name, key32.parse(key)] as const))
  .refine(
    (pairs) => new Set(pairs.map(([, key]) => Buffer.from(key).toString('hex'))).size === pairs.length,
    'has one key twice. Each provider needs a key of its own',
  )
  .transform((pairs) => {
    const keys = new Map<string, readonly Uint8Array[]>();
    for (const [name, key] of pairs) keys.set(name, [...(keys.get(name) ?? []), key]);
    return keys;
  });

/** A PEM file. In a setting of one line its line ends are written as \n. */
const privateKey = z
  .string()
  .transform((pem) => pem.replaceAll('\\n', '\n'))
  .refine(isPrivateKey, 'must be the private key (PEM) that GitHub gave you for the app');

function isPrivateKey(pem: string): boolean {
  try {
    return createPrivateKey(pem).type === 'private';
  } catch {
    return false;
  }
}

const SLACK = 'Slack';
const DATABASE = 'The ledger';
const TEMPORAL = 'Temporal. @temporalio/envconfig reads these settings';
const AWS = 'AWS. Credentials are found as by every AWS SDK';
const GITHUB = 'GitHub, as an app';
const POSTGRES = 'Databases that people can request';
const CURFEW = 'Curfew itself. The demo (npm start) reads only these, and not the keys';

/** Every setting. A value that only its vendor can check, such as a key of AWS, may be any text. */
export const SCHEMA = z.object({
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
    .meta(about(SLACK, 'Id of the channel that shows request cards.', 'C0123456789')),
  SLACK_API_URL: webUrl.meta(
    about(SLACK, 'Another address of the Web API, for a test workspace.', 'https://slack.com/api/'),
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
    .meta(about(TEMPORAL, 'host:port of the front end.', 'temporal.example.com:7233')),
  TEMPORAL_NAMESPACE: text.meta(about(TEMPORAL, 'Namespace; "default" if not set.', 'curfew')),
  TEMPORAL_API_KEY: text.meta(secret(TEMPORAL, 'API key of Temporal Cloud; turns TLS on.', 'ey...')),
  TEMPORAL_TLS: z
    .enum(['true', 'false'], 'must be true or false')
    .optional()
    .meta(about(TEMPORAL, 'true or false; false only for a server on this machine.', 'true')),
  TEMPORAL_TLS_CLIENT_CERT_PATH: text.meta(
    about(TEMPORAL, 'Client certificate for mutual TLS (PEM file).', '/etc/curfew/client.pem'),
  ),
  TEMPORAL_TLS_CLIENT_KEY_PATH: text.meta(
    about(TEMPORAL, 'Its private key (PEM file).', '/etc/curfew/client.key'),
  ),
  TEMPORAL_TLS_CLIENT_CERT_DATA: text.meta(
    about(TEMPORAL, 'The client certificate itself.', '-----BEGIN CERTIFICATE-----...'),
  ),
  TEMPORAL_TLS_CLIENT_KEY_DATA: text.meta(
    secret(TEMPORAL, 'The private key itself.', '-----BEGIN PRIVATE KEY-----...'),
  ),
  TEMPORAL_TLS_SERVER_CA_CERT_PATH: text.meta(
    about(TEMPORAL, 'The authority that signed the server (PEM file).', '/etc/curfew/ca.pem'),
  ),
  TEMPORAL_TLS_SERVER_CA_CERT_DATA: text.meta(
    about(TEMPORAL, 'That authority itself.', '-----BEGIN CERTIFICATE-----...'),
  ),
  TEMPORAL_TLS_SERVER_NAME: text.meta(
    about(TEMPORAL, 'The name the server proves, where it is not the host.', 'temporal.internal'),
  ),

  AWS_REGION: text.meta(about(AWS, 'Region; setting it turns AWS on.', 'eu-central-1')),
  AWS_ACCESS_KEY_ID: text.meta(
    secret(AWS, 'Only where no role, profile or instance provides credentials.', 'AKIA...'),
  ),
  AWS_SECRET_ACCESS_KEY: text.meta(secret(AWS, 'Its secret.', '...')),
  AWS_SESSION_TOKEN: text.meta(secret(AWS, 'For temporary keys.', '...')),
  AWS_ENDPOINT_URL_IAM: webUrl.meta(about(AWS, 'Another address of IAM.', 'https://iam.amazonaws.com')),

  GITHUB_APP_ID: z
    .string()
    .regex(/^\d+$/, 'must be the number on the settings page of the app')
    .optional()
    .meta(about(GITHUB, 'Number of the app.', '123456')),
  GITHUB_APP_PRIVATE_KEY: privateKey
    .optional()
    .meta(
      secret(
        GITHUB,
        'Private key of the app (PEM; \\n for line ends).',
        '-----BEGIN RSA PRIVATE KEY-----...',
      ),
    ),
  GITHUB_INSTALLATION_ID: z
    .string()
    .regex(/^\d+$/, 'must be the number at the end of the address of the installation')
    .optional()
    .meta(about(GITHUB, 'Number of its installation in the organisation.', '12345678')),
  GITHUB_API_URL: webUrl.meta(
    about(GITHUB, 'Another address of the API, for GitHub Enterprise.', 'https://api.github.com'),
  ),

  CURFEW_POSTGRES_TARGETS: targets
    .optional()
    .meta(
      secret(
        POSTGRES,
        'name=url pairs: the name that `database` has in the catalogue, and the address with an administrator.',
        '"orders=postgres://admin:password@host:5432/orders?sslmode=verify-full"',
      ),
    ),

  CURFEW_CONFIG: text.meta(
    about(
      CURFEW,
      'Folder with catalogue.yaml and people.yaml; the demo has the quickstart if it is not set.',
      './config',
    ),
  ),
  CURFEW_HOME: z
    .string()
    .default('.curfew')
    .meta(about(CURFEW, 'Folder for everything kept on this machine.', '.curfew')),
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
  CURFEW_PORT: number(0, 65_535, 'number')
    .optional()
    .meta(about(CURFEW, 'Port of the page of the demo; if not set, 4040 or another free one.', '4000')),
  CURFEW_TEMPORAL_CLI: text.meta(
    about(CURFEW, 'Path of a Temporal CLI with which the demo starts its server.', '/usr/local/bin/temporal'),
  ),
  CURFEW_LOG_LEVEL: z
    .enum(
      ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
      'must be trace, debug, info, warn, error, fatal or silent',
    )
    .default('info')
    .meta(about(CURFEW, 'trace, debug, info, warn, error, fatal or silent.', 'info')),
  CURFEW_SWEEP_SECONDS: number(1, 30, 'number of seconds')
    .default(15)
    .meta(about(CURFEW, 'How often the sweeper looks for leases past their end.', '15')),
});

export type SettingName = keyof typeof SCHEMA.shape;

/** One problem with one setting. It never holds the value, which may be a secret. */
export type Problem = Readonly<{ setting: string; what: string }>;

export const SETTING_NAMES = Object.keys(SCHEMA.shape) as readonly SettingName[];

/** The environment variables of a setting: its name, and that of its file when it is a secret. */
export const variablesOf = (name: SettingName): readonly string[] =>
  metaOf(name).secret ? [name, `${name}_FILE`] : [name];

/** What `.env.example` says about a setting. */
export const metaOf = (name: SettingName): Meta => META.parse(SCHEMA.shape[name].meta());
