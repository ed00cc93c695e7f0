import { describe, expect, test } from '@jest/globals';
import type { ModalView, RichTextBlock } from '@slack/types';
import { allPermissionsButton, allPermissionsModal } from '../../bot/cards/targets.ts';
import { homeView } from '../../bot/cards/home.ts';
import { approverCard, channelCard, requesterCard } from '../../bot/cards/request-cards.ts';
import { listenForAllPermissions } from '../../bot/inbound/answer-buttons.ts';
import { LIMITS } from '../../core/limits.ts';
import type { RequestId } from '../../core/ids.ts';
import { oneLine } from '../../core/text.ts';
import type { DescribedTarget } from '../../core/target.ts';
import { createProviders } from '../../providers/index.ts';
import { targetReader } from '../../providers/target-reader.ts';
import { checkBlocks } from '../../sandbox/slack/blocks.ts';
import { LIMITS as SLACK_LIMITS } from '../../sandbox/slack/limits.ts';
import { checkView, isTooLarge } from '../../sandbox/slack/views.ts';
import type { Reader } from '../../wording/target-details.ts';
import { approve, bo, confirmGranted, request } from '../core/request/request.fixture.ts';
import { ANA, BO, fakeBot } from './fake-bot.fixture.ts';
import { linesOf } from './block-lines.fixture.ts';
import { DIGEST, viewAfter } from './request-view.fixture.ts';

const databases = Object.fromEntries(
  Array.from({ length: 30 }, (_, index) => [
    `orders-${index}-${'x'.repeat(40)}`,
    `postgres://g:p@db.example/d${index}`,
  ]),
);
const read = targetReader(
  createProviders({
    'aws-iam': {},
    github: { appId: 1, privateKey: 'x', installationId: 1 },
    postgres: { databases },
  }),
);
function describedBy(provider: string, json: object): DescribedTarget {
  const target = read(provider, json);
  if (!target.ok) throw new Error(target.error);
  return target.value.described;
}

/** Statements that need all the room of a user's policies, and have every kind of risk and five kinds of sessions. */
const RISKY = ['iam:*', 's3:*', 'lambda:*', 'sts:AssumeRole', 'dsql:DbC*'];
const statementsWith = (values: number) => [
  {
    Effect: 'Allow',
    Action: RISKY,
    Resource: '*',
    Condition: {
      StringEquals: Object.fromEntries(
        Array.from({ length: values }, (_, index) => [
          `aws:PrincipalTag/tag-${index}`,
          [`<${index}>`, '"', '&'],
        ]),
      ),
    },
  },
];
const values = Array.from({ length: 100 }, (_, index) => 100 - index).find(
  (count) => read('aws-iam', { kind: 'policy', statements: statementsWith(count) }).ok,
);

/** For each provider the target with the longest description. */
const LONGEST: Readonly<Record<string, DescribedTarget>> = {
  'aws-iam': describedBy('aws-iam', {
    kind: 'policy',
    account: '123456789012',
    statements: statementsWith(values ?? 0),
  }),
  'aws-iam group': describedBy('aws-iam', { kind: 'group', group: 'g'.repeat(128) }),
  github: describedBy('github', {
    kind: 'repository',
    org: 'o'.repeat(39),
    repo: 'r'.repeat(100),
    role: 'admin',
  }),
  'github team': describedBy('github', {
    kind: 'team',
    org: 'o'.repeat(39),
    team: 't'.repeat(100),
    role: 'maintainer',
  }),
  postgres: describedBy('postgres', {
    database: Object.keys(databases)[0],
    role: '"'.repeat(63),
    owner: '€'.repeat(21),
  }),
};
const twenty = (target: DescribedTarget) =>
  Array.from({ length: LIMITS.targetsPerEntitlement }, () => target);

const textOf = ({ blocks }: Pick<ModalView, 'blocks'>): string =>
  linesOf(blocks).join('\n').replaceAll('*', '');
const longestTextOf = (blocks: ModalView['blocks']): number =>
  Math.max(
    ...blocks.flatMap((block) =>
      (block as RichTextBlock).elements.map(({ elements }) =>
        elements.reduce((sum, run) => sum + ('text' in run ? String(run.text).length : 0), 0),
      ),
    ),
  );

describe('the modal with all permissions', () => {
  test('the longest policy of AWS has every kind of risk, and needs all its room', () => {
    expect(values).toBeGreaterThan(10);
    expect(LONGEST['aws-iam']?.cautions.length).toBeGreaterThanOrEqual(11);
  });

  test.each(Object.entries(LONGEST))(
    'has all of the longest entry that a catalogue can have: %s',
    (_name, target) => {
      const modal = allPermissionsModal(viewAfter([], { targets: twenty(target) }));
      expect(checkView(modal)).toEqual([]);
      expect(isTooLarge(modal)).toBe(false);
      expect(modal.blocks.length).toBeLessThanOrEqual(SLACK_LIMITS.blocksInView / 2);
      expect(longestTextOf(modal.blocks)).toBeLessThanOrEqual(SLACK_LIMITS.sectionText);
      const text = textOf(modal).replaceAll(/\s+/g, '');
      for (const each of [...target.permissions, ...target.cautions, ...target.atEnd])
        expect(text.split(each.replaceAll(/[\s*]+/g, ''))).toHaveLength(LIMITS.targetsPerEntitlement + 1);
    },
  );

  test('continues a line of more than 3,000 characters in the next block, and halves no character', () => {
    const [target] = viewAfter([]).targets;
    const permissions = [`${'💥'.repeat(4_000)}end`];
    const targets = [{ ...target, permissions } as DescribedTarget];
    const modal = allPermissionsModal(viewAfter([], { targets }));
    expect(checkView(modal)).toEqual([]);
    expect(longestTextOf(modal.blocks)).toBeLessThanOrEqual(SLACK_LIMITS.sectionText);
    expect(textOf(modal).replaceAll('\n      ◦ ', '')).toContain(oneLine(permissions[0] ?? ''));
  });

  test.each<[Reader, boolean]>([
    ['approver', true],
    ['holder', false],
  ])('for the %s has cautions: %s', (reader, has) => {
    const [target] = viewAfter([]).targets;
    const targets = [{ ...target, cautions: ['a clone stays'] } as DescribedTarget];
    const text = textOf(allPermissionsModal(viewAfter([], { targets }), reader));
    expect(text.includes('Caution: a clone stays')).toBe(has);
    expect(text).toContain('◦ member of role orders_reader');
  });
});

