import { no, ok, type Result } from '../../core/result.ts';

export type PostgresTarget = Readonly<{
  /** The database's name in Curfew's configuration. */
  database: string;
  /** The role that holds the privileges. The lease's login becomes a member of it. */
  role: string;
  /** The role's own number in Postgres. With it, a role that was created again under the same name is another one. */
  oid?: string;
  /** The server's own number. A server with another number knows nothing of the lease. */
  server?: string;
  /**
   * The role that owns afterwards what the person created. Code among it then runs with this role's privileges.
   * Without it, a role without privileges becomes the owner.
   */
  owner?: string;
  mode: 'login-role';
}>;

// Postgres truncates a longer name, which could then be the name of another role (NAMEDATALEN is 64).
const NAME_BYTES = 63;
const FIELDS = ['database', 'role', 'oid', 'server', 'owner', 'mode'];
const LARGEST_OID = 2 ** 32 - 1;
const RESERVED = ['public', 'none', 'current_user', 'session_user', 'current_role'];

/** Every name that Postgres can store is allowed, because each use quotes it. */
function nameProblem(json: unknown): string | undefined {
  if (typeof json !== 'string' || json === '') return 'must be the name of a role';
  if (Buffer.byteLength(json) > NAME_BYTES) return `must be at most ${NAME_BYTES} bytes`;
  if (!json.isWellFormed() || json.includes('\0')) return 'must be a well-formed string';
  if (RESERVED.includes(json.toLowerCase())) return 'is a reserved word';
  // Some of them can read server files or run programs, which is as much as a superuser can do.
  if (json.startsWith('pg_')) return 'must not be a predefined role of Postgres (pg_...)';
  if (json.startsWith('curfew_')) return 'must not be a role that Curfew creates for a lease (curfew_...)';
  return undefined;
}

export function parseTarget(json: unknown, databases: readonly string[]): Result<PostgresTarget, string> {
  const {
    database,
    role,
    oid,
    server,
    owner,
    mode = 'login-role',
  } = Object(json) as Readonly<Record<string, unknown>>;
  const unknownField = Object.keys(Object(json)).find((field) => !FIELDS.includes(field));
  if (unknownField !== undefined)
    return no(
      `postgres target: ${JSON.stringify(unknownField.slice(0, 40))} is not a field. The fields are ${FIELDS.join(', ')}`,
    );
  if (typeof database !== 'string' || !databases.includes(database))
    return no(
      `postgres target: "database" must be one of those configured (${databases.join(', ').slice(0, 150)})`,
    );
  const badRole = nameProblem(role);
  if (badRole !== undefined || typeof role !== 'string') return no(`postgres target: "role" ${badRole}`);
  if (mode !== 'login-role') return no('postgres target: "mode" can only be "login-role"');
  if (oid !== undefined && !isOid(oid))
    return no('postgres target: "oid" must be the number of the role, as text');
  if (server !== undefined && !isServer(server))
    return no('postgres target: "server" must be the number of the server (system_identifier), as text');
  const badOwner = owner === undefined ? undefined : nameProblem(owner);
  if (badOwner !== undefined || !(owner === undefined || typeof owner === 'string'))
    return no(`postgres target: "owner" ${badOwner}`);
  return ok({
    database,
    role,
    ...(oid !== undefined && { oid }),
    ...(server !== undefined && { server }),
    ...(owner !== undefined && { owner }),
    mode,
  });
}

const isOid = (json: unknown): json is string =>
  typeof json === 'string' && /^[1-9]\d{0,9}$/.test(json) && Number(json) <= LARGEST_OID;

const isServer = (json: unknown): json is string => typeof json === 'string' && /^[1-9]\d{0,19}$/.test(json);

/**
 * A role with an oid is the same thing under any name. The lock depends on the name alone, so that a target with and without
 * its oid has the same one.
 */
export const targetKey = ({ database, role, oid }: PostgresTarget): string =>
  JSON.stringify(oid === undefined ? [database, role] : [database, { oid }]);
export const lockKey = ({ database, role }: PostgresTarget): string => JSON.stringify([database, role]);
