import { PAGE, type Client } from './client.ts';
import { isThrottle, readFailure, statusOf } from './failed-call.ts';
import type { Reach, UseOfAccount } from './use.ts';

/** When each entry of the audit log was, or why there is none to read. */
export type LogTimes = Readonly<{ times: readonly number[]; why?: never } | { times?: never; why: string }>;

/** Three hundred entries tell that and when access was used. */
const MOST_PAGES = 3;
/** The token, and the pages. */
export const MOST_LOG_CALLS = 1 + MOST_PAGES;

const NO_PERMISSION =
  "Curfew reads the organisation's audit log, with each clone and fetch, when the App has the permission organization_administration: read";
const NO_LOG = 'only organisations of GitHub Enterprise Cloud have an audit log that an App may read';

/**
 * What the person did in these repositories, from "Get the audit log for an organization". `include=all` has clones, fetches and pushes
 * ("Git events"), which GitHub keeps for seven days, and the others for 180. It needs the organisation's permission "Administration" (read).
 */
export async function readAuditLog(
  client: Client,
  { org, repositories }: Reach,
  { id, login, from, until }: UseOfAccount,
  signal: AbortSignal,
): Promise<LogTimes> {
  const day = new Date(from).toISOString().slice(0, 10);
  const [only, ...others] = repositories;
  const place = only !== undefined && others.length === 0 ? ` repo:${org}/${only}` : '';
  const names = new Set(repositories.map((repo) => `${org}/${repo}`.toLowerCase()));
  const isUse = (entry: Entry): entry is Timed =>
    String(entry.actor_id) === id &&
    names.has(String(entry.repo).toLowerCase()) &&
    isBetween(entry, from, until);
  try {
    const octokit = await client.withToken({ permissions: { organization_administration: 'read' } }, signal);
    const times: number[] = [];
    let after: string | undefined;
    for (let page = 1; page <= MOST_PAGES; page += 1) {
      const { data, headers } = await octokit.request('GET /orgs/{org}/audit-log', {
        ...{ org, phrase: `actor:${login}${place} created:>=${day}`, include: 'all', per_page: PAGE },
        ...(after !== undefined && { after }),
      });
      times.push(...(data as readonly Entry[]).filter(isUse).map((entry) => entry['@timestamp']));
      after = cursorIn(headers.link);
      if (after === undefined) break;
    }
    return { times };
  } catch (error) {
    const why = whyHidden(error);
    if (why === undefined) throw error;
    return { why };
  }
}

/** An entry, as far as Curfew reads it. Each field is optional in GitHub's description. `@timestamp` is in milliseconds UTC. */
type Entry = Readonly<{ '@timestamp'?: number; actor_id?: number; repo?: string }>;
type Timed = Entry & Readonly<{ '@timestamp': number }>;

const isBetween = ({ '@timestamp': at }: Entry, from: number, until: number): boolean =>
  at !== undefined && at >= from && at <= until;

/** The cursor of the next page, from the header `Link`. */
function cursorIn(link: string | undefined): string | undefined {
  const next = /<([^>]+)>; rel="next"/.exec(link ?? '')?.[1];
  return next === undefined ? undefined : (new URL(next).searchParams.get('after') ?? undefined);
}

/** 422: the installation lacks the permission. 404: the organisation has no such log. */
function whyHidden(error: unknown): string | undefined {
  const status = statusOf(error);
  if (status === 422 || (status === 403 && !isThrottle(readFailure(error)))) return NO_PERMISSION;
  return status === 404 ? NO_LOG : undefined;
}
