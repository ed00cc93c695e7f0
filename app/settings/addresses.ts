import type { z } from 'zod';
import type { SCHEMA, SettingName } from './schema.ts';

/** The settings, after each was checked by itself. */
export type Values = z.output<typeof SCHEMA>;

/** An address that Curfew connects to, with the setting that names it. */
export type NamedAddress = Readonly<{ setting: SettingName; address: string }>;

const AWS_IAM = 'https://iam.amazonaws.com';
const GITHUB_API = 'https://api.github.com';

/** The addresses of providers with a web API. A provider that is set without an address is at its usual one. */
export const webAddresses = (values: Values): readonly NamedAddress[] => [
  ...named('AWS_ENDPOINT_URL_IAM', values.AWS_ENDPOINT_URL_IAM ?? (values.AWS_REGION && AWS_IAM)),
  ...named('GITHUB_API_URL', values.GITHUB_API_URL ?? (values.GITHUB_APP_ID && GITHUB_API)),
];

/** The addresses of databases: those of the ledger, and those that people can request. */
export const databaseAddresses = (values: Values): readonly NamedAddress[] => [
  ...named('DATABASE_URL', values.DATABASE_URL),
  ...named('CURFEW_MIGRATION_DATABASE_URL', values.CURFEW_MIGRATION_DATABASE_URL),
  ...[...(values.CURFEW_POSTGRES_TARGETS?.values() ?? [])].flatMap((address) =>
    named('CURFEW_POSTGRES_TARGETS', address),
  ),
];

const named = (setting: SettingName, address: string | undefined): readonly NamedAddress[] =>
  address ? [{ setting, address }] : [];
