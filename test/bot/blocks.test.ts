import { describe, expect, test } from '@jest/globals';
import type { Button, KnownBlock } from '@slack/types';
import { openedForm } from './form.fixture.ts';
import { helpLines } from './help-lines.fixture.ts';
import type { RequestView } from '../../requests/view.ts';
import { requestModal } from '../../bot/cards/request-modal.ts';
import { bytesOf } from '../../bot/cards/elements.ts';
import { parseButtonValue } from '../../bot/cards/buttons.ts';
import { helpMessage } from '../../bot/cards/help.ts';
import { homeView } from '../../bot/cards/home.ts';
import { accessListMessage } from '../../bot/cards/access-list.ts';
import { digestMessage, weeklySummary } from '../../bot/cards/notices.ts';
import { offerBlocks } from '../../bot/cards/offers.ts';
import { storyMessage } from '../../bot/cards/past-answers.ts';
import { denyModal, passwordModal } from '../../bot/cards/modals.ts';
import { approverCard, channelCard, requesterCard } from '../../bot/cards/request-cards.ts';
import { statusText } from '../../bot/cards/shared-lines.ts';
import { LIMITS } from '../../core/limits.ts';
import type { RequestId } from '../../core/ids.ts';
import { no, ok } from '../../core/result.ts';
import { checkBlocks } from '../../sandbox/slack/blocks.ts';
import { LIMITS as SLACK_LIMITS } from '../../sandbox/slack/limits.ts';
import { checkView } from '../../sandbox/slack/views.ts';
import { policyOf } from '../policy/quickstart.fixture.ts';
import { stateAfter } from '../../core/request/evolve.ts';
import type { Entitlement } from '../../policy/index.ts';
import {
  ana,
  approve,
  bo,
  confirmGranted,
  cy,
  dee,
  demand,
  deny,
  open,
  person,
  run,
} from '../core/request/request.fixture.ts';
import { linesOf } from './block-lines.fixture.ts';
import { DIGEST, viewAfter, STATES } from './request-view.fixture.ts';

const HOSTILE =
  '<!channel> <@U0BOLIND01> *bold* `code` &amp; <https://evil.example|Approve> \u202egnp.exe\u200b ```x```';
const LONGEST = '💥'.repeat(LIMITS.reasonLength);
const TARGET = {
  plain: 'a thing',
  permissions: [],
  cautions: [],
  atEnd: [],
  widens: false,
  level: 'present',
  enforcement: 'C',
  residualMs: 0,
} as const;
const nameOf = (name: string) => ({ name });
const entitlements = [...policyOf().entitlements.values()];
const allCards = (view: RequestView) => [
  channelCard(view),
  approverCard(view, bo),
  approverCard(view, dee),
  requesterCard(view),
];

const actionIdsOf = (blocks: readonly KnownBlock[]): readonly string[] =>
  blocks.flatMap((block) =>
    block.type === 'actions'
      ? block.elements.flatMap((one) => ('action_id' in one ? (one.action_id ?? []) : []))
      : [],
  );

const buttonsOf = (blocks: readonly unknown[]): readonly Button[] =>
  (blocks as readonly KnownBlock[])
    .flatMap((block): readonly object[] => {
      if (block.type === 'actions') return block.elements;
      return block.type === 'section' && block.accessory ? [block.accessory] : [];
    })
    .filter((one): one is Button => 'type' in one && one.type === 'button');

const none = { newest: [], count: 0 };
const emptyHome = {
  person: ana,
  name: 'Ana',
  live: none,
  waitingForMe: none,
  myPending: none,
  requestable: [],
  policyProblem: undefined,
};

