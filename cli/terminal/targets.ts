import { formatDuration } from '../../core/duration.ts';
import type { DescribedTarget } from '../../core/target.ts';
import type { RequestView } from '../../requests/view.ts';
import { endNotes } from '../../wording/enforcement.ts';
import { printable, utc } from './output.ts';

/** A target with its level, and below it each of its permissions. */
export const targetLines = ({ plain, level, permissions }: DescribedTarget): readonly string[] => [
  printable(`${plain} (level: ${level})`),
  ...permissions.map((permission) => `  ${printable(permission)}`),
];

/** How the end is enforced. */
export const endLines = (targets: readonly DescribedTarget[]): readonly string[] =>
  endNotes(targets).map(({ text }) => text);

/** What a person has approved: exactly the facts that a card in Slack shows before the approval. */
export function approvedText({ state, title, targets, reason }: RequestView): string {
  const { requester, minutes } = state.details;
  return [
    `Approved: ${printable(title)} for ${requester}, ${formatDuration(minutes)}.`,
    `  Reason: ${printable(reason)}`,
    ...targets.flatMap(targetLines).map((line) => `  ${line}`),
    ...endLines(targets).map((line) => `  ${line}`),
    ...('endsAt' in state && state.endsAt && state.kind !== 'closed'
      ? [`The access ends ${utc(state.endsAt)}.`]
      : []),
  ].join('\n');
}
