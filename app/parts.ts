import type { LedgerRole } from '../ledger/index.ts';
import { PROVIDER_SETTINGS } from '../providers/settings.ts';
import { MANIFEST, type UsableSettings } from './settings/usable.ts';
import { isOnThisMachine } from './this-machine.ts';

/** What a process runs. */
export type Parts = Readonly<{
  gateway: boolean;
  workflows: boolean;
  sweeper: boolean;
  sequencer: boolean;
  streamer: boolean;
  console: boolean;
  providers: readonly string[];
}>;

/** A part of a process. Each is started by itself, so that one that cannot start stops no other. */
export type Part = Readonly<
  | { kind: 'gateway' | 'answers' | 'workflows' | 'sweeper' | 'sequencer' | 'streamer' | 'console' }
  | { kind: 'provider'; provider: string }
>;
type Kind = Part['kind'];

export const nameOf = (part: Part): string =>
  part.kind === 'provider' ? `provider ${part.provider}` : part.kind;

/** As what each part acts in the ledger. */
export const DUTIES: Readonly<Record<Kind, readonly LedgerRole[]>> = {
  gateway: ['gateway', 'courier'],
  answers: ['worker'],
  workflows: ['worker'],
  provider: ['provider'],
  sweeper: ['sweeper'],
  sequencer: ['sequencer'],
  streamer: ['streamer'],
  console: ['console'],
};

export const LOG = /^CURFEW_LOG_(?!LEVEL$)/;
const STREAM = /^CURFEW_STREAM/;
const TEMPORAL = /^TEMPORAL_/;
const UNDO_KEYS = /^CURFEW_UNDO_KEYS$/;
export const OF_A_PROVIDER = new RegExp(
  `^(${PROVIDER_SETTINGS.flatMap(({ variables }) => Object.keys(variables.shape)).join('|')})$`,
);
/** Only other commands use these. */
const OF_NO_PART = /^CURFEW_(MIGRATION_DATABASE_URL|MANIFEST_PUBLIC_KEYS|PORT|TEMPORAL_CLI)$/;

/**
 * The settings of each part. Without one of `needs` it does not start. Without one of `wants` it runs and does less. The sweeper needs the
 * ledger only, because it ends access when nothing else does. A setting in neither list is one that every part needs.
 */
const SETTINGS: Readonly<Record<Kind, Readonly<{ needs: readonly RegExp[]; wants: readonly RegExp[] }>>> = {
  gateway: { needs: [/^SLACK_/], wants: [] },
  answers: { needs: [], wants: [] },
  workflows: { needs: [TEMPORAL], wants: [] },
  provider: { needs: [TEMPORAL, UNDO_KEYS, MANIFEST], wants: [LOG] },
  sweeper: { needs: [], wants: [OF_A_PROVIDER, UNDO_KEYS, MANIFEST, LOG] },
  sequencer: { needs: [LOG], wants: [] },
  streamer: { needs: [LOG, STREAM], wants: [] },
  console: { needs: [/^CURFEW_(OIDC|CONSOLE)_/], wants: [LOG] },
};

const OF_SOME_PART = [
  ...Object.values(SETTINGS).flatMap(({ needs, wants }) => [...needs, ...wants]),
  OF_NO_PART,
];

const about = (settings: readonly RegExp[], { problems }: UsableSettings): readonly string[] =>
  problems
    .filter(({ setting }) => settings.some((each) => each.test(setting)))
    .map(({ setting, what }) => `${setting} ${what}`);

/** What is wrong with the settings that every part needs. */
export const problemsOfEveryPart = (usable: UsableSettings): readonly string[] => {
  const ofSome = about(OF_SOME_PART, usable);
  return about([/^/], usable).filter((problem) => !ofSome.includes(problem));
};

/** What the part could do more, once these problems are mended. */
export const whatIsMissing = ({ kind }: Part, usable: UsableSettings): readonly string[] =>
  about(SETTINGS[kind].wants, usable);

const needsOf = (part: Part): readonly RegExp[] => [
  ...SETTINGS[part.kind].needs,
  ...(part.kind === 'provider' ? [OF_PROVIDER(part.provider)] : []),
];

const OF_PROVIDER = (name: string): RegExp => {
  const settings = PROVIDER_SETTINGS.find((each) => each.name === name);
  return new RegExp(`^(${Object.keys(settings?.variables.shape ?? {}).join('|')})$`);
};

/** The providers that settings can configure. */
export const PROVIDER_NAMES: readonly string[] = PROVIDER_SETTINGS.filter(
  ({ variables }) => Object.keys(variables.shape).length > 0,
).map(({ name }) => name);

const notConfigured = (provider: string): string =>
  `The provider "${provider}" is not configured. Set its settings (.env.example lists them all).`;

/** The providers that are configured, and those whose settings are wrong. */
export const providersIn = (usable: UsableSettings): readonly string[] =>
  PROVIDER_SETTINGS.map(({ name }) => name).filter(
    (name) => usable.settings.providers[name] !== undefined || about([OF_PROVIDER(name)], usable).length > 0,
  );

const isStreamed = (usable: UsableSettings, isSplit: boolean): boolean =>
  isSplit || usable.settings.stream !== undefined || about([STREAM], usable).length > 0;

