import { parseVerifierKey } from '../../audit/note/vkey.ts';
import { isOnThisMachine } from '../this-machine.ts';
import { PROVIDER_SETTINGS } from '../../providers/settings.ts';
import { databaseAddresses, providerAddresses, temporalAddress } from './addresses.ts';
import { unencrypted } from './encryption.ts';
import type { Problem, Values } from './schema.ts';

/** The settings that are set, as text. */
export type Raw = Readonly<Record<string, string>>;

/** Settings that must be set together or not at all. */
const TOGETHER: readonly (readonly string[])[] = [
  ['SLACK_BOT_TOKEN', 'SLACK_APP_TOKEN', 'SLACK_CHANNEL'],
  ...PROVIDER_SETTINGS.flatMap(({ together }) => together),
  ['CURFEW_OIDC_ISSUER', 'CURFEW_OIDC_CLIENT_ID', 'CURFEW_OIDC_CLIENT_SECRET'],
  ['TEMPORAL_TLS_CLIENT_CERT_PATH', 'TEMPORAL_TLS_CLIENT_KEY_PATH'],
  ['TEMPORAL_TLS_CLIENT_CERT_DATA', 'TEMPORAL_TLS_CLIENT_KEY_DATA'],
];
/** The first setting needs the second one. */
const NEEDS: readonly (readonly [string, string])[] = [
  ['CURFEW_MIGRATION_DATABASE_URL', 'DATABASE_URL'],
  ['TEMPORAL_API_KEY', 'TEMPORAL_ADDRESS'],
  ['CURFEW_MANIFEST_KEY', 'CURFEW_MANIFEST'],
  ['CURFEW_MANIFEST_REGION', 'CURFEW_MANIFEST'],
  ['CURFEW_LOG_KEYS', 'CURFEW_LOG_NAME'],
  ['CURFEW_LOG_KEYS', 'CURFEW_LOG_PLACES'],
  ['CURFEW_LOG_PLACES', 'CURFEW_LOG_NAME'],
  ['CURFEW_LOG_PUBLIC_KEYS', 'CURFEW_LOG_NAME'],
  ['CURFEW_LOG_REGION', 'CURFEW_LOG_PLACES'],
  ['CURFEW_LOG_ENDPOINT', 'CURFEW_LOG_PLACES'],
  ['CURFEW_CONSOLE_LISTEN', 'CURFEW_CONSOLE_URL'],
  ['CURFEW_OIDC_ISSUER', 'CURFEW_CONSOLE_URL'],
  ['CURFEW_OIDC_CLAIM', 'CURFEW_OIDC_ISSUER'],
  ['CURFEW_STREAM', 'CURFEW_LOG_NAME'],
  ['CURFEW_STREAM_TOKEN', 'CURFEW_STREAM'],
  ['CURFEW_MANIFEST_ENDPOINT', 'CURFEW_MANIFEST'],
  ...PROVIDER_SETTINGS.flatMap(({ needs = [] }) => needs),
];

/** The settings that are of no use without this one. */
export const partnersOf = (setting: string): readonly string[] => [
  ...TOGETHER.filter((group) => group.includes(setting)).flat(),
  ...NEEDS.flatMap(([name, other]) => (other === setting ? [name] : [])),
];

/** The problems of settings that are each valid, but not together. */
export const checkTogether = (raw: Raw, values: Values): readonly Problem[] => [
  ...incompleteGroups(raw),
  ...unencrypted(values),
  ...behindImitatedSlack(values),
  ...undoKeysOfEverybody(values),
  ...consoleAddress(values),
  ...keysOfAnotherLog(values),
  ...PROVIDER_SETTINGS.flatMap(({ problemsOf }) => problemsOf?.(values) ?? []),
];

function incompleteGroups(raw: Raw): Problem[] {
  const together = TOGETHER.filter((group) => group.some((name) => raw[name])).flatMap((group) =>
    group
      .filter((name) => !raw[name])
      .map((setting) => ({
        setting,
        what: `is missing, and needed with ${group.filter((name) => raw[name]).join(' and ')}`,
      })),
  );
  const needs = NEEDS.filter(([name, other]) => raw[name] && !raw[other]).map(([name, setting]) => ({
    setting,
    what: `is missing, and needed with ${name}`,
  }));
  return [...together, ...needs];
}

/**
 * A Slack on this machine is an imitation, and asks nobody who they are. So no other service may be a real one, which
 * would be on another machine (T44).
 */
function behindImitatedSlack(values: Values): Problem[] {
  if (!values.SLACK_API_URL || !isOnThisMachine(values.SLACK_API_URL)) return [];
  const far = [...databaseAddresses(values), ...temporalAddress(values), ...providerAddresses(values)]
    .filter(({ address }) => !isOnThisMachine(address))
    .map(({ setting }) => setting);
  if (far.length === 0) return [];
  return [
    {
      setting: 'SLACK_API_URL',
      what: `is on this machine, so it is an imitation of Slack, which asks nobody who they are. Leave it out, or let every service be on this machine: ${[...new Set(far)].join(', ')}`,
    },
  ];
}

/** A page of the console has a path of its own, and a cookie belongs to a whole host. */
function consoleAddress({ CURFEW_CONSOLE_URL: url }: Values): Problem[] {
  if (!url || new URL(url).href === `${new URL(url).origin}/`) return [];
  return [
    {
      setting: 'CURFEW_CONSOLE_URL',
      what: 'must be an address without a path, such as https://curfew.example.com',
    },
  ];
}

function keysOfAnotherLog({ CURFEW_LOG_NAME: name, CURFEW_LOG_PUBLIC_KEYS: keys = [] }: Values): Problem[] {
  const others = keys.flatMap((text) => {
    const key = parseVerifierKey(text);
    return key.ok && name && key.value.name !== name ? [key.value.name] : [];
  });
  return others.map((other) => ({
    setting: 'CURFEW_LOG_PUBLIC_KEYS',
    what: `has a key of the log ${other}, and not of ${name}`,
  }));
}

/** Every process has the secret key, so it must not be the undo key of a provider (T41). */
function undoKeysOfEverybody(values: Values): Problem[] {
  const isSame = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;
  const ofEverybody = [
    values.CURFEW_SECRET_KEY ?? [],
    values.CURFEW_OLDER_SECRET_KEYS ?? [],
  ].flat() as Uint8Array[];
  return [...(values.CURFEW_UNDO_KEYS ?? [])]
    .filter(([, keys]) => keys.some((key) => ofEverybody.some((each) => isSame(key, each))))
    .map(([provider]) => ({
      setting: 'CURFEW_UNDO_KEYS',
      what: `has CURFEW_SECRET_KEY as the key of ${provider}. Every process has that one, so make another`,
    }));
}