describe('the button for all permissions', () => {
  const many = { targets: twenty(LONGEST['aws-iam'] as DescribedTarget) };
  const active = [approve(bo), confirmGranted()];
  const rowsIn = (blocks: readonly object[]) =>
    linesOf(blocks).filter((line) => line.includes('[All permissions]'));
  const ROW = `permissions-${request}: [All permissions]`;

  test('carries the request and the digest that was on the screen, as every button', () =>
    expect(allPermissionsButton(viewAfter([]))).toEqual({
      type: 'button',
      action_id: 'all-permissions',
      text: { type: 'plain_text', text: 'All permissions', emoji: false },
      value: `${request} ${DIGEST}`,
      accessibility_label: 'All permissions: Orders database, read only',
    }));

  test.each([
    ['the card in the channel', channelCard(viewAfter([], many)).blocks],
    ['the card of an approver', approverCard(viewAfter([], many), bo).blocks],
    ['the card of the holder', requesterCard(viewAfter(active, many)).blocks],
  ])('is on %s when something is left out, and Slack takes the card', (_which, blocks) => {
    expect(rowsIn(blocks)).toEqual([ROW]);
    expect(checkBlocks('message', blocks)).toEqual([]);
    expect(Buffer.byteLength(JSON.stringify(blocks))).toBeLessThanOrEqual(SLACK_LIMITS.messageBlocks);
  });

  test('on the card of the holder opens what the card itself says: no cautions', () => {
    const blocks = linesOf(requesterCard(viewAfter(active, many)).blocks).join();
    const cautious = linesOf(approverCard(viewAfter(active, many), bo).blocks).join();
    expect([blocks, cautious].map((lines) => /Caution:/.test(lines))).toEqual([false, true]);
  });

  test.each([
    ['the card in the channel', channelCard(viewAfter([])).blocks],
    ['the card of the holder', requesterCard(viewAfter(active)).blocks],
  ])('is not on %s when everything fits', (_which, blocks) => expect(rowsIn(blocks)).toEqual([]));

  test('fits on a Home with as many cards and entries as it shows', () => {
    const pageOf = (first: string, ...args: Parameters<typeof viewAfter>) => {
      const newest = Array.from({ length: 10 }, (_, index) => ({
        ...viewAfter(...args),
        id: `req_${first}${index}${'0'.repeat(24)}` as RequestId,
      }));
      return { newest, count: 31 };
    };
    const page = homeView({
      person: bo,
      name: 'Bo',
      live: pageOf('a', active),
      waitingForMe: pageOf('b', [], many),
      myPending: pageOf('c', []),
      requestable: [],
      policyProblem: 'x.yaml:1:1: a tab',
    });
    expect(rowsIn(page.blocks)).toHaveLength(5);
    expect(checkView(page)).toEqual([]);
    expect(isTooLarge(page)).toBe(false);
  });
});

describe('a click on the button for all permissions', () => {
  const UNKNOWN = 'This button is not from Curfew, or it is from an old version. Nothing was changed.';
  const targets = [{ ...viewAfter([]).targets[0], cautions: ['a clone stays'] } as DescribedTarget];
  const callsAfter = async (
    value: string | undefined,
    { user = BO, type = 'block_actions', isThere = true },
  ) => {
    const bot = fakeBot(isThere ? viewAfter([], { targets }) : undefined);
    listenForAllPermissions(bot.app, bot.deps);
    const body = { type, user: { id: user, team_id: 'T1' }, channel: { id: 'C1' }, trigger_id: 'TR1' };
    expect(await bot.send('action', 'all-permissions', { body, action: { type: 'button', value } })).toBe(1);
    return bot.calls;
  };
  const VALUE = `${request} ${DIGEST}`;

  test.each<[string, string, Reader]>([
    ['an approver', BO, 'approver'],
    ['the requester', ANA, 'holder'],
    ['somebody in the channel whom the policy does not know', 'U0STRANGER', 'approver'],
  ])('opens the modal, and stores nothing: %s', async (_who, user, reader) =>
    expect(await callsAfter(VALUE, { user })).toEqual([
      ['ack'],
      ['views.open', { trigger_id: 'TR1', view: allPermissionsModal(viewAfter([], { targets }), reader) }],
    ]),
  );

  test.each([
    ['has a wrong value', 'orders-db', {}],
    ['has no value', undefined, {}],
    [
      'has the digest of another request, because somebody guessed the id',
      `${request} ${'e'.repeat(64)}`,
      {},
    ],
    ['is in no message and no view', VALUE, { type: 'other' }],
    ['names no request', VALUE, { isThere: false }],
  ])('shows nothing when it %s', async (_what, value, more) =>
    expect(await callsAfter(value, more)).toEqual([
      ['ack'],
      ['chat.postEphemeral', { channel: 'C1', user: BO, text: UNKNOWN }],
    ]),
  );
});
