import { type Context, Hono } from 'hono';
import { proveRequest } from '../../../audit/prove.ts';
import { z } from 'zod';
import type { RequestId } from '../../../core/ids.ts';
import { ANSWER_KINDS } from '../../../core/request/commands.ts';
import type { Action } from '../../../inbox/receive.ts';
import { act, readActed } from '../../act.ts';
import type { ConsoleDeps } from '../../deps.ts';
import { namesOf, Page, pageContext, showPage, type SignedInEnv } from '../../page.tsx';
import { Outcome } from '../../parts/act-form.tsx';
import { requestPath } from '../../parts/names.tsx';
import { recordReading } from '../../readings.ts';
import type { Reader } from '../../reader.ts';
import { readRequest, type RequestAnswer } from './read-request.ts';
import { NO_ACTS, offeredActs } from './actions.tsx';
import { RequestPage } from './request.tsx';

/** `/requests/<id>`, and the proofs of its events. */
export function requestRoutes(deps: ConsoleDeps): Hono<SignedInEnv> {
  const app = new Hono<SignedInEnv>();

  app.get('/requests/:id', async (c) => {
    const { reader, address } = await pageContext(c, deps);
    const typed = c.req.param('id');
    const answer = await readRequest(deps, reader, typed);
    const shown = { reader, address };
    if (!answer.ok)
      return showPage(
        c,
        <Page title="There is no such request that you can see" {...shown}>
          <p>
            Its requester, its approvers, the owner of the entitlement, and the auditors can see a request.
          </p>
        </Page>,
        404,
      );
    const { request, view } = answer.value.story;
    if (request !== typed) return c.redirect(requestPath(request), 303);
    const acted = await readActed(deps, reader, c.req.query('click'), (click) => click.request === request);
    const acts = view ? await offeredActs(deps, reader, view) : NO_ACTS;
    await recordReading(deps, reader, { address: requestPath(request), isOwn: isOwn(answer.value, reader) });
    const names = namesOf(await deps.policy.lastKnown());
    return showPage(
      c,
      <Page title={view?.title ?? 'A request that was refused'} scripts={['proof', 'live']} {...shown}>
        {acted && <Outcome of={acted} {...{ names, zone: reader.zone }} />}
        <RequestPage
          acts={acts}
          {...{ names, answer: answer.value, zone: reader.zone }}
          logKeys={deps.logKeys.map(({ text }) => text)}
        />
      </Page>,
    );
  });

  app.get('/requests/:id/proofs/:seq?', async (c) => {
    const reader = c.get('reader');
    const answer = await readRequest(deps, reader, c.req.param('id'));
    if (!answer.ok) return c.notFound();
    const { request } = answer.value.story;
    const proofs = await proveRequest(deps.ledger, request, deps.logKeys);
    if (!proofs.ok) return c.text(`There is no proof: ${proofs.error}.`, 404);
    const seq = c.req.param('seq');
    const wanted = proofs.value.filter(
      ({ entry }) => seq === undefined || (JSON.parse(entry) as { id: string }).id === `${request}/${seq}`,
    );
    if (wanted.length === 0) return c.notFound();
    const address = `${requestPath(request)}/proofs${seq === undefined ? '' : `/${seq}`}`;
    await recordReading(deps, reader, { address, isOwn: isOwn(answer.value, reader), kind: 'export' });
    c.header('content-type', 'application/x-ndjson; charset=utf-8');
    c.header(
      'content-disposition',
      `attachment; filename="${request}${seq === undefined ? '' : `-${seq}`}.proofs.jsonl"`,
    );
    return c.body(wanted.map((proof) => `${JSON.stringify(proof)}\n`).join(''));
  });
  return app;
}

/** A request belongs to its requester, and one that was refused when it was submitted to whoever submitted it. */
const isOwn = ({ story: { view, trail } }: RequestAnswer, { person }: Reader): boolean =>
  view === undefined
    ? trail.every(({ event }) => 'by' in event && event.by === person)
    : view.state.details.requester === person;

const MOST_LETTERS = 10_000;

const Answer = z.object({
  kind: z.enum([...ANSWER_KINDS, 'ask', 'answer']),
  digest: z.string().max(200),
  note: z.string().max(MOST_LETTERS).optional(),
});
const Extension = z.object({ length: z.string().max(100), reason: z.string().max(MOST_LETTERS) });

/** The forms about a request: to approve, deny, withdraw or end it, to ask and answer a question, and to request a later end. */
export function answerRoutes(deps: ConsoleDeps): Hono<SignedInEnv> {
  const app = new Hono<SignedInEnv>();

  app.post('/requests/:id/answers', async (c) => {
    const parsed = Answer.safeParse(await c.req.parseBody());
    if (!parsed.success) return c.text(INCOMPLETE, 400);
    const { kind, digest, note } = parsed.data;
    const body = { digest, ...(note === undefined ? {} : { note }) };
    return actOnRequest(c, deps, (request) => ({ kind, request, body }));
  });

  app.post('/requests/:id/extensions', async (c) => {
    const parsed = Extension.safeParse(await c.req.parseBody());
    if (!parsed.success) return c.text(INCOMPLETE, 400);
    return actOnRequest(c, deps, (request) => ({ kind: 'extend', request, body: parsed.data }));
  });
  return app;
}

const INCOMPLETE = 'This form is not complete. Go back and load the page again.';

/** Stores what the reader does about a request that they can see, and leads to its page. */
async function actOnRequest(
  c: Context<SignedInEnv>,
  deps: ConsoleDeps,
  actionOn: (request: RequestId) => Action,
): Promise<Response> {
  const reader = c.get('reader');
  const answer = await readRequest(deps, reader, c.req.param('id') ?? '');
  if (!answer.ok || !answer.value.story.view) return c.notFound();
  const { request } = answer.value.story;
  const { click } = await act(deps, reader, actionOn(request));
  return c.redirect(`${requestPath(request)}?click=${click}`, 303);
}
