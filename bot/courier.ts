import type { WebClient } from '@slack/web-api';
import { messageOf } from '../core/faults.ts';
import type { PersonId, RequestId } from '../core/ids.ts';
import type { Event, EventKind } from '../core/request/events.ts';
import { pendingExtension } from '../core/request/extension.ts';
import { currentStage } from '../core/request/stages.ts';
import type { Click, Notification } from '../ledger/index.ts';
import type { BotDeps } from './deps.ts';
import { type RequestView, readRequestView, personNames } from '../requests/view.ts';
import { redrawHome } from './listeners/home-tab.ts';
import { foundPlace, isFound, type Messenger, openMessenger } from './messenger.ts';
import { retryAfterOf } from './slack-errors.ts';
import { phraseMessage } from './blocks/phrase-message.ts';
import { type RenderedMessage, requestCard, requesterCard } from './blocks/request-card.ts';
import { refusalPhrase, unknownPersonPhrase } from '../wording/refusals.ts';
import { endsSoonPhrase } from '../wording/ends-soon.ts';
import { eventPhrase } from '../wording/events.ts';

const BATCH_SIZE = 20;
const KEEP_MS = 10_000;

type Tools = Readonly<{ deps: BotDeps; client: WebClient; messenger: Messenger }>;

/**
 * The only writer of the cards and their threads. It takes the outbox notifications from the ledger and draws each
 * card again from the state of the request. So Slack also shows what a sweeper did while Temporal was down, and a
 * failure of Slack delays messages but never the end of access (B65).
 */
export function startCourier(deps: BotDeps, client: WebClient): { stop(): Promise<void> } {
  const messengerOf = openMessenger(deps.ledger, client, (what) =>
    deps.warn(`Slack does not accept a message, ${what}`),
  );
  return deps.ledger.watch(
    'curfew_outbox',
    async () => {
      const notifications = await deps.ledger.takeNotifications(BATCH_SIZE);
      await Promise.all(
        notifications.map((notification) =>
          send({ deps, client, messenger: messengerOf(notification.tries) }, notification),
        ),
      );
      return notifications.length;
    },
    (error) => deps.warn(`the outbox cannot be read: ${messageOf(error)}`),
  );
}

async function send(tools: Tools, notification: Notification): Promise<void> {
  const { ledger } = tools.deps;
  const keeping = setInterval(() => {
    ledger.keepNotification(notification).catch(() => undefined); // It is sent once more at worst.
  }, KEEP_MS);
  try {
    await sendAll(tools, notification);
    await ledger.markSent(notification);
  } catch (error) {
    const fault = messageOf(error);
    await ledger.retryLater(notification.id, fault, retryAfterOf(error)).catch(() => undefined); // it becomes due again by itself
  } finally {
    clearInterval(keeping);
  }
}

async function sendAll(tools: Tools, notification: Notification): Promise<void> {
  const { ledger } = tools.deps;
  const { request, step, from, to, repeated = false, redraw = false } = notification;
  const view = await readRequestView(tools.deps, request);
  if (notification.reminder !== undefined) return view && remind(tools, view, notification);
  const events = (view?.trail ?? (await ledger.readTrail(request))).slice(from, to).map(({ event }) => event);
  const click = await ledger.readClickBehind(request, step);
  const hasNews = !repeated && events.some(({ kind }) => kind !== 'refused' && kind !== 'intended');
  const isVisible = hasNews || redraw || (await isNewMessage(tools, request, click));
  if (view && isVisible) await showAllCards(tools, view);
  if (view && !repeated) await postEvents(tools, view, events, notification);
  // Slack cannot be asked whether a private answer was posted, so no later step may fail and repeat it.
  for (const event of events)
    if (event.kind === 'refused' && click) await answerRefusedClick(tools, event, click);
  if (view && isVisible) await redrawHomes(tools, view);
}

/**
 * True when the message whose button was pressed was not known: a gateway was killed after it posted it. From now on it is
 * a card of the request.
 */
async function isNewMessage({ deps }: Tools, request: RequestId, click: Click | undefined): Promise<boolean> {
  const { channel, message: ts } = click?.body ?? {};
  if (click?.via !== 'slack' || channel === undefined || ts === undefined) return false;
  return deps.ledger.addMessage(request, { place: foundPlace(channel, ts), channel, ts });
}

/** Runs every task, also when one fails. Then throws the first error, so that the notification is sent again. */
async function runAll(tasks: readonly (() => Promise<void>)[]): Promise<void> {
  const errors: unknown[] = [];
  for (const task of tasks) await task().catch((error: unknown) => void errors.push(error));
  if (errors.length > 0) throw errors[0];
}

