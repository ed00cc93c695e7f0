import type { App } from '@slack/bolt';
import { accountRefusal } from '../../core/account.ts';
import { parseDuration } from '../../core/duration.ts';
import type { PersonId } from '../../core/ids.ts';
import { LIMITS } from '../../core/limits.ts';
import { isBlank } from '../../core/text.ts';
import { readOwnRequests } from '../../requests/access-questions.ts';
import { directMessageHelp, DM_ENTRIES, writtenRequestMessage } from '../cards/help.ts';
import { phraseMessage, type RenderedMessage } from '../cards/rendered-message.ts';
import type { BotDeps } from '../deps.ts';
import { capped } from '../../wording/text.ts';
import type { SlackCaller } from './slack-inbox.ts';
import { parseCommand, type ParsedCommand } from './access-command.ts';
import { answerAccessList, helpReader } from './own-answers.ts';
import { answerQuestion, type AnswerTools } from './questions.ts';
import { readerOf } from './reader.ts';

/** What Slack says about a message. A message of a person in a direct message with the bot has no subtype. */
type MessageEvent = Readonly<{
  channel_type?: string;
  subtype?: string;
  bot_id?: string;
  user?: string;
  channel: string;
  ts: string;
  thread_ts?: string;
  text?: string;
}>;

/** How many messages are remembered as answered. */
const REMEMBERED = 1_000;

/**
 * Answers what a person writes to the bot, so that only they see it. It answers no bot, no edited message and nothing in a thread.
 * Slack sends an event again when its acknowledgement got lost. This process remembers what it answered. When another gateway
 * gets the event then, the person reads the answer twice.
 */
export function listenForDirectMessages(app: App, deps: BotDeps): void {
  const answered = new Set<string>();
  app.event('message', async ({ event, client, body }) => {
    const message = event as MessageEvent;
    if (!isFromPerson(message) || !remember(answered, `${message.channel} ${message.ts}`)) return;
    const { user, channel, text = '' } = message;
    const caller = { user, team: body.team_id, channel };
    for (const answer of await answersTo({ deps, client }, caller, asTyped(text)))
      await client.chat.postEphemeral({ channel, user, ...answer });
  });
}

const isFromPerson = (message: MessageEvent): message is MessageEvent & { user: string } =>
  message.channel_type === 'im' &&
  message.subtype === undefined &&
  message.bot_id === undefined &&
  message.thread_ts === undefined &&
  message.user !== undefined;

/** False when the key was there before. The oldest ones are forgotten. */
function remember(keys: Set<string>, key: string): boolean {
  if (keys.has(key)) return false;
  keys.add(key);
  const [oldest] = keys;
  if (keys.size > REMEMBERED && oldest !== undefined) keys.delete(oldest);
  return true;
}

/** What a person typed, without the markup of Slack's messages: links, and three escaped characters. */
export const asTyped = (text: string): string =>
  text
    .replaceAll(/<((?:https?|mailto):[^>|]+)(?:\|[^>]*)?>/g, '$1')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .replace(/^\s*\/access\b/, '')
    .trim();

async function answersTo(
  { deps, client }: AnswerTools,
  caller: SlackCaller,
  text: string,
): Promise<readonly RenderedMessage[]> {
  const reader = await readerOf(deps, caller);
  if (!reader.ok) return (await isBot(deps, caller.user)) ? [] : [phraseMessage([reader.error])];
  const typed = parseCommand(text);
  if (typed.kind === 'question' && isShort(text))
    return answerQuestion({ deps, client }, caller, typed.question);
  if (typed.kind === 'list' && isShort(text)) return [await answerAccessList(deps, caller)];
  return [(await writtenRequest(deps, typed)) ?? (await helpFor(deps, reader.value))];
}

/** A sentence can begin with the word of a command too. */
const isShort = (text: string): boolean => text.split(/\s+/).length <= 5;

/** A bot that answered a bot would never end. */
const isBot = ({ readAccount }: BotDeps, user: string): Promise<boolean> =>
  readAccount(user).then(
    (facts) => accountRefusal(facts, user) === 'bot',
    () => true,
  );

/** The answer to a text that begins with the name of an entitlement. */
async function writtenRequest(
  { policy }: BotDeps,
  typed: ParsedCommand,
): Promise<RenderedMessage | undefined> {
  if (!('entitlement' in typed)) return undefined;
  const entitlement = await policy.entitlementNamed(typed.entitlement);
  if (!entitlement) return undefined;
  const written = typed.kind === 'request' && parseDuration(typed.length).ok ? typed : undefined;
  return writtenRequestMessage(
    {
      entitlement: entitlement.id,
      ...(written ? { length: written.length } : {}),
      ...(written && !isBlank(written.reason)
        ? { reason: capped(written.reason.trim(), LIMITS.reasonLength) }
        : {}),
    },
    entitlement,
  );
}

async function helpFor(deps: BotDeps, person: PersonId): Promise<RenderedMessage> {
  const { open } = await readOwnRequests(deps, person, { open: DM_ENTRIES, closed: 0 });
  return directMessageHelp({ reader: await helpReader(deps, person), open });
}
