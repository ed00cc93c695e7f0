import { Fault } from '../../core/faults.ts';
import { QUERY_TEXTS } from './queries.ts';
import { REPO_LADDER, TEAM_LADDER } from './target.ts';

/** The fields that a request's body may have. Each field must pass its test. */
type Shape = Readonly<Record<string, (value: unknown) => boolean>>;
type AllowedCall = Readonly<{ method: string; path: RegExp; body?: Shape }>;

const NAME = '[A-Za-z\\d._-]+';
const path = (template: string): RegExp =>
  new RegExp(`^${template.replaceAll('{name}', NAME).replaceAll('{number}', '\\d+')}$`);
const isOneOf = (choices: readonly string[]) => (value: unknown) =>
  value !== 'none' && choices.some((choice) => choice === value);

const REPO = '/repos/{name}/{name}';
const TEAM = '/orgs/{name}/teams/{name}';
const MEMBERSHIP = '/organizations/{number}/team/{number}/memberships/{name}';
/** The roles' names in request bodies: pull is read, push is write. */
const PERMISSIONS = ['pull', 'triage', 'push', 'maintain', 'admin'];

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
/** The entry of this name, and nothing that every object inherits, such as `constructor`. */
const ownOf = <T>(entries: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(entries, name) ? entries[name] : undefined;
const isListOfOne = (kind: string) => (value: unknown) =>
  Array.isArray(value) && value.length === 1 && typeof value[0] === kind;
const APP_PERMISSIONS: Readonly<Record<string, readonly unknown[]>> = {
  administration: ['read', 'write'],
  members: ['read', 'write'],
  metadata: ['read'],
  organization_administration: ['read'],
};
/** A query's variables are strings, or null for the first page of a list. */
const isVariables = (value: unknown) =>
  isObject(value) && Object.values(value).every((each) => each === null || typeof each === 'string');
const isWithinAppPermissions = (value: unknown) =>
  isObject(value) &&
  Object.entries(value).every(([name, access]) => ownOf(APP_PERMISSIONS, name)?.includes(access));

const get = (template: string): AllowedCall => ({ method: 'GET', path: path(template) });

/**
 * All calls that this provider can send to GitHub. The organisation's own memberships can only be read. No call
 * changes a team's repositories, settings or contents. In GraphQL only the texts of `queries.ts` can be sent, which change
 * nothing. A call that is not in this list cannot be sent.
 */
const ALLOWED_CALLS: readonly AllowedCall[] = [
  get('/app/installations/{number}'),
  {
    method: 'POST',
    path: path('/app/installations/{number}/access_tokens'),
    body: {
      permissions: isWithinAppPermissions,
      repositories: isListOfOne('string'),
      repository_ids: isListOfOne('number'),
    },
  },
  get('/user/{number}'),
  get('/users/{name}'),
  get('/orgs/{name}/memberships/{name}'),
  get('/organizations/{number}/team/{number}'),
  get(TEAM),
  get('/orgs/{name}/audit-log'),
  get(`${TEAM}/repos`),
  get(`${TEAM}/members`),
  get(`${TEAM}/invitations`),
  get(`${TEAM}/external-groups`),
  get(`${TEAM}/team-sync/group-mappings`),
  get(MEMBERSHIP),
  { method: 'PUT', path: path(MEMBERSHIP), body: { role: isOneOf(TEAM_LADDER) } },
  { method: 'DELETE', path: path(MEMBERSHIP) },
  get('/repositories/{number}'),
  get(`${REPO}/events`),
  get(REPO),
  get(`${REPO}/collaborators`),
  get(`${REPO}/collaborators/{name}/permission`),
  { method: 'PUT', path: path(`${REPO}/collaborators/{name}`), body: { permission: isOneOf(PERMISSIONS) } },
  { method: 'DELETE', path: path(`${REPO}/collaborators/{name}`) },
  get(`${REPO}/invitations`),
  {
    method: 'PATCH',
    path: path(`${REPO}/invitations/{number}`),
    body: { permissions: isOneOf(REPO_LADDER) },
  },
  { method: 'DELETE', path: path(`${REPO}/invitations/{number}`) },
  { method: 'POST', path: path('/graphql'), body: { query: isOneOf(QUERY_TEXTS), variables: isVariables } },
];

/**
 * The fields that decide which access is granted, or what is read, must be in the body. GitHub's default would be "push", or
 * everything.
 */
const REQUIRED = ['permission', 'permissions', 'query', 'role'];

function bodyMatches(shape: Shape | undefined, text: unknown): boolean {
  if (!shape || !text) return !shape && !text;
  if (typeof text !== 'string') return false;
  const body: unknown = JSON.parse(text);
  return (
    isObject(body) &&
    Object.entries(body).every(([field, value]) => ownOf(shape, field)?.(value)) &&
    Object.keys(shape).every((field) => field in body || !REQUIRED.includes(field))
  );
}

/** Throws before anything is sent. `pathname` is the normalised path below the API's base URL. */
export function assertAllowed(method: string, pathname: string, body: unknown): void {
  const allowed = ALLOWED_CALLS.find((each) => each.method === method && each.path.test(pathname));
  if (!allowed || !bodyMatches(allowed.body, body))
    throw new Fault(
      'provider-forbidden',
      `github: ${method} ${pathname} is not in the list of calls that Curfew may send`,
    );
}
