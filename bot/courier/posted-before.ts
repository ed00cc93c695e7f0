import type { ConversationsHistoryResponse, WebClient } from '@slack/web-api';
import type { Instant, RequestId } from '../../core/ids.ts';
import type { PacedCalls } from './paced-calls.ts';
import { slackErrorCode } from './slack-errors.ts';

/** The request and the place of a message. They are sent as the metadata of the message, which nobody sees in Slack. */
export type MessageIdentity = Readonly<{ request: RequestId; place: string }>;

const EVENT_TYPE = 'curfew_message';

/** The metadata of a message. https://docs.slack.dev/messaging/message-metadata */
export const metadataOf = ({ request, place }: MessageIdentity) => ({
  event_type: EVENT_TYPE,
  event_payload: { request, place },
});

type Tools = Readonly<{ client: WebClient; calls: Pick<PacedCalls, 'inTurn'>; warn: (what: string) => void }>;
type Search = Readonly<{
  channel: string;
  identity: MessageIdentity;
  /** When the first attempt to post the message began. */
  since: Instant;
}>;

/** How much the clock of Slack and that of the ledger may differ. */
const CLOCKS_DIFFER_S = 300;
/**
 * The number that Slack recommends at most. An app for many workspaces gets 15 at a time. https://docs.slack.dev/reference/methods/conversations.history
 */
const PAGE = 200;
/** More messages than a channel gets within hours: Slack takes one a second. */
const MOST_PAGES = 100;

/**
 * The timestamp of a message that an earlier attempt posted, although its answer was lost. Undefined when there is none, or when
 * nobody can find out, such as without the scope to look: then a warning in the log says so, and the message may be there twice.
 */
export async function findPosted(
  { client, calls, warn }: Tools,
  { channel, identity, since }: Search,
): Promise<string | undefined> {
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const { messages = [], response_metadata } = await calls
      .inTurn({ method: 'conversations.history', isUrgent: true }, () =>
        client.conversations.history({
          channel,
          oldest: (since / 1000 - CLOCKS_DIFFER_S).toFixed(6),
          include_all_metadata: true,
          limit: PAGE,
          ...(cursor ? { cursor } : {}),
        }),
      )
      .catch((error: unknown) => {
        if (!CANNOT_LOOK.has(slackErrorCode(error))) throw error;
        warn(`it is not known whether a message is in ${channel} already: ${slackErrorCode(error)}`);
        return NOTHING;
      });
    const found = messages.find(({ metadata }) => isOf(metadata, identity));
    if (found?.ts !== undefined) return found.ts;
    cursor = response_metadata?.next_cursor;
    if (!cursor) return undefined;
  }
  warn(`it is not known whether a message is in ${channel} already: the search ended after 100 pages`);
  return undefined;
}

const NOTHING: ConversationsHistoryResponse = { ok: false };
const CANNOT_LOOK = new Set(['missing_scope', 'not_in_channel', 'channel_not_found', 'no_permission']);

type Metadata = Readonly<{ event_type?: string; event_payload?: object }> | undefined;

function isOf(metadata: Metadata, { request, place }: MessageIdentity): boolean {
  const payload = (metadata?.event_payload ?? {}) as Partial<MessageIdentity>;
  return metadata?.event_type === EVENT_TYPE && payload.request === request && payload.place === place;
}
