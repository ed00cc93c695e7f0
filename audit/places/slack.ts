import { messageOf } from '../../core/faults.ts';
import { compare } from './compare.ts';
import { LARGEST_NOTE, type Place, PlaceUnavailable, type PublishResult, type Update } from './place.ts';
import { isOurs, messageOfNote, noteOf, type PostedMessage } from './slack-message.ts';

/** The calls of Slack's Web API that this place makes. The bot's client has them. */
export interface SlackCalls {
  readonly auth: { test(): Promise<Readonly<{ bot_id?: string | undefined }>> };
  readonly chat: {
    postMessage(message: ReturnType<typeof messageOfNote> & { channel: string }): Promise<unknown>;
  };
  readonly conversations: {
    history(
      page: Readonly<{ channel: string; limit: number; include_all_metadata: true; cursor?: string }>,
    ): Promise<
      Readonly<{
        messages?: readonly PostedMessage[] | undefined;
        response_metadata?: Readonly<{ next_cursor?: string | undefined }> | undefined;
      }>
    >;
  };
}

/** `everyMs`: a channel gets at most one checkpoint in this time, so that people can read it. The newest one is posted then. */
export type SlackPlace = Readonly<{ channel: string; everyMs?: number }>;

const EVERY_MS = 60_000;

// Slack gives an app that is not in its Marketplace at most 15 messages in a page.
const PAGE = 15;
const MOST_PAGES = 20;

/**
 * A channel of Slack with a message for each published checkpoint. It has no entries and no tiles. Only messages of our own bot
 * count. The channel should have no other purpose: the newest checkpoint is searched in the last 300 messages.
 */
export function slackChannel({ channel, everyMs = EVERY_MS }: SlackPlace, calls: SlackCalls): Place {
  let last: Readonly<{ note: string; at: number }> | undefined;
  const search = { channel, calls };
  return {
    name: `Slack channel ${channel}`,
    kind: 'slack',
    newest: (signal) => attempt(channel, signal, () => newestNote(search, signal)),
    async publish(update, signal): Promise<PublishResult> {
      if (last?.note === update.note) return PUBLISHED;
      const afterMs = last === undefined ? 0 : last.at + everyMs - performance.now();
      if (afterMs > 0) return { kind: 'later', afterMs };
      const comparison = await compare(
        update,
        await attempt(channel, signal, () => newestNote(search, signal)),
      );
      if (comparison.kind !== 'behind' && comparison.kind !== 'same') return comparison;
      if (comparison.kind === 'behind') await attempt(channel, signal, () => post(search, update));
      last = { note: update.note, at: performance.now() };
      return PUBLISHED;
    },
  };
}

const PUBLISHED: PublishResult = { kind: 'published', cosignatures: '' };

type Search = Readonly<{ channel: string; calls: SlackCalls }>;

const post = ({ channel, calls }: Search, { note, checkpoint }: Update): Promise<unknown> =>
  calls.chat.postMessage({ channel, ...messageOfNote(note, checkpoint) });

/**
 * The note of the largest checkpoint on the first page that has one of our bot. A message that Slack took after our call had timed out stands above
 * the next one.
 */
async function newestNote({ channel, calls }: Search, signal: AbortSignal): Promise<string | undefined> {
  const { bot_id: bot } = await calls.auth.test();
  if (bot === undefined) throw new Error('it does not say who our bot is');
  let cursor = '';
  for (let page = 0; page < MOST_PAGES; page += 1) {
    signal.throwIfAborted();
    const { messages = [], response_metadata } = await calls.conversations.history({
      channel,
      limit: PAGE,
      include_all_metadata: true,
      ...(cursor === '' ? {} : { cursor }),
    });
    const notes = messages.filter((message) => isOurs(message, bot)).map(noteOf);
    const [newest] = notes.toSorted((one, other) => sizeIn(other) - sizeIn(one));
    if (newest !== undefined) return within(newest);
    cursor = response_metadata?.next_cursor ?? '';
    if (cursor === '') return undefined;
  }
  return undefined;
}

/** The size that a note says; -1 for a text that is no note. */
const sizeIn = (note: string): number => Number(/^[^\n]*\n(\d+)\n/.exec(note)?.[1] ?? -1);

const within = (note: string): string => (note.length > LARGEST_NOTE ? '' : note);

async function attempt<T>(channel: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  try {
    return await work();
  } catch (error) {
    if (signal.aborted) throw error;
    const { retryAfter } = error as { retryAfter?: unknown };
    throw new PlaceUnavailable(`the Slack channel ${channel} does not work: ${messageOf(error)}`, {
      cause: error,
      ...(typeof retryAfter === 'number' ? { retryAfterMs: retryAfter * 1000 } : {}),
    });
  }
}
