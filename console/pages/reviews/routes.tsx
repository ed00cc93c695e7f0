import { type Context, Hono } from 'hono';
import { z } from 'zod';
import { answerRows, reviewLines } from '../../../audit/questions/index.ts';
import { parseReviewId, type ReviewId } from '../../../core/reviews/review.ts';
import { writeReview } from '../../../audit/reviews/write-folder.ts';
import { csvLines } from '../../../audit/csv.ts';
import { escapeHidden } from '../../../core/text.ts';
import type { AuditRow } from '../../../ledger/index.ts';
import { act, readActed } from '../../act.ts';
import type { ConsoleDeps } from '../../deps.ts';
import { sendFolder } from '../../downloads/folder-download.tsx';
import { namesOf, Page, pageContext, showPage, type SignedInEnv } from '../../page.tsx';
import { Outcome } from '../../parts/act-form.tsx';
import { recordReading } from '../../readings.ts';
import { AccessRefused } from '../access/fields.tsx';
import { INCOMPLETE, listRoutes } from './list-routes.tsx';
import { linesAddress, reviewPath } from './paths.ts';
import { askedIn, readReviewPage, seesLine } from './read-reviews.ts';
import { ReviewPage } from './review.tsx';

const Decision = z.object({
  line: z.string().max(100),
  kind: z.enum(['certify', 'object']),
  note: z.string().max(10_000).optional(),
  seen: z.string().max(100).optional(),
  show: z.string().max(20).optional(),
  page: z.string().max(10).optional(),
});

/** The list of reviews, the page of each, and what people decide there. */
export function reviewsRoutes(deps: ConsoleDeps): Hono<SignedInEnv> {
  const app = new Hono<SignedInEnv>();
  const { ledger, policy } = deps;
  app.route('/', listRoutes(deps));

  const auditorsOnly = async (c: Context<SignedInEnv>) => {
    const { reader, address } = await pageContext(c, deps);
    return showPage(
      c,
      <Page title="Reviews" {...{ reader, address }}>
        <AccessRefused why="Only auditors take a copy of a review, because it is about everybody." />
      </Page>,
      403,
    );
  };

  app.get('/reviews/:id', async (c) => {
    const context = await pageContext(c, deps);
    const { reader, address } = context;
    const id = parseReviewId(c.req.param('id'));
    const asked = askedIn(c.req.query());
    const acted = await readActed(
      deps,
      reader,
      c.req.query('click'),
      (click) => id.ok && click.review === id.value,
    );
    const answer = id.ok
      ? await readReviewPage(deps, reader, id.value, { ...asked, click: acted?.click })
      : undefined;
    if (!answer) return c.notFound();
    const { review, isWhole } = answer;
    const canonical = linesAddress(review.id, asked);
    if (!acted && canonical !== address) return c.redirect(canonical, 303);
    await recordReading(deps, reader, { address: canonical, isOwn: !isWhole });
    const names = namesOf(await policy.lastKnown());
    const same = {
      command: `curfew audit review ${review.id}`,
      sql: ledger.auditSql(reviewLines(review.id)),
    };
    return showPage(
      c,
      <Page
        title={isWhole ? review.title : 'A review of your access'}
        scripts={['live']}
        {...{ reader, address }}
      >
        {acted && <Outcome of={acted} {...{ names, zone: reader.zone }} />}
        <ReviewPage {...{ context, answer, asked, names }} same={reader.sight.isAuditor ? same : undefined} />
      </Page>,
    );
  });

  app.post('/reviews/:id/lines', async (c) => {
    const reader = c.get('reader');
    const id = parseReviewId(c.req.param('id'));
    const parsed = Decision.safeParse(await c.req.parseBody());
    if (!parsed.success) return c.text(INCOMPLETE, 400);
    const { kind, line, note, seen, ...asked } = parsed.data;
    if (!id.ok || !(await seesLine(deps, reader, id.value, line))) return c.notFound();
    const body = {
      ...{ review: id.value, line },
      ...(note === undefined ? {} : { note }),
      ...(seen === undefined ? {} : { seen }),
    };
    const { click } = await act(deps, reader, { kind, body });
    const back = linesAddress(id.value, askedIn(asked));
    return c.redirect(`${back}${back.includes('?') ? '&' : '?'}click=${click}`, 303);
  });

  app.post('/reviews/:id/folder', async (c) => {
    const id = parseReviewId(c.req.param('id'));
    if (!c.get('reader').sight.isAuditor) return auditorsOnly(c);
    const review = id.ok ? await ledger.readReview(id.value) : undefined;
    if (!review) return c.notFound();
    const page = reviewPath(review.id);
    return sendFolder(c, deps, {
      ...{ title: review.title, page, address: `${page}/folder`, name: `curfew-${review.id}` },
      write: (folder, of) => writeReview(ledger, folder, review.id, of),
    });
  });

  app.get('/reviews/:id/export', async (c) => {
    const reader = c.get('reader');
    const { format = '' } = c.req.query();
    const id = parseReviewId(c.req.param('id'));
    if (!reader.sight.isAuditor) return auditorsOnly(c);
    const review = id.ok ? await ledger.readReview(id.value) : undefined;
    if (!review || !isLinesFormat(format)) return c.notFound();
    const address = `${reviewPath(review.id)}/export?format=${format}`;
    await recordReading(deps, reader, { address, isOwn: false, kind: 'export' });
    c.header('content-type', EXPORT_TYPES[format]);
    c.header('content-disposition', `attachment; filename="review.${format}"`);
    return c.body(await exportLines(deps, review.id, format));
  });
  return app;
}

export const EXPORT_TYPES = {
  csv: 'text/csv; charset=utf-8',
  jsonl: 'application/x-ndjson; charset=utf-8',
} as const;
export type LinesFormat = keyof typeof EXPORT_TYPES;

export const isLinesFormat = (text: string): text is LinesFormat => Object.hasOwn(EXPORT_TYPES, text);

/** All lines of a review, with the reasons of objections, as one text. A review has at most a thousand lines. */
export async function exportLines(
  { ledger }: Pick<ConsoleDeps, 'ledger'>,
  review: ReviewId,
  format: LinesFormat,
): Promise<string> {
  const reasons = await ledger.objectionReasons(review);
  const rows: AuditRow[] = [];
  for await (const row of answerRows(ledger, reviewLines(review)))
    rows.push({ ...row, reason: reasons.get(String(row['decision_id'])) ?? null });
  const lines =
    format === 'csv'
      ? csvLines(rows, Object.keys(rows[0] ?? { id: null }))
      : rows.map((row) => escapeHidden(JSON.stringify(row)));
  return lines.map((line) => `${line}\n`).join('');
}
