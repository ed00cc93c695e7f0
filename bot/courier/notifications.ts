import { messageOf } from '../../core/faults.ts';
import type { RequestId } from '../../core/ids.ts';
import type { Click, Notification, NotificationKind } from '../../ledger/index.ts';
import { readRequestView, type RequestView } from '../../requests/view.ts';
import { redrawHome } from '../inbound/home-tab.ts';
import type { DueMessage, MessageKind, OutboxTools } from './message-kind.ts';
import { MustWait } from './pace.ts';
import { pacedCalls } from './paced-calls.ts';
import { foundPlace, personOfPlace } from './places.ts';
import { answerRefusedClick, asDecided } from './private-answers.ts';
import { remindRequester, showAllCards, type ShowTools } from './show-cards.ts';
import { tellOfLateCard } from './silence.ts';
import { retryAfterOf } from './slack-errors.ts';

const BATCH_SIZE = 20;
const KEEP_MS = 10_000;

type Tools = ShowTools & Readonly<{ takeTurnOfHome: () => Promise<void>; client: OutboxTools['client'] }>;

/**
 * News of requests: the cards are drawn again from the state of the request. New messages to a person and private answers are sent first,
 * because somebody waits for them. While Slack's limits leave no room for the edits and the card in the channel, a redraw does them
 * later, once for all that happened meanwhile. Many wait for their turn at the same time, so one of them delays no other.
 */
export const news = (tools: OutboxTools): MessageKind => notifications(tools, 'news', 1_000);

/** Notifications without news. Those of one channel leave room for those of all others. */
export const redraws = (tools: OutboxTools): MessageKind => notifications(tools, 'redraw', 10);

function notifications(
  { deps, client, pace, messengerOf, timeZoneOf }: OutboxTools,
  kind: NotificationKind,
  mostAtOnce: number,
): MessageKind {
  const editsWait = kind === 'redraw';
  const calls = pacedCalls(pace, editsWait);
  const takeTurnOfHome = () => calls.takeTurn({ method: 'views.publish', isUrgent: false });
  const dueOf = (notification: Notification): DueMessage => {
    const messenger = messengerOf({ tries: notification.tries, editsWait });
    const tools = { deps, client, messenger, timeZoneOf, takeTurnOfHome };
    return { id: String(notification.id), send: () => send(tools, notification) };
  };
  return {
    wakes: 'curfew_outbox',
    mostAtOnce,
    late: 'the outbox cannot be read',
    take: async (limit) =>
      (await deps.ledger.takeNotifications(Math.min(limit, BATCH_SIZE), kind)).map(dueOf),
  };
}

async function send(tools: Tools, notification: Notification): Promise<void> {
  const { ledger } = tools.deps;
  const keeping = setInterval(() => {
    ledger.keepNotification(notification).catch(() => undefined); // It is sent once more at worst.
    void tellOfLateCard(tools, notification); // Its messages may wait for their turn.
  }, KEEP_MS);
  try {
    await tellOfLateCard(tools, notification);
    await sendAll(tools, notification);
    await ledger.markSent(notification);
  } catch (error) {
    const fault = messageOf(error);
    await tellOfLateCard(tools, notification);
    if (!(error instanceof MustWait))
      tools.deps.warn(`a notification is sent to Slack later: ${fault}`, { request: notification.request });
    await ledger.retryLater(notification.id, fault, retryAfterOf(error)).catch(() => undefined); // it becomes due again by itself
  } finally {
    clearInterval(keeping);
  }
}

async function sendAll(tools: Tools, notification: Notification): Promise<void> {
  const { ledger } = tools.deps;
  const { request, step, repeated = false, redraw = false } = notification;
  const view = await readRequestView(tools.deps, request);
  let mustRedraw = false;
  /** What cannot be drawn now within Slack's limits is drawn by a notification of its own. */
  const draw = (work: Promise<void>): Promise<void> =>
    work.catch((error: unknown) => {
      if (!(error instanceof MustWait)) throw error;
      mustRedraw = true;
    });

  if (notification.reminder !== undefined) {
    if (view) await draw(remindRequester(tools, view, notification));
  } else {
    const trail = view?.trail ?? (await ledger.readTrail(request));
    const placed = { ...notification, ...placesIn(trail, notification) };
    const events = trail.slice(placed.from, placed.to).map(({ event }) => event);
    const click = await ledger.readClickBehind(request, step);
    const hasNews = !repeated && events.some(({ kind }) => kind !== 'refused' && kind !== 'intended');
    const isVisible = hasNews || redraw || (await isNewMessage(tools, request, click));
    if (view && isVisible) await draw(showAllCards(tools, view, hasNews ? placed : undefined));
    // Slack cannot be asked whether a private answer was posted, so no later step may fail and repeat it.
    for (const event of events)
      if (event.kind === 'refused' && click)
        await answerRefusedClick(tools, repeated ? await asDecided(tools, event, click) : event, click);
    if (view && isVisible) await draw(redrawHomes(tools, view));
    // While an edit waited for its turn, news may have been drawn that it has overwritten.
    if (redraw && (await ledger.readTrail(request)).length > trail.length) mustRedraw = true;
  }
  if (mustRedraw) await ledger.redrawCards(request);
}

/** Where the events of a notification stand in a trail, from which refusals can be missing. */
function placesIn(
  trail: RequestView['trail'],
  { from, to }: Notification,
): Pick<Notification, 'from' | 'to'> {
  const placeOf = (wanted: number): number => {
    const place = trail.findIndex(({ seq }) => seq >= wanted);
    return place < 0 ? trail.length : place;
  };
  return { from: placeOf(from), to: placeOf(to) };
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

/** A Home that cannot be drawn is drawn when it is opened next. The cards do not wait for it. */
async function redrawHomes(
  { deps, client, takeTurnOfHome }: Tools,
  { id, state }: RequestView,
): Promise<void> {
  const withCard = (await deps.ledger.postedMessages(id)).flatMap(({ place }) => personOfPlace(place) ?? []);
  for (const person of new Set([state.details.requester, ...withCard]))
    await redrawHome({ deps, client }, person, takeTurnOfHome).catch((error: unknown) => {
      if (error instanceof MustWait) throw error;
      deps.warn(`a Home was not drawn again: ${messageOf(error)}`, { request: id });
    });
}
