import { Fault } from '../../core/faults.ts';
import { isObject, isThrottle, retryAfterMsOf } from './failed-call.ts';
import { REPO_LADDER, TEAM_LADDER } from './target.ts';

/** A call that is about to be sent. `path` is below the API's base URL. */
export type Call = Readonly<{ method: string; path: string; body: unknown }>;

/** Reads one path with the same token. */
type Read = (path: string) => Promise<Response>;

/** What the person has now at least, and what the call would give, as places in a ladder. Undefined where the ladder has no place for it. */
type Change = Readonly<{ now: number | undefined; wanted: number | undefined }>;

const MEMBERSHIP = /\/memberships\/[^/]+$/;
const COLLABORATOR = /^\/repos\/[^/]+\/[^/]+\/collaborators\/[^/]+$/;
const INVITATION = /^(\/repos\/[^/]+\/[^/]+\/invitations)\/(\d+)$/;
/** The roles' names in request bodies: pull is read, push is write. */
const BODY_NAMES: Readonly<Record<string, string>> = { pull: 'read', push: 'write' };

const placeIn = (ladder: readonly string[], level: unknown): number | undefined => {
  const place = ladder.findIndex((known) => known === level);
  return place === -1 ? undefined : place;
};

/**
 * The place that a person has at least, from the answer to "Get repository permissions for a user". A custom role has no place. It inherits
 * from read, triage, write or maintain ("About custom repository roles"), and may be lower than what the call would give. `permission` has
 * the base of the role, "where the maintain role is mapped to write and the triage role is mapped to read". So it is never too high.
 */
const leastPlaceOf = ({ role_name: role, permission }: Readonly<Record<string, unknown>>) =>
  placeIn(REPO_LADDER, role) ?? placeIn(REPO_LADDER, permission);

/**
 * Throws before the reaper's client sends a call that could give anybody more than they have. GitHub's lists of calls know no
 * "lower": the same PUT raises and lowers. So what the person has is read first. In a repository that is the role from all sources,
 * because GitHub does not always show the own entry.
 */
export async function assertRemoves({ method, path, body }: Call, read: Read): Promise<void> {
  // The other POST calls are queries and calls for a token. None of them changes access.
  if (['GET', 'DELETE', 'POST'].includes(method)) return;
  const change = await changeOf({ method, path, body }, read);
  if (change?.wanted !== undefined && change.now !== undefined && change.wanted <= change.now) return;
  throw new Fault(
    'provider-forbidden',
    `github: ${method} ${path} is not in the list of calls that the reaper may send, because it could give more than the person has`,
  );
}

async function changeOf({ method, path, body }: Call, read: Read): Promise<Change | undefined> {
  const sent = fieldsOf(typeof body === 'string' ? JSON.parse(body) : undefined);
  if (method === 'PUT' && MEMBERSHIP.test(path)) {
    const { role } = fieldsOf(await answerOf(read(path)));
    return { now: placeIn(TEAM_LADDER, role), wanted: placeIn(TEAM_LADDER, sent['role']) };
  }
  if (method === 'PUT' && COLLABORATOR.test(path)) {
    const shown = fieldsOf(await answerOf(read(`${path}/permission`)));
    const wanted = String(sent['permission']);
    return { now: leastPlaceOf(shown), wanted: placeIn(REPO_LADDER, BODY_NAMES[wanted] ?? wanted) };
  }
  const [, list, id] = INVITATION.exec(path) ?? [];
  if (method !== 'PATCH' || list === undefined) return undefined;
  const found = await invitationIn(read, list, Number(id));
  return { now: placeIn(REPO_LADDER, found), wanted: placeIn(REPO_LADDER, sent['permissions']) };
}

async function invitationIn(read: Read, list: string, id: number): Promise<unknown> {
  for (let page = 1; ; page += 1) {
    const items = await answerOf(read(`${list}?per_page=100&page=${page}`));
    if (!Array.isArray(items)) return undefined;
    const found = items.map(fieldsOf).find((each) => each['id'] === id);
    if (found) return found['permissions'];
    if (items.length < 100) return undefined;
  }
}

/** Undefined for an error, which shows no access. A rate limit is thrown with the wait that GitHub states. */
async function answerOf(answer: Promise<Response>): Promise<unknown> {
  const got = await answer;
  if (got.ok) return got.json() as Promise<unknown>;
  const { message = '' } = fieldsOf(await got.json().catch(() => undefined));
  const failed = { status: got.status, headers: Object.fromEntries(got.headers), message: String(message) };
  if (isThrottle(failed))
    throw new Fault('provider-throttled', `github: ${got.status} ${failed.message}`, {
      retryAfterMs: retryAfterMsOf(failed),
    });
  return undefined;
}

const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> => (isObject(value) ? value : {});
