/** The systems at which two different spellings are always two accounts. */
const EXACT: readonly string[] = ['slack', 'unix'];

/** The systems at which two spellings that differ in upper and lower case are one account, each in a sentence. */
const CASE_INSENSITIVE: ReadonlyMap<string, string> = new Map([
  ['github', 'GitHub does not distinguish upper and lower case'],
  ['aws-iam', 'AWS IAM does not distinguish upper and lower case'],
]);

// To refuse two accounts is safer than to bind one account to two people.
const UNKNOWN =
  'Curfew does not know whether this system distinguishes upper and lower case, so it takes them for one account';

/** Equal for all spellings of one account at a system, by the rule of that system (T47). */
export const accountKey = (system: string, account: string): string =>
  EXACT.includes(system) ? account : folded(account);

/** Why two different spellings with the same key are one account. */
export const whyOneAccount = (system: string): string => CASE_INSENSITIVE.get(system) ?? UNKNOWN;

/**
 * Equal for two spellings that differ only in upper and lower case or in their Unicode normal form. Some letters are
 * equal in upper case only, such as ß and ss.
 */
const folded = (account: string): string =>
  account.normalize('NFC').toUpperCase().toLowerCase().normalize('NFC');
