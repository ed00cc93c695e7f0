import type { HomeView, KnownBlock } from '@slack/types';
import type { PersonId } from '../../core/ids.ts';
import type { Entitlement } from '../../policy/index.ts';
import type { RequestView, RequestPage } from '../../requests/view.ts';
import { unreadablePolicyPhrase } from '../../wording/refusals.ts';
import { code, duration, emphasis, phrase, quoted } from '../../wording/phrase.ts';
import { actions, button, context, divider, header, moreLine, paragraph } from './elements.ts';
import { lengthOf } from './extension.ts';
import { buttonsFor } from './buttons.ts';
import { approverCard } from './request-cards.ts';
import { shownStatus } from './shared-lines.ts';

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
  /** True for people who may end everything of others. */
  mayEndAll?: boolean;
}>;

/** How many entries of each part are shown: Slack takes 100 blocks. The others are counted. */
export const HOME_ENTRIES = 6;
/** How many cards are shown. A card has up to ten blocks. */
export const HOME_CARDS = 5;

/** A person's Home: their access, the requests that wait for them, their pending requests, what they can request. */
export function homeView(content: HomeContent): HomeView {
  const { person, name, live, waitingForMe, myPending, requestable, policyProblem } = content;
  const ownRequest = (view: RequestView) => [
    paragraph(
      phrase`${emphasis(quoted(view.title))} for ${duration(lengthOf(view.state))}\n${shownStatus(view)}`,
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
      // The form would be empty for somebody who can request nothing. While nobody knows, it says why.
      ...actions('home-request', [
        ...(requestable.length === 0 && policyProblem === undefined
          ? []
          : [button({ action: 'open-request-form', label: 'Request access' }, { style: 'primary' })]),
        button({ action: 'message-preferences', label: 'When I get messages…' }),
        ...(content.mayEndAll
          ? [button({ action: 'end-all-choose', label: 'End everything…' }, { style: 'danger' })]
          : []),
      ]),
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
        draw: (view) => approverCard(view, person).blocks,
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
    ? [
        context(
          'Nothing yet: no entitlement names you or one of your groups. Ask the owner of what you need, or the operator of Curfew, who keeps `people.yaml` and `catalogue.yaml`. `/access help` shows what you can do.',
        ),
      ]
    : requestable.slice(0, HOME_ENTRIES).flatMap(entitlementBlock)),
  ...moreLine(requestable.length - HOME_ENTRIES, 'press *Request access* and search'),
];

const entitlementBlock = ({ id, title, about, longest }: Entitlement): readonly KnownBlock[] => [
  paragraph(
    phrase`${emphasis(quoted(title))}${about === undefined ? [] : phrase`\n${quoted(about)}`}\n${code(`/access ${id}`)} · up to ${duration(longest)}`,
  ),
  ...actions(`home-request-${id}`, [
    button({ action: 'open-request-form', label: 'Request', value: id, spoken: `Request ${title}` }),
  ]),
];