/** The parts of a process. One process for everything has no part for the log, the stream or the console that is not set. */
export function partsIn(parts: Parts, usable: UsableSettings, isSplit: boolean): readonly Part[] {
  const { log, console } = usable.settings;
  const has = (kind: Exclude<Kind, 'provider'>, isSet: boolean): readonly Part[] =>
    isSplit || isSet || about(SETTINGS[kind].needs, usable).length > 0 ? [{ kind }] : [];
  return [
    ...(parts.sweeper ? has('sweeper', true) : []),
    ...parts.providers.map((provider): Part => ({ kind: 'provider', provider })),
    ...(parts.workflows ? [...has('answers', true), ...has('workflows', true)] : []),
    ...(parts.sequencer ? has('sequencer', (log?.keys.length ?? 0) > 0) : []),
    ...(parts.streamer && isStreamed(usable, isSplit) ? [{ kind: 'streamer' } as const] : []),
    ...(parts.console ? has('console', console !== undefined) : []),
    ...(parts.gateway ? has('gateway', true) : []),
  ];
}

/** Why a part cannot start with these settings, and what to do; undefined when it can. */
export function whyNotStarted(part: Part, usable: UsableSettings): string | undefined {
  const wrong = about(needsOf(part), usable);
  return wrong.length > 0 ? wrong.join('; ') : unset(part, usable);
}

function unset(part: Part, { settings, problems }: UsableSettings): string | undefined {
  const { slack, temporal, log, stream, undoKeys, manifest, providers } = settings;
  switch (part.kind) {
    case 'gateway':
      if (!slack) return 'SLACK_BOT_TOKEN, SLACK_APP_TOKEN and SLACK_CHANNEL are not set';
      return slack.apiUrl && isOnThisMachine(slack.apiUrl) && problems.length > 0
        ? maybeRealServices(problems.map(({ setting }) => setting))
        : undefined;
    case 'workflows':
      return temporal ? undefined : NO_TEMPORAL;
    case 'provider':
      if (providers[part.provider] === undefined) return notConfigured(part.provider);
      if (!temporal) return NO_TEMPORAL;
      if (!undoKeys.has(part.provider)) return noUndoKey(part.provider);
      if (manifest && manifest.key === undefined) return NO_MANIFEST_KEY;
      return log?.keys.length === 0 &&
        log.publicKeys.length === 0 &&
        !problems.some(({ setting }) => LOG.test(setting))
        ? NO_PUBLIC_KEYS
        : undefined;
    case 'sequencer':
      return log && log.keys.length > 0 ? undefined : NO_LOG_KEYS;
    case 'streamer':
      if (!stream || !log) return NO_STREAM;
      return log.keys.length === 0 && log.publicKeys.length === 0 ? NO_PUBLIC_KEYS : undefined;
    case 'console':
      return settings.console ? undefined : NO_CONSOLE;
    case 'answers':
    case 'sweeper':
      return undefined;
  }
}

/** An imitation of Slack asks nobody who they are, so it must not work with a real service (T44). A wrong setting can name one. */
const maybeRealServices = (wrong: readonly string[]): string =>
  `SLACK_API_URL is on this machine, so it is an imitation of Slack, and a setting that is wrong can name a real service. Mend these settings first: ${wrong.join(', ')}`;
const NO_TEMPORAL = 'TEMPORAL_ADDRESS is not set';
const noUndoKey = (provider: string): string =>
  [
    `CURFEW_UNDO_KEYS has no key for ${provider}. With it a revocation is on time also while the ledger is unavailable.`,
    '  to do: make one key for each provider with "openssl rand -base64 32", and give it to all processes of that provider:',
    `    CURFEW_UNDO_KEYS=${provider}=<key>`,
  ].join('\n');
const NO_MANIFEST_KEY = [
  'CURFEW_MANIFEST is set, and CURFEW_MANIFEST_KEY is not. The processes of providers and the sweeper sign the manifest with it.',
  '  to do: make the key with "openssl rand -base64 32", and give the same one to all of them.',
].join('\n');
const NO_PUBLIC_KEYS = [
  'CURFEW_LOG_NAME is set, and CURFEW_LOG_PUBLIC_KEYS is not. The processes of providers check with it what was approved, and the streamer what was published.',
  '  to do: set it to the public keys that the sequencer shows when it starts.',
].join('\n');
const NO_LOG_KEYS = [
  'The sequencer needs CURFEW_LOG_NAME, CURFEW_LOG_KEYS and CURFEW_LOG_PLACES.',
  '  to do: choose a name such as curfew.example.com/log, make the key with "openssl rand -base64 32", and name the places',
  '    where the log is published, such as file:/srv/curfew-log.',
].join('\n');
const NO_STREAM = [
  'The streamer needs CURFEW_STREAM, CURFEW_LOG_NAME and CURFEW_LOG_PUBLIC_KEYS.',
  '  to do: set CURFEW_STREAM to where the records go, such as file:/var/log/curfew/audit.jsonl.',
].join('\n');
const NO_CONSOLE = [
  'The console needs CURFEW_CONSOLE_URL, CURFEW_OIDC_ISSUER, CURFEW_OIDC_CLIENT_ID and CURFEW_OIDC_CLIENT_SECRET.',
  '  to do: register the console at your OpenID provider, with the redirect address <CURFEW_CONSOLE_URL>/sign-in/return (docs/console.md).',
].join('\n');

/** What is written when a process that grants starts without the log. It runs all the same, because it ends access. */
export const NO_LOG = 'CURFEW_LOG_NAME is not set, and nothing is granted without the audit log';
