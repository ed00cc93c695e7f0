import { Fault } from '../../core/faults.ts';
import { type Address, parseAddress } from './address.ts';

/**
 * `databases` maps the name that targets use to the address of a login that may create roles there. `replicas` has the
 * addresses of the read replicas of each, and an empty list where there are none. Without an entry, nobody said whether there
 * are any. An address of a replica without a login has the login of its primary. `gone` names the databases whose server an
 * operator knows to be gone for good.
 */
export type PostgresDeps = Readonly<{
  databases: Readonly<Record<string, string>>;
  replicas?: Readonly<Record<string, readonly string[]>>;
  gone?: readonly string[];
  /** The role of the reaper at each server. */
  reaper?: string;
}>;

export const DEFAULT_REAPER = 'curfew_reaper';

/** One configured database. `replicas` is undefined when nobody said whether there are any. */
export type Database = Readonly<{
  name: string;
  address: Address;
  replicas: readonly Address[] | undefined;
  isGone?: boolean;
  reaper?: string;
}>;

/** The configured databases by their names. Throws for an address that cannot be used. The settings were checked before. */
export function databasesOf({
  databases,
  replicas = {},
  gone = [],
  reaper = DEFAULT_REAPER,
}: PostgresDeps): ReadonlyMap<string, Database> {
  return new Map(
    Object.entries(databases).map(([name, text]) => {
      const address = addressOf(name, text);
      const named = Object.hasOwn(replicas, name) ? replicas[name] : undefined;
      const addresses = named?.map((one) => replicaOf(name, address, one));
      return [name, { name, address, replicas: addresses, isGone: gone.includes(name), reaper }] as const;
    }),
  );
}

function addressOf(name: string, text: string): Address {
  const parsed = parseAddress(text);
  if (parsed.ok) return parsed.value;
  throw new Error(`postgres: the address of "${name}" ${parsed.error}`);
}

/** Roles are the same on a replica, so the login of the primary works there too. */
function replicaOf(name: string, { user, password }: Address, text: string): Address {
  const address = addressOf(name, text);
  if (address.user !== undefined) return address;
  return {
    ...address,
    ...(user === undefined ? {} : { user }),
    ...(password === undefined ? {} : { password }),
  };
}

/** This fault is retried: a revoke must not be abandoned because somebody edited the configuration. */
export function databaseNamed(databases: ReadonlyMap<string, Database>, name: string): Database {
  const database = databases.get(name);
  if (database) return database;
  throw new Fault(
    'unknown-provider',
    `postgres: no database "${name}" is configured. Add it to the configuration again`,
  );
}

/** The names of the other configured databases on the same server, as far as their addresses tell. */
export const othersOnServer = (
  databases: ReadonlyMap<string, Database>,
  { name, address }: Database,
): readonly string[] =>
  [...databases.values()]
    .filter((other) => other.name !== name && other.address.host === address.host)
    .filter((other) => other.address.port === address.port && other.address.database !== address.database)
    .map((other) => other.name);
