import type { KnownBlock } from '@slack/types';
import type { Story } from '../../requests/story.ts';
import { knownGrants } from '../../core/request/access.ts';
import { storyRow } from '../../wording/access-answers.ts';
import { shortOf } from '../../core/ids.ts';
import { code, duration, emphasis, person, type Phrase, phrase, quoted } from '../../wording/phrase.ts';
import { statusPhrase } from '../../wording/status.ts';
import { escapedName, mrkdwn } from '../mrkdwn.ts';
import { partLine } from './access-answers.ts';
import { bulletList, bytesOf, context, paragraph, quote, SLACK } from './elements.ts';
import { longestStart, type RenderedMessage } from './rendered-message.ts';
import { targetBlocks } from './targets.ts';

/** How many events one answer shows. */
export const STORY_EVENTS = 20;
// Bytes, so that the events still have room.
const FREE_TEXT_BYTES = 1_200;
const TARGET_BYTES = 2_500;
const PART_LINE_BYTES = 400;

/** The answer to `/access story <request>`: what was requested, and its events in order, after the first `from`. */
export function storyMessage(story: Story, from = 0): RenderedMessage {
  const { request, trail, view, nameOf } = story;
  const top = from === 0 ? headBlocks(story) : [paragraph(headingOf(story), nameOf)];
  const granted = knownGrants(trail.map(({ event }) => event));
  const told = { title: view?.title ?? 'an entitlement', granted };
  const rows = trail.slice(from, from + STORY_EVENTS).map(({ event, via }) => storyRow(event, via, told));
  const room = SLACK.message - bytesOf(top) - PART_LINE_BYTES;
  const shown = longestStart(rows, (some) => bytesOf([bulletList(some, nameOf)]) <= room);
  const command = `/access story ${shortOf(request)}`;
  return {
    text: mrkdwn(headingOf(story), escapedName(nameOf)),
    blocks: [
      ...top,
      ...(shown.length === 0 ? [] : [bulletList(shown, nameOf)]),
      ...partLine({ from, shown: shown.length, count: trail.length, command }),
    ],
  };
}

function headingOf({ request, view }: Story): Phrase {
  if (!view) return phrase`${emphasis(['A request that was refused at its submission'])} ${code(request)}`;
  const { requester, minutes } = view.state.details;
  return phrase`${emphasis(phrase`${person(requester)} requested ${quoted(view.title)} for ${duration(minutes)}`)} ${code(request)}`;
}

function headBlocks(story: Story): readonly KnownBlock[] {
  const { view, nameOf } = story;
  const heading = paragraph(headingOf(story), nameOf);
  if (!view) return [heading];
  return [
    heading,
    quote(view.reason, FREE_TEXT_BYTES),
    paragraph(statusPhrase(view), nameOf),
    ...(view.denial === undefined
      ? []
      : [context('The reason of the denial:'), quote(view.denial.text, FREE_TEXT_BYTES)]),
    ...targetBlocks(paragraph(emphasis(['Requested access'])), view, TARGET_BYTES),
    paragraph(emphasis(['What happened'])),
  ];
}
