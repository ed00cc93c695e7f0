import { type Context, Hono } from 'hono';
import { z } from 'zod';
import type { RequestId } from '../../core/ids.ts';
import { ANSWER_KINDS } from '../../core/request/commands.ts';
import type { Action } from '../../inbox/receive.ts';
import { act } from '../act.ts';
import type { ConsoleDeps } from '../deps.ts';
import type { SignedInEnv } from '../page-context.ts';
import { requestPath } from '../parts/names.tsx';
import { readRequest } from './request/read-request.ts';

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
