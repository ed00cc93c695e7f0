import { formatDuration } from '../../core/duration.ts';
import type { PersonId } from '../../core/ids.ts';
import { digestToAnswer, pendingExtension } from '../../core/request/extension.ts';
import { currentStage } from '../../core/request/stages.ts';
import type { ExtensionDetails } from '../../core/request/state.ts';
import type { RequestView } from '../../requests/view.ts';
import { statusPhrase } from '../../wording/status.ts';
import { waitingPhrase } from '../../wording/waiting.ts';
import { utcMinute } from '../../wording/text.ts';
import { printable } from './output.ts';
import { terminalText } from './phrase.ts';
import { styled } from './style.ts';
import { endLines, targetLines } from './targets.ts';
import { hanging, wrapped } from './wrap.ts';

/** How the text is written: in lines that fill at most `width` cells of the terminal, and in colours or without. */
type Look = Readonly<{ width: number; coloured: boolean }>;

/**
 * Everything that an approval is for, as lines: who gets what, for how long and why, the exact permissions, how the end is
 * enforced, why the reader is an approver, what waits, and until when. The digest at the end covers it.
 */
export function approvalLines(
  view: RequestView,
  reader: PersonId,
  { width, coloured }: Look,
): readonly string[] {
  const { state, title, targets, reason, about, nameOf } = view;
  const { requester, minutes } = state.details;
  const extension = pendingExtension(state);
  const heading = (text: string): readonly string[] =>
    hanging(text, '', '  ', width).map((line) => styled('bold', line, coloured));
  const part = (headline: string, texts: readonly string[]): readonly string[] => [
    '',
    ...heading(headline),
    ...texts.flatMap((text) => wrapped(text, '  ', width)),
  ];
  const name = printable(nameOf(requester).name);
  return [
    ...heading(`${printable(title)} for ${name} (${requester}), ${formatDuration(minutes)}`),
    ...(about === undefined ? [] : wrapped(printable(about), '  ', width)),
    ...part('Reason', [printable(reason)]),
    ...(extension ? part('A later end', laterEnd(view, extension.details)) : []),
    '',
    ...heading(`What exactly (class ${printable(view.class)})`),
    ...targets
      .map(targetLines)
      .flatMap(([what = '', ...details]) => [
        ...wrapped(what, '  ', width),
        ...details.flatMap((detail) => hanging(detail.trim(), '    - ', '      ', width)),
      ]),
    ...part('How it ends', [...(extension ? [] : [endText(minutes)]), ...endLines(targets)]),
    ...part('Why you are asked', [whyAsked(view, reader)]),
    ...part('What waits', [
      terminalText(extension ? waitingPhrase(extension) : statusPhrase(view)),
      ...lapseText(view),
    ]),
    '',
    `Digest of all this: ${digestToAnswer(state)}`,
  ];
}

const endText = (minutes: RequestView['state']['details']['minutes']): string =>
  `With the last approval the access starts, and it ends ${formatDuration(minutes)} later.`;

/** The reason for which the policy named the reader, in its own words. */
function whyAsked({ state }: RequestView, reader: PersonId): string {
  const waiting = state.kind === 'pending' ? state : pendingExtension(state);
  const stage = waiting?.requirements.stages[currentStage(waiting)];
  const named = stage?.approvers.find(({ person }) => person === reader);
  return named
    ? `You are an approver: ${reader} ${printable(named.because)}.`
    : 'You are not an approver of this request.';
}

function lapseText({ state }: RequestView): readonly string[] {
  const extension = pendingExtension(state);
  if (extension)
    return [
      `If nobody decides, the extension lapses ${utcMinute(extension.requirements.lapsesAt)} and the access ends as it does now.`,
    ];
  return state.kind === 'pending'
    ? [
        `If nobody decides, the request lapses ${utcMinute(state.requirements.lapsesAt)} and no access is granted.`,
      ]
    : [];
}

/** How much longer the access would last, until when, and why. */
const laterEnd = (
  { extensionReason = '(erased)' }: RequestView,
  { minutes, endsAt }: ExtensionDetails,
): readonly string[] => [
  `${formatDuration(minutes)} more, until ${utcMinute(endsAt)}.`,
  printable(extensionReason),
];
