import type { KnownBlock, RichTextBlock, ActionsBlock, Button, ModalView } from '@slack/types';
import type { EnforcementClass } from '../../core/target.ts';
import type { RequestView } from '../../requests/view.ts';
import { type EndNote, endNotes } from '../../wording/enforcement.ts';
import { type Reader, type TargetDetail, targetDetails } from '../../wording/target-details.ts';
import { capped } from '../../wording/text.ts';
import { bytesOf, actions, button, paragraph, SLACK } from './elements.ts';
import { compactBlock, detailLine, type Line, listBlock, nameLine, listBlocks } from './target-lines.ts';
import { emphasis, phrase, quoted } from '../../wording/phrase.ts';
import { buttonValue } from './buttons.ts';

type Kind = TargetDetail['kind'];
/** How many details of each kind are shown of one target. */
type Room = Readonly<Record<Kind, number>>;

const MOST: Room = { permission: 12, caution: 12, 'at-end': 12 };
const NOTHING: Room = { permission: 0, caution: 0, 'at-end': 0 };

/**
 * What is left out first when a message is full. The permissions go first: they can be many, and the button below the list shows
 * all of them. The cautions go last, because an approver cannot see from a name or from permissions what a person can leave behind.
 */
const CUT_ORDER: readonly Kind[] = ['permission', 'at-end', 'caution'];

/** From the most that is shown to the least. */
const ROOMS = CUT_ORDER.reduce<readonly Room[]>(
  (rooms, kind) => [
    ...rooms,
    ...Array.from({ length: MOST[kind] }, (_, index) => ({
      ...(rooms.at(-1) ?? MOST),
      [kind]: MOST[kind] - 1 - index,
    })),
  ],
  [MOST],
);

type Listed = Pick<RequestView, 'id' | 'state' | 'title' | 'targets'>;

/**
 * Every target of a request, under a heading: an approver approves exactly what the card shows (I11). What does not fit in `bytes`
 * is counted, and a button below the list shows all of it. A list that is too large is drawn more compactly before anything is left out.
 */
export function targetBlocks(
  heading: RichTextBlock,
  view: Listed,
  bytes: number,
  reader: Reader = 'approver',
): readonly KnownBlock[] {
  // Drawn once, because every room that is tried has the same lines.
  const lists = view.targets.map((target) => ({
    plain: target.plain,
    name: nameLine(target.plain),
    details: targetDetails(target, reader).map((detail) => ({ kind: detail.kind, line: detailLine(detail) })),
  }));
  for (const [room, drawLines] of [
    [MOST, listBlock] as const,
    ...ROOMS.map((each) => [each, compactBlock] as const),
  ]) {
    const lines = lists.flatMap(({ name, details }) => [name, ...shownLines(details, room)]);
    const isCut = lists.some(({ details }) => CUT_ORDER.some((kind) => countOf(details, kind) > room[kind]));
    const blocks = [heading, drawLines(lines), ...(isCut ? allPermissionsRow(view) : [])];
    if (bytesOf(blocks) <= bytes) return blocks;
  }
  const lines = lists.flatMap(({ plain, details }) => [
    nameLine(capped(plain, 60)),
    ...shownLines(details, NOTHING),
  ]);
  return [heading, compactBlock(lines), ...allPermissionsRow(view)];
}

type DrawnDetail = Readonly<{ kind: Kind; line: Line }>;

const countOf = (details: readonly DrawnDetail[], of: Kind): number =>
  details.filter(({ kind }) => kind === of).length;

const NOUNS: Readonly<Record<Kind, readonly [one: string, several: string]>> = {
  permission: ['permission', 'permissions'],
  caution: ['caution', 'cautions'],
  'at-end': ['line about the end', 'lines about the end'],
};

/** The details of a target for which there is room. The others are counted, so that the reader knows of them. */
const shownLines = (details: readonly DrawnDetail[], room: Room): readonly Line[] =>
  (['permission', 'caution', 'at-end'] as const).flatMap((of) => {
    const all = details.filter(({ kind }) => kind === of);
    const more = all.length - room[of];
    const [one, several] = NOUNS[of];
    return [
      ...all.slice(0, room[of]).map(({ line }) => line),
      ...(more > 0
        ? [detailLine({ label: undefined, text: `and ${more} more ${more === 1 ? one : several}` })]
        : []),
    ];
  });

const ICON: Readonly<Record<EnforcementClass | 'outlasted', string>> = {
  A: ':lock:',
  B: ':key:',
  C: ':alarm_clock:',
  outlasted: ':warning:',
};

/** How the end of the access is enforced, and which sessions can continue after it. */
export const endLines = (targets: RequestView['targets'], reader: Reader = 'approver'): readonly string[] =>
  endNotes(targets, reader).map(({ kind, name, text }: EndNote) => `${ICON[kind]} *${name}* ${text}`);

/** Opens `allPermissionsModal`. */
export const allPermissionsButton = (view: Pick<Listed, 'id' | 'state' | 'title'>): Button =>
  button({
    action: 'all-permissions',
    label: 'All permissions',
    value: buttonValue(view),
    spoken: `All permissions: ${view.title}`,
  });

/** The button in a row of its own, below a list that was cut. */
export const allPermissionsRow = (view: Pick<Listed, 'id' | 'state' | 'title'>): readonly ActionsBlock[] =>
  actions(`permissions-${view.id}`, [allPermissionsButton(view)]);

/**
 * Everything that a card says of the targets of a request, where nothing is cut: a view has room for 250 KB. The longest entry that a
 * catalogue can have needs less than half of the 100 blocks. Each block has at most the 3,000 characters that a text in Slack has.
 */
export const allPermissionsModal = ({ title, targets }: Listed, reader: Reader = 'approver'): ModalView => ({
  type: 'modal',
  title: { type: 'plain_text', text: 'All permissions' },
  close: { type: 'plain_text', text: 'Close' },
  blocks: [
    paragraph(emphasis(phrase`${quoted(title)}`)),
    ...targets.flatMap((target) =>
      listBlocks([nameLine(target.plain), ...targetDetails(target, reader).map(detailLine)], SLACK.section),
    ),
  ],
});
