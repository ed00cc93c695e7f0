import type { KnownBlock } from '@slack/types';
import type { PastAccess, Unlooked } from '../../core/past-access.ts';
import { pastAccessRow, unlookedPhrase } from '../../wording/access-answers.ts';
import { emphasis } from '../../wording/phrase.ts';
import type { NameOf } from '../rich-text.ts';
import { moreLine, paragraph } from './elements.ts';

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
