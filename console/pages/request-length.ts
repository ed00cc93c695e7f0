import { formatDuration } from '../../core/duration.ts';
import { lengthGiven } from '../../core/request/extension.ts';
import type { OpenedRequest } from '../../core/request/state.ts';

/** The length of a request: as requested, with its extensions, and with an extension that is open. */
export function requestLengthText(state: OpenedRequest): string {
  const { minutes } = state.details;
  const end = 'endsAt' in state ? state.endsAt : undefined;
  const given = end === undefined ? minutes : lengthGiven({ approvals: state.approvals, endsAt: end });
  const extension = state.kind === 'active' ? state.extension : undefined;
  const parts = [
    given > minutes ? `${formatDuration(minutes)} requested` : formatDuration(minutes),
    ...(given > minutes ? [`${formatDuration(given)} with extensions`] : []),
    ...(extension
      ? [
          `${formatDuration(extension.details.minutes)} more is ${extension.kind === 'pending' ? 'requested' : 'approved, and Curfew is moving the end'}`,
        ]
      : []),
  ];
  return parts.join('; ');
}
