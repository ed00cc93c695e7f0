import type { z } from 'zod';
import type { SCHEMA, SettingName } from './schema.ts';

/** The settings, after each was checked by itself. */
export type Values = z.output<typeof SCHEMA>;

/** An address that Curfew connects to, with the setting that names it. `database` is one of several names in the setting. */
export type NamedAddress = Readonly<{ setting: SettingName; address: string; database?: string }>;

const AWS_IAM = 'https://iam.amazonaws.com';
const GITHUB_API = 'https://api.github.com';

export const slackAddress = (values: Values): readonly NamedAddress[] =>
  named('SLACK_API_URL', values.SLACK_API_URL);

export const temporalAddress = (values: Values): readonly NamedAddress[] =>
  named('TEMPORAL_ADDRESS', values.TEMPORAL_ADDRESS);

/** The addresses of providers with a web API. A provider that is set without an address is at its usual one. */
export const providerAddresses = (values: Values): readonly NamedAddress[] => [
  ...named('AWS_ENDPOINT_URL_IAM', values.AWS_ENDPOINT_URL_IAM ?? (values.AWS_REGION && AWS_IAM)),
  ...named('GITHUB_API_URL', values.GITHUB_API_URL ?? (values.GITHUB_APP_ID && GITHUB_API)),
];

/** The addresses of databases: those of the ledger, and those that people can request. */
export const databaseAddresses = (values: Values): readonly NamedAddress[] => [
  ...named('DATABASE_URL', values.DATABASE_URL),
  ...named('CURFEW_MIGRATION_DATABASE_URL', values.CURFEW_MIGRATION_DATABASE_URL),
  ...[...(values.CURFEW_POSTGRES_TARGETS ?? [])].map(([database, address]): NamedAddress => ({
    setting: 'CURFEW_POSTGRES_TARGETS',
    address,
    database,
  })),
];

const named = (setting: SettingName, address: string | undefined): readonly NamedAddress[] =>
  address ? [{ setting, address }] : [];
