import type { ActionsBlock, Button, ModalView } from '@slack/types';
import type { RequestView } from '../../requests/view.ts';
import { emphasis, phrase, quoted } from '../../wording/phrase.ts';
import { type Reader, targetDetails } from '../../wording/target-details.ts';
import { buttonValue } from './buttons.ts';
import { actions, button, paragraph, SLACK } from './elements.ts';
import { detailLine, listBlocks, nameLine } from './target-lines.ts';

type Listed = Pick<RequestView, 'id' | 'state' | 'title' | 'targets'>;

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
