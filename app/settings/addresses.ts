import { PROVIDER_SETTINGS } from '../../providers/settings.ts';
import type { SettingName, Values } from './schema.ts';

/** An address that Curfew connects to, with the setting that names it. `part` is one of several names in the setting. */
export type NamedAddress = Readonly<{ setting: string; address: string; part?: string }>;

export const slackAddress = (values: Values): readonly NamedAddress[] =>
  named('SLACK_API_URL', values.SLACK_API_URL);

export const temporalAddress = (values: Values): readonly NamedAddress[] =>
  named('TEMPORAL_ADDRESS', values.TEMPORAL_ADDRESS);

/** The addresses of the providers that have this protocol. */
const ofProviders = (values: Values, wanted: 'web' | 'postgres'): readonly NamedAddress[] =>
  PROVIDER_SETTINGS.flatMap(({ addressesOf }) =>
    addressesOf(values).filter(({ protocol }) => protocol === wanted),
  );

/** The address of the server with the bucket of the manifest, where it is not AWS. */
export const manifestAddress = (values: Values): readonly NamedAddress[] =>
  named('CURFEW_MANIFEST_ENDPOINT', values.CURFEW_MANIFEST_ENDPOINT);

/** Where people sign in, and the console, as browsers and the console itself reach them. */
export const consoleAddresses = (values: Values): readonly NamedAddress[] => [
  ...named('CURFEW_CONSOLE_URL', values.CURFEW_CONSOLE_URL),
  ...named('CURFEW_OIDC_ISSUER', values.CURFEW_OIDC_ISSUER),
];

/** The addresses of providers with a web API. */
export const providerAddresses = (values: Values): readonly NamedAddress[] => ofProviders(values, 'web');

/** The addresses of databases: those of the ledger, and those that people can request, with their replicas. */
export const databaseAddresses = (values: Values): readonly NamedAddress[] => [
  ...named('DATABASE_URL', values.DATABASE_URL),
  ...named('CURFEW_MIGRATION_DATABASE_URL', values.CURFEW_MIGRATION_DATABASE_URL),
  ...ofProviders(values, 'postgres'),
];

const named = (setting: SettingName, address: string | undefined): readonly NamedAddress[] =>
  address ? [{ setting, address }] : [];
