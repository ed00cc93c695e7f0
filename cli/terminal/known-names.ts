import { nearest } from '../../core/nearest.ts';
import { type KnownNames, knownNames } from '../../audit/search/index.ts';
import { CommandError } from './exit.ts';

/** The folder of the policy files. Without it nothing in them is known, as while they cannot be read. */
type Config = string | undefined;

/** The names in the policy files, without their rights. They are read only when something was not found. */
const namesIn = async (config: Config) => {
  const { entitlementIn, readNames } = await import('../../policy/files/names.ts');
  return { names: config === undefined ? undefined : await readNames(config), entitlementIn };
};

/** Says on the standard error, because it is no row of an answer, that the names of the policy files are not there. */
export function sayIdsOnly(config: Config): void {
  if (config === undefined)
    process.stderr.write(
      'CURFEW_CONFIG is not set, so only ids are understood, and accounts that only people.yaml has are not in the answer.\n',
    );
}

/** What a search can name. Nothing while the files cannot be read: then ids alone are understood. */
export async function searchableNames(config: Config): Promise<KnownNames | undefined> {
  const { names } = await namesIn(config);
  return names && knownNames(names.people, names.entitlements);
}

/** Throws when people.yaml has no person with this id. While it cannot be read, nobody knows. */
export async function personIsKnown(config: Config, person: string): Promise<void> {
  const { names } = await namesIn(config);
  const ids = names?.people.map(({ id }) => id);
  if (ids && !ids.includes(person)) throw unknownPerson(person, ids);
}

/** The entitlement with this id or synonym; undefined when the catalogue has none, and while it cannot be read. */
export async function listedEntitlement(config: Config, typed: string): Promise<{ id: string } | undefined> {
  const { names, entitlementIn } = await namesIn(config);
  return names && entitlementIn(names, typed);
}

/**
 * The entitlement with this id or synonym. Throws when the catalogue has none; undefined while it cannot be read.
 */
export async function entitlementNamed(config: Config, typed: string): Promise<{ id: string } | undefined> {
  const { names, entitlementIn } = await namesIn(config);
  if (!names) return undefined;
  const found = entitlementIn(names, typed);
  if (found) return found;
  const known = names.entitlements.flatMap(({ id, synonyms }) => [id, ...synonyms]);
  throw new CommandError(
    'notFound',
    `There is no entitlement "${typed}" in the catalogue.${suggestion(typed, known)}`,
  );
}

export const unknownPerson = (typed: string, ids: Iterable<string>): CommandError =>
  new CommandError('notFound', `There is no person "${typed}" in people.yaml.${suggestion(typed, ids)}`);

export const noProvider = (typed: string, names: readonly string[]): string =>
  `There is no provider "${typed}".${suggestion(typed, names)} There are: ${names.join(', ')}.`;

/** The known name that is most like the typed one, as a question after a space. */
export function suggestion(typed: string, known: Iterable<string>): string {
  const guess = nearest(typed, known);
  return guess === undefined ? '' : ` Did you mean "${guess}"?`;
}

/** The accounts that people.yaml has for a person; none while it cannot be read, or for a person who left it. */
export async function accountsOf(
  config: Config,
  person: string,
): Promise<readonly Readonly<{ provider: string; name: string }>[]> {
  const { names } = await namesIn(config);
  const accounts = names?.people.find(({ id }) => id === person)?.accounts ?? {};
  return Object.entries(accounts).flatMap(([provider, all]) => all.map((name) => ({ provider, name })));
}

/** The person whose login of the operating system this is in people.yaml. Undefined when nobody or several people have it, and while the file cannot be read. */
export async function personOfLogin(config: Config, login: string): Promise<string | undefined> {
  const { names } = await namesIn(config);
  const [person, ...others] =
    names?.people.filter(({ accounts }) => accounts['unix']?.includes(login) === true) ?? [];
  return others.length === 0 ? person?.id : undefined;
}
