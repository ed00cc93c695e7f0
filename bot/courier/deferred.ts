import type { Instant } from '../../core/ids.ts';
import { offers } from '../../core/request/offers.ts';
import type { DeferredMessage } from '../../ledger/index.ts';
import { personNames, readRequestView, type RequestView } from '../../requests/view.ts';
import { digestMessage, weeklySummary } from '../cards/notices.ts';
import { approverCard, olderCard, requesterCard } from '../cards/request-cards.ts';
import type { BotDeps } from '../deps.ts';
import type { Messenger } from './messenger.ts';
import type { MessageKind, OutboxTools } from './message-kind.ts';
import { digestPlace } from './places.ts';

const WEEK_MS = 7 * 24 * 60 * 60_000;

type Tools = Readonly<{ deps: BotDeps; messenger: Messenger }>;

/** The messages that waited for the end of quiet hours, for the digest of a day or for Monday. */
export function deferred({ deps, messengerOf }: OutboxTools): MessageKind {
  const tools = { deps, messenger: messengerOf() };
  return {
    wakes: 'curfew_outbox',
    late: 'the deferred messages cannot be read',
    async take() {
      return partsOf(await deps.ledger.takeDeferredMessages()).map((due) => ({
        id: String(due[0].id),
        late: `a message to ${due[0].person} is sent later`,
        request: due[0].request,
        async send() {
          await sendDue(tools, due);
          // The requests may have changed since they were read, and no notification could know of the new message yet.
          for (const request of new Set(due.map((each) => each.request)))
            await deps.ledger.redrawCards(request);
          await deps.ledger.markDeferredSent(due.map(({ id }) => id));
        },
      }));
    },
  };
}

/** Messages of one kind to one person. */
type Due = readonly [DeferredMessage, ...(readonly DeferredMessage[])];

/** What is sent together: all news of a person in one digest, and any other message by itself. */
function partsOf(due: readonly DeferredMessage[]): readonly Due[] {
  const [first, ...others] = due;
  if (!first) return [];
  return first.kind === 'news' ? [[first, ...others]] : due.map((one) => [one]);
}

async function sendDue({ deps, messenger }: Tools, due: Due): Promise<void> {
  const [first] = due;
  const { person, kind } = first;
  const policy = await deps.policy.lastKnown();
  if (!policy) throw new Error('the policy was not read yet');
  const user = personNames(policy)(person).slack;
  if (user === undefined) return;
  const digest = { request: first.request, place: digestPlace(first.id), user };
  if (kind === 'weekly') {
    const message = await summaryOf(deps, first);
    if (message) await messenger.postToPerson({ ...digest, message });
    return;
  }
  const views = await viewsOf(
    deps,
    due.map(({ request }) => request),
  );
  const [view] = views;
  if (!view) return;
  if (views.length > 1) return messenger.postToPerson({ ...digest, message: digestMessage(views) });
  if (kind === 'decision' && !offers(view.state, person, view.now).includes('approve')) return;
  await messenger.tellPerson({
    request: view.id,
    cause: { kind: 'deferred', id: first.id },
    person,
    user,
    message: kind === 'decision' ? approverCard(view, person) : requesterCard(view),
    older: olderCard(view),
  });
}

/** The summary of a week; undefined for a person who wants none, or who approved nothing. */
async function summaryOf(deps: BotDeps, { person, dueAt: to }: DeferredMessage) {
  const from = (to - WEEK_MS) as Instant;
  if ((await deps.ledger.readMessagePreference(person))?.weekly === false) return undefined;
  const requests = new Set(await deps.ledger.requestsApprovedBy(person, { from, to }));
  const views = await viewsOf(deps, [...requests]);
  return views.length === 0 ? undefined : weeklySummary(views, { from, to });
}

const viewsOf = async (
  deps: BotDeps,
  requests: readonly DeferredMessage['request'][],
): Promise<readonly RequestView[]> =>
  (await Promise.all(requests.map((request) => readRequestView(deps, request)))).flatMap((one) => one ?? []);
