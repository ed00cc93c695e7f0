import type { KnownBlock } from '@slack/types';
import type { Entitlement } from '../../policy/index.ts';
import type { RequestView, RequestPage } from '../../requests/view.ts';
import { unreadablePolicyPhrase } from '../../wording/refusals.ts';
import { code, duration, emphasis, phrase, quoted } from '../../wording/phrase.ts';
import { mrkdwnWithIds } from './mrkdwn.ts';
import { bytesOf, context, moreLine, paragraph, paragraphs, section, SLACK } from './elements.ts';
import { longestStart, type RenderedMessage } from './rendered-message.ts';
import { shownStatus } from './shared-lines.ts';

/** Bytes of a message that the list of entitlements may take. */
const ENTITLEMENT_BYTES = 4_000;
/** Bytes of everything but the list of requests. */
const OTHER_BLOCKS_BYTES = ENTITLEMENT_BYTES + 1_000;

/**
 * The answer to `/access list`: a person's open requests, and what they can request. `requestable` is a text when
 * the policy cannot be read: it says why.
 */
export function accessListMessage(
  open: RequestPage,
  requestable: readonly Entitlement[] | string,
): RenderedMessage {
  const rows = longestStart(
    open.newest.map(requestRow),
    (some) => bytesOf(some) <= SLACK.message - OTHER_BLOCKS_BYTES,
  );
  const canRequest =
    typeof requestable === 'string'
      ? mrkdwnWithIds(unreadablePolicyPhrase(requestable))
      : `You can request ${count(requestable.length, 'entitlement')}.`;
  return {
    text: `You have ${count(open.count, 'open request')}. ${canRequest}`,
    blocks: [
      section('*Your access and open requests*'),
      ...(open.count === 0 ? [context('None.')] : rows),
      ...moreLine(open.count - rows.length, 'each has its own message from Curfew, with its buttons'),
      section('*What you can request*'),
      ...(typeof requestable === 'string'
        ? [paragraph(unreadablePolicyPhrase(requestable), undefined, 'warning')]
        : entitlementBlocks(requestable)),
    ],
  };
}

const requestRow = (view: RequestView): KnownBlock =>
  paragraph(phrase`${emphasis(quoted(view.title))}: ${shownStatus(view)}`, view.nameOf);

function entitlementBlocks(requestable: readonly Entitlement[]): readonly KnownBlock[] {
  if (requestable.length === 0) return [context('Nothing yet.')];
  const lines = longestStart(
    requestable.map(
      ({ id, title, longest }) =>
        phrase`${code(`/access ${id}`)}  ${quoted(title)}, up to ${duration(longest)}`,
    ),
    (some) => bytesOf([paragraphs(some)]) <= ENTITLEMENT_BYTES,
  );
  return [paragraphs(lines), ...moreLine(requestable.length - lines.length, 'type `/access` and search')];
}

const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`;
