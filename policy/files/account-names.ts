import type { Accounts } from './example-accounts.ts';

/**
 * The systems at which two different spellings are always two accounts. The subject of an OpenID provider distinguishes upper and
 * lower case (OpenID Connect Core 1.0, section 2).
 */
const EXACT: readonly string[] = ['slack', 'unix', 'oidc'];

// To refuse two accounts is safer than to bind one account to two people.
const UNKNOWN =
  'Curfew does not know whether this system distinguishes upper and lower case, so it takes them for one account';

/** Equal for all spellings of one account at a system, by the rule of that system (T47). */
export const accountKey = (system: string, account: string): string =>
  EXACT.includes(system) ? account : folded(account);

/**
 * What the reader of a policy knows about accounts: those that nobody may have, and why two different spellings with the same
 * key are one account, in a sentence for each system where that is known. `actsAs` is an ability of the demo, and nobody else has it.
 */
export type AccountRules = Readonly<{
  refused?: Accounts;
  oneAccount?: ReadonlyMap<string, string>;
  actsAs?: ActsAs;
}>;

/** The id of the person as whom an account of a system acts, without being theirs. Undefined for any other account. */
export type ActsAs = (system: string, account: string) => string | undefined;

/** Why two different spellings with the same key are one account. */
export const whyOneAccount = ({ oneAccount }: AccountRules, system: string): string =>
  oneAccount?.get(system) ?? UNKNOWN;

/**
 * Equal for two spellings that differ only in upper and lower case or in their Unicode normal form. Some letters are
 * equal in upper case only, such as ß and ss.
 */
const folded = (account: string): string =>
  account.normalize('NFC').toUpperCase().toLowerCase().normalize('NFC');
