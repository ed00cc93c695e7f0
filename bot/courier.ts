import type { WebClient } from '@slack/web-api';
import { messageOf } from '../core/faults.ts';
import type { PersonId } from '../core/ids.ts';
import type { Event } from '../core/request/events.ts';
import { currentStage } from '../core/request/stages.ts';
import type { Click, Notification } from '../ledger/index.ts';
import type { BotDeps } from './deps.ts';
import { type RequestView, readRequestView, personNames } from '../requests/view.ts';
import { publishHome } from './listeners/home-tab.ts';
import { type Messenger, messenger, retryAfterOf } from './messenger.ts';
import { type RenderedMessage, mention, receipt, requestCard } from './blocks/request-card.ts';
import { refusalText, unknownPersonText } from '../wording/refusals.ts';
import { eventText } from '../wording/phrases.ts';

const AT_ONCE = 20;

/**
 * The one writer of what Slack shows. It takes what the ledger says is still to be told and redraws each place
 * from state; so people are told also of what a sweeper did while Temporal was gone, and Slack being away
 * delays words, never access (B65).
 */
export function startCourier(deps: BotDeps, client: WebClient): { stop(): Promise<void> } {
  const post = messenger(deps.ledger, client, (what) => deps.warn(`nobody was told, ${what}`));
  return deps.ledger.watch(
    'curfew_outbox',
    async () => {
      const tellings = await deps.ledger.takeNotifications(AT_ONCE);
      await Promise.all(tellings.map((telling) => deliver(deps, client, post, telling)));
      return tellings.length;
    },
    (error) => deps.warn(`the outbox cannot be read: ${messageOf(error)}`),
  );
}

async function deliver(
  deps: BotDeps,
  client: WebClient,
  post: Messenger,
  telling: Notification,
): Promise<void> {
  try {
    await deliverAll(deps, client, post, telling);
    await deps.ledger.markSent(telling.id);
  } catch (error) {
    const fault = messageOf(error);
    await deps.ledger.retryLater(telling.id, fault, retryAfterOf(error)).catch(() => undefined); // taken again by itself
  }
}

async function deliverAll(
  deps: BotDeps,
  client: WebClient,
  post: Messenger,
  telling: Notification,
): Promise<void> {
  const facts = await readRequestView(deps, telling.request);
  const events = (facts?.trail ?? (await deps.ledger.readTrail(telling.request)))
    .slice(telling.from, telling.to)
    .map(({ event }) => event);
  const click = await deps.ledger.readClickBehind(telling.request, telling.step);
  for (const event of events)
    if (event.kind === 'refused' && click) await answerPrivately(deps, post, event, click);
  if (!facts) return;

  const redraw = events.some(({ kind }) => kind !== 'refused' && kind !== 'intended');
  if (redraw) await showAll(deps, post, facts);
  await postHistory(deps, post, facts, events, telling);
  if (redraw) await redrawHomes(deps, client, facts);
}

/** Does every piece, whatever becomes of the others; then says what went wrong first, so that it is done again. */
async function eachOf(pieces: readonly (() => Promise<void>)[]): Promise<void> {
  const failed: unknown[] = [];
  for (const piece of pieces) await piece().catch((error: unknown) => void failed.push(error));
  if (failed.length > 0) throw failed[0];
}

/** Every place of a request: the channel, those who decide or have seen it, the one who asked. */
async function showAll(deps: BotDeps, post: Messenger, facts: RequestView): Promise<void> {
  const { state, id, nameOf } = facts;
  const requester = state.details.requester;
  const shown = (await deps.ledger.cardsOf(id)).flatMap(({ place }) => personAt(place) ?? []);
  const deciders = [...new Set([...turnOf(facts), ...shown])].filter((person) => person !== requester);
  const inDms = (person: PersonId, drawn: () => RenderedMessage, begin: boolean) => () => {
    const user = nameOf(person).slack;
    return post.show(id, `dm:${person}`, user === undefined ? undefined : { user }, drawn(), begin);
  };
  await eachOf([
    () => post.show(id, 'channel', { channel: deps.channel }, requestCard(facts), true),
    inDms(requester, () => receipt(facts), true),
    ...deciders.map((person) => inDms(person, () => requestCard(facts, person), state.kind === 'pending')),
  ]);
}

const personAt = (place: string): PersonId | undefined =>
  place.startsWith('dm:') ? (place.slice('dm:'.length) as PersonId) : undefined;

/** Whose answer is awaited now. */
const turnOf = ({ state }: RequestView): readonly PersonId[] =>
  state.kind === 'pending'
    ? (state.requirements.stages[currentStage(state)]?.approvers ?? []).map(({ person }) => person)
    : [];

// What a requester is told anew, so that their screen shows it as unread; the rest only redraws.
const NEWS: readonly Event['kind'][] = ['activated', 'closed'];

/** The history goes into the card's thread; what matters to the requester also into theirs. */
async function postHistory(
  { ledger }: BotDeps,
  post: Messenger,
  facts: RequestView,
  events: readonly Event[],
  { id, request }: Notification,
): Promise<void> {
  const lines = (kinds?: readonly Event['kind'][]) =>
    events
      .filter(({ kind }) => kinds?.includes(kind) ?? true)
      .flatMap((event) => eventText(event, mention(facts.nameOf)) ?? []);
  const cards = await ledger.cardsOf(request);
  const requester = `dm:${facts.state.details.requester}`;
  await post.note(
    request,
    id,
    cards.find(({ place }) => place === 'channel'),
    lines(),
  );
  await post.note(
    request,
    id,
    cards.find(({ place }) => place === requester),
    lines(NEWS),
  );
}

/** Tells one person what became of their click, where they clicked, for their eyes only. */
async function answerPrivately(
  deps: BotDeps,
  post: Messenger,
  { refusal, tried }: Extract<Event, { kind: 'refused' }>,
  { account, via, body }: Click,
): Promise<void> {
  if (via !== 'slack') return;
  const who = personNames(await deps.policy.lastKnown());
  const text =
    refusal.code === 'unknown-person'
      ? unknownPersonText(await deps.policy.problem())
      : refusalText(refusal, mention(who), tried);
  await post.postPrivately(account, body.channel, text);
}

/** A Home that cannot be drawn is drawn when it is opened next; nobody's card waits for it. */
async function redrawHomes(deps: BotDeps, client: WebClient, { id, state }: RequestView): Promise<void> {
  const shown = (await deps.ledger.cardsOf(id)).flatMap(({ place }) => personAt(place) ?? []);
  for (const person of new Set([state.details.requester, ...shown]))
    await publishHome(deps, client, person, { asked: false }).catch((error: unknown) =>
      deps.warn(`a Home was not redrawn: ${messageOf(error)}`),
    );
}
