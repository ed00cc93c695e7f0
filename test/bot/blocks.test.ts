import { describe, expect, test } from '@jest/globals';
import type { KnownBlock } from '@slack/types';
import { helpLines } from './help-lines.fixture.ts';
import { describeTarget as describeTarget, type RequestView } from '../../requests/view.ts';
import { requestModal } from '../../bot/blocks/request-modal.ts';
import { bytesOf } from '../../bot/blocks/elements.ts';
import { parsePressed } from '../../bot/blocks/buttons.ts';
import { help } from '../../bot/blocks/help.ts';
import { home } from '../../bot/blocks/home.ts';
import { lists } from '../../bot/blocks/lists.ts';
import { denyModal, passwordModal } from '../../bot/blocks/modals.ts';
import { receipt, requestCard } from '../../bot/blocks/request-card.ts';
import { LIMITS } from '../../core/limits.ts';
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
  open,
  person,
  run,
} from '../core/request/request.fixture.ts';
import { DIGEST, factsAfter, STATES } from './request-view.fixture.ts';

const HOSTILE =
  '<!channel> <@U0BOLIND01> *bold* `code` &amp; <https://evil.example|Approve> \u202egnp.exe\u200b ```x```';
const LONGEST = '💥'.repeat(LIMITS.reasonLength);
const entitlements = [...policyOf().entitlements.values()];
const everything = (facts: RequestView) => [
  requestCard(facts),
  requestCard(facts, bo),
  requestCard(facts, dee),
  receipt(facts),
];

const buttonsOf = (blocks: readonly KnownBlock[]): readonly string[] =>
  blocks.flatMap((block) =>
    block.type === 'actions'
      ? block.elements.flatMap((one) => ('action_id' in one ? (one.action_id ?? []) : []))
      : [],
  );

const none = { newest: [], count: 0 };
const emptyHome = {
  person: ana,
  name: 'Ana',
  live: none,
  waitingForMe: none,
  mine: none,
  askable: [],
  unreadable: undefined,
};

