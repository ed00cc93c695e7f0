import { formatDuration } from '../../core/duration.ts';
import { lengthGiven } from '../../core/request/extension.ts';
import type { OpenedRequest } from '../../core/request/state.ts';

/** The length that was requested, the length with extensions, and an extension that is not there yet. */
export function lengthText(state: OpenedRequest): string {
  const { minutes } = state.details;
  const end = 'endsAt' in state ? state.endsAt : undefined;
  const given = end === undefined ? minutes : lengthGiven({ approvals: state.approvals, endsAt: end });
  const extension = state.kind === 'active' ? state.extension : undefined;
  const parts = [
    given > minutes ? `${formatDuration(minutes)} requested` : formatDuration(minutes),
    ...(given > minutes ? [`${formatDuration(given)} with what was extended`] : []),
    ...(extension
      ? [
          `${formatDuration(extension.details.minutes)} more is ${extension.kind === 'pending' ? 'requested' : 'approved, and Curfew moves the end'}`,
        ]
      : []),
  ];
  return parts.join('; ');
}
