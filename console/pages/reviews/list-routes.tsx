import { type Context, Hono } from 'hono';
import type { Child } from 'hono/jsx';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { z } from 'zod';
import { questionQuery } from '../../../audit/questions/index.ts';
import { reviewIdOf } from '../../../core/reviews/review.ts';
import { act, type ActResult, readActed } from '../../act.ts';
import type { ConsoleDeps } from '../../deps.ts';
import { namesOf, Page, pageContext, showPage, type SignedInEnv } from '../../page.tsx';
import { Outcome } from '../../parts/act-form.tsx';
import { recordReading } from '../../readings.ts';
import { AccessRefused } from '../access/fields.tsx';
import { namesFor } from '../requests/search.ts';
import { OpenReviewForm, ReviewList } from './list.tsx';
import { parseOrder, type TypedOrder, USUAL_ORDER } from './parse-order.ts';
import { reviewPath, reviewsAddress } from './paths.ts';
import { placeIn, readReviewList } from './read-reviews.ts';

/** What a form that lacks a field gets. */
export const INCOMPLETE = 'This form is not complete. Go back and load the page again.';

/** What stands above the list: what became of a form, or what somebody typed and why it was refused. */
type Listed = Readonly<{
  acted?: ActResult | undefined;
  typed?: TypedOrder;
  problem?: Child;
  status?: ContentfulStatusCode;
}>;

const Order = z.object({
  title: z.string().max(1000),
  scope: z.string().max(1000),
  from: z.string().max(200),
  to: z.string().max(200),
  sample: z.string().max(20),
  days: z.string().max(20),
});

/** `/reviews`, and the form with which an auditor opens one. */
export function listRoutes(deps: ConsoleDeps): Hono<SignedInEnv> {
  const app = new Hono<SignedInEnv>();
  const { ledger, policy } = deps;

  /** The list, with the form for those who may open a review. */
  const listPage = async (c: Context<SignedInEnv>, shown: Listed) => {
    const { reader, address } = await pageContext(c, deps);
    const before = placeIn(c.req.query('before'));
    const answer = await readReviewList(deps, reader, before);
    await recordReading(deps, reader, { address: reviewsAddress(before), isOwn: answer.isOwn });
    const names = namesOf(await policy.lastKnown());
    const { isAuditor } = reader.sight;
    const same = { command: 'curfew audit reviews', sql: ledger.auditSql(questionQuery('reviews')) };
    return showPage(
      c,
      <Page title="Reviews" {...{ reader, address }}>
        {shown.acted && <Outcome of={shown.acted} {...{ names, zone: reader.zone }} />}
        {(await policy.mayOpenReview(reader.person)).ok && (
          <OpenReviewForm
            typed={shown.typed ?? USUAL_ORDER}
            isOpen={shown.typed !== undefined}
            problem={shown.problem}
          />
        )}
        <ReviewList
          {...{ answer, names, isAuditor }}
          zone={reader.zone}
          same={isAuditor ? same : undefined}
        />
      </Page>,
      shown.status ?? 200,
    );
  };

  app.get('/reviews', async (c) => {
    const { reader, address } = await pageContext(c, deps);
    const acted = await readActed(deps, reader, c.req.query('click'), ({ kind }) => kind === 'open-review');
    const canonical = reviewsAddress(placeIn(c.req.query('before')));
    return acted || canonical === address ? listPage(c, { acted }) : c.redirect(canonical, 303);
  });

  app.post('/reviews', async (c) => {
    const { reader, now, address } = await pageContext(c, deps);
    const may = await policy.mayOpenReview(reader.person);
    if (!may.ok)
      return showPage(
        c,
        <Page title="Reviews" {...{ reader, address }}>
          <AccessRefused why={`You may not open a review: ${may.error}.`} />
        </Page>,
        403,
      );
    const typed = Order.safeParse(await c.req.parseBody());
    if (!typed.success) return c.text(INCOMPLETE, 400);
    const known = namesFor(await policy.lastKnown(), reader);
    const parsed = parseOrder(typed.data, { now, timeZone: reader.zone, known });
    const names = namesOf(await policy.lastKnown());
    const refused = (problem: Child) => listPage(c, { typed: typed.data, problem, status: 400 });
    if (!parsed.ok)
      return refused(
        typeof parsed.error === 'string' ? (
          <AccessRefused why={parsed.error} />
        ) : (
          <Outcome
            of={{ kind: 'open-review', outcome: { kind: 'refused', refusal: parsed.error } }}
            {...{ names, zone: reader.zone }}
          />
        ),
      );
    const acted = await act(deps, reader, { kind: 'open-review', body: parsed.value });
    if (acted.outcome?.kind === 'refused')
      return refused(<Outcome of={acted} {...{ names, zone: reader.zone }} />);
    return c.redirect(
      acted.outcome ? reviewPath(reviewIdOf(acted.click)) : `/reviews?click=${acted.click}`,
      303,
    );
  });

  return app;
}
