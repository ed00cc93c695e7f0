import { isOnThisMachine } from '../this-machine.ts';
import {
  consoleAddresses,
  databaseAddresses,
  manifestAddress,
  type NamedAddress,
  providerAddresses,
  slackAddress,
  temporalAddress,
} from './addresses.ts';
import type { Problem, Values } from './schema.ts';

/**
 * The problems of connections to other machines that somebody on the way could read or change. They carry credentials,
 * passwords and decisions. On this machine nothing needs to be encrypted.
 */
export const unencrypted = (values: Values): readonly Problem[] => [
  ...openWeb(values),
  ...openDatabases(values),
  ...openTemporal(values),
];

const isRemote = ({ address }: NamedAddress): boolean => !isOnThisMachine(address);

const openWeb = (values: Values): readonly Problem[] =>
  [
    ...slackAddress(values),
    ...providerAddresses(values),
    ...manifestAddress(values),
    ...consoleAddresses(values),
  ]
    .filter(isRemote)
    .filter(({ address }) => new URL(address).protocol !== 'https:')
    .map(({ setting }) => ({ setting, what: 'must begin with https:// for a server on another machine' }));

const openDatabases = (values: Values): readonly Problem[] =>
  databaseAddresses(values)
    .filter(isRemote)
    .filter(({ address }) => !isVerified(address))
    .map(({ setting, part }) => ({
      setting,
      what: `must have sslmode=verify-full${part ? ` in the address of "${part}"` : ''} for a server on another machine: it encrypts, and checks the certificate and the name of the server (without uselibpqcompat, sslmode=require and verify-ca do the same)`,
    }));

const VERIFIED = ['require', 'verify-ca', 'verify-full'];
/** With `require` and `verify-ca`, libpq does not check the name of the server (https://www.postgresql.org/docs/current/libpq-ssl.html). */
const VERIFIED_BY_LIBPQ = ['verify-full'];

/**
 * Whether the driver encrypts, and verifies the certificate and the name of the server. It takes the last value of a
 * parameter. `uselibpqcompat` asks it to do as libpq does.
 */
function isVerified(address: string): boolean {
  const parameters = new URL(address).searchParams;
  const last = (name: string) => parameters.getAll(name).at(-1) ?? '';
  const verified = last('uselibpqcompat') === 'true' ? VERIFIED_BY_LIBPQ : VERIFIED;
  return verified.includes(last('sslmode'));
}

/** What Curfew sends to Temporal names people and their access, and whoever may write there can end requests. */
function openTemporal(values: Values): readonly Problem[] {
  if (!temporalAddress(values).some(isRemote)) return [];
  if (values.TEMPORAL_TLS === 'false')
    return [{ setting: 'TEMPORAL_TLS', what: 'must not be false for a server on another machine' }];
  const {
    TEMPORAL_API_KEY: key,
    TEMPORAL_TLS_CLIENT_CERT_PATH: path,
    TEMPORAL_TLS_CLIENT_CERT_DATA: data,
  } = values;
  if (key || path || data) return [];
  return [
    {
      setting: 'TEMPORAL_ADDRESS',
      what: 'is on another machine, so it needs TLS and a credential: set TEMPORAL_API_KEY, or TEMPORAL_TLS_CLIENT_CERT_PATH and TEMPORAL_TLS_CLIENT_KEY_PATH',
    },
  ];
}