/** Shows the cards of a request: in the channel, to its approvers and everybody who has one, and to the requester. */
async function showAllCards({ deps, messenger }: Tools, view: RequestView): Promise<void> {
  const { state, id, slackOf } = view;
  const requester = state.details.requester;
  const posted = await deps.ledger.postedMessages(id);
  const withCard = posted.flatMap(({ place }) => personOfPlace(place) ?? []);
  const approvers = [...new Set([...currentApprovers(view), ...withCard])].filter(
    (person) => person !== requester,
  );
  const showInDms = (person: PersonId, draw: () => RenderedMessage, mayPost: boolean) => () => {
    const user = slackOf(person);
    const recipient = user === undefined ? undefined : { user };
    return messenger.showCard({ request: id, place: `dm:${person}`, recipient, message: draw(), mayPost });
  };
  await runAll([
    () =>
      messenger.showCard({
        request: id,
        place: 'channel',
        recipient: { channel: deps.channel },
        message: requestCard(view),
        mayPost: true,
      }),
    showInDms(requester, () => requesterCard(view), true),
    ...approvers.map((person) =>
      showInDms(
        person,
        () => requestCard(view, person),
        state.kind === 'pending' || pendingExtension(state) !== undefined,
      ),
    ),
    ...posted.filter(isFound).map(
      ({ place }) =>
        () =>
          messenger.showCard({
            request: id,
            place,
            recipient: undefined,
            message: requestCard(view),
            mayPost: false,
          }),
    ),
  ]);
}

const personOfPlace = (place: string): PersonId | undefined =>
  place.startsWith('dm:') ? (place.slice('dm:'.length) as PersonId) : undefined;

/** The approvers of the current stage of what waits for approval: a request, or its extension. */
function currentApprovers({ state }: RequestView): readonly PersonId[] {
  const waiting = state.kind === 'pending' ? state : pendingExtension(state);
  if (!waiting) return [];
  return (waiting.requirements.stages[currentStage(waiting)]?.approvers ?? []).map(({ person }) => person);
}

/** Where an event is posted: in the thread of the channel's card only, or also in the thread of the requester's. */
const POSTED: Record<EventKind, 'nowhere' | 'channel' | 'everywhere'> = {
  requested: 'channel',
  judged: 'nowhere',
  asked: 'everywhere',
  answered: 'channel',
  approved: 'channel',
  'grant-started': 'channel',
  intended: 'nowhere',
  granted: 'nowhere',
  activated: 'everywhere', // a reply makes the thread unread; an update of the card does not
  delivered: 'channel',
  'extension-requested': 'everywhere',
  'extension-approved': 'channel',
  'extension-started': 'nowhere',
  'lease-extended': 'nowhere',
  extended: 'everywhere',
  'extension-closed': 'everywhere',
  undone: 'channel',
  repaired: 'everywhere',
  drifted: 'everywhere',
  'revoke-started': 'channel',
  revoked: 'channel',
  tidied: 'channel',
  closed: 'everywhere',
  refused: 'channel',
};

/** Posts the events in the threads of the cards. */
async function postEvents(
  { deps, messenger }: Tools,
  view: RequestView,
  events: readonly Event[],
  { id: notification, request }: Notification,
): Promise<void> {
  const isPosted = (event: Event, place: string) =>
    (POSTED[event.kind] === 'everywhere' || (POSTED[event.kind] === 'channel' && place === 'channel')) &&
    !(event.kind === 'refused' && event.by === null);
  const cards = await deps.ledger.postedMessages(request);
  for (const place of ['channel', `dm:${view.state.details.requester}`]) {
    const card = cards.find((each) => each.place === place);
    const phrases = events
      .filter((event) => isPosted(event, place))
      .map((event) => eventPhrase(event, view.title));
    if (!card || phrases.length === 0) continue;
    const message = phraseMessage(phrases, view.nameOf);
    await messenger.postInThread({ request, notification, card, message });
  }
}

/** Reminds the requester that the access ends soon. A reminder of an end that the access does not have any more is dropped. */
async function remind(
  { deps, messenger }: Tools,
  { state, title, nameOf }: RequestView,
  { id: notification, request, reminder }: Notification,
): Promise<void> {
  if (state.kind !== 'active' || state.endsAt !== reminder) return;
  const cards = await deps.ledger.postedMessages(request);
  const card = cards.find(({ place }) => place === `dm:${state.details.requester}`);
  const message = phraseMessage([endsSoonPhrase(title, state.endsAt)], nameOf);
  if (card) await messenger.postInThread({ request, notification, card, message });
}

/** Tells a person that their click was refused, where they clicked, so that only they see it. */
async function answerRefusedClick(
  { deps, messenger }: Tools,
  { refusal, tried }: Extract<Event, { kind: 'refused' }>,
  { account, via, body }: Click,
): Promise<void> {
  if (via !== 'slack' || 'refusal' in body) return; // The form showed it.
  const nameOf = personNames(await deps.policy.lastKnown());
  const answer =
    refusal.code === 'unknown-person'
      ? unknownPersonPhrase(await deps.policy.problem())
      : refusalPhrase(refusal, tried);
  await messenger.postPrivately(account, body.channel, phraseMessage([answer], nameOf));
}

/** A Home that cannot be drawn is drawn when it is opened next. The cards do not wait for it. */
async function redrawHomes({ deps, client }: Tools, { id, state }: RequestView): Promise<void> {
  const withCard = (await deps.ledger.postedMessages(id)).flatMap(({ place }) => personOfPlace(place) ?? []);
  for (const person of new Set([state.details.requester, ...withCard]))
    await redrawHome({ deps, client }, person).catch((error: unknown) =>
      deps.warn(`a Home was not drawn again: ${messageOf(error)}`),
    );
}
