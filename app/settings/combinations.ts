import type { SettingName } from './schema.ts';

/** One thing wrong with one setting. Never holds its value, which may be a secret. */
export type Problem = Readonly<{ setting: string; what: string }>;

/** The settings that are present, as they were written. */
export type Raw = Readonly<Partial<Record<SettingName, string>>>;

/** Settings that are of no use without the others; `[0]` of each turns the part on, with all of the rest. */
const TOGETHER: readonly (readonly SettingName[])[] = [
  ['SLACK_BOT_TOKEN', 'SLACK_APP_TOKEN', 'SLACK_CHANNEL'],
  ['GITHUB_APP_ID', 'GITHUB_APP_PRIVATE_KEY', 'GITHUB_INSTALLATION_ID'],
  ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'],
  ['TEMPORAL_TLS_CLIENT_CERT_PATH', 'TEMPORAL_TLS_CLIENT_KEY_PATH'],
  ['TEMPORAL_TLS_CLIENT_CERT_DATA', 'TEMPORAL_TLS_CLIENT_KEY_DATA'],
];
/** Settings that only say more about another. */
const NEEDS: readonly (readonly [SettingName, SettingName])[] = [
  ['CURFEW_MIGRATION_DATABASE_URL', 'DATABASE_URL'],
  ['TEMPORAL_API_KEY', 'TEMPORAL_ADDRESS'],
];

/** What is wrong with the settings together, each being right by itself. */
export const checkTogether = (raw: Raw): readonly Problem[] => [...halves(raw), ...plaintext(raw)];

function halves(raw: Raw): Problem[] {
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

/** Payloads name people and what they may do: off this machine they travel encrypted, or by declared choice. */
function plaintext(raw: Raw): Problem[] {
  const { TEMPORAL_ADDRESS: address } = raw;
  if (!address || /^(localhost|127\.\d+\.\d+\.\d+|\[::1\]):/.test(address)) return [];
  if (
    raw.TEMPORAL_TLS ||
    raw.TEMPORAL_API_KEY ||
    raw.TEMPORAL_TLS_CLIENT_CERT_PATH ||
    raw.TEMPORAL_TLS_CLIENT_CERT_DATA
  )
    return [];
  return [
    {
      setting: 'TEMPORAL_TLS',
      what: 'must be set for a server on another machine: true, or false to accept that nothing is encrypted',
    },
  ];
}
