import { no, ok, type Result } from '../../core/result.ts';

export type PostgresTarget = Readonly<{
  /** A name of the provider's own map of databases. */
  database: string;
  /** The role whose member the lease's login becomes: it holds the privileges. */
  role: string;
  /** Who owns afterwards what the holder made, code that then runs with its rights included; nobody with rights unless told. */
  owner?: string;
  mode: 'login-role';
}>;

// Postgres cuts a longer name off, and would then name another role (NAMEDATALEN is 64).
const NAME_BYTES = 63;
const FIELDS = ['database', 'role', 'owner', 'mode'];
const RESERVED = ['public', 'none', 'current_user', 'session_user', 'current_role'];

/** Any name that Postgres can hold is a good one: it is quoted wherever it is used. */
function nameProblem(json: unknown): string | undefined {
  if (typeof json !== 'string' || json === '') return 'must be the name of a role';
  if (Buffer.byteLength(json) > NAME_BYTES) return `must be at most ${NAME_BYTES} bytes`;
  if (!json.isWellFormed() || json.includes('\0')) return 'must be well-formed text';
  if (RESERVED.includes(json.toLowerCase())) return 'is a reserved word';
  // Among them are roles that read server files or run programs: a superuser by another name.
  if (json.startsWith('pg_')) return 'may not be one of the roles that come with Postgres (pg_...)';
  if (json.startsWith('curfew_')) return 'may not be a role made for a lease (curfew_...)';
  return undefined;
}

export function parseTarget(json: unknown, databases: readonly string[]): Result<PostgresTarget, string> {
  const { database, role, owner, mode = 'login-role' } = Object(json) as Readonly<Record<string, unknown>>;
  const stray = Object.keys(Object(json)).find((field) => !FIELDS.includes(field));
  if (stray !== undefined)
    return no(
      `postgres target: ${JSON.stringify(stray.slice(0, 40))} is no field; there are ${FIELDS.join(', ')}`,
    );
  if (typeof database !== 'string' || !databases.includes(database))
    return no(
      `postgres target: "database" must be one of those configured (${databases.join(', ').slice(0, 150)})`,
    );
  const badRole = nameProblem(role);
  if (badRole !== undefined || typeof role !== 'string') return no(`postgres target: "role" ${badRole}`);
  if (mode !== 'login-role') return no('postgres target: "mode" can only be "login-role"');
  if (owner === undefined) return ok({ database, role, mode });
  const badOwner = nameProblem(owner);
  if (badOwner !== undefined || typeof owner !== 'string') return no(`postgres target: "owner" ${badOwner}`);
  return ok({ database, role, owner, mode });
}
