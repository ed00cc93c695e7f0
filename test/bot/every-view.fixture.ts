import { adoptModal, findingsMessage, revokeModal } from '../../bot/cards/findings.ts';
import { allPermissionsModal } from '../../bot/cards/targets.ts';
import { accessListMessage } from '../../bot/cards/access-list.ts';
import { homeView } from '../../bot/cards/home.ts';
import { denyModal, messageModal, passwordModal } from '../../bot/cards/modals.ts';
import { offerMessage, refusedLineMessage, refusedRequestMessage } from '../../bot/cards/offers.ts';
import { pastAccessMessage, storyMessage } from '../../bot/cards/past-answers.ts';
import { phraseMessage } from '../../bot/cards/rendered-message.ts';
import {
  approverCard,
  channelCard,
  endsSoonCard,
  olderCard,
  requesterCard,
  seenRequestModal,
} from '../../bot/cards/request-cards.ts';
import { digestMessage, weeklySummary } from '../../bot/cards/notices.ts';
import { extensionModal } from '../../bot/cards/extension.ts';
import type { Finding } from '../../core/findings/finding.ts';
import type { Instant, Minutes } from '../../core/ids.ts';
import { requestModal } from '../../bot/cards/request-modal.ts';
import {
  accessOfMessage,
  holdersMessage,
  liveMessage,
  ownRequestsMessage,
} from '../../bot/cards/access-answers.ts';
import { auditorHome } from '../../bot/cards/auditor-home.ts';
import { directMessageHelp, writtenRequestMessage, type HelpReader } from '../../bot/cards/help.ts';
import type { QuestionRefusal } from '../../core/question-refusals.ts';
import type { Command } from '../../core/request/commands.ts';
import { nothingFoundPhrase } from '../../bot/cards/search-options.ts';
import type { Event } from '../../core/request/events.ts';
import type { Refusal } from '../../core/request/refusals.ts';
import { no, ok } from '../../core/result.ts';
import type { FindingView } from '../../requests/findings/view.ts';
import type { AccessList } from '../../requests/access-questions.ts';
import type { AuditorOverview } from '../../requests/auditor-overview.ts';
import type { Story } from '../../requests/story.ts';
import type { RequestView } from '../../requests/view.ts';
import { questionRefusalPhrase } from '../../wording/access-answers.ts';
import { eventPhrase } from '../../wording/events.ts';
import { quoted } from '../../wording/phrase.ts';
import { refusalPhrase, unreadablePolicyPhrase } from '../../wording/refusals.ts';
import { policyOf } from '../policy/quickstart.fixture.ts';
import {
  ana,
  approve,
  bo,
  confirmGranted,
  deny,
  extend,
  lease,
  noon,
  request,
  voided,
} from '../core/request/request.fixture.ts';
import { openedForm } from './form.fixture.ts';
import { viewAfter } from './request-view.fixture.ts';

/** A finding with this text wherever a vendor or a person wrote one. */
const hostileFinding = (theirs: string, more: Partial<Finding> = {}): FindingView => ({
  person: ana,
  deciders: [bo],
  finding: {
    id: 'find_01234567890123456789012345' as Finding['id'],
    kind: 'access',
    provider: 'github',
    targetKey: 'team:51',
    targetName: 'team:lantern/oncall',
    target: {},
    what: theirs,
    subject: { id: '7', name: theirs },
    level: theirs,
    onLadder: true,
    sources: [{ level: theirs, through: theirs }],
    state: 'open',
    firstSeen: noon as Instant,
    lastSeen: noon as Instant,
    problem: theirs,
    ...more,
  },
});

export type Drawn = Readonly<{ text?: string; blocks: readonly object[] }>;

