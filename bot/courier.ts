import type { WebClient } from '@slack/web-api';
import { messageOf } from '../core/faults.ts';
import type { PersonId } from '../core/ids.ts';
import { currentStage, type Event } from '../core/request/request.ts';
import type { Click, Telling } from '../ledger/index.ts';
import type { BotDeps } from './deps.ts';
import { type Facts, readFacts, whoIn } from '../requests/view.ts';
import { publishHome } from './listeners/home-tab.ts';
import { type Messenger, messenger, retryAfterOf } from './messenger.ts';
import { type Drawn, mention, receipt, requestCard } from './blocks/request-card.ts';
import { refusalText, strangerText } from '../wording/refusals.ts';
import { eventText } from '../wording/phrases.ts';

const AT_ONCE = 20;

/**
 * The one writer of what Slack shows. It takes what the ledger says is still to be told and redraws each place
 * from state; so people are told also of what a sweeper did while Temporal was gone, and Slack being away
 * delays words, never access (B65).
 */
export function startCourier(deps: BotDeps, client: WebClient): { stop(): Promise<void> } {
  const post = messenger(deps.ledger, client, (what) => deps.warn(`nobody was told, ${what}`));
  return deps.ledger.attend(
    'curfew_outbox',
    async () => {
      const tellings = await deps.ledger.takeTellings(AT_ONCE);
      await Promise.all(tellings.map((telling) => tell(deps, client, post, telling)));
      return tellings.length;
    },
    (error) => deps.warn(`the outbox cannot be read: ${messageOf(error)}`),
  );
}

async function tell(deps: BotDeps, client: WebClient, post: Messenger, telling: Telling): Promise<void> {
  try {
    await tellAll(deps, client, post, telling);
    await deps.ledger.told(telling.id);
  } catch (error) {
    const fault = messageOf(error);
    await deps.ledger.untold(telling.id, fault, retryAfterOf(error)).catch(() => undefined); // taken again by itself
  }
}

async function tellAll(deps: BotDeps, client: WebClient, post: Messenger, telling: Telling): Promise<void> {
  const facts = await readFacts(deps, telling.request);
  const events = (facts?.trail ?? (await deps.ledger.readTrail(telling.request)))
    .slice(telling.from, telling.to)
    .map(({ event }) => event);
  const click = await deps.ledger.readClickBehind(telling.request, telling.step);
  for (const event of events) if (event.kind === 'refused' && click) await whisper(deps, post, event, click);
  if (!facts) return;

  const redraw = events.some(({ kind }) => kind !== 'refused' && kind !== 'intended');
  if (redraw) await drawAll(deps, post, facts);
  await tellHistory(deps, post, facts, events, telling);
  if (redraw) await redrawHomes(deps, client, facts);
}

/** Does every piece, whatever becomes of the others; then says what went wrong first, so that it is done again. */
async function eachOf(pieces: readonly (() => Promise<void>)[]): Promise<void> {
  const failed: unknown[] = [];
  for (const piece of pieces) await piece().catch((error: unknown) => void failed.push(error));
  if (failed.length > 0) throw failed[0];
}

/** Every place of a request: the channel, those who decide or have seen it, the one who asked. */
async function drawAll(deps: BotDeps, post: Messenger, facts: Facts): Promise<void> {
  const { state, id, who } = facts;
  const requester = state.ask.requester;
  const shown = (await deps.ledger.cardsOf(id)).flatMap(({ place }) => personAt(place) ?? []);
  const deciders = [...new Set([...turnOf(facts), ...shown])].filter((person) => person !== requester);
  const inDms = (person: PersonId, drawn: () => Drawn, begin: boolean) => () => {
    const user = who(person).slack;
    return post.draw(id, `dm:${person}`, user === undefined ? undefined : { user }, drawn(), begin);
  };
  await eachOf([
    () => post.draw(id, 'channel', { channel: deps.channel }, requestCard(facts), true),
    inDms(requester, () => receipt(facts), true),
    ...deciders.map((person) => inDms(person, () => requestCard(facts, person), state.kind === 'pending')),
  ]);
}

const personAt = (place: string): PersonId | undefined =>
  place.startsWith('dm:') ? (place.slice('dm:'.length) as PersonId) : undefined;

/** Whose answer is awaited now. */
const turnOf = ({ state }: Facts): readonly PersonId[] =>
  state.kind === 'pending'
    ? (state.demand.stages[currentStage(state)]?.approvers ?? []).map(({ person }) => person)
    : [];

// What a requester is told anew, so that their screen shows it as unread; the rest only redraws.
const NEWS: readonly Event['kind'][] = ['activated', 'closed'];

/** The history goes into the card's thread; what matters to the requester also into theirs. */
async function tellHistory(
  { ledger }: BotDeps,
  post: Messenger,
  facts: Facts,
  events: readonly Event[],
  { id, request }: Telling,
): Promise<void> {
  const lines = (kinds?: readonly Event['kind'][]) =>
    events
      .filter(({ kind }) => kinds?.includes(kind) ?? true)
      .flatMap((event) => eventText(event, mention(facts.who)) ?? []);
  const cards = await ledger.cardsOf(request);
  const requester = `dm:${facts.state.ask.requester}`;
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
async function whisper(
  deps: BotDeps,
  post: Messenger,
  { refusal, tried }: Extract<Event, { kind: 'refused' }>,
  { account, via, body }: Click,
): Promise<void> {
  if (via !== 'slack') return;
  const who = whoIn(await deps.policy.lastKnown());
  const text =
    refusal.code === 'unknown-person'
      ? strangerText(await deps.policy.unreadable())
      : refusalText(refusal, mention(who), tried);
  await post.whisper(account, body.channel, text);
}

/** A Home that cannot be drawn is drawn when it is opened next; nobody's card waits for it. */
async function redrawHomes(deps: BotDeps, client: WebClient, { id, state }: Facts): Promise<void> {
  const shown = (await deps.ledger.cardsOf(id)).flatMap(({ place }) => personAt(place) ?? []);
  for (const person of new Set([state.ask.requester, ...shown]))
    await publishHome(deps, client, person, { asked: false }).catch((error: unknown) =>
      deps.warn(`a Home was not redrawn: ${messageOf(error)}`),
    );
}
