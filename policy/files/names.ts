import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';

type NamedPerson = Readonly<{
  id: string;
  name: string;
  accounts: Readonly<Record<string, readonly string[]>>;
}>;
type NamedEntitlement = Readonly<{
  id: string;
  title: string;
  synonyms: readonly string[];
  targets: readonly Readonly<{ provider: string }>[];
}>;

/** What the policy files call people and entitlements. */
export type PolicyNames = Readonly<{
  people: readonly NamedPerson[];
  entitlements: readonly NamedEntitlement[];
}>;

/**
 * Reads only the names in the policy files, for suggestions and for completion. It checks nothing else, so it says nothing about
 * rights. Undefined while a file cannot be read.
 */
export async function readNames(folder: string): Promise<PolicyNames | undefined> {
  try {
    const [people, catalogue] = await Promise.all(
      ['people.yaml', 'catalogue.yaml'].map(
        async (file) => parse(await readFile(join(folder, file), 'utf8'), { logLevel: 'error' }) as unknown,
      ),
    );
    return {
      people: entriesOf(people, 'people').map(({ id, name, accounts }) => ({
        id: textOf(id),
        name: textOf(name),
        accounts: accountsOf(accounts),
      })),
      entitlements: entriesOf(catalogue, 'entitlements').map(({ id, title, synonyms, targets }) => ({
        id: textOf(id),
        title: textOf(title),
        synonyms: Array.isArray(synonyms) ? synonyms.map(textOf) : [],
        targets: targetsOf(targets),
      })),
    };
  } catch {
    return undefined;
  }
}

type Entry = Readonly<Record<string, unknown>>;

/** The entries of a list in a file that have an id. */
function entriesOf(file: unknown, list: string): readonly Entry[] {
  const entries = isEntry(file) ? file[list] : undefined;
  return Array.isArray(entries) ? entries.filter(isEntry).filter(({ id }) => typeof id === 'string') : [];
}

const isEntry = (value: unknown): value is Entry => typeof value === 'object' && value !== null;
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The provider of each target that names one. */
const targetsOf = (value: unknown): NamedEntitlement['targets'] =>
  (Array.isArray(value) ? value : [])
    .filter(isEntry)
    .map(({ provider }) => ({ provider: textOf(provider) }))
    .filter(({ provider }) => provider !== '');

/** The names of accounts by their system. */
const accountsOf = (value: unknown): NamedPerson['accounts'] =>
  isEntry(value)
    ? Object.fromEntries(Object.entries(value).map(([system, names]) => [system, [names].flat().map(textOf)]))
    : {};

/** The entitlement with this id or synonym. Upper and lower case are equal. */
export function entitlementIn({ entitlements }: PolicyNames, typed: string): NamedEntitlement | undefined {
  const name = typed.trim().toLowerCase();
  return (
    entitlements.find(({ id }) => id === name) ??
    entitlements.find(({ synonyms }) => synonyms.some((synonym) => synonym.toLowerCase() === name))
  );
}
