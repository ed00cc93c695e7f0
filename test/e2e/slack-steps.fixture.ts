import type { RequestId } from '../../core/ids.ts';
import { parseRequestId } from '../../core/ids.ts';
import type { SimulatedPerson } from '../../sandbox/slack/simulated-person.ts';
import type { Message, View } from '../../sandbox/slack/model.ts';
import { until } from '../until.fixture.ts';
import { type Company, type Name, REQUESTS, slackId } from './company.fixture.ts';

/** The time after which a wait fails. It is long because the machine may be busy. */
export const PATIENCE = 45_000;

/** All blocks of a message or view, as JSON. */
export const textOf = (on: Message | View | undefined): string => JSON.stringify(on?.blocks ?? '');

/** The buttons on a message or view, by `action_id`, in order. */
export const buttonsOn = (on: Message | View | undefined): readonly string[] =>
  [...textOf(on).matchAll(/"action_id":"([a-z-]+)"/g)].map(([, action]) => action ?? '');

/** The messages in one place that are not in a thread, that everybody there sees, and that contain this text. */
export const cardsIn = (me: SimulatedPerson, text: string, place = 'dm'): readonly Message[] =>
  me
    .messages(place)
    .filter(
      ({ thread_ts, ephemeralFor, ...message }) =>
        thread_ts === undefined && ephemeralFor === undefined && textOf(message).includes(text),
    );

/** Waits for the card that contains this text (usually the reason) and for which `is` returns true. */
export const card = (
  me: SimulatedPerson,
  text: string,
  place = 'dm',
  is: (message: Message) => boolean = () => true,
): Promise<Message> =>
  me.waitFor(`a card with "${text}" in ${place}`, () => cardsIn(me, text, place).find(is), PATIENCE);

/** The texts of all rich text of a message, one after the other. */
export const plainTextOf = (on: Message | undefined): string =>
  [...textOf(on).matchAll(/"type":"text","text":"((?:[^"\\]|\\.)*)"/g)].map(([, text]) => text).join('');

/** The ephemeral messages to this person, in order. */
export const privateMessagesTo = (me: SimulatedPerson, place: string): readonly string[] =>
  me.messages(place).flatMap((each) => (each.ephemeralFor === me.id ? [each.text] : []));

/** Waits for an ephemeral message to this person that matches. */
export const privateMessage = (
  me: SimulatedPerson,
  text: RegExp,
  place: string = REQUESTS,
): Promise<string> =>
  me.waitFor(
    `an ephemeral message like ${text}`,
    () => privateMessagesTo(me, place).find((message) => text.test(message)),
    PATIENCE,
  );

/** The id of the request in the buttons of a card. */
export function requestOn(message: Message): RequestId {
  const parsed = parseRequestId(/"value":"(req_[0-9a-z]{26}) /.exec(textOf(message))?.[1] ?? '');
  if (!parsed.ok) throw new Error(`no request on ${textOf(message)}`);
  return parsed.value;
}

type RequestOptions = Readonly<{ name?: Name; place?: string; shownAs?: string }>;

/**
 * Makes a request in one line, and waits until its card is in the channel. The card is found by the reason or by `shownAs`. A
 * second request for the same thing is made with the form that Curfew offers then.
 */
export async function requestAccess(
  company: Company,
  line: string,
  { name = 'ana', place = 'dm', shownAs = reasonOf(line) }: RequestOptions = {},
): Promise<RequestId> {
  const me = company.as(name);
  const before = new Set(me.messages(place).map(({ ts }) => ts));
  await me.command(`/access ${line}`, place);
  const offer = me
    .messages(place)
    .find((each) => !before.has(each.ts) && textOf(each).includes('Request another one anyway'));
  if (offer) {
    await me.click(offer, 'open-draft');
    await me.waitFor('the form', () => me.modal(), PATIENCE);
    await me.submit({});
  }
  return requestOn(await card(company.as('sam'), shownAs, REQUESTS));
}

const reasonOf = (line: string): string => line.split(' ').slice(2).join(' ');

/** Clicks a button of the request's card in the channel, once the card has that button. */
export async function press(company: Company, name: Name, action: string, reason: string): Promise<void> {
  const me = company.as(name);
  const on = await card(me, reason, REQUESTS, (each) => buttonsOn(each).includes(action));
  await me.click(on, action);
}

/** Makes a request, lets Cy approve it, and waits until the access is granted. */
export async function granted(company: Company, line: string): Promise<RequestId> {
  const request = await requestAccess(company, line);
  await press(company, 'cy', 'approve', reasonOf(line));
  await company.reaches(request, 'active');
  return request;
}

/**
 * Requests by Ana that Bo approves. The ledger's clock is `behindMs` milliseconds behind until their end is set, so the access ends
 * that much sooner.
 */
export async function approvedWith(
  company: Company,
  lines: readonly string[],
  behindMs: number,
): Promise<readonly RequestId[]> {
  await company.quiet();
  await company.shiftClock(-behindMs);
  const requests: RequestId[] = [];
  for (const line of lines) requests.push(await requestAccess(company, line));
  for (const line of lines) await press(company, 'bo', 'approve', reasonOf(line));
  for (const id of requests)
    await until('the end is set', async () => (await company.events(id, 'grant-started'))[0]);
  await company.shiftClock(0); // Nothing is granted while the clocks differ.
  return requests;
}

/** The message with another value on its buttons, as a forged client would send it. */
export const withValue = (on: Message, value: string): Message => ({
  ...on,
  blocks: JSON.parse(
    JSON.stringify(on.blocks).replaceAll(/"value":"req_[^"]*"/g, `"value":${JSON.stringify(value)}`),
  ) as Message['blocks'],
});

export const mention = (name: Name): string => `<@${slackId(name)}>`;
