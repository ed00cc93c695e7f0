import { describe, expect, test } from '@jest/globals';
import { allPermissionsModal } from '../../bot/blocks/all-permissions.ts';
import { accessListMessage } from '../../bot/blocks/access-list.ts';
import { homeView } from '../../bot/blocks/home.ts';
import { denyModal, messageModal, passwordModal } from '../../bot/blocks/modals.ts';
import { offerMessage } from '../../bot/blocks/open-request-offer.ts';
import { phraseMessage } from '../../bot/blocks/phrase-message.ts';
import { approverCard, channelCard } from '../../bot/blocks/request-card.ts';
import { requesterCard } from '../../bot/blocks/requester-card.ts';
import { requestModal } from '../../bot/blocks/request-modal.ts';
import {
  accessOfMessage,
  holdersMessage,
  liveMessage,
  ownRequestsMessage,
} from '../../bot/blocks/access-answers.ts';
import { auditorHome } from '../../bot/blocks/auditor-home.ts';
import { directMessageHelp, writtenRequestMessage } from '../../bot/blocks/direct-message.ts';
import type { HelpReader } from '../../bot/blocks/help.ts';
import { storyMessage } from '../../bot/blocks/story.ts';
import type { QuestionRefusal } from '../../core/question-refusals.ts';
import type { Command } from '../../core/request/commands.ts';
import { refusedLineMessage, refusedRequestMessage } from '../../bot/blocks/refused-line.ts';
import { nothingFoundPhrase } from '../../bot/blocks/search-options.ts';
import { seenRequestModal } from '../../bot/blocks/seen-request.ts';
import type { Event } from '../../core/request/events.ts';
import type { Refusal } from '../../core/request/refusals.ts';
import { no, ok } from '../../core/result.ts';
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
  lease,
  noon,
  request,
  voided,
} from '../core/request/request.fixture.ts';
import { openedForm } from './form.fixture.ts';
import { linesOf } from './block-lines.fixture.ts';
import { viewAfter } from './request-view.fixture.ts';

/** Each part has an effect somewhere: a line in Curfew's name, an emoji, mentions, a link, formats, hidden characters. */
const HOSTILE =
  'x.\n:tada: Closed by Sam Rao. <!channel> <@U0EVIL0001> <https://evil.example|Approve> *bold* `code` &amp; \u202egnp.exe\u3164';

/** The value of a button is not shown. The text of a field is exactly what its person typed, because they submit it. */
const UNSEEN: readonly string[] = ['value', 'initial_value'];

type Drawn = Readonly<{ text?: string; blocks: readonly object[] }>;
type Part = Readonly<{ type?: string; text?: unknown; name?: string; emoji?: boolean; user_id?: string }>;

/** Every object in some blocks. */
function partsOf(blocks: readonly object[]): readonly Part[] {
  const found: Part[] = [];
  JSON.stringify(blocks, (_key, value: unknown) => {
    if (typeof value === 'object' && value !== null) found.push(value);
    return value;
  });
  return found;
}

/** All mrkdwn of a message or a view, and the text of its notification, which Slack reads as mrkdwn too. */
const markupOf = ({ blocks, text = '' }: Drawn): string =>
  [text, ...partsOf(blocks).flatMap((part) => (part.type === 'mrkdwn' ? [String(part.text)] : []))].join(
    '\n',
  );

/**
 * Everything that has an effect in this markup, except times, mentions and icons that Curfew writes itself. In code, Slack
 * reads nothing but what is in angle brackets.
 */
