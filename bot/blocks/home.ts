import type { HomeView, KnownBlock } from '@slack/types';
import { formatDuration } from '../../core/duration.ts';
import type { PersonId } from '../../core/ids.ts';
import type { Entitlement } from '../../policy/index.ts';
import type { RequestView, RequestPage } from '../../requests/view.ts';
import { escaped } from '../../wording/text.ts';
import { unreadableText } from '../../wording/refusals.ts';
import { actions, andMore, button, context, divider, header, plain, quote, section } from './elements.ts';
import { buttonsFor } from './buttons.ts';
import { mention, statusText } from './request-card.ts';

export type HomeFacts = Readonly<{
  person: PersonId;
  name: string;
  live: RequestPage;
  waitingForMe: RequestPage;
  mine: RequestPage;
  askable: readonly Entitlement[];
  /** Why the policy cannot be read, while it cannot. */
  unreadable: string | undefined;
}>;

/** So many of each part: Slack takes 100 blocks, and what was left out is said. */
export const SHOWN = 8;

/** A person's own page: what is live, what waits for them, what they asked for, what they may ask for. */
export function home(facts: HomeFacts): HomeView {
  const { person, name, live, waitingForMe, mine, askable, unreadable } = facts;
  const rows = (each: RequestView) => [
    section(
      `*${escaped(each.title)}* for ${formatDuration(each.state.details.minutes)}\n${statusText(each, mention(each.nameOf))}`,
    ),
    ...actions(`home-${each.id}`, buttonsFor(each, person)),
  ];
  const asked = (each: RequestView) => [
    section(
      `*${mention(each.nameOf)(each.state.details.requester)}* asks for *${escaped(each.title)}* for ${formatDuration(each.state.details.minutes)}`,
    ),
    quote(each.reason),
    ...actions(`home-${each.id}`, buttonsFor(each, person)),
  ];
  return {
    type: 'home',
    blocks: [
      header(`Hello ${name.split(' ')[0] ?? name}`),
      ...(unreadable === undefined ? [] : [section(`:warning: ${unreadableText(unreadable)}`)]),
      {
        type: 'actions',
        block_id: 'home-ask',
        elements: [
          button({ action: 'open-ask', label: 'Ask for access', value: 'home' }, { style: 'primary' }),
        ],
      },
      ...part(
        'You have access to',
        live,
        rows,
        'Nothing right now. Access you are given shows here with its end.',
        '`/access list` shows them',
      ),
      ...part(
        'Waiting for your answer',
        waitingForMe,
        asked,
        'Nobody waits for you.',
        'each has its own message under *Messages*, with the same buttons',
      ),
      ...part('Your requests that wait', mine, rows, 'None.', '`/access list` shows them'),
      ...(unreadable === undefined ? mayAsk(askable) : []),
    ],
  };
}

function part(
  title: string,
  { newest, count }: RequestPage,
  draw: (facts: RequestView) => readonly KnownBlock[],
  empty: string,
  others: string,
): readonly KnownBlock[] {
  const shown = newest.slice(0, SHOWN);
  return [
    divider,
    header(title),
    ...(shown.length === 0 ? [context(empty)] : shown.flatMap(draw)),
    ...andMore(count - shown.length, others),
  ];
}

const mayAsk = (askable: readonly Entitlement[]): readonly KnownBlock[] => [
  divider,
  header('You may ask for'),
  ...(askable.length === 0
    ? [context('Nothing yet. The person who runs Curfew decides this in `catalogue.yaml`.')]
    : askable.slice(0, SHOWN).map((entitlement): KnownBlock => ({
        ...section(
          `*${escaped(entitlement.title)}*\n${escaped(entitlement.about ?? '')}\n\`/access ${entitlement.id}\` · up to ${formatDuration(entitlement.longest)}`,
        ),
        accessory: {
          ...button({
            action: 'open-ask',
            label: 'Ask',
            value: entitlement.id,
            reads: `Ask for ${entitlement.title}`,
          }),
          text: plain('Ask'),
        },
      }))),
  ...andMore(askable.length - SHOWN, 'press *Ask for access* and search'),
];
