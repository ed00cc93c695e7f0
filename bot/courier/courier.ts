import type { WebClient } from '@slack/web-api';
import { messageOf } from '../../core/faults.ts';
import type { RequestId } from '../../core/ids.ts';
import type { Event } from '../../core/request/events.ts';
import type { Click, Notification, NotificationKind } from '../../ledger/index.ts';
import type { ClickOutcome } from '../../inbox/click-outcome.ts';
import type { BotDeps } from '../deps.ts';
import { type RequestView, readRequestView, personNames } from '../../requests/view.ts';
import { redrawHome } from '../inbound/home-tab.ts';
import { messengerFor } from './messenger-for.ts';
import { tellOfLateCard } from './silence.ts';
import { MustWait, type Pace, UNPACED } from './pace.ts';
import { type PacedCalls, pacedCalls } from './paced-calls.ts';
import { remindRequester, showAllCards, type ShowTools } from './show-cards.ts';
import { foundPlace, personOfPlace } from './places.ts';
import { retryAfterOf } from './slack-errors.ts';
import { rememberedTimeZones } from './time-zone.ts';
import { offerMessage, isMendable, refusedRequestMessage } from '../cards/offers.ts';
import { phraseMessage } from '../cards/rendered-message.ts';
import { refusalPhrase, unknownPersonPhrase } from '../../wording/refusals.ts';

const BATCH_SIZE = 20;
const KEEP_MS = 10_000;
/** Notifications that wait for their turn at the same time. Those of one channel must leave room for those of all others. */
const MOST_AT_ONCE = { news: 1_000, redraw: 10 } as const satisfies Record<NotificationKind, number>;

type Tools = ShowTools & Readonly<{ client: WebClient; calls: PacedCalls }>;

/**
 * Takes the outbox notifications from the ledger and draws each card again from the state of the request. Only this and
 * `startDeferredMessages` write cards. So Slack also shows what a sweeper did while Temporal was down, and a
 * failure of Slack delays messages but never the end of access (B65).
 *
 * What somebody waits for is sent first: new messages to a person and private answers. While Slack's limits leave no room for the edits and
 * the card in the channel, a notification without news does them later, once for all that happened meanwhile.
 */
export function startCourier(
  deps: BotDeps,
  client: WebClient,
  pace: Pace = UNPACED,
): { stop(): Promise<void> } {
  const messengerOf = messengerFor(deps, client, pace);
  const timeZoneOf = rememberedTimeZones(client, pace);
  const queues = (['redraw', 'news'] as const).map((kind) => {
    const editsWait = kind === 'redraw';
    const calls = pacedCalls(pace, editsWait);
    return startSending(deps, kind, ({ tries }) => ({
      deps,
      client,
      calls,
      messenger: messengerOf({ tries, editsWait }),
      timeZoneOf,
    }));
  });
  return { stop: async () => void (await Promise.all(queues.map((queue) => queue.stop()))) };
}

/** Sends the notifications of a kind, many at the same time. One that waits for its turn delays no other. */
function startSending(
  deps: BotDeps,
  kind: NotificationKind,
  toolsFor: (notification: Notification) => Tools,
): { stop(): Promise<void> } {
  const sending = new Set<Promise<void>>();
  const watching = deps.ledger.watch(
    'curfew_outbox',
    async () => {
      if (sending.size >= MOST_AT_ONCE[kind]) await Promise.race(sending);
      const most = Math.min(BATCH_SIZE, MOST_AT_ONCE[kind] - sending.size);
      const notifications = await deps.ledger.takeNotifications(most, kind);
      for (const notification of notifications) {
        const sent = send(toolsFor(notification), notification).finally(() => sending.delete(sent));
        sending.add(sent);
      }
      return notifications.length;
    },
    (error) => deps.warn(`the outbox cannot be read: ${messageOf(error)}`),
  );
  return {
    async stop() {
      await watching.stop();
      await Promise.all(sending);
    },
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
    const news = { ...notification, ...placesIn(trail, notification) };
    const events = trail.slice(news.from, news.to).map(({ event }) => event);
    const click = await ledger.readClickBehind(request, step);
    const hasNews = !repeated && events.some(({ kind }) => kind !== 'refused' && kind !== 'intended');
    const isVisible = hasNews || redraw || (await isNewMessage(tools, request, click));
    if (view && isVisible) await draw(showAllCards(tools, view, hasNews ? news : undefined));
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

type Refused = Extract<Event, { kind: 'refused' }>;

/** A refusal that repeats an earlier one can differ from it in what stands beside the code, such as a limit. The click has its own. */
async function asDecided({ deps }: Tools, event: Refused, { id }: Click): Promise<Refused> {
  const outcome = (await deps.ledger.clickOutcome(id)) as ClickOutcome | undefined;
  return outcome?.kind === 'refused' ? { ...event, refusal: outcome.refusal } : event;
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

/** Tells a person that their click was refused, where they clicked, so that only they see it. */
async function answerRefusedClick(
  { deps, messenger }: Tools,
  { refusal, tried }: Refused,
  click: Click,
): Promise<void> {
  const { account, via, body } = click;
  if (via !== 'slack' || 'refusal' in body) return; // The form showed it.
  if (click.kind === 'request' && refusal.code === 'already-open') {
    const open = await readRequestView(deps, refusal.request);
    if (open) return messenger.postPrivately(account, body.channel, offerMessage([open], click.body));
  }
  if (click.kind === 'request' && isMendable(refusal))
    return messenger.postPrivately(
      account,
      body.channel,
      refusedRequestMessage(refusal, click.body),
      click.request,
    );
  const nameOf = personNames(await deps.policy.lastKnown());
  const answer =
    refusal.code === 'unknown-person'
      ? unknownPersonPhrase(await deps.policy.problem())
      : refusalPhrase(refusal, tried);
  await messenger.postPrivately(account, body.channel, phraseMessage([answer], nameOf), click.request);
}

/** A Home that cannot be drawn is drawn when it is opened next. The cards do not wait for it. */
async function redrawHomes({ deps, client, calls }: Tools, { id, state }: RequestView): Promise<void> {
  const withCard = (await deps.ledger.postedMessages(id)).flatMap(({ place }) => personOfPlace(place) ?? []);
  const takeTurn = () => calls.takeTurn({ method: 'views.publish', isUrgent: false });
  for (const person of new Set([state.details.requester, ...withCard]))
    await redrawHome({ deps, client }, person, takeTurn).catch((error: unknown) => {
      if (error instanceof MustWait) throw error;
      deps.warn(`a Home was not drawn again: ${messageOf(error)}`, { request: id });
    });
}
