import { z } from 'zod';
import type { PersonId } from '../../core/ids.ts';
import { parsePersonId } from '../../core/ids.ts';
import { nearest } from '../../core/nearest.ts';
import { accountKey, type AccountRules, whyOneAccount } from './account-names.ts';
import { isListed } from './example-accounts.ts';
import { shownName, shownText } from './shown-text.ts';
import type { Problem, Read } from './yaml.ts';

const personId = z.string().refine((text) => parsePersonId(text).ok, {
  error: 'a person id is lower-case letters, digits, - and _, and begins with a letter',
});
const account = shownName(200);

export const peopleSchema = z.strictObject({
  people: z.array(
    z.strictObject({
      id: personId,
      name: shownName(100),
      title: shownText(100).optional(),
      manager: personId.optional(),
      /** False for people who left: they can neither request nor approve. */
      active: z.boolean().default(true),
      /** Every account of this person, by the name of the system, such as slack, unix or github. Several Slack accounts can belong to one person. */
      accounts: z.record(z.string(), z.union([account, z.array(account).min(1)])).default({}),
    }),
  ),
  groups: z.record(z.string().regex(/^[a-z][a-z0-9-]*$/), z.array(personId)).default({}),
});

type PeopleFile = z.output<typeof peopleSchema>;

export type Person = Readonly<{
  id: PersonId;
  name: string;
  title?: string;
  manager?: PersonId;
  active: boolean;
  accounts: Readonly<Record<string, readonly string[]>>;
}>;

/** All people and groups that the policy knows. */
export type Directory = Readonly<{
  people: ReadonlyMap<PersonId, Person>;
  groups: ReadonlyMap<string, ReadonlySet<PersonId>>;
}>;

/**
 * The person an account belongs to, in whatever spelling the system accepts. It is at most one, because `checkPeople`
 * refuses an account bound twice (B35, T47).
 */
export function personOf(directory: Directory, system: string, account: string): Person | undefined {
  const found = byAccount.get(directory) ?? accountsOf(directory);
  byAccount.set(directory, found);
  return found.get(`${system}\n${accountKey(system, account)}`);
}

/** The people of each directory by their accounts. A page looks up many accounts in one directory. */
const byAccount = new WeakMap<Directory, ReadonlyMap<string, Person>>();

const accountsOf = ({ people }: Directory): ReadonlyMap<string, Person> =>
  new Map(
    [...people.values()]
      .toReversed()
      .flatMap((person) =>
        Object.entries(person.accounts).flatMap(([system, spellings]) =>
          spellings.map((spelling) => [`${system}\n${accountKey(system, spelling)}`, person] as const),
        ),
      ),
  );

export function directoryOf({ people, groups }: PeopleFile): Directory {
  return {
    people: new Map(
      people.map(({ id, title, manager, accounts, ...rest }) => [
        id as PersonId,
        {
          ...rest,
          id: id as PersonId,
          ...(title === undefined ? {} : { title }),
          ...(manager === undefined ? {} : { manager: manager as PersonId }),
          accounts: Object.fromEntries(
            Object.entries(accounts).map(([system, names]) => [system, [names].flat()] as const),
          ),
        },
      ]),
    ),
    groups: new Map(
      Object.entries(groups).map(([group, members]) => [
        group,
        new Set(members.map((member) => member as PersonId)),
      ]),
    ),
  };
}

/** The mistakes that a schema cannot find: an id or account that is used twice, an unknown id, an account that the rules refuse. */
export function checkPeople(
  { value: { people, groups }, at }: Read<PeopleFile>,
  rules: AccountRules,
): readonly Problem[] {
  const ids = new Set<string>(people.map(({ id }) => id));
  const unknownId = (id: string) => {
    const guess = nearest(id, ids);
    return `no person has the id "${id}"${guess ? `; did you mean "${guess}"?` : ''}`;
  };
  const problems: Problem[] = [];
  for (const [index, { id, manager }] of people.entries()) {
    if (people.findIndex((other) => other.id === id) < index)
      problems.push(at(['people', index, 'id'], `the id "${id}" is used twice`));
    if (manager !== undefined && !ids.has(manager))
      problems.push(at(['people', index, 'manager'], unknownId(manager)));
    if (manager === id)
      problems.push(at(['people', index, 'manager'], 'a person cannot be their own manager'));
  }
  problems.push(...checkAccounts(people, at, rules));
  for (const [group, members] of Object.entries(groups))
    for (const [index, member] of members.entries())
      if (!ids.has(member)) problems.push(at(['groups', group, index], unknownId(member)));
  return problems;
}

const exampleText = (system: string, name: string): string =>
  `the ${system} account "${name}" is that of an example person. Replace it by the account of a person of your company, or remove the person`;

type BoundAccount = Readonly<{ person: string; name: string; line: number }>;

/** Every account that is written twice, for one person or for two, by the rule of its system (B35, T47). */
function checkAccounts(
  people: PeopleFile['people'],
  at: Read<PeopleFile>['at'],
  rules: AccountRules,
): readonly Problem[] {
  const bound = new Map<string, BoundAccount>();
  const problems: Problem[] = [];
  for (const [index, { id, accounts }] of people.entries())
    for (const [system, names] of Object.entries(accounts))
      for (const [position, name] of [names].flat().entries()) {
        const path = ['people', index, 'accounts', system, ...(Array.isArray(names) ? [position] : [])];
        if (isListed(rules.refused ?? {}, system, name))
          problems.push({ ...at(path, exampleText(system, name)), kind: 'example' });
        const key = JSON.stringify([system, accountKey(system, name)]);
        const first = bound.get(key);
        if (first) problems.push(at(path, boundTwice(rules, { system, name, first })));
        else bound.set(key, { person: id, name, line: at(path, '').line });
      }
  return problems;
}

/** Names the person and the place that had the account before, and why another spelling is the same account. */
function boundTwice(
  rules: AccountRules,
  { system, name, first }: Readonly<{ system: string; name: string; first: BoundAccount }>,
): string {
  const start = `the ${system} account "${name}" is already bound to "${first.person}"`;
  return first.name === name
    ? `${start} in line ${first.line}`
    : `${start}, as "${first.name}" in line ${first.line}. ${whyOneAccount(rules, system)}`;
}
