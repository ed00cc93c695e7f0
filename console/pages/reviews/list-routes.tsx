import type { Context } from 'hono';
import type { Child } from 'hono/jsx';
import { z } from 'zod';
import { questionQuery } from '../../../audit/questions/index.ts';
import { reviewIdOf } from '../../../core/reviews/review.ts';
import { act, type ActResult, readActed } from '../../act.ts';
import type { ConsoleDeps } from '../../deps.ts';
import {
  type Handler,
  incompleteForm,
  movedTo,
  type PageAnswer,
  type PageHandler,
} from '../../page-answer.ts';
import { pageContext, type SignedInEnv } from '../../page-context.ts';
import { Outcome } from '../../parts/act-form.tsx';
import { Problem } from '../../parts/section.tsx';
import { namesFor } from '../requests/search.ts';
import { OpenReviewForm, ReviewList } from './list.tsx';
import { parseOrder, type TypedOrder, USUAL_ORDER } from './parse-order.ts';
import { reviewPath, reviewsAddress } from './paths.ts';
import { placeIn, readReviewList } from './read-reviews.ts';

/** `/reviews` */
export const reviewsPage: PageHandler = async (c, deps, { reader, address }) => {
  const acted = await readActed(deps, reader, c.req.query('click'), ({ kind }) => kind === 'open-review');
  const canonical = reviewsAddress(placeIn(c.req.query('before')));
  return acted || canonical === address ? listPage(c, deps, { acted }) : movedTo(canonical);
};

/** What stands above the list: what became of a form, or what somebody typed and why it was refused. */
type Listed = Readonly<{ acted?: ActResult | undefined } | { typed: TypedOrder; problem: Child }>;

/** The list, with the form for those who may open a review. */
async function listPage(c: Context<SignedInEnv>, deps: ConsoleDeps, shown: Listed): Promise<PageAnswer> {
  const { ledger, policy } = deps;
  const reader = c.get('reader');
  const before = placeIn(c.req.query('before'));
  const answer = await readReviewList(deps, reader, before);
  const mayOpen = await policy.mayOpenReview(reader.person);
  const same = { command: 'curfew audit reviews', sql: ledger.auditSql(questionQuery('reviews')) };
  const isRefused = 'typed' in shown;
  return {
    kind: 'page',
    status: isRefused ? 400 : 200,
    reading: { address: reviewsAddress(before), isOwn: answer.isOwn },
    content: (
      <>
        {!isRefused && shown.acted && <Outcome of={shown.acted} />}
        {mayOpen.ok && (
          <OpenReviewForm
            typed={isRefused ? shown.typed : USUAL_ORDER}
            isOpen={isRefused}
            problem={isRefused ? shown.problem : undefined}
          />
        )}
        <ReviewList {...{ answer, same }} />
      </>
    ),
  };
}

const Order = z.object({
  title: z.string().max(1000),
  scope: z.string().max(1000),
  from: z.string().max(200),
  to: z.string().max(200),
  sample: z.string().max(20),
  days: z.string().max(20),
});

/** Receives that an auditor opens a review. */
export const openReviewForm: Handler = async (c, deps) => {
  const { reader, now } = await pageContext(c, deps);
  const may = await deps.policy.mayOpenReview(reader.person);
  if (!may.ok)
    return {
      ...{ kind: 'refused', status: 403 },
      content: <Problem why={`You may not open a review: ${may.error}.`} />,
    };
  const typed = Order.safeParse(await c.req.parseBody());
  if (!typed.success) return incompleteForm(c);
  const known = namesFor(await deps.policy.lastKnown(), reader);
  const parsed = parseOrder(typed.data, { now, timeZone: reader.zone, known });
  const refused = (problem: Child) => listPage(c, deps, { typed: typed.data, problem });
  if (!parsed.ok)
    return refused(
      typeof parsed.error === 'string' ? (
        <Problem why={parsed.error} />
      ) : (
        <Outcome of={{ kind: 'open-review', outcome: { kind: 'refused', refusal: parsed.error } }} />
      ),
    );
  const acted = await act(deps, reader, { kind: 'open-review', body: parsed.value });
  if (acted.outcome?.kind === 'refused') return refused(<Outcome of={acted} />);
  return movedTo(acted.outcome ? reviewPath(reviewIdOf(acted.click)) : `/reviews?click=${acted.click}`);
};
