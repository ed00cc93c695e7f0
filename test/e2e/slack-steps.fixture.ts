import type { RequestId } from '../../core/ids.ts';
import { parseRequestId } from '../../core/ids.ts';
import type { Actor } from '../../sandbox/slack/actor.ts';
import type { Message, View } from '../../sandbox/slack/model.ts';
import { type Company, type Name, REQUESTS, slackId } from './company.fixture.ts';

/** A bound for failing only; the machine may be busy. */
export const PATIENCE = 45_000;

/** Everything that stands on a message or view, as one text. */
export const textOf = (on: Message | View | undefined): string => JSON.stringify(on?.blocks ?? '');

/** The buttons on a message or view, by `action_id`, in order. */
export const buttonsOn = (on: Message | View | undefined): readonly string[] =>
  [...textOf(on).matchAll(/"action_id":"([a-z-]+)"/g)].map(([, action]) => action ?? '');

/** The messages in one place that are not in a thread and hold these words. */
export const cardsIn = (me: Actor, words: string, place = 'dm'): readonly Message[] =>
  me.messages(place).filter((each) => each.thread_ts === undefined && textOf(each).includes(words));

/** The card with these words (a reason, that is), as soon as it is there and `is` what is waited for. */
export const card = (
  me: Actor,
  words: string,
  place = 'dm',
  is: (message: Message) => boolean = () => true,
): Promise<Message> =>
  me.waitFor(`a card with "${words}" in ${place}`, () => cardsIn(me, words, place).find(is), PATIENCE);

/** The lines in the thread under a message. */
export const threadOf = (me: Actor, on: Message): readonly string[] =>
  me
    .messages(on.channel)
    .flatMap((each) => (each.thread_ts === on.ts && each.ts !== on.ts ? [each.text] : []));

/** What only this person was told, in the order they were told it. */
export const whispersTo = (me: Actor, place: string): readonly string[] =>
  me.messages(place).flatMap((each) => (each.ephemeralFor === me.id ? [each.text] : []));

/** Waits until this person alone is told such words there. */
export const whisper = (me: Actor, words: RegExp, place: string = REQUESTS): Promise<string> =>
  me.waitFor(
    `a whisper like ${words}`,
    () => whispersTo(me, place).find((text) => words.test(text)),
    PATIENCE,
  );

/** The request that a card's buttons are about. */
export function requestOn(message: Message): RequestId {
  const parsed = parseRequestId(/"value":"(req_[0-9a-z]{26}) /.exec(textOf(message))?.[1] ?? '');
  if (!parsed.ok) throw new Error(`no request on ${textOf(message)}`);
  return parsed.value;
}

type Asking = Readonly<{ name?: Name; place?: string; shownAs?: string }>;

/** Asks in one line, and waits until the people who decide see it; its reason, or `shownAs`, is how it is found. */
export async function ask(
  company: Company,
  line: string,
  { name = 'ana', place = 'dm', shownAs = reasonOf(line) }: Asking = {},
): Promise<RequestId> {
  await company.as(name).command(`/access ${line}`, place);
  return requestOn(await card(company.as('sam'), shownAs, REQUESTS));
}

const reasonOf = (line: string): string => line.split(' ').slice(2).join(' ');

/** Presses a button of the request's card in the channel, as it stands there now. */
export async function press(company: Company, name: Name, action: string, reason: string): Promise<void> {
  const me = company.as(name);
  const on = await card(me, reason, REQUESTS, (each) => buttonsOn(each).includes(action));
  await me.click(on, action);
}

/** Asks, and has Cy approve it; settles when the access is there. */
export async function granted(company: Company, line: string): Promise<RequestId> {
  const request = await ask(company, line);
  await press(company, 'cy', 'approve', reasonOf(line));
  await company.reaches(request, 'active');
  return request;
}

/** Puts the same value, or another one, on a button: what a forged client would send. */
export const withValue = (on: Message, value: string): Message => ({
  ...on,
  blocks: JSON.parse(
    JSON.stringify(on.blocks).replaceAll(/"value":"req_[^"]*"/g, `"value":${JSON.stringify(value)}`),
  ) as Message['blocks'],
});

export const mention = (name: Name): string => `<@${slackId(name)}>`;
