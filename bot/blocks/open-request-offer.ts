import type { Button, KnownBlock } from '@slack/types';
import type { RequestView } from '../../requests/view.ts';
import { alreadyPhrase } from '../../wording/open-requests.ts';
import { emphasis, type Phrase, phrase, quoted } from '../../wording/phrase.ts';
import { mention, mrkdwn } from '../mrkdwn.ts';
import { buttonValue } from './buttons.ts';
import { type Draft, draftValue } from './draft.ts';
import { actions, button, moreLine, paragraph } from './elements.ts';
import type { RenderedMessage } from './rendered-message.ts';

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
