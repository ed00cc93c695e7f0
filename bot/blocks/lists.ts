import type { KnownBlock } from '@slack/types';
import { formatDuration } from '../../core/duration.ts';
import type { Entitlement } from '../../policy/index.ts';
import type { RequestView, RequestPage } from '../../requests/view.ts';
import { escaped } from '../../wording/text.ts';
import { unreadableText } from '../../wording/refusals.ts';
import { andMore, bytesOf, context, section, SLACK } from './elements.ts';
import { type RenderedMessage, mention, statusText } from './request-card.ts';

// What the second list and the lines around both may take of a message.
const OTHERS = SLACK.section + 1_000;

/** What somebody has, and what they may ask for, or why that cannot be said. */
export function lists(open: RequestPage, askable: readonly Entitlement[] | string): RenderedMessage {
  const rows = fitting(open.newest.map(row), (some) => bytesOf(some) <= SLACK.message - OTHERS);
  const may =
    typeof askable === 'string'
      ? unreadableText(askable)
      : `You may ask for ${counted(askable.length, 'thing')}.`;
  return {
    text: `You have ${counted(open.count, 'open request')}. ${may}`,
    blocks: [
      section('*What you have and wait for*'),
      ...(open.count === 0 ? [context('Nothing right now.')] : rows),
      ...andMore(open.count - rows.length, 'each has its own message from Curfew, with its buttons'),
      section('*What you may ask for*'),
      ...(typeof askable === 'string' ? [section(`:warning: ${may}`)] : mayAsk(askable)),
    ],
  };
}

const row = (facts: RequestView): KnownBlock =>
  section(`*${escaped(facts.title)}*: ${statusText(facts, mention(facts.nameOf))}`);

function mayAsk(askable: readonly Entitlement[]): readonly KnownBlock[] {
  if (askable.length === 0) return [context('Nothing yet.')];
  const lines = fitting(
    askable.map(
      ({ id, title, longest }) => `\`/access ${id}\`  ${escaped(title)}, up to ${formatDuration(longest)}`,
    ),
    (some) => Buffer.byteLength(some.join('\n')) <= SLACK.section,
  );
  return [section(lines.join('\n')), ...andMore(askable.length - lines.length, 'type `/access` and search')];
}

/** As many from the beginning as fit. */
function fitting<T>(all: readonly T[], fits: (some: readonly T[]) => boolean): readonly T[] {
  let most = all.length;
  while (most > 0 && !fits(all.slice(0, most))) most -= 1;
  return all.slice(0, most);
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;