describe('the messages of every state stay within Slack’s limits', () => {
  test.each(STATES)('%s', (_name, view) => {
    for (const text of [view.reason, HOSTILE, LONGEST])
      for (const drawn of allCards({
        ...view,
        reason: text,
        ...(view.denial ? { denial: { by: bo, text } } : {}),
      })) {
        expect(checkBlocks('message', drawn.blocks)).toEqual([]);
        expect(drawn.text).toMatch(/[.?]$/);
        expect(bytesOf(drawn.blocks)).toBeLessThanOrEqual(SLACK_LIMITS.messageBlocks);
      }
  });

  test('a card names what each of ten providers still refuses or leaves, with the longest names', () => {
    const longest = (at: number) => `provider-${at}-${'p'.repeat(50)}`;
    const toUndo = Array.from(
      { length: 6 },
      (_none, at) => `Delete the policy ${at} ${'of the user'.repeat(40)}`,
    );
    const each = Array.from({ length: 10 }, (_none, at) => at);
    for (const kind of ['denied', 'cut-off'] as const)
      for (const [, view] of STATES) {
        const elsewhere = each.map((at) =>
          kind === 'denied'
            ? { kind, provider: longest(at), toUndo }
            : { kind, provider: longest(at), seen: 'denied '.repeat(200), toUndo },
        );
        for (const drawn of allCards({ ...view, elsewhere, reason: LONGEST, title: 'T'.repeat(150) })) {
          expect(checkBlocks('message', drawn.blocks)).toEqual([]);
          expect(bytesOf(drawn.blocks)).toBeLessThanOrEqual(SLACK_LIMITS.messageBlocks);
        }
      }
  });

  test.each([
    [2, 2, undefined],
    [3, 3, undefined],
    [4, 3, '1'],
    [5, 3, '2'],
  ])('a card names each of %i providers, or counts those that it does not name', (all, named, counted) => {
    const elsewhere = Array.from({ length: all }, (_none, at) => ({
      ...({ kind: 'session', provider: `provider-${at}`, until: null } as const),
    }));
    const shown = statusText(viewAfter([], { elsewhere }));
    expect([...shown.matchAll(/A session at `provider-\d` /g)]).toHaveLength(named);
    expect(/ (\d+) more notes?: `\/access story \w{8}`$/.exec(shown)?.[1]).toBe(counted);
  });

  test('the card for approval warns that the requester may still be refused, below what it is for', () => {
    const denied = { kind: 'denied', provider: 'aws-iam', toUndo: ['Delete the policy.'] } as const;
    for (const card of [
      channelCard(viewAfter([], { elsewhere: [denied] })),
      approverCard(viewAfter([], { elsewhere: [denied] }), bo),
    ])
      expect(linesOf(card.blocks)).toContainEqual(
        expect.stringMatching(
          /^:hourglass_flowing_sand: Waiting for approval by .*\. `aws-iam` may still refuse this access, because all access of this person was cut off\. Undo this there by hand: Delete the policy\.$/,
        ),
      );
  });

  const session = { kind: 'session', provider: 'postgres', until: null } as const;
  const going = viewAfter([], { elsewhere: [session] });
  test.each<[string, Readonly<{ blocks: readonly object[] }>]>([
    ['the card of its requester', requesterCard(going)],
    ['the news of several requests', digestMessage([going])],
    ['the summary of a week', weeklySummary([going], { from: 0, to: 1 })],
    ['its story', storyMessage({ request: going.id, trail: going.trail, view: going, nameOf: going.nameOf })],
    ['the offer of an open request', { blocks: offerBlocks([going]) }],
  ])('what goes on at a provider is named in %s', (_where, { blocks }) =>
    expect(linesOf(blocks).join('\n')).toMatch(/A session at `postgres` that was open/),
  );

  test('the card shows or counts every requested permission, however many there are (I11)', () => {
    const view = viewAfter([]);
    const targets = Array.from({ length: LIMITS.targetsPerEntitlement }, (_, target) => ({
      plain: `target-${target}-of-many, ${'which says a lot'.repeat(4)}`,
      permissions: Array.from(
        { length: 40 },
        (_none, index) => `may-${target}-${index} ${'x'.repeat(index * 12)}`,
      ),
      cautions: Array.from(
        { length: 14 },
        (_none, index) => `can-${target}-${index} ${'y'.repeat(index * 12)}`,
      ),
      atEnd: Array.from({ length: 3 }, (_none, index) => `ends-${target}-${index} ${'z'.repeat(100)}`),
      widens: true,
      level: 'present',
      enforcement: 'C' as const,
      residualMs: 0,
    }));
    for (const [, state] of STATES)
      for (const drawn of allCards({
        ...state,
        targets,
        reason: LONGEST,
        ...(state.denial ? { denial: { by: bo, text: LONGEST } } : {}),
      })) {
        expect(checkBlocks('message', drawn.blocks)).toEqual([]);
        expect(drawn.blocks.length).toBeLessThanOrEqual(50);
        expect(bytesOf(drawn.blocks)).toBeLessThanOrEqual(SLACK_LIMITS.messageBlocks);
      }
    for (const reason of [view.reason, LONGEST]) {
      const shown = JSON.stringify(approverCard({ ...view, targets, reason }, bo).blocks);
      targets.forEach((_, target) =>
        expect([target, shown.includes(`Target-${target}-of-many`)]).toEqual([target, true]),
      );
    }
    const shown = JSON.stringify(approverCard({ ...view, targets }, bo).blocks);
    targets.forEach(({ permissions, cautions, atEnd }, target) => {
      const countOf = (all: readonly string[], name: string, noun: string) => {
        const listed = all.filter((_one, index) => shown.includes(`${name}-${target}-${index} `)).length;
        return [
          shown.match(new RegExp(`and \\d+ more ${noun}`, 'g'))?.[target],
          `and ${all.length - listed} more ${noun}`,
        ];
      };
      for (const [counted, expected] of [
        countOf(permissions, 'may', 'permissions'),
        countOf(cautions, 'can', 'cautions'),
        countOf(atEnd, 'ends', 'lines about the end'),
      ])
        expect(counted).toBe(expected);
    });
  });

  test.each([
    [12, undefined],
    [13, 'and 1 more permission'],
    [14, 'and 2 more permissions'],
  ])('of %i permissions twelve are shown, and the others are counted (I11)', (count, counted) => {
    const permissions = Array.from({ length: count }, (_none, index) => `may-${index}`);
    const targets = [{ ...TARGET, permissions }];
    const shown = JSON.stringify(approverCard(viewAfter([], { targets }), bo).blocks);
    expect(shown.match(/may-\d+/g)).toHaveLength(12);
    expect(shown.match(/and \d+ more permissions?/g)?.[0]).toBe(counted);
  });

  test('a long reason of a denial is cut on the card', () => {
    const denied = viewAfter([deny(bo)], { reason: 'x', denial: { by: bo, text: LONGEST } });
    const shown = JSON.stringify(channelCard(denied).blocks).match(/💥+…?/u)?.[0] ?? '';
    expect(Buffer.byteLength(shown)).toBeLessThanOrEqual(2_000);
    expect(shown).toMatch(/^💥+…$/u);
  });

  test('the cards and the form show the exact names of targets, which can be copied (I11)', () => {
    const plain = 'access to _logs_ `c` <d>';
    const permission = 'logs:Get* on arn:aws:logs:*:*:log-group:/orders/* & ~e~';
    const described = { ...TARGET, plain, permissions: [permission] };
    const targets = [described];
    const active = viewAfter([approve(bo), confirmGranted()], { targets });
    const [entitlement] = entitlements;
    if (!entitlement) throw new Error('no entitlement');
    const [first] = entitlement.targets;
    if (!first) throw new Error('no target');
    const named = { ...entitlement, targets: [{ ...first, described }] };
    const form = requestModal(openedForm({ entitlement: named, route: ok([]) }, 'C1'), nameOf);
    expect(checkView(form)).toEqual([]);
    for (const { blocks } of [approverCard(viewAfter([], { targets }), bo), requesterCard(active)])
      expect(linesOf(blocks)).toEqual(
        expect.arrayContaining(['• Access to _logs_ `c` <d>', `      ◦ ${permission}`]),
      );
    expect(linesOf(form.blocks)).toContain('• Access to _logs_ `c` <d>');
  });

  test('the card warns of a session that can continue after the end', () => {
    const [target] = viewAfter([]).targets;
    if (!target) throw new Error('no target');
    const shown = (residualMs: number | null) =>
      JSON.stringify(channelCard({ ...viewAfter([]), targets: [{ ...target, residualMs }] }).blocks);
    expect(shown(0)).not.toContain('can continue');
    expect(shown(43_200_000)).toContain('can continue for up to 12 h');
    expect(shown(null)).toContain('can continue for as long as it stays open');
  });

  test('a failed grant shows the exact text of the provider, set apart from what Curfew says', () => {
    const [, view] = STATES.find(([name]) => name === 'grant-failed') ?? [];
    const shown = linesOf(view ? requesterCard(view).blocks : []).join('\n');
    expect(shown).toContain('The provider refused the change: `fake: <@U1> has a custom role`');
  });

  test('the card names the first ten of many approvers and counts the others', () => {
    const many = Array.from({ length: 90 }, (_, index) => person(`p${index}`));
    const { log } = run([open(demand([1, ...many]))]);
    const state = stateAfter(log) as RequestView['state'];
    const shown = JSON.stringify(channelCard({ ...viewAfter([]), state }).blocks);
    expect(shown).toContain('p9 of Lantern');
    expect(shown).not.toContain('p10 of Lantern');
    expect(shown).toContain('80 more');
  });

  test('the form is valid with and without a chosen entitlement', () => {
    expect(checkView(requestModal(openedForm(undefined, 'C1'), nameOf))).toEqual([]);
    for (const entitlement of entitlements)
      for (const route of [
        no(['Nobody can approve this.']),
        ok([{ needs: 2, approvers: [{ person: bo, because: 'x' }] }]),
      ])
        expect(checkView(requestModal(openedForm({ entitlement, route }, 'C1'), nameOf))).toEqual([]);
  });

  test.each(STATES)('the other modals and Home are valid: %s', (_name, view) => {
    const newest = Array.from({ length: 30 }, () => ({ ...view, reason: LONGEST }));
    const many = { newest, count: 30 };
    const page = homeView({
      person: ana,
      name: 'Ana',
      live: many,
      waitingForMe: many,
      myPending: many,
      requestable: entitlements,
      policyProblem: undefined,
    });
    expect(checkView(unique(page))).toEqual([]);
    expect(checkView(denyModal({ ...view, reason: LONGEST }, 'x'.repeat(300)))).toEqual([]);
    expect(checkView(passwordModal(view.title, 'postgres://x', view.now))).toEqual([]);
  });

  test('an empty Home says that there is nothing yet', () => {
    const page = homeView(emptyHome);
    expect(checkView(page)).toEqual([]);
    expect(JSON.stringify(page)).toMatch(/Nothing right now.*No request waits for you.*Nothing yet/);
  });

  test('Home counts the entries that it does not show, and says where they are', () => {
    const many = { newest: Array.from({ length: 8 }, () => viewAfter([])), count: 31 };
    const requestable = Array.from({ length: 11 }, () => entitlements)
      .flat()
      .slice(0, 11);
    const shown = JSON.stringify(
      homeView({ ...emptyHome, live: many, waitingForMe: many, myPending: many, requestable }),
    );
    expect(shown.match(/and 2\d more: [^"]*/g)).toEqual([
      'and 25 more: `/access list` shows them',
      'and 26 more: each has its own message under *Messages*, with the same buttons',
      'and 25 more: `/access list` shows them',
    ]);
    expect(shown).toContain('and 5 more: press *Request access* and search');
    expect(JSON.stringify(homeView(emptyHome))).not.toContain('more:');
  });

  test('Home shows the same card of a request that waits as the messages, so an approver sees what they approve (I11)', () => {
    const [view, other] = ['a', 'b'].map((last) =>
      viewAfter([], { id: `req_${last.repeat(26)}` as RequestId }),
    );
    if (!view || !other) throw new Error('no view');
    const page = homeView({ ...emptyHome, person: bo, waitingForMe: { newest: [view, other], count: 2 } });
    expect(checkView(page)).toEqual([]);
    expect(page.blocks).toEqual(expect.arrayContaining([...approverCard(view, bo).blocks]));
    expect(page.blocks).toEqual(expect.arrayContaining([...approverCard(other, bo).blocks]));
  });

  test('while the policy cannot be read, Home says so and keeps its buttons', () => {
    const active = viewAfter([approve(bo), confirmGranted()]);
    const page = homeView({
      ...emptyHome,
      live: { newest: [active], count: 1 },
      policyProblem: 'x.yaml:1:1: a tab',
    });
    expect(checkView(page)).toEqual([]);
    expect(JSON.stringify(page)).toMatch(/x\.yaml:1:1: a tab.*"action_id":"end"/);
    expect(JSON.stringify(page)).not.toContain('Nothing yet');
  });

  test.each(STATES)(
    'the access list fits a message and counts the entries that it does not show: %s',
    (_name, view) => {
      for (const [title, open, may] of [
        [view.title, 3, 4],
        ['💥'.repeat(100), 25, 60],
      ] as const) {
        const newest = Array.from({ length: open }, () => ({ ...view, title }));
        const requestable = Array.from({ length: may }, () => ({ ...entitlements[0], title }) as Entitlement);
        const { blocks, text } = accessListMessage({ newest, count: open + 2 }, requestable);
        const shown = JSON.stringify(blocks);
        expect(checkBlocks('message', blocks)).toEqual([]);
        expect(bytesOf(blocks)).toBeLessThanOrEqual(SLACK_LIMITS.messageBlocks);
        expect(text).toBe(`You have ${open + 2} open requests. You can request ${may} entitlements.`);
        const left = [...shown.matchAll(/and (\d+) more: /g)].map(([, more]) => Number(more));
        const lines = shown.split('"/access orders-db"').length - 1;
        const rows =
          shown.split(`"text":"${title}","style":{"bold":true}},{"type":"text","text":": "`).length - 1;
        const expected = [open + 2 - rows, may - lines].filter((more) => more > 0);
        expect(left).toEqual(expected);
      }
    },
  );

  test('help is short', () => {
    expect(checkBlocks('message', helpMessage().blocks)).toEqual([]);
    expect(helpLines(helpMessage())).toBeLessThan(12);
  });
});

/** Gives each block its own id, because thirty copies of one request have the same block ids. */
function unique(page: ReturnType<typeof homeView>) {
  const blocks = page.blocks.map((block, index) =>
    'block_id' in block ? { ...block, block_id: `b${index}` } : block,
  );
  return { ...page, blocks };
}

describe('buttons', () => {
  const shown = Object.fromEntries(
    STATES.map(([name, view]) => [
      name,
      {
        channel: actionIdsOf(channelCard(view).blocks),
        approver: actionIdsOf(approverCard(view, bo).blocks),
        bystander: actionIdsOf(approverCard(view, dee).blocks),
        requester: actionIdsOf(requesterCard(view).blocks),
      },
    ]),
  );

  test('a pending request has buttons for its approvers and its requester', () =>
    expect(shown['pending']).toEqual({
      channel: ['approve', 'deny'],
      approver: ['approve', 'deny', 'ask'],
      bystander: [],
      requester: ['withdraw'],
    }));

  test('active access has an end button, and a password button for its requester only', () =>
    expect(shown['active']).toEqual({
      channel: ['end'],
      approver: ['end'],
      bystander: [],
      requester: ['deliver', 'extend', 'end'],
    }));

  test.each(['expired', 'ended', 'denied', 'withdrawn', 'lapsed', 'voided', 'grant-failed', 'revoking'])(
    'a closed or ending request has no button that decides something: %s (B64)',
    (name) =>
      expect(
        Object.values(shown[name] ?? {})
          .flat()
          .filter((action) => action !== 'request-again'),
      ).toEqual([]),
  );

  test('a button value is a request id and a digest; any other value is refused (B63, T12)', () => {
    const [, view] = STATES[0] ?? [];
    const card = JSON.stringify(channelCard(view as RequestView).blocks);
    const [, value] = /"value":"([^"]*)"/.exec(card) ?? [];
    expect(parseButtonValue(value)).toEqual({ request: view?.id, digest: DIGEST });
    for (const forged of [
      '',
      'approve',
      `${view?.id}`,
      `${view?.id} ${DIGEST}x`,
      `req_x ${DIGEST}`,
      null,
      7,
      {},
    ])
      expect(parseButtonValue(forged)).toBeUndefined();
  });

  test.each(STATES)('the spoken name of each button contains its label (WCAG 2.5.3): %s', (_name, view) => {
    const long = { ...view, title: 'x'.repeat(100) };
    const page = homeView({ ...emptyHome, live: { newest: [view], count: 1 }, requestable: entitlements });
    const all = [...allCards(view), ...allCards(long), page];
    for (const { text, accessibility_label: spoken } of all.flatMap(({ blocks }) => buttonsOf(blocks)))
      expect(spoken ?? text.text).toContain(text.text.replace('…', ''));
  });

  test('the approval of a confidential entitlement has to be confirmed', () => {
    const [, view] = STATES[0] ?? [];
    expect(JSON.stringify(channelCard(view as RequestView))).toContain('"confirm"');
    expect(JSON.stringify(channelCard({ ...(view as RequestView), class: 'internal' }))).not.toContain(
      '"confirm"',
    );
  });
});

