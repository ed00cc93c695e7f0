import type { Instant } from '../../core/ids.ts';
import type { PastAccess, Unlooked } from '../../core/past-access.ts';
import { pastAccessRow, unlookedPhrase } from '../../wording/access-answers.ts';
import { code, emphasis, instant, phrase, quoted } from '../../wording/phrase.ts';
import { escapedName, mrkdwn } from '../mrkdwn.ts';
import type { NameOf } from '../rich-text.ts';
import { context, paragraph, moreLine } from './elements.ts';
import { fittingBlocks, type RenderedMessage } from './rendered-message.ts';
import type { KnownBlock } from '@slack/types';

type Past = Readonly<{
  /** The title of the entitlement, or the name of the person. */
  title: string;
  at: Instant;
  rows: readonly PastAccess[];
  isWhole: boolean;
  /** Set when old requests were removed from the ledger, and the answer is about a time before this one. */
  incompleteBefore?: Instant;
  /** Since when Curfew looks for what it did not grant, when that is after the moment. */
  unlooked?: Unlooked;
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
export type OtherAccess = Readonly<{ rows: readonly PastAccess[]; unlooked?: Unlooked }>;

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
