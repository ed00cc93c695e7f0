import { type Instant, shortOf } from '../../core/ids.ts';
import type { PastAccess, UnwatchedTime } from '../../core/past-access.ts';
import { pastAccessRow, unlookedPhrase, storyRow } from '../../wording/access-answers.ts';
import {
  code,
  emphasis,
  instant,
  phrase,
  quoted,
  duration,
  person,
  type Phrase,
} from '../../wording/phrase.ts';
import { escapedName, mrkdwn } from './mrkdwn.ts';
import type { NameOf } from './rich-text.ts';
import { context, paragraph, moreLine, bulletList, bytesOf, partLine, quote, SLACK } from './elements.ts';
import { fittingBlocks, type RenderedMessage, longestStart } from './rendered-message.ts';
import type { KnownBlock } from '@slack/types';
import type { Story } from '../../requests/story.ts';
import { knownGrants } from '../../core/request/access.ts';
import { statusPhrase } from '../../wording/status.ts';
import { targetBlocks } from './targets.ts';

type Past = Readonly<{
  /** The title of the entitlement, or the name of the person. */
  title: string;
  at: Instant;
  rows: readonly PastAccess[];
  isWhole: boolean;
  /** Set when old requests were removed from the ledger, and the answer is about a time before this one. */
  incompleteBefore?: Instant;
  /** Since when Curfew looks for what it did not grant, when that is after the moment. */
  unlooked?: UnwatchedTime;
  /** Whether it is about what one person had. */
  has: boolean;
  /** The command that prints the whole answer. */
  command: string;
}>;

/** The answer to `/access who <entitlement> at <moment>`, and to `/access who has <person> at <moment>`. */
export function pastAccessMessage(
  { title, at, rows, isWhole, incompleteBefore, unlooked, has, command }: Past,
  nameOf: NameOf,
): RenderedMessage {
  const heading = phrase`${emphasis(quoted(title))} ${instant(at, 'at ')}`;
  const note = context('What providers showed: from the grant until the receipt.');
  const gaps =
    incompleteBefore === undefined
      ? []
      : [
          paragraph(
            phrase`Old requests were removed from the ledger, so this is not whole for times before ${instant(incompleteBefore)}. The exports of the log have them.`,
          ),
        ];
  const unknown = unlooked === undefined ? [] : [paragraph(unlookedPhrase(unlooked))];
  const more = paragraph(phrase`There is more. ${code(command)} prints all of it.`);
  const nobody = has ? 'They had nothing then' : 'Nobody had it then';
  const nothing = context(
    unlooked === undefined
      ? `${nobody}, as far as receipts and looks at the providers show.`
      : `${nobody} through Curfew.`,
  );
  const notes = [...gaps, ...unknown];
  const others = [paragraph(heading, nameOf), note, ...notes, more];
  const shown = fittingBlocks(
    rows.map((row) => paragraph(pastAccessRow(row), nameOf)),
    others,
  );
  const rest = isWhole && shown.length === rows.length ? [] : [more];
  return {
    text: mrkdwn(heading, escapedName(nameOf)),
    blocks: [paragraph(heading, nameOf), note, ...notes, ...(rows.length === 0 ? [nothing] : shown), ...rest],
  };
}

/** Access now that Curfew did not grant. `unlooked`: it has not looked at all of it yet. */
export type OtherAccess = Readonly<{ rows: readonly PastAccess[]; unlooked?: UnwatchedTime }>;

/** So many rows of access that Curfew did not grant have room beside the requests. */
const OTHER_ROWS = 10;

export function otherBlocks(other: OtherAccess | undefined, nameOf: NameOf): readonly KnownBlock[] {
  const { rows = [], unlooked } = other ?? {};
  const shown = rows.slice(0, OTHER_ROWS).map((row) => paragraph(pastAccessRow(row), nameOf));
  return [
    ...(unlooked === undefined ? [] : [paragraph(unlookedPhrase(unlooked), nameOf)]),
    ...(shown.length === 0 ? [] : [paragraph(emphasis(['Not granted by Curfew']), nameOf), ...shown]),
    ...moreLine(rows.length - shown.length, '`curfew audit access` prints them'),
  ];
}

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