describe('every state is drawn within Slack’s limits', () => {
  test.each(STATES)('%s', (_name, facts) => {
    for (const words of [facts.reason, HOSTILE, LONGEST])
      for (const drawn of everything({
        ...facts,
        reason: words,
        ...(facts.denial ? { denial: words } : {}),
      })) {
        expect(checkBlocks('message', drawn.blocks)).toEqual([]);
        expect(drawn.text).toMatch(/[.?]$/);
        expect(bytesOf(drawn.blocks)).toBeLessThanOrEqual(SLACK_LIMITS.messageBlocks);
      }
  });

  test('everything that is asked for is on the card, or counted, however much it is (I11)', () => {
    const facts = factsAfter([]);
    const targets = Array.from({ length: LIMITS.targetsPerEntitlement }, (_, target) => ({
      plain: `target-${target}-of-many, ${'which says a lot'.repeat(4)}`,
      permissions: Array.from(
        { length: 40 },
        (_none, index) => `may-${target}-${index} ${'x'.repeat(index * 12)}`,
      ),
      enforcement: 'C' as const,
      residualMs: 0,
    }));
    for (const [, state] of STATES)
      for (const drawn of everything({
        ...state,
        targets,
        reason: LONGEST,
        ...(state.denial ? { denial: LONGEST } : {}),
      })) {
        expect(checkBlocks('message', drawn.blocks)).toEqual([]);
        expect(drawn.blocks.length).toBeLessThanOrEqual(50);
        expect(bytesOf(drawn.blocks)).toBeLessThanOrEqual(SLACK_LIMITS.messageBlocks);
      }
    for (const reason of [facts.reason, LONGEST]) {
      const shown = JSON.stringify(requestCard({ ...facts, targets, reason }, bo).blocks);
      targets.forEach((_, target) =>
        expect([target, shown.includes(`Target-${target}-of-many`)]).toEqual([target, true]),
      );
    }
    const shown = JSON.stringify(requestCard({ ...facts, targets }, bo).blocks);
    targets.forEach(({ permissions }, target) => {
      const listed = permissions.filter((_one, index) => shown.includes(`may-${target}-${index} `)).length;
      const counted = shown.match(/and (\d+) more/g)?.[target] ?? '';
      expect(counted).toBe(`and ${permissions.length - listed} more`);
    });
  });

  test('a session that nothing ends is told of on the card', () => {
    const [target] = factsAfter([]).targets;
    if (!target) throw new Error('no target');
    const shown = (residualMs: number) =>
      JSON.stringify(requestCard({ ...factsAfter([]), targets: [{ ...target, residualMs }] }).blocks);
    expect(shown(0)).not.toContain('may live on');
    expect(shown(43_200_000)).toContain('may live on for up to 12 h');
    expect(shown(Infinity)).toContain('may live on for as long as it stays open');
  });

  test('why access could not be given is told in the provider’s words, as text and nothing else', () => {
    const [, facts] = STATES.find(([name]) => name === 'grant-failed') ?? [];
    const shown = JSON.stringify(facts && receipt(facts).blocks);
    expect(shown).toContain('The provider refused the change: fake: &lt;@U1&gt; has a custom role');
  });

  test('what its provider can no longer describe leaves a line (B07)', () => {
    for (const [, state] of STATES)
      for (const drawn of everything({ ...state, targets: [describeTarget('gone', undefined, {})] })) {
        expect(checkBlocks('message', drawn.blocks)).toEqual([]);
      }
    const card = requestCard({ ...factsAfter([]), targets: [describeTarget('gone', undefined, {})] });
    expect(JSON.stringify(card.blocks)).toMatch(/Something at gone.*cannot be told here/);
  });

  test('of very many approvers the first ten are named, and the others counted', () => {
    const many = Array.from({ length: 90 }, (_, index) => person(`p${index}`));
    const { log } = run([open(demand([1, ...many]))]);
    const state = stateAfter(log) as RequestView['state'];
    const shown = JSON.stringify(requestCard({ ...factsAfter([]), state }).blocks);
    expect(shown).toContain('p9 of Lantern');
    expect(shown).not.toContain('p10 of Lantern');
    expect(shown).toContain('80 more');
  });

  test('the form, with and without something chosen', () => {
    const spell = String;
    expect(checkView(requestModal(undefined, spell, 'C1'))).toEqual([]);
    for (const entitlement of entitlements)
      for (const route of [
        'Nobody could approve this.',
        [{ needs: 2, approvers: [{ person: bo, because: 'x' }] }],
      ])
        expect(checkView(requestModal({ entitlement, targets: [], route }, spell, 'C1'))).toEqual([]);
  });

  test.each(STATES)('the other modals and Home: %s', (_name, facts) => {
    const newest = Array.from({ length: 30 }, () => ({ ...facts, reason: LONGEST }));
    const many = { newest, count: 30 };
    const page = home({
      person: ana,
      name: 'Ana',
      live: many,
      waitingForMe: many,
      mine: many,
      askable: entitlements,
      unreadable: undefined,
    });
    expect(checkView(unique(page))).toEqual([]);
    expect(checkView(denyModal({ ...facts, reason: LONGEST }, 'x'.repeat(300)))).toEqual([]);
    expect(checkView(passwordModal(facts.title, 'postgres://x', facts.now))).toEqual([]);
  });

  test('an empty Home says how to begin', () => {
    const page = home(emptyHome);
    expect(checkView(page)).toEqual([]);
    expect(JSON.stringify(page)).toMatch(/Nothing right now.*Nobody waits for you.*Nothing yet/);
  });

  test('a Home that leaves something out counts all of it, and says where to find it in Slack', () => {
    const many = { newest: Array.from({ length: 8 }, () => factsAfter([])), count: 31 };
    const askable = Array.from({ length: 11 }, () => entitlements)
      .flat()
      .slice(0, 11);
    const shown = JSON.stringify(home({ ...emptyHome, live: many, waitingForMe: many, mine: many, askable }));
    expect(shown.match(/and 23 more: [^"]*/g)).toEqual([
      'and 23 more: `/access list` shows them',
      'and 23 more: each has its own message under *Messages*, with the same buttons',
      'and 23 more: `/access list` shows them',
    ]);
    expect(shown).toContain('and 3 more: press *Ask for access* and search');
    expect(JSON.stringify(home(emptyHome))).not.toContain('more:');
  });

  test('a Home under a broken policy says so, and keeps its buttons', () => {
    const active = factsAfter([approve(bo), confirmGranted()]);
    const page = home({
      ...emptyHome,
      live: { newest: [active], count: 1 },
      unreadable: 'x.yaml:1:1: a tab',
    });
    expect(checkView(page)).toEqual([]);
    expect(JSON.stringify(page)).toMatch(/x\.yaml:1:1: a tab.*"action_id":"end"/);
    expect(JSON.stringify(page)).not.toContain('Nothing yet');
  });

  test.each(STATES)('the lists fit a message, and what is left out is counted: %s', (_name, facts) => {
    for (const [title, open, may] of [
      [facts.title, 3, 4],
      ['💥'.repeat(100), 25, 60],
    ] as const) {
      const newest = Array.from({ length: open }, () => ({ ...facts, title }));
      const askable = Array.from({ length: may }, () => ({ ...entitlements[0], title }) as Entitlement);
      const { blocks, text } = lists({ newest, count: open + 2 }, askable);
      const shown = JSON.stringify(blocks);
      expect(checkBlocks('message', blocks)).toEqual([]);
      expect(bytesOf(blocks)).toBeLessThanOrEqual(SLACK_LIMITS.messageBlocks);
      expect(text).toBe(`You have ${open + 2} open requests. You may ask for ${may} things.`);
      const left = [...shown.matchAll(/and (\d+) more: /g)].map(([, more]) => Number(more));
      const rows = blocks.filter((each) => JSON.stringify(each).includes(`"*${title}`)).length;
      const lines = shown.split('`/access orders-db`').length - 1;
      const expected = [open + 2 - rows, may - lines].filter((more) => more > 0);
      expect(left).toEqual(expected);
    }
  });

  test('help is short', () => {
    expect(checkBlocks('message', help().blocks)).toEqual([]);
    expect(helpLines(help())).toBeLessThan(12);
  });
});

/** Thirty copies of one request would repeat their block ids; real ones have ids of their own. */
function unique(page: ReturnType<typeof home>) {
  const blocks = page.blocks.map((block, index) =>
    'block_id' in block ? { ...block, block_id: `b${index}` } : block,
  );
  return { ...page, blocks };
}

describe('buttons', () => {
  const shown = Object.fromEntries(
    STATES.map(([name, facts]) => [
      name,
      {
        channel: buttonsOf(requestCard(facts).blocks),
        approver: buttonsOf(requestCard(facts, bo).blocks),
        bystander: buttonsOf(requestCard(facts, dee).blocks),
        requester: buttonsOf(receipt(facts).blocks),
      },
    ]),
  );

  test('a waiting request can be decided, by those who decide', () =>
    expect(shown['pending']).toEqual({
      channel: ['approve', 'deny'],
      approver: ['approve', 'deny'],
      bystander: [],
      requester: ['withdraw'],
    }));

  test('what is active can be ended, and its password taken by its requester alone', () =>
    expect(shown['active']).toEqual({
      channel: ['end'],
      approver: ['end'],
      bystander: [],
      requester: ['deliver', 'end'],
    }));

  test.each(['expired', 'ended', 'denied', 'withdrawn', 'lapsed', 'voided', 'grant-failed', 'revoking'])(
    'a request that is over has no live buttons: %s (B64)',
    (name) => expect(Object.values(shown[name] ?? {}).flat()).toEqual([]),
  );

  test('a button carries an id and a digest, and nothing else is read from it (B63, T12)', () => {
    const [, facts] = STATES[0] ?? [];
    const card = JSON.stringify(requestCard(facts as RequestView).blocks);
    const [, value] = /"value":"([^"]*)"/.exec(card) ?? [];
    expect(parsePressed(value)).toEqual({ request: facts?.id, digest: DIGEST });
    for (const forged of [
      '',
      'approve',
      `${facts?.id}`,
      `${facts?.id} ${DIGEST}x`,
      `req_x ${DIGEST}`,
      null,
      7,
      {},
    ])
      expect(parsePressed(forged)).toBeUndefined();
  });

  test('a confidential entitlement asks once more before it is approved', () => {
    const [, facts] = STATES[0] ?? [];
    expect(JSON.stringify(requestCard(facts as RequestView))).toContain('"confirm"');
    expect(JSON.stringify(requestCard({ ...(facts as RequestView), class: 'internal' }))).not.toContain(
      '"confirm"',
    );
  });
});

