import { Hono } from 'hono';
import { z } from 'zod';
import { ANSWER_KINDS } from '../../core/request/commands.ts';
import { act } from '../act.ts';
import type { ConsoleDeps } from '../deps.ts';
import type { SignedInEnv } from '../page-context.ts';
import { requestPath } from '../parts/names.tsx';
import { readRequest } from './read-request.ts';

const Answer = z.object({
  kind: z.enum(ANSWER_KINDS),
  digest: z.string().max(200),
  note: z.string().max(10_000).optional(),
});

/** The forms with which somebody answers a request: approve, deny, withdraw, end. */
export function answerRoutes(deps: ConsoleDeps): Hono<SignedInEnv> {
  const app = new Hono<SignedInEnv>();
  app.post('/requests/:id/answers', async (c) => {
    const reader = c.get('reader');
    const parsed = Answer.safeParse(await c.req.parseBody());
    if (!parsed.success) return c.text('This form is not complete. Go back and load the page again.', 400);
    const answer = await readRequest(deps, reader, c.req.param('id'));
    if (!answer.ok || !answer.value.story.view) return c.notFound();
    const { kind, digest, note } = parsed.data;
    const { request } = answer.value.story;
    const body = { digest, ...(note === undefined ? {} : { note }) };
    const { click } = await act(deps, reader, { kind, request, body });
    return c.redirect(`${requestPath(request)}?click=${click}`, 303);
  });
  return app;
}
