import type { WebClient } from '@slack/web-api';
import { messageOf } from '../../core/faults.ts';
import type { Instant } from '../../core/ids.ts';
import { offers } from '../../core/request/offers.ts';
import type { DeferredMessage } from '../../ledger/index.ts';
import { personNames, readRequestView, type RequestView } from '../../requests/view.ts';
import { digestMessage, weeklySummary } from '../cards/notices.ts';
import { approverCard, olderCard, requesterCard } from '../cards/request-cards.ts';
import type { BotDeps } from '../deps.ts';
import type { Messenger } from './messenger.ts';
import { messengerFor } from './messenger-for.ts';
import { type Pace, UNPACED } from './pace.ts';
import { digestPlace } from './places.ts';

const WEEK_MS = 7 * 24 * 60 * 60_000;

type Tools = Readonly<{ deps: BotDeps; messenger: Messenger }>;

/** Sends the messages that waited for the end of quiet hours, for the digest of a day or for Monday. */
export function startDeferredMessages(
  deps: BotDeps,
  client: WebClient,
  pace: Pace = UNPACED,
): { stop(): Promise<void> } {
  const messenger = messengerFor(deps, client, pace)();
  return deps.ledger.watch(
    'curfew_outbox',
    async () => {
      const due = await deps.ledger.takeDeferredMessages();
      for (const part of partsOf(due)) await sendPart({ deps, messenger }, part);
      return due.length;
    },
    (error) => deps.warn(`the deferred messages cannot be read: ${messageOf(error)}`),
  );
}

/** Messages of one kind to one person. */
type Due = readonly [DeferredMessage, ...(readonly DeferredMessage[])];

/** What is sent together: all news of a person in one digest, and any other message by itself. */
function partsOf(due: readonly DeferredMessage[]): readonly Due[] {
  const [first, ...others] = due;
  if (!first) return [];
  return first.kind === 'news' ? [[first, ...others]] : due.map((one) => [one]);
}

/** What is not marked is due again after a minute. */
async function sendPart({ deps, messenger }: Tools, due: Due): Promise<void> {
  try {
    await sendDue({ deps, messenger }, due);
    // The requests may have changed since they were read, and the courier could not know of the new message yet.
    for (const request of new Set(due.map((each) => each.request))) await deps.ledger.redrawCards(request);
    await deps.ledger.markDeferredSent(due.map(({ id }) => id));
  } catch (error) {
    const { person, request } = due[0];
    deps.warn(`a message to ${person} is sent later: ${messageOf(error)}`, { request });
  }
}

async function sendDue({ deps, messenger }: Tools, due: Due): Promise<void> {
  const [first] = due;
  const { person, kind } = first;
  const policy = await deps.policy.lastKnown();
  if (!policy) throw new Error('the policy was not read yet');
  const user = personNames(policy)(person).slack;
  if (user === undefined) return;
  if (kind === 'weekly') return sendSummary({ deps, messenger }, first, user);
  const views = await viewsOf(deps, due);
  const [view] = views;
  if (!view) return;
  if (views.length > 1)
    return messenger.postToPerson({
      request: first.request,
      place: digestPlace(first.id),
      user,
      message: digestMessage(views),
    });
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

async function sendSummary({ deps, messenger }: Tools, due: DeferredMessage, user: string): Promise<void> {
  const { person, dueAt: to } = due;
  const from = (to - WEEK_MS) as Instant;
  if ((await deps.ledger.readMessagePreference(person))?.weekly === false) return;
  const requests = [...new Set(await deps.ledger.requestsApprovedBy(person, { from, to }))];
  const views = await viewsOf(
    deps,
    requests.map((request) => ({ request })),
  );
  if (views.length === 0) return;
  await messenger.postToPerson({
    request: due.request,
    place: digestPlace(due.id),
    user,
    message: weeklySummary(views, { from, to }),
  });
}

const viewsOf = async (
  deps: BotDeps,
  all: readonly Pick<DeferredMessage, 'request'>[],
): Promise<readonly RequestView[]> =>
  (await Promise.all(all.map(({ request }) => readRequestView(deps, request)))).flatMap((one) => one ?? []);
