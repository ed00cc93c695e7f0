import { formatDuration } from '../../core/duration.ts';
import type { ExtensionDetails } from '../../core/request/state.ts';
import type { DescribedTarget } from '../../core/target.ts';
import type { RequestView } from '../../requests/view.ts';
import { endNotes } from '../../wording/enforcement.ts';
import { printable, utc } from './output.ts';

/** A target with its level, and below it each of its permissions. */
export const targetLines = ({ plain, level, permissions }: DescribedTarget): readonly string[] => [
  printable(`${plain} (level: ${level})`),
  ...permissions.map((permission) => `  ${printable(permission)}`),
];

/** What a person has approved: exactly the facts that a card in Slack shows before the approval. */
export function approvedText({ state, title, targets, reason }: RequestView): string {
  const { requester, minutes } = state.details;
  return [
    `Approved: ${printable(title)} for ${requester}, ${formatDuration(minutes)}.`,
    `  Reason: ${printable(reason)}`,
    ...targets.flatMap(targetLines).map((line) => `  ${line}`),
    ...endNotes(targets).map(({ text }) => `  ${text}`),
    ...('endsAt' in state && state.endsAt && state.kind !== 'closed'
      ? [`The access ends ${utc(state.endsAt)}.`]
      : []),
  ].join('\n');
}

/** What a person has approved of an extension: how much longer, until when, why, and what is granted all the same. */
export function approvedExtensionText(
  { state, title, targets, extensionReason = '(erased)' }: RequestView,
  { minutes, endsAt }: ExtensionDetails,
): string {
  return [
    `Approved: ${printable(title)} for ${state.details.requester}, ${formatDuration(minutes)} more, until ${utc(endsAt)}.`,
    `  Reason: ${printable(extensionReason)}`,
    ...targets.flatMap(targetLines).map((line) => `  ${line}`),
  ].join('\n');
}
