import { Fault } from '../../core/faults.ts';
import { isObject } from './failed-call.ts';
import { REPO_LADDER, TEAM_LADDER } from './target.ts';

/** A call that is about to be sent. `path` is below the API's base URL. */
export type Call = Readonly<{ method: string; path: string; body: unknown }>;

/** Reads one path with the same token. */
type Read = (path: string) => Promise<Response>;

/** What the person has now, and what the call would give, as places in a ladder. */
type Change = Readonly<{ now: number; wanted: number }>;

const MEMBERSHIP = /\/memberships\/[^/]+$/;
const COLLABORATOR = /^\/repos\/[^/]+\/[^/]+\/collaborators\/[^/]+$/;
const INVITATION = /^(\/repos\/[^/]+\/[^/]+\/invitations)\/(\d+)$/;
/** The roles' names in request bodies: pull is read, push is write. */
const BODY_NAMES: Readonly<Record<string, string>> = { pull: 'read', push: 'write' };

const placeIn = (ladder: readonly string[], level: string): number => {
  const place = ladder.indexOf(level);
  return place === -1 ? Infinity : place; // A custom role counts as higher than every other one.
};

/**
 * Throws before the reaper's client sends a call that could give anybody more than they have. GitHub's lists of calls know no
 * "lower": the same PUT raises and lowers. So what the person has is read first. In a repository that is the role from all sources,
 * because GitHub does not always show the own entry.
 */
export async function assertRemoves({ method, path, body }: Call, read: Read): Promise<void> {
  // The other POST calls are queries and calls for a token. None of them changes access.
  if (['GET', 'DELETE', 'POST'].includes(method)) return;
  const change = await changeOf({ method, path, body }, read);
  if (change && change.wanted <= change.now) return;
  throw new Fault(
    'provider-forbidden',
    `github: ${method} ${path} is not in the list of calls that the reaper may send, because it could give more than the person has`,
  );
}

async function changeOf({ method, path, body }: Call, read: Read): Promise<Change | undefined> {
  const sent = fieldsOf(typeof body === 'string' ? JSON.parse(body) : undefined);
  if (method === 'PUT' && MEMBERSHIP.test(path)) {
    const role = fieldsOf(await answerOf(read(path)))['role'];
    const place = (level: unknown) => TEAM_LADDER.findIndex((known) => known === level);
    return { now: place(role), wanted: placeIn(TEAM_LADDER, String(sent['role'])) };
  }
  if (method === 'PUT' && COLLABORATOR.test(path)) {
    const role = fieldsOf(await answerOf(read(`${path}/permission`)))['role_name'];
    const wanted = String(sent['permission']);
    return {
      now: typeof role === 'string' && role !== '' ? placeIn(REPO_LADDER, role) : 0,
      wanted: placeIn(REPO_LADDER, BODY_NAMES[wanted] ?? wanted),
    };
  }
  const [, list, id] = INVITATION.exec(path) ?? [];
  if (method !== 'PATCH' || list === undefined) return undefined;
  const found = await invitationIn(read, list, Number(id));
  return {
    now: placeIn(REPO_LADDER, found ?? 'none'),
    wanted: placeIn(REPO_LADDER, String(sent['permissions'])),
  };
}

async function invitationIn(read: Read, list: string, id: number): Promise<string | undefined> {
  for (let page = 1; ; page += 1) {
    const items = await answerOf(read(`${list}?per_page=100&page=${page}`));
    if (!Array.isArray(items)) return undefined;
    const found = items.map(fieldsOf).find((each) => each['id'] === id);
    if (found) return String(found['permissions']);
    if (items.length < 100) return undefined;
  }
}

const answerOf = async (answer: Promise<Response>): Promise<unknown> => {
  const { ok, json } = await answer.then((got) => ({
    ok: got.ok,
    json: () => got.json() as Promise<unknown>,
  }));
  return ok ? json() : undefined;
};

const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> => (isObject(value) ? value : {});
