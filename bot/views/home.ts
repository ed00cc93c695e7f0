import type { HomeView, KnownBlock } from '@slack/types';
import { formatDuration } from '../../core/duration.ts';
import type { PersonId } from '../../core/ids.ts';
import type { Entitlement } from '../../policy/index.ts';
import type { Facts } from '../facts.ts';
import { escaped } from '../text.ts';
import { actions, button, context, divider, header, plain, quote, section } from './blocks.ts';
import { buttonsFor } from './buttons.ts';
import { mention, standing } from './request-card.ts';

export type HomeFacts = Readonly<{
  person: PersonId;
  name: string;
  live: readonly Facts[];
  waitingForMe: readonly Facts[];
  mine: readonly Facts[];
  askable: readonly Entitlement[];
}>;

// Slack takes 100 blocks; these keep the page far below that, and what was left out is said.
const MOST = 8;

/** A person's own page: what is live, what waits for them, what they asked for, what they may ask for. */
export function home({ person, name, live, waitingForMe, mine, askable }: HomeFacts): HomeView {
  const rows = (each: Facts) => [
    section(
      `*${escaped(each.title)}* for ${formatDuration(each.state.ask.minutes)}\n${standing(each, mention(each.who))}`,
    ),
    ...actions(`home-${each.id}`, buttonsFor(each, person)),
  ];
  const asked = (each: Facts) => [
    section(
      `*${mention(each.who)(each.state.ask.requester)}* asks for *${escaped(each.title)}* for ${formatDuration(each.state.ask.minutes)}`,
    ),
    quote(each.reason),
    ...actions(`home-${each.id}`, buttonsFor(each, person)),
  ];
  return {
    type: 'home',
    blocks: [
      header(`Hello ${name.split(' ')[0] ?? name}`),
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
      ),
      ...part('Waiting for your answer', waitingForMe, asked, 'Nobody waits for you.'),
      ...part('Your requests that wait', mine, rows, 'None.'),
      ...mayAsk(askable),
    ],
  };
}

function part(
  title: string,
  all: readonly Facts[],
  draw: (facts: Facts) => readonly KnownBlock[],
  empty: string,
): readonly KnownBlock[] {
  const more = all.length - MOST;
  return [
    divider,
    header(title),
    ...(all.length === 0 ? [context(empty)] : all.slice(0, MOST).flatMap(draw)),
    ...(more > 0 ? [context(`and ${more} more: \`curfew list\` shows all`)] : []),
  ];
}

const mayAsk = (askable: readonly Entitlement[]): readonly KnownBlock[] => [
  divider,
  header('You may ask for'),
  ...(askable.length === 0
    ? [context('Nothing yet. The person who runs Curfew decides this in `catalogue.yaml`.')]
    : askable.slice(0, MOST).map((entitlement): KnownBlock => ({
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
];
