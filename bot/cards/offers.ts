import type { Button, KnownBlock } from '@slack/types';
import type { RequestView } from '../../requests/view.ts';
import { alreadyPhrase } from '../../wording/open-requests.ts';
import { emphasis, type Phrase, phrase, quoted } from '../../wording/phrase.ts';
import { mention, mrkdwn, mrkdwnWithIds } from './mrkdwn.ts';
import { buttonValue } from './buttons.ts';
import { type Draft, draftValue } from './form-fields.ts';
import { actions, button, moreLine, paragraph, context, quote } from './elements.ts';
import type { RenderedMessage } from './rendered-message.ts';
import type { Refusal, RequestRefusal } from '../../core/request/refusals.ts';
import { refusalPhrase } from '../../wording/refusals.ts';

/** How many open requests for the same entitlement are shown. */
const MOST_SHOWN = 3;

/** A person's open requests for what they are about to request again, each with what they can do instead. */
export const offerBlocks = (open: readonly RequestView[]): readonly KnownBlock[] => [
  ...open
    .slice(0, MOST_SHOWN)
    .flatMap((view) => [
      paragraph(already(view), view.nameOf, 'warning'),
      ...actions(`open-${view.id}`, instead(view)),
    ]),
  ...moreLine(open.length - MOST_SHOWN, '`/access list` shows them'),
];

const already = (view: RequestView): Phrase =>
  alreadyPhrase({ ...view, requestedAt: view.trail[0]?.event.at ?? view.now });

/** What the requester can do instead of a second request: see the first one, and extend or withdraw it. */
function instead({ id, title, state }: RequestView): readonly Button[] {
  const see = button({
    action: 'see-request',
    label: 'See it',
    value: id,
    spoken: `See it: your request for ${title}`,
  });
  if (state.kind === 'active')
    return [
      button({
        action: 'extend',
        label: 'Extend…',
        value: buttonValue({ id, state }),
        spoken: `Extend your access to ${title}`,
      }),
      see,
    ];
  if (state.kind !== 'pending') return [see];
  return [
    button({
      action: 'withdraw-open',
      label: 'Withdraw',
      value: buttonValue({ id, state }),
      spoken: `Withdraw the request for ${title}`,
    }),
    see,
  ];
}

/** The answer to a request in one line for something that the person has or has requested already. */
export function offerMessage(open: readonly RequestView[], draft: Draft): RenderedMessage {
  const texts = open
    .slice(0, MOST_SHOWN)
    .map((view) => mrkdwn(phrase`${emphasis(quoted(view.title))}: ${already(view)}`, mention(view.nameOf)));
  return {
    text: texts.join('\n'),
    blocks: [
      ...open.slice(0, 1).map(({ title }) => paragraph(emphasis(quoted(title)))),
      ...offerBlocks(open),
      ...actions('request-another', [
        button({
          action: 'open-draft',
          label: 'Request another one anyway…',
          value: draftValue(draft),
          spoken: 'Request another one anyway: opens the form, filled in',
        }),
      ]),
    ],
  };
}

/** Bytes of what a person typed that the answer repeats. */
const TYPED_BYTES = 4_000;

/**
 * The answer to a request in one line that is refused: why, what was typed, and a button that opens the form filled in. Slack
 * does not keep a typed command, so the person would have to type it again.
 */
export const refusedLineMessage = (
  refusals: readonly RequestRefusal[],
  typed: string,
  draft: Draft,
): RenderedMessage => {
  const phrases = refusals.map((refusal) => refusalPhrase(refusal, 'request'));
  return {
    text: `${phrases.map(mrkdwnWithIds).join(' ')} Press “Open the form” to correct it.`,
    blocks: [
      ...phrases.map((each) => paragraph(each, undefined, 'warning')),
      context('Nothing was requested. You typed:'),
      quote(typed, TYPED_BYTES),
      ...actions('refused-line', [openForm(draft)]),
    ],
  };
};

/**
 * The answer to a request that the worker refused after the form or the line was accepted, because something changed between.
 * The reason is erased then, so the form opens without it.
 */
export const refusedRequestMessage = (
  refusal: Refusal,
  { entitlement, length }: Required<Pick<Draft, 'entitlement' | 'length'>>,
): RenderedMessage => {
  const why = refusalPhrase(refusal, 'request');
  return {
    text: mrkdwnWithIds(why),
    blocks: [
      paragraph(why, undefined, 'warning'),
      ...actions('refused-line', [openForm({ entitlement, length })]),
    ],
  };
};

/** True for a refusal of what was requested. Another form does not help a person who may request nothing. */
export const isMendable = (refusal: Refusal): boolean =>
  !['unknown-person', 'not-a-member'].includes(refusal.code);

const openForm = (draft: Draft): Button =>
  button(
    {
      action: 'open-draft',
      label: 'Open the form',
      value: draftValue(draft),
      spoken: 'Open the form, filled in with what you typed',
    },
    { style: 'primary' },
  );
