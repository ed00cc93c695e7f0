import { orgIn, stateOf, type Api, type Call } from './http.ts';
import { DAY_MS } from './limits.ts';
import { invalid, notFound } from './problem.ts';
import type { AuditEntry } from './state.ts';

/** "Git events" are kept for seven days, all others for 180. */
const KEPT_DAYS: Readonly<Record<AuditEntry['kind'], number>> = { git: 7, web: 180 };
/** The event types of each value of the parameter `include`. */
const INCLUDED: Readonly<Record<string, readonly AuditEntry['kind'][]>> = {
  web: ['web'],
  git: ['git'],
  all: ['web', 'git'],
};

/** The route of the audit log, which only organisations of GitHub Enterprise Cloud have. */
export function auditLogRoutes(api: Api): void {
  api.get('/orgs/:org/audit-log', (c) => {
    orgIn(c, 'organization_administration', 'read');
    const { auditLog } = stateOf(c).org;
    if (!auditLog) throw notFound();
    const kinds = INCLUDED[c.req.query('include') ?? 'web'];
    if (!kinds) throw invalid('include must be web, git or all');
    const matches = matcherOf(c, c.req.query('phrase') ?? '');
    const isKept = ({ kind, at }: AuditEntry) => at >= c.get('context').now() - KEPT_DAYS[kind] * DAY_MS;
    const found = auditLog.filter((each) => kinds.includes(each.kind) && isKept(each) && matches(each));
    return c.json(afterCursor(c, found.toReversed()).map((each) => entry(c, each)));
  });
}

/** "Searching the audit log": the qualifiers of a phrase, all of which an entry must match. */
function matcherOf(c: Call, phrase: string): (entry: AuditEntry) => boolean {
  const state = stateOf(c);
  const tests = phrase
    .split(' ')
    .filter((part) => part !== '')
    .map((part): ((entry: AuditEntry) => boolean) => {
      const [, name, value = ''] = /^(actor|repo|created):(.+)$/.exec(part) ?? [];
      const isValue = (text: string | undefined) => text?.toLowerCase() === value.toLowerCase();
      if (name === 'actor') return ({ login }) => isValue(login);
      if (name === 'repo') return ({ repo }) => isValue(`${state.org.login}/${repo}`);
      const since = /^>=\d{4}-\d\d-\d\d$/.test(value) ? Date.parse(value.slice(2)) : Number.NaN;
      if (Number.isNaN(since)) throw invalid(`The sandbox does not know "${part}" in a phrase`);
      return ({ at }) => at >= since;
    });
  return (each) => tests.every((test) => test(each));
}

/** One page. Its pages have cursors, "as given in the Link header", and no numbers. */
function afterCursor(c: Call, entries: readonly AuditEntry[]): readonly AuditEntry[] {
  const size = Math.min(100, Number(c.req.query('per_page') ?? 30));
  const after = c.req.query('after');
  const first = after === undefined ? 0 : entries.findIndex(({ id }) => String(id) === after) + 1;
  const shown = entries.slice(first, first + size);
  const last = shown.at(-1);
  if (last && first + size < entries.length) {
    const url = new URL(c.req.url);
    url.searchParams.set('after', String(last.id));
    c.header('Link', `<${url.href}>; rel="next"`);
  }
  return shown;
}

const entry = (c: Call, { id, at, action, actor, login, repo }: AuditEntry) => ({
  ...{ '@timestamp': at, _document_id: String(id), action, actor_id: actor, org: stateOf(c).org.login },
  actor: login,
  repo: `${stateOf(c).org.login}/${repo}`,
});
