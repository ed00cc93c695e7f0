import { parseRequestId, type PersonId, type RequestId } from '../core/ids.ts';
import type { QuestionRefusal } from '../core/question-refusals.ts';
import { no, ok, type Result } from '../core/result.ts';
import type { NumberedEvent } from '../ledger/index.ts';
import type { Sight } from '../policy/index.ts';
import { unreadable } from './access-questions.ts';
import { personNames, readRequestView, type RequestView, type ViewDeps } from './view.ts';
import { maySeeStory } from './who-may-see.ts';

/** Everything that happened to a request, in order. A request that was refused at its submission has no view. */
export type Story = Readonly<{
  request: RequestId;
  trail: readonly NumberedEvent[];
  view: RequestView | undefined;
  nameOf: RequestView['nameOf'];
}>;

/** The story of a request, by its id or by the last letters of its id. */
export async function readStory(
  deps: ViewDeps,
  sight: Sight,
  typed: string,
): Promise<Result<Story, QuestionRefusal>> {
  if (typed === '') return no({ code: 'no-request-named' });
  const stories = await Promise.all((await requestsTyped(deps, typed)).map((id) => storyOf(deps, id)));
  const [story, another] = stories.filter((each) => isVisible(sight, each));
  const shown = typed.slice(0, 80).toWellFormed();
  if (another) return no({ code: 'several-requests', typed: shown });
  if (story) return ok(story);
  return no(
    (await deps.policy.problem()) === undefined
      ? { code: 'request-not-visible', typed: shown }
      : await unreadable(deps),
  );
}

/** At most two requests: two are enough to know that the letters are ambiguous. */
async function requestsTyped({ ledger }: ViewDeps, typed: string): Promise<readonly RequestId[]> {
  const letters = typed.toLowerCase().replaceAll('`', '');
  const whole = parseRequestId(letters);
  if (whole.ok) return [whole.value];
  return /^[0-9a-z]{4,26}$/.test(letters) ? ledger.requestsEndingIn(letters) : [];
}

async function storyOf(deps: ViewDeps, request: RequestId): Promise<Story> {
  const [trail, view, policy] = await Promise.all([
    deps.ledger.readTrail(request),
    readRequestView(deps, request),
    deps.policy.lastKnown(),
  ]);
  return { request, trail, view, nameOf: view?.nameOf ?? personNames(policy) };
}

/** A request that was refused at its submission belongs to whoever submitted it. */
function isVisible(sight: Sight, { trail, view }: Story): boolean {
  if (trail.length === 0) return false;
  if (!view) return sight.isAuditor || trail.some(({ event }) => 'by' in event && event.by === sight.reader);
  const { requester, entitlement } = view.state.details;
  return maySeeStory(sight, { requester, entitlement, approvers: namedApprovers(trail) });
}

/** Everybody whom any stage of the request or of an extension names. A closed request has them only in its events. */
const namedApprovers = (trail: readonly NumberedEvent[]): readonly PersonId[] =>
  trail.flatMap(({ event }) =>
    event.kind === 'judged' || event.kind === 'extension-requested'
      ? event.requirements.stages.flatMap(({ approvers }) => approvers.map(({ person }) => person))
      : [],
  );
