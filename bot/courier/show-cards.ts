import { nextMonday } from '../../core/local-time.ts';
import { NO_PREFERENCE, sendAt, type Urgency } from '../../core/message-preference.ts';
import type { Instant, PersonId } from '../../core/ids.ts';
import { approversToldOfDrift, newsForRequester } from '../../core/request/awaited.ts';
import { answeredApprovers, decisionAwaited, newDeciders } from '../../core/request/deciders.ts';
import type { Notification, PostedMessage } from '../../ledger/index.ts';
import type { RequestView } from '../../requests/view.ts';
import { endsSoonCard, olderCard, requesterCard, approverCard, channelCard } from '../cards/request-cards.ts';
import type { BotDeps } from '../deps.ts';
import type { Messenger } from './messenger.ts';
import { MustWait } from './pace.ts';
import { isFound, messagesTo, personOfPlace } from './places.ts';
import type { TimeZoneOf } from './time-zone.ts';

/** Minutes after midnight: the weekly summary comes on Monday at nine. */
const SUMMARY_AT = 9 * 60;

export type ShowTools = Readonly<{
  deps: BotDeps;
  messenger: Messenger;
  timeZoneOf: TimeZoneOf;
}>;

/**
 * Shows the cards of a request: to the requester, to its approvers and everybody who has one, and in the channel. `news` has
 * the events that nobody was told of yet. Without it, messages are edited and nobody gets a new one: another notification may send them one
 * at this moment.
 */
export async function showAllCards(tools: ShowTools, view: RequestView, news?: Notification): Promise<void> {
  const { deps, messenger } = tools;
  const { id } = view;
  const posted = await deps.ledger.postedMessages(id);
  await runAll([
    () => showToRequester(tools, view, news),
    ...approversOf(view, posted).map((person) => () => showToApprover(tools, view, { person, posted, news })),
    () => messenger.showInChannel({ request: id, channel: deps.channel, message: channelCard(view) }),
    ...posted.filter(isFound).map((found) => () => messenger.update(found, channelCard(view), id)),
    ...(news ? [() => planSummaries(tools, view, news)] : []),
  ]);
}

/**
 * Begins every task, so that one that waits for its turn delays no other. Then throws the first error, so that the notification is sent again:
 * an error other than `MustWait`, if there is any.
 */
async function runAll(tasks: readonly (() => Promise<void>)[]): Promise<void> {
  const ended = await Promise.allSettled(tasks.map((task) => task()));
  const errors = ended.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
  const [first] = [...errors.filter((error) => !(error instanceof MustWait)), ...errors];
  if (first !== undefined) throw first;
}

/** When a message to this person is sent: now, or when they prefer it. */
const sendTime = async ({ deps: { ledger } }: ShowTools, person: PersonId, urgency: Urgency, now: Instant) =>
  sendAt((await ledger.readMessagePreference(person)) ?? NO_PREFERENCE, urgency, now);

/** The requester gets a new message of the news that they wait for. Anything else is an edit of their newest one. */
async function showToRequester(tools: ShowTools, view: RequestView, news?: Notification): Promise<void> {
  const { deps, messenger } = tools;
  const { id: request, now, state } = view;
  const person = state.details.requester;
  const card = {
    ...{ request, person, user: view.slackOf(person) },
    ...{ message: requesterCard(view), older: olderCard(view) },
  };
  const urgency = news && newsForRequester(view.trail, news.from, news.to, person);
  if (!news) return messenger.showToPerson({ ...card, mayPost: false, redrawsOlder: true });
  if (!urgency) return messenger.showToPerson({ ...card, mayPost: true });
  const dueAt = await sendTime(tools, person, urgency, now);
  if (dueAt <= now) return messenger.tellPerson({ ...card, cause: { kind: 'note', id: news.id } });
  await deps.ledger.deferMessage({ person, kind: 'news', request, dueAt });
  await messenger.showToPerson({ ...card, mayPost: true });
}

/** The approvers who are asked now, and everybody who has a card. */
function approversOf({ state }: RequestView, posted: readonly PostedMessage[]): readonly PersonId[] {
  const withCard = posted.flatMap(({ place }) => personOfPlace(place) ?? []);
  const people = new Set([...(decisionAwaited(state)?.approvers ?? []), ...withCard]);
  people.delete(state.details.requester);
  return [...people];
}

type ToApprover = Readonly<{
  person: PersonId;
  posted: readonly PostedMessage[];
  news: Notification | undefined;
}>;

/**
 * An approver gets one new message for each decision that is theirs, and one when their question is answered: after their quiet hours,
 * if the decision waits that long. Who approved it gets one when somebody lowered the access by hand. Anything else is an edit.
 */
async function showToApprover(
  tools: ShowTools,
  view: RequestView,
  { person, posted, news }: ToApprover,
): Promise<void> {
  const { deps, messenger } = tools;
  const { id: request, now, state } = view;
  const card = {
    ...{ request, person, user: view.slackOf(person) },
    ...{ message: approverCard(view, person), older: olderCard(view) },
  };
  const decision = decisionAwaited(state);
  const isAsked = decision?.approvers.includes(person) ?? false;
  const hasMessage = messagesTo(posted, person).length > 0;
  if (!news) return messenger.showToPerson({ ...card, mayPost: false, redrawsOlder: true });
  const isAmong = (people: typeof newDeciders, from: number, to: number): boolean =>
    people(view.trail, from, to).includes(person);
  if (isAmong(approversToldOfDrift, news.from, news.to))
    return messenger.tellPerson({ ...card, cause: { kind: 'note', id: news.id } });
  const isNew = isAmong(newDeciders, news.from, news.to) || isAmong(answeredApprovers, news.from, news.to);
  const isToldLater = isAmong(newDeciders, news.to, view.trail.length);
  if (!decision || !isAsked || isToldLater || (hasMessage && !isNew))
    return messenger.showToPerson({ ...card, mayPost: false });
  const dueAt = await sendTime(tools, person, { kind: 'until', at: decision.lapsesAt }, now);
  if (dueAt > now) {
    await deps.ledger.deferMessage({ person, kind: 'decision', request, dueAt });
    return messenger.showToPerson({ ...card, mayPost: false });
  }
  if (!isNew) return messenger.showToPerson({ ...card, mayPost: true });
  await messenger.tellPerson({ ...card, cause: { kind: 'note', id: news.id } });
}

/** Who approved something gets a summary on the next Monday. */
async function planSummaries(
  { deps: { ledger }, timeZoneOf }: ShowTools,
  { id: request, trail, now, slackOf }: RequestView,
  { from, to }: Notification,
): Promise<void> {
  for (const { event } of trail.slice(from, to)) {
    if (event.kind !== 'approved' && event.kind !== 'extension-approved') continue;
    const timeZone =
      (await ledger.readMessagePreference(event.by))?.timeZone ?? (await timeZoneOf(slackOf(event.by)));
    const dueAt = nextMonday(now, timeZone, SUMMARY_AT);
    await ledger.deferMessage({ person: event.by, kind: 'weekly', request, dueAt });
  }
}

/** Reminds the requester that the access ends soon. A reminder of an end that the access does not have any more is dropped. */
export async function remindRequester(
  { messenger }: ShowTools,
  view: RequestView,
  { id, reminder }: Notification,
): Promise<void> {
  const { state, slackOf } = view;
  const person = state.details.requester;
  if (state.kind !== 'active' || state.endsAt !== reminder) return;
  await messenger.tellPerson({
    request: view.id,
    person,
    user: slackOf(person),
    message: endsSoonCard(view, state.endsAt),
    cause: { kind: 'note', id },
    older: olderCard(view),
  });
}
