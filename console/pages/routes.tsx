import { type Context, Hono } from 'hono';
import type { ConsoleDeps } from '../deps.ts';
import { Page, showPage } from '../page.tsx';
import type { Handler, PageAnswer, PageHandler } from '../page-answer.ts';
import { type PageContext, pageContext, PageProvider, type SignedInEnv } from '../page-context.ts';
import { Problem } from '../parts/section.tsx';
import { recordReading } from '../readings.ts';
import { idHashIn, pathAfterSignIn } from '../sign-in/cookies.ts';
import { accessPage } from './access/page.tsx';
import { entitlementPage } from './entitlement/entitlement.tsx';
import { controlPage, controlsPage, evidenceFolder } from './evidence/evidence.tsx';
import { findingsPage } from './findings/page.tsx';
import { nowPage } from './now/now.tsx';
import { numbersPage } from './numbers/numbers.tsx';
import { endAllForm, endAllPage } from './person/end-all.tsx';
import { personPage } from './person/person.tsx';
import { providerPage } from './provider/provider.tsx';
import { answerForm, extensionForm, proofs } from './request/forms.ts';
import { requestPage } from './request/request.tsx';
import { requestsExport, suggestionsAt } from './requests/export.ts';
import { requestsPage } from './requests/requests.tsx';
import { openReviewForm, reviewsPage } from './reviews/list-routes.tsx';
import { lineForm, reviewExport, reviewFolder } from './reviews/copies.ts';
import { reviewPage } from './reviews/review.tsx';

/** An address of the console. A page reads and is recorded. `get` is what is downloaded or suggested, `post` a form. */
type Entry = Readonly<{
  path: string;
  title?: string;
  /** Every page links to it. */
  isInMenu?: true;
  /** Says to everybody but auditors why they do not see it. */
  auditorsOnly?: string;
}> &
  Readonly<{ page: PageHandler } | { get: Handler } | { post: Handler; acts?: true }>;

const ABOUT_EVERYBODY = {
  evidence: { title: 'Evidence', auditorsOnly: 'Evidence is about everybody, so only auditors see it.' },
  numbers: {
    title: 'Numbers',
    auditorsOnly: 'Only auditors see the numbers, because they are about everybody.',
  },
  copies: {
    title: 'Reviews',
    auditorsOnly: 'Only auditors take a copy of a review, because it is about everybody.',
  },
} as const;

/** Changes the zone in which somebody sees times: UTC, or the one that their identity provider has. */
const zoneForm: Handler = async (c, { ledger }) => {
  const { zone, back } = await c.req.parseBody();
  const idHash = idHashIn(c, '__Host-curfew-session');
  const isKnown = zone === 'UTC' || zone === c.get('reader').ownZone;
  if (idHash && isKnown) await ledger.setSessionZone(idHash, zone);
  return c.redirect(pathAfterSignIn(typeof back === 'string' ? back : undefined), 303);
};

/** Every address of somebody who is signed in. The menu has the order of the table. */
const ENTRIES: readonly Entry[] = [
  { path: '/', title: 'Now', isInMenu: true, page: nowPage },
  { path: '/access', title: 'Access', isInMenu: true, page: accessPage },
  { path: '/requests', title: 'Requests', isInMenu: true, page: requestsPage },
  { path: '/requests/export', get: requestsExport },
  { path: '/suggestions', get: suggestionsAt },
  { path: '/requests/:id', page: requestPage },
  { path: '/requests/:id/proofs/:seq?', get: proofs },
  { path: '/requests/:id/answers', post: answerForm, acts: true },
  { path: '/requests/:id/extensions', post: extensionForm, acts: true },
  { path: '/findings/:section?', title: 'Findings', isInMenu: true, page: findingsPage },
  { path: '/reviews', title: 'Reviews', isInMenu: true, page: reviewsPage },
  { path: '/reviews', title: 'Reviews', post: openReviewForm, acts: true },
  { path: '/reviews/:id', page: reviewPage },
  { path: '/reviews/:id/lines', post: lineForm, acts: true },
  { path: '/reviews/:id/folder', ...ABOUT_EVERYBODY.copies, post: reviewFolder },
  { path: '/reviews/:id/export', ...ABOUT_EVERYBODY.copies, get: reviewExport },
  { path: '/evidence', ...ABOUT_EVERYBODY.evidence, isInMenu: true, page: controlsPage },
  { path: '/evidence/:framework/:control', ...ABOUT_EVERYBODY.evidence, page: controlPage },
  { path: '/evidence/:framework/:control/folder', ...ABOUT_EVERYBODY.evidence, post: evidenceFolder },
  { path: '/numbers', ...ABOUT_EVERYBODY.numbers, isInMenu: true, page: numbersPage },
  { path: '/people/:id', page: personPage },
  { path: '/people/:id/end', page: endAllPage },
  { path: '/people/:id/end', post: endAllForm, acts: true },
  { path: '/entitlements/:id', page: entitlementPage },
  { path: '/providers/:name', page: providerPage },
  { path: '/zone', post: zoneForm },
];

/** The paths of the forms that act. */
export const ACTING = ENTRIES.flatMap((entry) => ('acts' in entry ? [entry.path] : []));

/** Every page of somebody who is signed in. */
export function pageRoutes(deps: ConsoleDeps): Hono<SignedInEnv> {
  const app = new Hono<SignedInEnv>();
  for (const entry of ENTRIES)
    app.on('post' in entry ? 'POST' : 'GET', entry.path, (c) => answerTo(c, deps, entry));
  return app;
}

async function answerTo(c: Context<SignedInEnv>, deps: ConsoleDeps, entry: Entry): Promise<Response> {
  const answer = await answerOf(c, deps, entry);
  if (answer instanceof Response) return answer;
  if (answer.kind === 'missing') return c.notFound();
  if (answer.kind === 'moved') return c.redirect(answer.to, 303);
  const made = await pageContext(c, deps);
  const page = answer.back === undefined ? made : { ...made, address: answer.back };
  if (answer.kind === 'page') await recordReading(deps, page.reader, answer.reading);
  const { title = entry.title ?? '', scripts, search, content, status } = answer;
  return showPage(
    c,
    <PageProvider value={page}>
      <Page {...{ title, scripts, search }} menu={menuOf(page)}>
        {content}
      </Page>
    </PageProvider>,
    status,
  );
}

async function answerOf(
  c: Context<SignedInEnv>,
  deps: ConsoleDeps,
  entry: Entry,
): Promise<Response | PageAnswer> {
  const { auditorsOnly } = entry;
  if (auditorsOnly !== undefined && !c.get('reader').sight.isAuditor)
    return { kind: 'refused', status: 403, content: <Problem why={auditorsOnly} /> };
  if ('page' in entry) return entry.page(c, deps, await pageContext(c, deps));
  return 'get' in entry ? entry.get(c, deps) : entry.post(c, deps);
}

const menuOf = ({ reader: { sight } }: PageContext) =>
  ENTRIES.flatMap(({ path, title = '', isInMenu, auditorsOnly }) =>
    isInMenu && (sight.isAuditor || auditorsOnly === undefined)
      ? [{ path: path.split('/:')[0] ?? path, name: title }]
      : [],
  );
