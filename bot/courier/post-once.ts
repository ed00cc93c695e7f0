import type { WebClient } from '@slack/web-api';
import type { Instant, RequestId } from '../../core/ids.ts';
import type { Ledger, PostedMessage } from '../../ledger/index.ts';
import type { RenderedMessage } from '../cards/rendered-message.ts';
import { MustWait } from './pace.ts';
import type { PacedCalls } from './paced-calls.ts';
import { findPosted, type MessageIdentity, metadataOf } from './posted-before.ts';
import { mayBePosted, retryAfterOf } from './slack-errors.ts';
import type { Recipient, SlackWriter } from './slack-writer.ts';

/** A message that is posted once in its place. */
export type Posting = MessageIdentity &
  Readonly<{
    recipient: Recipient;
    message: RenderedMessage;
    /** The message that was in this place and does not exist any more. */
    gone?: string | undefined;
  }>;

export type PostTools = Readonly<{
  ledger: Pick<Ledger, 'claimPlace' | 'keepPlace' | 'releasePlace' | 'savePostedMessage'>;
  client: WebClient;
  calls: PacedCalls;
  writer: SlackWriter;
  /** Tells the operator what nobody can find out. */
  warn: (what: string, about: Readonly<{ request: RequestId }>) => void;
}>;

/** The message that an earlier attempt posted since then, although its answer was lost. */
export async function findEarlier(
  { client, calls, writer, warn }: PostTools,
  { request, place, recipient }: Omit<Posting, 'message'>,
  since: Instant,
): Promise<PostedMessage | undefined> {
  const channel = await writer.channelOf(recipient);
  const ts = await findPosted(
    { client, calls, warn: (what) => warn(what, { request }) },
    { channel, identity: { request, place }, since },
  );
  return ts === undefined ? undefined : { place, channel, ts };
}

/**
 * Posts a message in its place, unless another gateway posts it at this moment. When an earlier attempt ended without an
 * answer of Slack, that message may be there: then it is looked for, and updated. The claim of the place ends soon, so it is taken
 * when it is the turn of the message.
 */
export async function postOnce(tools: PostTools, posting: Posting): Promise<void> {
  const { ledger, writer } = tools;
  const { request, place, recipient, message, gone } = posting;
  await writer.takeTurn(recipient);
  const claim = await ledger.claimPlace(request, { place, gone });
  if (!claim) throw new Error(`another gateway posts the message in ${place}`);
  const post = async (): Promise<Omit<PostedMessage, 'place'>> => {
    if (claim.triedSince !== undefined) {
      const before = await findEarlier(tools, posting, claim.triedSince);
      if (before && (await writer.update(before, message))) return before;
      // The search waits for its turns, and the claim may be over.
      if (!(await ledger.keepPlace(request, { place, until: claim.until })))
        throw new Error(`another gateway posts the message in ${place} meanwhile`);
    }
    return writer.post(recipient, message, { metadata: metadataOf({ request, place }) });
  };
  const sent = await post().catch(async (error: unknown) => {
    await release(ledger, { request, place }, error).catch(() => undefined); // The claim ends by itself.
    throw error;
  });
  await ledger.savePostedMessage(request, { ...sent, place });
}

/** Lets another attempt post the message. It looks for this one, unless Slack or the pace did not let the call begin. */
const release = (
  ledger: PostTools['ledger'],
  { request, place }: Readonly<{ request: RequestId; place: string }>,
  error: unknown,
): Promise<void> => {
  const isRefused = retryAfterOf(error) !== undefined || error instanceof MustWait;
  return ledger.releasePlace(request, { place, isUnknown: mayBePosted(error) && !isRefused });
};
