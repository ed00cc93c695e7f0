import type pg from 'pg';
import { FRAMEWORKS, CONTROLS } from '../audit/evidence/controls.ts';
import { SECTIONS } from '../console/pages/findings/sections.ts';
import { openLargeReview } from './large-ledger/review.ts';

/** A page of the console: what somebody asks, and its address. */
export type AskedPage = Readonly<{ what: string; path: string }>;

const DAY_MS = 86_400_000;

/** Every page of the console, with the questions that readers ask by default, and with some filters. */
export async function consolePages(client: pg.Client): Promise<readonly AskedPage[]> {
  const requests = await someRequests(client);
  const ago = (days: number): string => new Date(Date.now() - days * DAY_MS).toISOString();
  const page = (what: string, path: string, question: Readonly<Record<string, string>> = {}): AskedPage => {
    const asked = new URLSearchParams(question).toString();
    return { what, path: asked === '' ? path : `${path}?${asked}` };
  };
  return [
    page('now', '/'),
    ...accessPages(page, ago),
    ...SEARCHES.map((q) => page(`requests: ${q === '' ? 'all' : q}`, '/requests', q === '' ? {} : { q })),
    ...Object.entries(requests).map(([what, id]) => page(`request: ${what}`, `/requests/${id}`)),
    page('request: by the end of its id', `/requests/${requests['expired']?.slice(-8) ?? ''}`),
    ...['p0', 'p1900'].map((person) => page(`person: ${person}`, `/people/${person}`)),
    ...['e0', 'e299'].map((entitlement) =>
      page(`entitlement: ${entitlement}`, `/entitlements/${entitlement}`),
    ),
    ...['github', 'rare'].map((provider) => page(`provider: ${provider}`, `/providers/${provider}`)),
    page('findings', '/findings'),
    page('findings: a year', '/findings', { from: ago(365) }),
    ...SECTIONS.flatMap(({ id, isWhole }) => [
      page(`findings: ${id}`, `/findings/${id}`),
      ...(isWhole ? [] : [page(`findings: ${id}, a year`, `/findings/${id}`, { from: ago(365) })]),
    ]),
    page('reviews', '/reviews'),
    page('review', `/reviews/${await openLargeReview(client)}`),
    page('numbers', '/numbers'),
    page('numbers: a year', '/numbers', { from: ago(365) }),
    page('evidence', '/evidence'),
    ...Object.keys(FRAMEWORKS).flatMap((framework) =>
      CONTROLS.filter((each) => each.framework === framework).map(({ id }) =>
        page(`evidence: ${id}`, `/evidence/${framework}/${id}`),
      ),
    ),
  ];
}

/** What is frequent and what is rare. Part "search" of the benchmark makes many more. */
const SEARCHES = [
  ...['', 'person:p0', 'person:p1900', 'approver:p7', 'entitlement:e0', 'provider:rare', 'class:A'],
  ...['state:active', 'ending:denied', 'ending:voided', 'refused:yes', 'since:7d person:p0'],
  ...['ending:voided provider:rare', 'person:p0 refused:yes', 'approver:p7 since:400d ending:ended'],
];

type Page = (what: string, path: string, question?: Readonly<Record<string, string>>) => AskedPage;

function accessPages(page: Page, ago: (days: number) => string): readonly AskedPage[] {
  const subjects = {
    everybody: {},
    p0: { person: 'p0' },
    e0: { entitlement: 'e0' },
    e299: { entitlement: 'e299' },
  };
  const both = { person: 'p0', entitlement: 'e0' };
  const times = {
    now: {},
    'a moment in the past': { at: ago(200.5), from: ago(207), to: ago(200) },
    'a month': { from: ago(230), to: ago(200), list: 'time' },
    'as known a year ago': { at: ago(366), from: ago(373), to: ago(365.5), known: ago(365.2) },
  };
  return Object.entries({ ...subjects, 'p0 at e0': both }).flatMap(([who, subject]) =>
    Object.entries(times).map(([when, time]) =>
      page(`access: ${who}, ${when}`, '/access', { ...subject, ...time }),
    ),
  );
}

/** A request of each kind. */
async function someRequests(client: pg.Client): Promise<Readonly<Record<string, string>>> {
  const { rows } = await client.query<{ kind: string; id: string }>(
    `select distinct on (kind) kind, id from (select coalesce(ending, state) as kind, id from request_list order by opened_at desc limit 20000) newest order by kind, id`,
  );
  return Object.fromEntries(rows.map(({ kind, id }) => [kind, id]));
}
