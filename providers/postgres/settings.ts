import { z } from 'zod';
import type { ProviderAddress, ProviderSettings } from '../module.ts';
import { plain, secret } from '../setting-fields.ts';
import { addressText, parseAddress } from './address.ts';
import { DEFAULT_REAPER, type PostgresDeps } from './databases.ts';

const GROUP = 'Databases that people can request';

type Pair = readonly [name: string, value: string];

/** `name=address` pairs, separated by spaces or line ends, which an address never contains. */
const pairs = z
  .string()
  .transform((text) =>
    text
      .split(/\s+/)
      .filter(Boolean)
      .map((pair): Pair => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
  )
  .refine((named) => named.every(([name]) => /^[a-z0-9][a-z0-9_-]*$/i.test(name)), {
    error: 'must be pairs like orders=postgres://..., the name of letters, digits, "-" and "_"',
    abort: true, // what is no name may be a password, and later sentences quote names
  });

/** The problem of the first address that the provider cannot use. The sentence holds nothing of the address. */
function unusable(named: readonly Pair[]): string | undefined {
  for (const [name, text] of named) {
    const address = parseAddress(text);
    if (!address.ok) return `gives "${name}" an address that Curfew cannot use, because it ${address.error}`;
  }
  return undefined;
}

/** An address as it is stored: in the one spelling that every part of Curfew reads alike. */
const spelled = (text: string): string => {
  const address = parseAddress(text);
  return address.ok ? addressText(address.value) : text;
};

const targets = pairs
  .superRefine((named, context) => {
    const problem = unusable(named);
    if (problem !== undefined) context.addIssue(problem);
  })
  .refine((named) => new Set(named.map(([name]) => name)).size === named.length, 'names one database twice')
  .transform((named) => new Map(named.map(([name, text]) => [name, spelled(text)])));

const NO_REPLICA = 'none';

/** The read replicas of each database. A name may come several times, or once with `none`, which says that there are none. */
const replicas = pairs
  .superRefine((named, context) => {
    const problem = unusable(named.filter(([, text]) => text !== NO_REPLICA));
    if (problem !== undefined) context.addIssue(problem);
  })
  .refine(
    (named) =>
      named.every(
        ([name, text]) => text !== NO_REPLICA || named.filter((pair) => pair[0] === name).length === 1,
      ),
    'says "none" of a database and names a replica of it',
  )
  .transform((named) => {
    const lists = new Map<string, readonly string[]>();
    for (const [name, text] of named)
      lists.set(name, [...(lists.get(name) ?? []), ...(text === NO_REPLICA ? [] : [spelled(text)])]);
    return lists;
  });

/** Names of databases, separated by spaces or line ends. */
const names = z.string().transform((text) => text.split(/\s+/).filter(Boolean));

const variables = z.object({
  CURFEW_POSTGRES_TARGETS: targets
    .optional()
    .meta(
      secret(
        GROUP,
        'name=url pairs: the name that `database` has in the catalogue, and the address with the login that grants.',
        '"orders=postgres://curfew_granter:password@host:5432/orders?sslmode=verify-full"',
      ),
    ),

  CURFEW_POSTGRES_REPLICAS: replicas
    .optional()
    .meta(
      secret(
        GROUP,
        'name=url pairs: the read replicas of each database, whose sessions end too; name=none where there are none. Without a login, that of the database is used.',
        '"orders=postgres://replica:5432/orders?sslmode=verify-full billing=none"',
      ),
    ),

  CURFEW_POSTGRES_REAPER: z
    .string()
    .refine((name) => Buffer.byteLength(name) <= 63 && !name.includes('\0'), 'must be the name of a role')
    .optional()
    .meta(
      plain(
        GROUP,
        `Role of the reaper at each server, which the granter lets end every lease; ${DEFAULT_REAPER} if not set.`,
        DEFAULT_REAPER,
      ),
    ),

  CURFEW_POSTGRES_GONE: names
    .optional()
    .meta(
      plain(
        GROUP,
        'Names of databases whose server is gone for good. While it does not answer, their leases end with a receipt that names this setting.',
        'billing',
      ),
    ),
});

/** Where the addresses of a setting are, each with the name of its database. */
const addressesIn = (setting: string, named: Iterable<Pair>): readonly ProviderAddress[] =>
  [...named].map(([part, address]) => ({ setting, address, protocol: 'postgres', part }));

const unknownNames = (setting: string, given: readonly string[], named: ReadonlyMap<string, string>) =>
  given
    .filter((name) => !named.has(name))
    .map((name) => ({
      setting,
      what: `names "${name}", which is none of the databases in CURFEW_POSTGRES_TARGETS`,
    }));

export const settings: ProviderSettings<typeof variables, PostgresDeps> = {
  name: 'postgres',
  variables,
  together: [],
  needs: [
    ['CURFEW_POSTGRES_REPLICAS', 'CURFEW_POSTGRES_TARGETS'],
    ['CURFEW_POSTGRES_GONE', 'CURFEW_POSTGRES_TARGETS'],
    ['CURFEW_POSTGRES_REAPER', 'CURFEW_POSTGRES_TARGETS'],
  ],
  // A replica of a misspelt name would be that of no database, and its sessions would not end.
  problemsOf: ({
    CURFEW_POSTGRES_TARGETS: named,
    CURFEW_POSTGRES_REPLICAS: lists,
    CURFEW_POSTGRES_GONE: gone,
  }) =>
    named
      ? [
          ...unknownNames('CURFEW_POSTGRES_REPLICAS', [...(lists?.keys() ?? [])], named),
          ...unknownNames('CURFEW_POSTGRES_GONE', gone ?? [], named),
        ]
      : [],
  depsOf({
    CURFEW_POSTGRES_TARGETS: named,
    CURFEW_POSTGRES_REPLICAS: lists,
    CURFEW_POSTGRES_GONE: gone,
    CURFEW_POSTGRES_REAPER: reaper,
  }) {
    if (!named || named.size === 0) return undefined;
    const known = lists && lists.size > 0 ? { replicas: Object.fromEntries(lists) } : {};
    return {
      databases: Object.fromEntries(named),
      ...known,
      ...(gone && gone.length > 0 ? { gone } : {}),
      ...(reaper === undefined ? {} : { reaper }),
    };
  },
  addressesOf: ({ CURFEW_POSTGRES_TARGETS: named, CURFEW_POSTGRES_REPLICAS: lists }) => [
    ...addressesIn('CURFEW_POSTGRES_TARGETS', named ?? []),
    ...addressesIn(
      'CURFEW_POSTGRES_REPLICAS',
      [...(lists ?? [])].flatMap(([name, each]) => each.map((address): Pair => [name, address])),
    ),
  ],
};
