import { formatDuration } from '../../core/duration.ts';
import type { ExtensionDetails } from '../../core/request/state.ts';
import type { DescribedTarget } from '../../core/target.ts';
import type { RequestView } from '../../requests/view.ts';
import { endNotes } from '../../wording/enforcement.ts';
import { targetDetails } from '../../wording/target-details.ts';
import { printable, utc } from './output.ts';

/** A target with its level, and below it all that an approver reads of it: permissions, cautions, what happens at the end. */
export const targetLines = (target: DescribedTarget): readonly string[] => [
  printable(`${target.plain} (level: ${target.level})`),
  ...targetDetails(target, 'approver').map(
    ({ label, text }) => `  ${label === undefined ? '' : `${label} `}${printable(text)}`,
  ),
];

/** How the end is enforced: the same words as in Slack, without the icons. */
export const endLines = (targets: RequestView['targets']): readonly string[] =>
  endNotes(targets).map(({ name, text }) => `${name} ${text}`);

/** What a person has approved, as lines: exactly the facts that a card in Slack shows before the approval. */
export function approvedLines({ state, title, targets, reason }: RequestView): readonly string[] {
  const { requester, minutes } = state.details;
  return [
    `Approved: ${printable(title)} for ${requester}, ${formatDuration(minutes)}.`,
    `  Reason: ${printable(reason)}`,
    ...targets.flatMap(targetLines).map((line) => `  ${line}`),
    ...endLines(targets).map((line) => `  ${line}`),
    ...('endsAt' in state && state.endsAt && state.kind !== 'closed'
      ? [`The access ends ${utc(state.endsAt)}.`]
      : []),
  ];
}

/** What a person has approved of an extension, as lines: how much longer, until when, why, and what is granted all the same. */
export function approvedExtensionLines(
  { state, title, targets, extensionReason = '(erased)' }: RequestView,
  { minutes, endsAt }: ExtensionDetails,
): readonly string[] {
  return [
    `Approved: ${printable(title)} for ${state.details.requester}, ${formatDuration(minutes)} more, until ${utc(endsAt)}.`,
    `  Reason: ${printable(extensionReason)}`,
    ...targets.flatMap(targetLines).map((line) => `  ${line}`),
  ];
}
