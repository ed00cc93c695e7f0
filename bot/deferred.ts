import type { WebClient } from '@slack/web-api';
import { messageOf } from '../core/faults.ts';
import type { Instant } from '../core/ids.ts';
import { offers } from '../core/request/offers.ts';
import type { DeferredMessage } from '../ledger/index.ts';
import { personNames, readRequestView, type RequestView } from '../requests/view.ts';
import { digestMessage } from './blocks/digest.ts';
import { approverCard } from './blocks/request-card.ts';
import { olderCard, requesterCard } from './blocks/requester-card.ts';
import { weeklySummary } from './blocks/weekly-summary.ts';
import type { BotDeps } from './deps.ts';
import { type Messenger, openMessenger } from './messenger.ts';
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
  const messenger = openMessenger(
    deps.ledger,
    client,
    (what) => deps.warn(`Slack does not accept a message, ${what}`),
    pace,
  )();
  return deps.ledger.watch(
    'curfew_outbox',
    async () => {
      const due = await deps.ledger.takeDeferredMessages();
      const [first, ...others] = due;
      if (!first) return 0;
      // What is not marked is due again after a minute.
      await sendDue({ deps, messenger }, [first, ...others]).then(
        () => deps.ledger.markDeferredSent(due.map(({ id }) => id)),
        (error: unknown) => deps.warn(`a message to ${first.person} is sent later: ${messageOf(error)}`),
      );
      return due.length;
    },
    (error) => deps.warn(`the deferred messages cannot be read: ${messageOf(error)}`),
  );
}

/** Messages of one kind to one person. */
type Due = readonly [DeferredMessage, ...(readonly DeferredMessage[])];

async function sendDue({ deps, messenger }: Tools, due: Due): Promise<void> {
  const [first] = due;
  const { person, kind } = first;
  const user = personNames(await deps.policy.lastKnown())(person).slack;
  if (user === undefined) return;
  if (kind === 'weekly') return sendSummary({ deps, messenger }, first, user);
  const views = await viewsOf(deps, due);
  if (kind === 'decision') {
    for (const view of views.filter(({ state, now }) => offers(state, person, now).includes('approve')))
      await messenger.showToPerson({
        request: view.id,
        person,
        user,
        message: approverCard(view, person),
        mayPost: true,
      });
    return;
  }
  const [view] = views;
  if (view && views.length === 1)
    return messenger.tellPerson({
      request: view.id,
      cause: { kind: 'deferred', id: first.id },
      person,
      user,
      message: requesterCard(view),
      older: olderCard(view),
    });
  if (view)
    await messenger.postToPerson({
      request: first.request,
      place: digestPlace(first.id),
      user,
      message: digestMessage(views),
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