describe('text that people wrote has no effect in Slack (T18, B63, B68)', () => {
  const [, pending] = STATES[0] ?? [];
  const card = channelCard({ ...(pending as RequestView), reason: HOSTILE });

  test('it is in elements in which Slack reads no markup', () => {
    const markup = JSON.stringify(card.blocks.filter(({ type }) => type !== 'rich_text')) + card.text;
    expect(markup).not.toContain('<!channel>');
    expect(markup).not.toContain('evil.example');
    const quoted = linesOf(card.blocks).filter((line) => line.startsWith('> '));
    expect(quoted.join('\n')).toContain('<!channel> <@U0BOLIND01> *bold*');
  });

  test('characters that reorder or hide text are made visible', () =>
    expect(JSON.stringify(card)).not.toMatch(/[\u202e\u200b]/));

  test('a title from the catalogue cannot mention anybody or format text', () => {
    const { blocks, text } = channelCard({ ...(pending as RequestView), title: '<!here> *x*' });
    const titled =
      JSON.stringify(blocks.filter(({ type }) => type !== 'actions' && type !== 'rich_text')) + text;
    expect(titled).toContain('&lt;!here&gt;');
    expect(titled).not.toContain('<!here>');
  });
});

test('an approver reads why they are an approver, and what happens without an answer', () => {
  const [, pending] = STATES[0] ?? [];
  const mine = JSON.stringify(approverCard(pending as RequestView, cy));
  expect(mine).toContain('You are an approver because you own orders-db.');
  expect(mine).toMatch(/If nobody decides, the request <!date\^\d+\^lapses [^>]*> and no access is granted/);
});
