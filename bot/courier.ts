import type { WebClient } from '@slack/web-api';
import { messageOf } from '../core/faults.ts';
import type { RequestId } from '../core/ids.ts';
import type { Event } from '../core/request/events.ts';
import type { Click, Notification } from '../ledger/index.ts';
import type { BotDeps } from './deps.ts';
import { type RequestView, readRequestView, personNames } from '../requests/view.ts';
import { redrawHome } from './listeners/home-tab.ts';
import { openMessenger } from './messenger.ts';
import { remindRequester, showAllCards, type ShowTools } from './show-cards.ts';
import { foundPlace, personOfPlace } from './places.ts';
import { retryAfterOf } from './slack-errors.ts';
import { rememberedTimeZones } from './time-zone.ts';
import { phraseMessage } from './blocks/phrase-message.ts';
import { isMendable, refusedRequestMessage } from './blocks/refused-line.ts';
import { refusalPhrase, unknownPersonPhrase } from '../wording/refusals.ts';

const BATCH_SIZE = 20;
const KEEP_MS = 10_000;

type Tools = ShowTools & Readonly<{ client: WebClient }>;

/**
 * The only writer of the cards. It takes the outbox notifications from the ledger and draws each
 * card again from the state of the request. So Slack also shows what a sweeper did while Temporal was down, and a
 * failure of Slack delays messages but never the end of access (B65).
 */
export function startCourier(deps: BotDeps, client: WebClient): { stop(): Promise<void> } {
  const messengerOf = openMessenger(deps.ledger, client, (what) =>
    deps.warn(`Slack does not accept a message, ${what}`),
  );
  const timeZoneOf = rememberedTimeZones(client);
  return deps.ledger.watch(
    'curfew_outbox',
    async () => {
      const notifications = await deps.ledger.takeNotifications(BATCH_SIZE);
      await Promise.all(
        notifications.map((notification) =>
          send({ deps, client, messenger: messengerOf(notification.tries), timeZoneOf }, notification),
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
  if (notification.reminder !== undefined) return view && remindRequester(tools, view, notification);
  const events = (view?.trail ?? (await ledger.readTrail(request))).slice(from, to).map(({ event }) => event);
  const click = await ledger.readClickBehind(request, step);
  const hasNews = !repeated && events.some(({ kind }) => kind !== 'refused' && kind !== 'intended');
  const isVisible = hasNews || redraw || (await isNewMessage(tools, request, click));
  if (view && isVisible) await showAllCards(tools, view, hasNews ? notification : undefined);
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

/** Tells a person that their click was refused, where they clicked, so that only they see it. */
async function answerRefusedClick(
  { deps, messenger }: Tools,
  { refusal, tried }: Extract<Event, { kind: 'refused' }>,
  click: Click,
): Promise<void> {
  const { account, via, body } = click;
  if (via !== 'slack' || 'refusal' in body) return; // The form showed it.
  if (click.kind === 'request' && isMendable(refusal))
    return messenger.postPrivately(account, body.channel, refusedRequestMessage(refusal, click.body));
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