describe('text that people wrote is inert (T18, B63, B68)', () => {
  const [, pending] = STATES[0] ?? [];
  const card = requestCard({ ...(pending as RequestView), reason: HOSTILE });

  test('it stands in elements in which Slack reads no markup', () => {
    const markup = JSON.stringify(card.blocks.filter(({ type }) => type !== 'rich_text')) + card.text;
    expect(markup).not.toContain('<!channel>');
    expect(markup).not.toContain('evil.example');
    const quoted = card.blocks.find(({ type }) => type === 'rich_text');
    expect(JSON.stringify(quoted)).toContain('<!channel> <@U0BOLIND01> *bold*');
  });

  test('what reorders or hides is made visible', () =>
    expect(JSON.stringify(card)).not.toMatch(/[\u202e\u200b]/));

  test('a title from the catalogue cannot ping or format', () => {
    const { blocks, text } = requestCard({ ...(pending as RequestView), title: '<!here> *x*' });
    const titled = JSON.stringify(blocks.filter(({ type }) => type !== 'actions')) + text;
    expect(titled).toContain('&lt;!here&gt;');
    expect(titled).not.toContain('<!here>');
  });
});

test('who is asked is told why, and what silence leads to', () => {
  const [, pending] = STATES[0] ?? [];
  const mine = JSON.stringify(requestCard(pending as RequestView, cy));
  expect(mine).toContain('You are asked because you own orders-db.');
  expect(mine).toContain('lapses and nothing is granted');
});
