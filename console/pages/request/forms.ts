import type { Context } from 'hono';
import { z } from 'zod';
import { proveRequest } from '../../../audit/prove.ts';
import type { RequestId } from '../../../core/ids.ts';
import { ANSWER_KINDS } from '../../../core/request/commands.ts';
import type { Action } from '../../../inbox/receive.ts';
import { act } from '../../act.ts';
import type { ConsoleDeps } from '../../deps.ts';
import { type Handler, incompleteForm, MISSING, type PageAnswer } from '../../page-answer.ts';
import type { SignedInEnv } from '../../page-context.ts';
import { requestPath } from '../../parts/names.tsx';
import { recordReading } from '../../readings.ts';
import { isOwnRequest, readRequest } from './read-request.ts';

/** `/requests/<id>/proofs`: the proofs of the events of a request, or of one of them. */
export const proofs: Handler = async (c, deps) => {
  const reader = c.get('reader');
  const { id = '', seq } = c.req.param();
  const answer = await readRequest(deps, reader, id);
  if (!answer.ok) return MISSING;
  const { request } = answer.value.story;
  const proved = await proveRequest(deps.ledger, request, deps.logKeys);
  if (!proved.ok) return c.text(`There is no proof: ${proved.error}.`, 404);
  const wanted = proved.value.filter(
    ({ entry }) => seq === undefined || (JSON.parse(entry) as { id: string }).id === `${request}/${seq}`,
  );
  if (wanted.length === 0) return MISSING;
  const address = `${requestPath(request)}/proofs${seq === undefined ? '' : `/${seq}`}`;
  await recordReading(deps, reader, { address, isOwn: isOwnRequest(answer.value, reader), kind: 'export' });
  const name = `${request}${seq === undefined ? '' : `-${seq}`}.proofs.jsonl`;
  c.header('content-type', 'application/x-ndjson; charset=utf-8');
  c.header('content-disposition', `attachment; filename="${name}"`);
  return c.body(wanted.map((proof) => `${JSON.stringify(proof)}\n`).join(''));
};

const MOST_LETTERS = 10_000;

const Answer = z.object({
  kind: z.enum([...ANSWER_KINDS, 'ask', 'answer']),
  digest: z.string().max(200),
  note: z.string().max(MOST_LETTERS).optional(),
});
const Extension = z.object({ length: z.string().max(100), reason: z.string().max(MOST_LETTERS) });

/** Receives that somebody approves, denies, withdraws or ends a request, or asks or answers a question. */
export const answerForm: Handler = async (c, deps) => {
  const parsed = Answer.safeParse(await c.req.parseBody());
  if (!parsed.success) return incompleteForm(c);
  const { kind, digest, note } = parsed.data;
  const body = { digest, ...(note === undefined ? {} : { note }) };
  return actOnRequest(c, deps, (request) => ({ kind, request, body }));
};

/** Receives that somebody requests a later end. */
export const extensionForm: Handler = async (c, deps) => {
  const parsed = Extension.safeParse(await c.req.parseBody());
  if (!parsed.success) return incompleteForm(c);
  return actOnRequest(c, deps, (request) => ({ kind: 'extend', request, body: parsed.data }));
};

/** Stores what the reader does about a request that they can see, and leads to its page. */
async function actOnRequest(
  c: Context<SignedInEnv>,
  deps: ConsoleDeps,
  actionOn: (request: RequestId) => Action,
): Promise<Response | PageAnswer> {
  const reader = c.get('reader');
  const answer = await readRequest(deps, reader, c.req.param('id') ?? '');
  if (!answer.ok || !answer.value.story.view) return MISSING;
  const { request } = answer.value.story;
  const { click } = await act(deps, reader, actionOn(request));
  return c.redirect(`${requestPath(request)}?click=${click}`, 303);
}