const effectsIn = (markup: string): readonly string[] => {
  const everywhere = markup.match(/<(?!!date)[^>]*>|&(?!amp;|lt;|gt;)|&amp;(?!amp;)|`code`/g) ?? [];
  const others = markup.replaceAll(/`[^`\n]*`/g, '').match(/\*bold\*|:[^\s:\u2060]+:/g) ?? [];
  return [...everywhere, ...others].filter(
    (each) => !/^(<@U0(ANAFERR1|CYOKAFR1)>|:(lock|key|alarm_clock|warning):)$/.test(each),
  );
};

/** The elements that act: icons, and whatever mentions or links. Curfew writes some of them itself. */
const actingParts = (blocks: readonly object[]): readonly string[] =>
  partsOf(blocks)
    .filter(({ type }) => /^(emoji|link|broadcast|channel|usergroup|user|image)$/.test(type ?? ''))
    .map(({ type, name, user_id }) => `${type} ${name ?? user_id ?? ''}`)
    .filter((each) => !/^user U0(ANAFERR1|BOLIND01|CYOKAFR1)$/.test(each))
    .filter(
      (each) => !/^emoji (warning|hourglass_flowing_sand|gear|large_green_circle|white_circle)$/.test(each),
    );

/** The lines of a message that are in no quotation: Slack marks each line of a quotation. */
const ownLines = ({ blocks, text = '' }: Drawn): readonly string[] =>
  [...text.split('\n'), ...linesOf(blocks).filter((line) => !line.startsWith('> '))].flatMap((line) =>
    line.split('\n'),
  );

const [target] = viewAfter([]).targets;
const hostile: Partial<RequestView> = {
  title: HOSTILE,
  about: HOSTILE,
  reason: HOSTILE,
  targets: [
    {
      ...target,
      plain: HOSTILE,
      permissions: [HOSTILE],
      cautions: [HOSTILE],
      atEnd: [HOSTILE],
      widens: true,
    },
  ] as RequestView['targets'],
  nameOf: (person) => ({ name: HOSTILE, ...(person === 'ana' ? { slack: 'U0ANAFERR1' } : {}) }),
};
const active = [approve(bo), confirmGranted()];
const failed = { kind: 'fail-grant', fault: 'provider-refused', why: HOSTILE, at: noon } as const;
const nameOf = () => ({ name: HOSTILE });
const [first] = policyOf().entitlements.values();
if (!first) throw new Error('the quickstart has no entitlement');
const entitlement = {
  ...first,
  title: HOSTILE,
  about: HOSTILE,
  targets: first.targets.map((each) => ({ ...each, described: { ...each.described, plain: HOSTILE } })),
};
const page = (view: RequestView) => ({ newest: [view], count: 1 });
const home = (more: object) =>
  homeView({
    person: ana,
    name: HOSTILE,
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
  const stages = [{ needs: 1, approvers: [{ person: bo, because: `owns ${HOSTILE}` }] }];
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
    { seq: 9, via: HOSTILE as 'slack', event: { kind: 'granted', lease, seen: HOSTILE, at: noon } },
  ],
  view,
  nameOf,
});
const question = (refusal: QuestionRefusal) => phraseMessage([questionRefusalPhrase(refusal)]);
const refused = { kind: 'refused', by: ana, tried: HOSTILE, refusal: { code: 'changed' }, at: noon } as const;
const overview: AuditorOverview = {
  live: list(active),
  pending: list([]),
  closed: list([deny(bo)]),
  refused: { attempts: [{ request, via: HOSTILE as 'slack', event: refused }], count: 1 },
  nameOf,
  at: noon,
};
const reader: HelpReader = {
  sight: { reader: ana, isAuditor: true, owns: new Set(), approves: new Set(), manages: new Set() },
  requestable: ['x'],
};
const nothingFound = () => nothingFoundPhrase(`:nothing-found ${HOSTILE}`) ?? [];
const reply = (event: Event) => phraseMessage([eventPhrase(event, HOSTILE)], nameOf);
const answer = (refusal: Refusal) => phraseMessage([refusalPhrase(refusal)], nameOf);

describe('text from elsewhere has no effect in Slack, and no line of it looks like one of Curfew (T18, T48, B63)', () => {
  test.each<[string, Drawn]>([
    ['the card in the channel', channelCard(pending())],
    ['the card of an approver', approverCard(pending(), bo)],
    ['the card of the requester', requesterCard(viewAfter(active, hostile))],
    ['a card after a grant that failed', channelCard(viewAfter([approve(bo), failed], hostile))],
    ['the requester after a grant that failed', requesterCard(viewAfter([approve(bo), failed], hostile))],
    ['a card that became void', channelCard(viewAfter([{ ...voided(), why: HOSTILE } as never], hostile))],
    ['a denied card', channelCard(viewAfter([deny(bo)], { ...hostile, denial: HOSTILE }))],
    ['the requester after a denial', requesterCard(viewAfter([deny(bo)], { ...hostile, denial: HOSTILE }))],
    ['the form for a request', requestModal(openedForm({ entitlement, route: ok([]) }), nameOf)],
    [
      'the form for what cannot be requested',
      requestModal(openedForm({ entitlement, route: no(quoted(HOSTILE)) }), nameOf),
    ],
    [
      'the form for what the person has requested already',
      requestModal(
        openedForm(
          { entitlement, route: ok([]), open: [viewAfter([], hostile), viewAfter(active, hostile)] },
          undefined,
          { fields: { length: HOSTILE, reason: HOSTILE }, notice: nothingFound() },
        ),
        nameOf,
      ),
    ],
    ['a request that is seen from the form', seenRequestModal(viewAfter(active, hostile))],
    ['the offer of an open request', offerMessage([viewAfter([], hostile)], { reason: HOSTILE })],
    [
      'a request in one line that is refused',
      refusedLineMessage([{ code: 'unknown-entitlement', entitlement: HOSTILE }], `/access ${HOSTILE}`, {
        entitlement: HOSTILE,
        length: HOSTILE,
        reason: HOSTILE,
      }),
    ],
    [
      'a request that the worker refused',
      refusedRequestMessage({ code: 'not-allowed', why: HOSTILE }, { entitlement: HOSTILE, length: HOSTILE }),
    ],
    ['the form of a denial', denyModal(viewAfter([], hostile), '')],
    ['all permissions, for an approver', allPermissionsModal(pending())],
    ['all permissions, for the holder', allPermissionsModal(pending(), 'holder')],
    ['a password', passwordModal(HOSTILE, 'postgres://x', noon)],
    ['a message in a modal', messageModal('Request access', quoted(HOSTILE))],
    ['the list', accessListMessage(page(viewAfter(active, hostile)), [entitlement])],
    ['the list while the policy cannot be read', accessListMessage(page(pending()), HOSTILE)],
    ['Home', home({ live: page(viewAfter(active, hostile)), waitingForMe: page(pending()) })],
    ['Home while the policy cannot be read', home({ policyProblem: HOSTILE, myPending: page(pending()) })],
    [
      'who has an entitlement',
      holdersMessage({ entitlement: 'x', title: HOSTILE, open: list(active) }, nameOf),
    ],
    ['what a person has', accessOfMessage({ person: bo, open: list(active) }, nameOf)],
    ['all live access', liveMessage(list(active), nameOf, true)],
    ['the own requests', ownRequestsMessage({ open: list(active), closed: list([deny(bo)]) }, nameOf)],
    ['a story', storyMessage(story(viewAfter([deny(bo)], { ...hostile, denial: HOSTILE })))],
    [
      'a question about somebody whom nobody knows',
      question({ code: 'person-not-visible', typed: HOSTILE, nearest: HOSTILE }),
    ],
    ['a question about an unknown request', question({ code: 'request-not-visible', typed: HOSTILE })],
    ['a question that is not answered', question({ code: 'holders-not-visible', title: HOSTILE })],
    ['a question while the policy cannot be read', question({ code: 'policy-unreadable', why: HOSTILE })],
    ['the Home of an auditor', auditorHome(HOSTILE, overview)],
    ['the answer to a direct message', directMessageHelp({ reader, open: list(active) })],
    [
      'the answer to a direct message that reads like a request',
      writtenRequestMessage({ entitlement: 'x', length: '2h', reason: HOSTILE }, { id: 'x', title: HOSTILE }),
    ],
    ['a thread after a grant', reply({ kind: 'granted', lease, seen: HOSTILE, at: noon })],
    ['a thread after a receipt', reply({ kind: 'revoked', lease, seen: HOSTILE, note: HOSTILE, at: noon })],
    [
      'a thread after an intent',
      reply({ kind: 'intended', lease, level: HOSTILE, prior: HOSTILE, subject: HOSTILE, at: noon }),
    ],
    [
      'a thread after a grant that failed',
      reply({
        kind: 'closed',
        ending: { kind: 'grant-failed', fault: 'provider-refused', why: HOSTILE },
        at: noon,
      }),
    ],
    [
      'a thread that became void',
      reply({ kind: 'closed', ending: { kind: 'voided', why: HOSTILE }, at: noon }),
    ],
    ['a thread about a person', reply({ kind: 'delivered', by: bo, lease, at: noon })],
    ['an answer about an entitlement', answer({ code: 'unknown-entitlement', entitlement: HOSTILE })],
    ['an answer about a length', answer({ code: 'length-unreadable', problem: HOSTILE })],
    ['an answer about the policy', answer({ code: 'not-allowed', why: HOSTILE })],
    ['an answer while the policy cannot be read', phraseMessage([unreadablePolicyPhrase(HOSTILE)])],
  ])('%s', (_where, drawn) => {
    const shown = JSON.stringify(drawn, (field, value: unknown) =>
      UNSEEN.includes(field) ? undefined : value,
    );
    expect(shown).toContain(':tada:'.slice(1));
    expect(effectsIn(markupOf(drawn))).toEqual([]);
    expect(actingParts(drawn.blocks)).toEqual([]);
    expect(
      partsOf(drawn.blocks).filter(
        ({ type, text, emoji }) => type === 'plain_text' && emoji !== false && /tada/.test(String(text)),
      ),
    ).toEqual([]);
    expect(ownLines(drawn).filter((line) => /^[^a-z]*(tada|closed by)/i.test(line))).toEqual([]);
    expect(shown).not.toMatch(/\u202e|\u3164/);
  });

  test('a card keeps the line ends of a reason, because it is a quotation', () => {
    const lines = linesOf(channelCard(viewAfter([], { reason: 'one\ntwo' })).blocks);
    expect(lines).toContain('> one\ntwo');
  });

  test('a receipt shows the exact text of the provider, set apart from what Curfew says', () => {
    const { blocks } = reply({ kind: 'revoked', lease, seen: 'none', note: 'table "x.\ny"', at: noon });
    expect(linesOf(blocks)).toEqual([
      'Access revoked and verified. The provider shows now: `none`. Note: `table "x.▯y"`.',
    ]);
  });

  test('a long text of a provider is cut, so that Slack takes the message', () => {
    const { blocks } = reply({ kind: 'granted', lease, seen: 'y'.repeat(10_000), at: noon });
    expect(linesOf(blocks)).toEqual([`Granted. The provider shows now: \`${'y'.repeat(499)}…\`.`]);
  });
});
