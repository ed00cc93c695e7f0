import type { HomeView, KnownBlock } from '@slack/types';
import { formatDuration } from '../../core/duration.ts';
import type { PersonId } from '../../core/ids.ts';
import type { Entitlement } from '../../policy/index.ts';
import type { RequestView, RequestPage } from '../../requests/view.ts';
import { unreadablePolicyPhrase } from '../../wording/refusals.ts';
import { statusPhrase } from '../../wording/status.ts';
import { duration, emphasis, phrase, quoted } from '../../wording/phrase.ts';
import { escaped } from '../mrkdwn.ts';
import {
  actions,
  button,
  context,
  divider,
  header,
  moreLine,
  paragraph,
  plain,
  section,
} from './elements.ts';
import { buttonsFor } from './buttons.ts';
import { requestCard } from './request-card.ts';

export type HomeContent = Readonly<{
  person: PersonId;
  name: string;
  /** The person's requests that are granted, or being granted or revoked. */
  live: RequestPage;
  /** The requests that wait for this person's approval. */
  waitingForMe: RequestPage;
  /** The person's requests that wait for the approval of others. */
  myPending: RequestPage;
  requestable: readonly Entitlement[];
  /** Why the policy cannot be read, while it cannot. */
  policyProblem: string | undefined;
}>;

/** How many entries of each part are shown: Slack takes 100 blocks. The others are counted. */
export const HOME_ENTRIES = 8;
/** How many cards are shown. A card has up to nine blocks. */
export const HOME_CARDS = 5;

/** A person's Home: their access, the requests that wait for them, their pending requests, what they can request. */
export function homeView(content: HomeContent): HomeView {
  const { person, name, live, waitingForMe, myPending, requestable, policyProblem } = content;
  const ownRequest = (view: RequestView) => [
    paragraph(
      phrase`${emphasis(quoted(view.title))} for ${duration(view.state.details.minutes)}\n${statusPhrase(view.state, view.title)}`,
      view.nameOf,
    ),
    ...actions(`home-${view.id}`, buttonsFor(view, person)),
  ];
  return {
    type: 'home',
    blocks: [
      header(`Hello ${name.split(' ')[0] ?? name}`),
      ...(policyProblem === undefined
        ? []
        : [paragraph(unreadablePolicyPhrase(policyProblem), undefined, 'warning')]),
      {
        type: 'actions',
        block_id: 'home-request',
        elements: [button({ action: 'open-request-form', label: 'Request access' }, { style: 'primary' })],
      },
      ...requestPart({
        title: 'You have access to',
        page: live,
        draw: ownRequest,
        most: HOME_ENTRIES,
        ifEmpty: 'Nothing right now. Your access is shown here, with the time when it ends.',
        howToSeeMore: '`/access list` shows them',
      }),
      ...requestPart({
        title: 'Waiting for your approval',
        page: waitingForMe,
        // An approver approves what they see (I11), so Home shows the whole card.
        draw: (view) => requestCard(view, person).blocks,
        most: HOME_CARDS,
        ifEmpty: 'No request waits for you.',
        howToSeeMore: 'each has its own message under *Messages*, with the same buttons',
      }),
      ...requestPart({
        title: 'Your pending requests',
        page: myPending,
        draw: ownRequest,
        most: HOME_ENTRIES,
        ifEmpty: 'None.',
        howToSeeMore: '`/access list` shows them',
      }),
      ...(policyProblem === undefined ? entitlementPart(requestable) : []),
    ],
  };
}

type RequestPart = Readonly<{
  title: string;
  page: RequestPage;
  draw: (view: RequestView) => readonly KnownBlock[];
  most: number;
  ifEmpty: string;
  howToSeeMore: string;
}>;

function requestPart({ title, page, draw, most, ifEmpty, howToSeeMore }: RequestPart): readonly KnownBlock[] {
  const shown = page.newest.slice(0, most);
  return [
    divider,
    header(title),
    ...(shown.length === 0 ? [context(ifEmpty)] : shown.flatMap(draw)),
    ...moreLine(page.count - shown.length, howToSeeMore),
  ];
}

const entitlementPart = (requestable: readonly Entitlement[]): readonly KnownBlock[] => [
  divider,
  header('You can request'),
  ...(requestable.length === 0
    ? [context('Nothing yet. The operator of Curfew decides this in `catalogue.yaml`.')]
    : requestable.slice(0, HOME_ENTRIES).map(entitlementBlock)),
  ...moreLine(requestable.length - HOME_ENTRIES, 'press *Request access* and search'),
];

const entitlementBlock = ({ id, title, about, longest }: Entitlement): KnownBlock => ({
  ...section(
    `*${escaped(title)}*\n${escaped(about ?? '')}\n\`/access ${id}\` · up to ${formatDuration(longest)}`,
  ),
  accessory: {
    ...button({ action: 'open-request-form', label: 'Request', value: id, spoken: `Request ${title}` }),
    text: plain('Request'),
  },
});
