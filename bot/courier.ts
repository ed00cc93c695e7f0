import type { WebClient } from '@slack/web-api';
import { messageOf } from '../core/faults.ts';
import type { PersonId, RequestId } from '../core/ids.ts';
import { nextMonday } from '../core/local-time.ts';
import { NO_PREFERENCE, sendAt } from '../core/message-preference.ts';
import { newsForRequester } from '../core/request/awaited.ts';
import type { Event } from '../core/request/events.ts';
import { currentStage } from '../core/request/stages.ts';
import type { Click, Notification, PostedMessage } from '../ledger/index.ts';
import type { BotDeps } from './deps.ts';
import { type RequestView, readRequestView, personNames } from '../requests/view.ts';
import { redrawHome } from './listeners/home-tab.ts';
import { type Messenger, openMessenger } from './messenger.ts';
import { foundPlace, isFound, messagesTo, personOfPlace } from './places.ts';
import { retryAfterOf } from './slack-errors.ts';
import { rememberedTimeZones } from './time-zone.ts';
import { phraseMessage } from './blocks/phrase-message.ts';
import { isMendable, refusedRequestMessage } from './blocks/refused-line.ts';
import { approverCard, channelCard } from './blocks/request-card.ts';
import { olderCard, requesterCard } from './blocks/requester-card.ts';
import { refusalPhrase, unknownPersonPhrase } from '../wording/refusals.ts';

const BATCH_SIZE = 20;
const KEEP_MS = 10_000;
/** Minutes after midnight: the weekly summary comes on Monday at nine. */
const SUMMARY_AT = 9 * 60;

type Tools = Readonly<{
  deps: BotDeps;
  client: WebClient;
  messenger: Messenger;
  timeZoneOf: ReturnType<typeof rememberedTimeZones>;
}>;

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

/** Runs every task, also when one fails. Then throws the first error, so that the notification is sent again. */
async function runAll(tasks: readonly (() => Promise<void>)[]): Promise<void> {
  const errors: unknown[] = [];
  for (const task of tasks) await task().catch((error: unknown) => void errors.push(error));
  if (errors.length > 0) throw errors[0];
}

/**
 * Shows the cards of a request: in the channel, to its approvers and everybody who has one, and to the requester. `news` has
 * the events that nobody was told of yet.
 */
async function showAllCards(tools: Tools, view: RequestView, news?: Notification): Promise<void> {
  const { deps, messenger } = tools;
  const { id } = view;
  const posted = await deps.ledger.postedMessages(id);
  await runAll([
    () => messenger.showInChannel({ request: id, channel: deps.channel, message: channelCard(view) }),
    () => showToRequester(tools, view, news),
    ...approversOf(view, posted).map((person) => () => showToApprover(tools, view, { person, posted })),
    ...posted.filter(isFound).map((found) => () => messenger.update(found, channelCard(view))),
    ...(news ? [() => planSummaries(tools, view, news)] : []),
  ]);
}

/** The requester gets a new message of the news that they wait for. Anything else is an edit of their newest one. */
async function showToRequester(
  { deps: { ledger }, messenger }: Tools,
  view: RequestView,
  news?: Notification,
): Promise<void> {
  const { id: request, now, state } = view;
  const person = state.details.requester;
  const card = { request, person, user: view.slackOf(person), message: requesterCard(view) };
  const urgency = news && newsForRequester(view.trail, news.from, news.to, person);
  if (!news || !urgency) return messenger.showToPerson({ ...card, mayPost: true });
  const dueAt = sendAt((await ledger.readMessagePreference(person)) ?? NO_PREFERENCE, urgency, now);
  if (dueAt <= now)
    return messenger.tellPerson({ ...card, cause: { kind: 'note', id: news.id }, older: olderCard(view) });
  await ledger.deferMessage({ person, kind: 'news', request, dueAt });
  await messenger.showToPerson({ ...card, mayPost: true });
}

type ToApprover = Readonly<{ person: PersonId; posted: readonly PostedMessage[] }>;

/** An approver gets one message for a decision, after their quiet hours if the request waits that long. Then it is edited. */
async function showToApprover(
  { deps: { ledger }, messenger }: Tools,
  view: RequestView,
  { person, posted }: ToApprover,
): Promise<void> {
  const { id: request, now, state } = view;
  const card = { request, person, user: view.slackOf(person), message: approverCard(view, person) };
  const isNew = state.kind === 'pending' && messagesTo(posted, person).length === 0;
  if (!isNew) return messenger.showToPerson({ ...card, mayPost: state.kind === 'pending' });
  const until = { kind: 'until', at: state.requirements.lapsesAt } as const;
  const dueAt = sendAt((await ledger.readMessagePreference(person)) ?? NO_PREFERENCE, until, now);
  if (dueAt <= now) await messenger.showToPerson({ ...card, mayPost: true });
  else await ledger.deferMessage({ person, kind: 'decision', request, dueAt });
}

/** Who approved something gets a summary on the next Monday. */
async function planSummaries(
  { deps: { ledger }, timeZoneOf }: Tools,
  { id: request, trail, now, slackOf }: RequestView,
  { from, to }: Notification,
): Promise<void> {
  for (const { event } of trail.slice(from, to)) {
    if (event.kind !== 'approved') continue;
    const timeZone =
      (await ledger.readMessagePreference(event.by))?.timeZone ?? (await timeZoneOf(slackOf(event.by)));
    const dueAt = nextMonday(now, timeZone, SUMMARY_AT);
    await ledger.deferMessage({ person: event.by, kind: 'weekly', request, dueAt });
  }
}

/** The approvers of the current stage of a pending request, and who has a card. */
function approversOf(view: RequestView, posted: readonly PostedMessage[]): readonly PersonId[] {
  const { state } = view;
  const current =
    state.kind === 'pending' ? (state.requirements.stages[currentStage(state)]?.approvers ?? []) : [];
  const withCard = posted.flatMap(({ place }) => personOfPlace(place) ?? []);
  const people = new Set([...current.map(({ person }) => person), ...withCard]);
  people.delete(state.details.requester);
  return [...people];
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
