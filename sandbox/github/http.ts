import type { HttpBindings } from '@hono/node-server';
import type { Context, Hono } from 'hono';
import { requirePermission, repoFor, type Caller } from './auth.ts';
import type { ChangeContext } from './changes.ts';
import { archived, invalid, notFound, Problem } from './problem.ts';
import type { Links } from './render.ts';
import { teamNamed, userNamed, type Access, type Repo, type Team, type User } from './state.ts';

/** What the pipeline sets for a request before its route runs. */
export type Env = {
  Bindings: HttpBindings;
  Variables: { context: ChangeContext; caller: Caller; links: Links };
};
export type Api = Hono<Env>;
export type Call = Context<Env>;

export const stateOf = (c: Call) => c.get('context').state;
const param = (c: Call, name: string): string => c.req.param(name) ?? '';

export function requirePermissionFor(c: Call, permission: string, access: Access): void {
  requirePermission(c.get('caller'), permission, access);
}

/** The repository in the path. Throws unless the token covers the repository and has the permission. */
export function repoIn(c: Call, permission: string, access: Access): Repo {
  const request = {
    method: c.req.method,
    api: c.get('links').api,
    owner: param(c, 'owner'),
    name: param(c, 'repo'),
  };
  const repo = repoFor(c.get('caller'), stateOf(c), request);
  requirePermissionFor(c, permission, access);
  if (repo.archived && access === 'write') throw archived();
  return repo;
}

export function orgIn(c: Call, permission: string, access: Access): void {
  const { id, login } = stateOf(c).org;
  const isThis = param(c, 'org_id') === String(id) || param(c, 'org').toLowerCase() === login.toLowerCase();
  if (!isThis) throw notFound();
  requirePermissionFor(c, permission, access);
}

export function teamIn(c: Call, access: Access): Team {
  orgIn(c, 'members', access);
  const number = param(c, 'team_id');
  const team =
    number === ''
      ? teamNamed(stateOf(c), param(c, 'team_slug'))
      : stateOf(c).teams.find(({ id }) => String(id) === number);
  if (!team) throw notFound();
  return team;
}

export function userIn(c: Call): User {
  const user = userNamed(stateOf(c), param(c, 'username'));
  if (!user) throw notFound();
  return user;
}

type Kind = 'string' | 'integer' | 'string-array' | 'integer-array' | 'object';

const isKind: Readonly<Record<Kind, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  integer: Number.isInteger,
  'string-array': (value) => Array.isArray(value) && value.every((each) => typeof each === 'string'),
  'integer-array': (value) => Array.isArray(value) && value.every(Number.isInteger),
  object: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
};

/**
 * The request's body. Throws when a known field has the wrong type. Unknown fields are ignored, as GitHub
 * does.
 */
export async function bodyOf(
  c: Call,
  fields: Readonly<Record<string, Kind>>,
): Promise<Record<string, unknown>> {
  const text = await c.req.text();
  const body: unknown = text === '' ? {} : parse(text);
  if (!isKind.object(body)) throw new Problem(400, 'Body should be a JSON object');
  const sent = body as Record<string, unknown>;
  for (const [field, kind] of Object.entries(fields))
    if (sent[field] !== undefined && !isKind[kind](sent[field]))
      throw invalid(
        `Invalid request.\n\nFor 'properties/${field}', ${JSON.stringify(sent[field])} is not a ${kind}.`,
      );
  return sent;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Problem(400, 'Problems parsing JSON');
  }
}

const positiveInteger = (text: string | undefined, fallback: number, most: number): number => {
  const number = Number(text ?? fallback);
  return Number.isInteger(number) && number >= 1 ? Math.min(number, most) : fallback;
};

/**
 * One page of a list. Sets GitHub's `Link` header to the other pages ("Using pagination in the REST API").
 */
export function page<T>(c: Call, items: readonly T[]): T[] {
  const size = positiveInteger(c.req.query('per_page'), 30, 100);
  const number = positiveInteger(c.req.query('page'), 1, Number.MAX_SAFE_INTEGER);
  const last = Math.max(1, Math.ceil(items.length / size));
  const link = (rel: string, to: number) => {
    const url = new URL(c.req.url);
    url.searchParams.set('per_page', String(size));
    url.searchParams.set('page', String(to));
    return `<${url.href}>; rel="${rel}"`;
  };
  const links = [
    ...(number > 1 ? [link('prev', number - 1), link('first', 1)] : []),
    ...(number < last ? [link('next', number + 1), link('last', last)] : []),
  ];
  if (links.length > 0) c.header('Link', links.join(', '));
  return items.slice((number - 1) * size, number * size);
}

export const noContent = (c: Call): Response => c.body(null, 204);