/** Every message and view, with this text in every place where text from elsewhere can be. */
export function everyView(theirs: string): readonly (readonly [name: string, drawn: Drawn])[] {
  const [target] = viewAfter([]).targets;
  const hostile: Partial<RequestView> = {
    title: theirs,
    about: theirs,
    reason: theirs,
    targets: [
      {
        ...target,
        plain: theirs,
        permissions: [theirs],
        cautions: [theirs],
        atEnd: [theirs],
        widens: true,
      },
    ] as RequestView['targets'],
    nameOf: (person) => ({ name: theirs, ...(person === 'ana' ? { slack: 'U0ANAFERR1' } : {}) }),
  };
  const active = [approve(bo), confirmGranted()];
  const failed = { kind: 'fail-grant', fault: 'provider-refused', why: theirs, at: noon } as const;
  const nameOf = () => ({ name: theirs });
  const place = { id: 'x', ...{ provider: theirs, account: theirs, target: theirs, level: theirs } };
  const [first] = policyOf().entitlements.values();
  if (!first) throw new Error('the quickstart has no entitlement');
  const entitlement = {
    ...first,
    title: theirs,
    about: theirs,
    targets: first.targets.map((each) => ({ ...each, described: { ...each.described, plain: theirs } })),
  };
  const page = (view: RequestView) => ({ newest: [view], count: 1 });
  const home = (more: object) =>
    homeView({
      person: ana,
      name: theirs,
      live: { newest: [], count: 0 },
      waitingForMe: { newest: [], count: 0 },
      myPending: { newest: [], count: 0 },
      requestable: [entitlement],
      policyProblem: undefined,
      ...more,
    });
  /** A pending request whose approvers are named for a reason that contains the title. */
  const pending = (): RequestView => {
    const view = viewAfter([], hostile);
    if (view.state.kind !== 'pending') throw new Error('the request is not pending');
    const stages = [{ needs: 1, approvers: [{ person: bo, because: `owns ${theirs}` }] }];
    return { ...view, state: { ...view.state, requirements: { ...view.state.requirements, stages } } };
  };
  const list = (commands: readonly Command[]): AccessList => ({
    views: [viewAfter(commands, hostile)],
    from: 0,
    count: 1,
  });
  const story = (view: RequestView): Story => ({
    request: view.id,
    trail: [
      ...view.trail.map((each, seq) => ({ ...each, seq })),
      { seq: 9, via: theirs as 'slack', event: { kind: 'granted', lease, seen: theirs, at: noon } },
    ],
    view,
    nameOf,
  });
  const question = (refusal: QuestionRefusal) => phraseMessage([questionRefusalPhrase(refusal)]);
  const refused = {
    kind: 'refused',
    by: ana,
    tried: theirs,
    refusal: { code: 'changed' },
    at: noon,
  } as const;
  const overview: AuditorOverview = {
    live: list(active),
    pending: list([]),
    closed: list([deny(bo)]),
    refused: { attempts: [{ request, via: theirs as 'slack', event: refused }], count: 1 },
    nameOf,
    at: noon,
  };
  const reader: HelpReader = {
    sight: {
      reader: ana,
      isAuditor: true,
      isSecurity: false,
      owns: new Set(),
      approves: new Set(),
      manages: new Set(),
    },
    requestable: ['x'],
  };
  const nothingFound = () => nothingFoundPhrase(`:nothing-found ${theirs}`) ?? [];
  const reply = (event: Event) =>
    phraseMessage([eventPhrase(event, { title: theirs, granted: () => 'granted' })], nameOf);
  const answer = (refusal: Refusal) => phraseMessage([refusalPhrase(refusal)], nameOf);
  const extending = { ...hostile, extensionReason: theirs };

  return [
    ['the card in the channel', channelCard(pending())],
    ['the card of an approver', approverCard(pending(), bo)],
    ['the card of the requester', requesterCard(viewAfter(active, hostile))],
    ['a card after a grant that failed', channelCard(viewAfter([approve(bo), failed], hostile))],
    ['the requester after a grant that failed', requesterCard(viewAfter([approve(bo), failed], hostile))],
    ['a card that became void', channelCard(viewAfter([{ ...voided(), why: theirs } as never], hostile))],
    ['a denied card', channelCard(viewAfter([deny(bo)], { ...hostile, denial: { by: bo, text: theirs } }))],
    [
      'the requester after a denial',
      requesterCard(viewAfter([deny(bo)], { ...hostile, denial: { by: bo, text: theirs } })),
    ],
    ['the form for a request', requestModal(openedForm({ entitlement, route: ok([]) }), nameOf)],
    [
      'the form for what cannot be requested',
      requestModal(openedForm({ entitlement, route: no(quoted(theirs)) }), nameOf),
    ],
    [
      'the form for what the person has requested already',
      requestModal(
        openedForm(
          { entitlement, route: ok([]), open: [viewAfter([], hostile), viewAfter(active, hostile)] },
          undefined,
          { fields: { length: theirs, reason: theirs }, notice: nothingFound() },
        ),
        nameOf,
      ),
    ],
    ['a request that is seen from the form', seenRequestModal(viewAfter(active, hostile))],
    ['the offer of an open request', offerMessage([viewAfter([], hostile)], { reason: theirs })],
    [
      'a request in one line that is refused',
      refusedLineMessage([{ code: 'unknown-entitlement', nearest: theirs }], `/access ${theirs}`, {
        entitlement: theirs,
        length: theirs,
        reason: theirs,
      }),
    ],
    [
      'a request that the worker refused',
      refusedRequestMessage({ code: 'not-allowed', why: theirs }, { entitlement: theirs, length: theirs }),
    ],
    ['the form of a denial', denyModal(viewAfter([], hostile), '')],
    ['all permissions, for an approver', allPermissionsModal(pending())],
    ['all permissions, for the holder', allPermissionsModal(pending(), 'holder')],
    ['a password', passwordModal(theirs, 'postgres://x', noon)],
    ['a message in a modal', messageModal('Request access', quoted(theirs))],
    ['the list', accessListMessage(page(viewAfter(active, hostile)), [entitlement])],
    ['the list while the policy cannot be read', accessListMessage(page(pending()), theirs)],
    ['Home', home({ live: page(viewAfter(active, hostile)), waitingForMe: page(pending()) })],
    ['Home while the policy cannot be read', home({ policyProblem: theirs, myPending: page(pending()) })],
    [
      'who has an entitlement',
      holdersMessage(
        { entitlement: 'x', title: theirs, open: list(active) },
        {
          rows: [{ ...place, since: noon, basis: 'adopted' }],
          unlooked: noon,
        },
        nameOf,
      ),
    ],
    [
      'who had an entitlement',
      pastAccessMessage(
        {
          ...{ title: theirs, at: noon, isWhole: false, has: false, command: 'curfew audit access x' },
          unlooked: 'until-now',
          rows: [
            { ...place, since: noon, until: noon, basis: 'finding' },
            {
              ...place,
              since: noon,
              basis: 'granted',
              person: bo,
              request,
            },
          ],
        },
        nameOf,
      ),
    ],
    ['a moment that nobody can read', question({ code: 'moment-unreadable', why: theirs })],
    ['what a person has', accessOfMessage({ person: bo, open: list(active) }, { rows: [] }, nameOf)],
    ['all live access', liveMessage(list(active), nameOf, { isAuditor: true, isSecurity: false })],
    ['the own requests', ownRequestsMessage({ open: list(active), closed: list([deny(bo)]) }, nameOf)],
    ['a story', storyMessage(story(viewAfter([deny(bo)], { ...hostile, denial: { by: bo, text: theirs } })))],
    [
      'a question about somebody whom nobody knows',
      question({ code: 'person-not-visible', typed: theirs, nearest: theirs }),
    ],
    ['a question about an unknown request', question({ code: 'request-not-visible', typed: theirs })],
    ['a question that is not answered', question({ code: 'holders-not-visible', title: theirs })],
    ['a question while the policy cannot be read', question({ code: 'policy-unreadable', why: theirs })],
    ['the Home of an auditor', auditorHome(theirs, overview)],
    ['the answer to a direct message', directMessageHelp({ reader, open: list(active) })],
    [
      'the answer to a direct message that reads like a request',
      writtenRequestMessage({ entitlement: 'x', length: '2h', reason: theirs }, { id: 'x', title: theirs }),
    ],
    ['the event of a grant', reply({ kind: 'granted', lease, seen: theirs, at: noon })],
    ['the event of a receipt', reply({ kind: 'revoked', lease, seen: theirs, note: theirs, at: noon })],
    [
      'the event of an intent',
      reply({ kind: 'intended', lease, level: theirs, prior: theirs, subject: theirs, at: noon }),
    ],
    [
      'the event of a grant that failed',
      reply({
        kind: 'closed',
        ending: { kind: 'grant-failed', fault: 'provider-refused', why: theirs },
        at: noon,
      }),
    ],
    [
      'the event of a request that became void',
      reply({ kind: 'closed', ending: { kind: 'voided', why: theirs }, at: noon }),
    ],
    ['the event of a delivery to a person', reply({ kind: 'delivered', by: bo, lease, at: noon })],
    ['an answer about an entitlement', answer({ code: 'unknown-entitlement', nearest: theirs })],
    ['an answer about the policy', answer({ code: 'not-allowed', why: theirs })],
    ['an answer while the policy cannot be read', phraseMessage([unreadablePolicyPhrase(theirs)])],
    ['the card of an extension', approverCard(viewAfter([...active, extend()], extending), bo)],
    ['the requester of an extension', requesterCard(viewAfter([...active, extend()], extending))],
    ['the card of access that ends soon', endsSoonCard(viewAfter(active, hostile), noon)],
    ['an older message of a request', olderCard(viewAfter(active, hostile))],
    [
      'the news of several requests',
      digestMessage([viewAfter(active, hostile), viewAfter([deny(bo)], hostile)]),
    ],
    ['the weekly summary', weeklySummary([viewAfter(active, hostile)], { from: noon, to: noon })],
    ['the form of an extension', extensionModal(viewAfter(active, hostile), 60 as Minutes, '')],
    ['the message of a finding', findingsMessage([hostileFinding(theirs)], bo, nameOf)],
    [
      'the message of a finding that cannot be decided',
      findingsMessage(
        [hostileFinding(theirs, { whyNoAdopt: theirs, whyNoRevoke: theirs, kind: 'mark' })],
        bo,
        nameOf,
      ),
    ],
    [
      'the message of a finding that is revoked',
      findingsMessage([hostileFinding(theirs, { state: 'revoked', why: theirs, closedBy: bo })], bo, nameOf),
    ],
    [
      'the message of many findings',
      findingsMessage(
        [1, 2, 3, 4, 5].map(() => hostileFinding(theirs)),
        bo,
        nameOf,
      ),
    ],
    ['the form that adopts a finding', adoptModal(hostileFinding(theirs), nameOf, '')],
    [
      'the form that revokes a finding',
      revokeModal(hostileFinding(theirs), nameOf, { metadata: '', confirmed: 4 }),
    ],
  ];
}
