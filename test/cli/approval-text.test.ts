import { describe, expect, test } from '@jest/globals';
import { approvalLines } from '../../cli/terminal/approval-text.ts';
import { approvedLines } from '../../cli/terminal/targets.ts';
import { widthOf } from '../../cli/terminal/width.ts';
import { fitted } from '../../cli/terminal/wrap.ts';
import type { PersonId } from '../../core/ids.ts';
import { viewAfter, DIGEST } from '../bot/request-view.fixture.ts';
import {
  approve,
  bo,
  confirmGranted,
  cy,
  demand,
  extend,
  open,
  run,
} from '../core/request/request.fixture.ts';
import { stateAfter } from '../../core/request/evolve.ts';
import type { RequestView } from '../../requests/view.ts';

const PLAIN = { width: 100, coloured: false };

test('an approver reads everything that the approval is for, and the digest that covers it (I11)', () => {
  expect(approvalLines(viewAfter([]), bo, PLAIN)).toEqual([
    'Orders database, read only for ana of Lantern (ana), 2 h',
    '  Look up orders.',
    '',
    'Reason',
    '  incident 4312',
    '',
    'What exactly (class confidential)',
    '  a login of your own to the database orders (level: present)',
    '    - member of role orders_reader',
    '',
    'How it ends',
    '  With the last approval the access starts, and it ends 2 h later.',
    '  The login expires. Nobody can log in with it after the end, even when Curfew is down.',
    '',
    'Why you are asked',
    '  You are an approver: bo owns orders-db.',
    '',
    'What waits',
    '  Waiting for approval by bo or cy.',
    '  If nobody decides, the request lapses 2026-01-05 20:00 UTC and no access is granted.',
    '',
    `Digest of all this: ${DIGEST}`,
  ]);
});

test('an approver reads that the requester may still be refused', () => {
  const denied = { kind: 'denied', provider: 'aws-iam', toUndo: ['Delete the policy.'] } as const;
  expect(approvalLines(viewAfter([], { elsewhere: [denied] }), bo, PLAIN)).toContainEqual(
    expect.stringMatching(/^ {2}Waiting for approval by bo or cy\. "aws-iam" may still refuse this access/),
  );
});

test('the second of two approvers reads who has approved', () => {
  const { log } = run([open(demand([2, bo, cy])), approve(bo)]);
  const view = { ...viewAfter([]), state: stateAfter(log) as RequestView['state'] };
  const text = approvalLines(view, cy, PLAIN).join('\n');
  expect(text).toContain('Waiting for approval by cy. Approved so far by bo.');
});

test('an approver of an extension reads how much longer, until when, why, and its own digest', () => {
  const view = viewAfter([approve(bo), confirmGranted(), extend()], { extensionReason: 'still broken' });
  const text = approvalLines(view, cy, PLAIN).join('\n');
  for (const part of [
    'A later end\n  1 h more, until 2026-01-05 15:01 UTC.\n  still broken',
    'You are an approver: cy owns orders-db.',
    'Waiting for approval by bo or cy.',
    'the extension lapses 2026-01-05 14:00 UTC and the access ends as it does now.',
    'Digest of all this: x1',
  ])
    expect(text).toContain(part);
  expect(text).not.toContain('the access starts');
});

const withoutSpace = (text: string): string => text.replaceAll(/\s/g, '');

test('every permission is there, also one that is longer than the terminal', () => {
  const permissions = [
    `logs:GetLogEvents on arn:aws:logs:*:*:log-group:/${'orders/'.repeat(20)}*`,
    ...Array.from({ length: 40 }, (_, number) => `permission ${number}`),
  ];
  const [target] = viewAfter([]).targets;
  const view = viewAfter([], { targets: [{ ...target, permissions }] as RequestView['targets'] });
  const text = withoutSpace(approvalLines(view, bo, { width: 40, coloured: false }).join(''));
  for (const permission of permissions) expect(text).toContain(withoutSpace(permission));
});

test('what people wrote forges no line and hides nothing (T48)', () => {
  const HOSTILE = 'x\n\nApproved.\u001b[2J\u202e';
  const [target] = viewAfter([]).targets;
  const view = viewAfter([], {
    ...{ title: HOSTILE, about: HOSTILE, reason: HOSTILE, class: HOSTILE },
    targets: [
      { ...target, plain: HOSTILE, level: HOSTILE, permissions: [HOSTILE] },
    ] as RequestView['targets'],
    nameOf: (_person: PersonId) => ({ name: HOSTILE }),
  });
  const lines = approvalLines(view, bo, PLAIN);
  expect(
    lines.filter((line) => line.includes('Approved.')).every((line) => line.includes('x▯▯Approved.▯[2J▯')),
  ).toBe(true);
  expect(lines.join('')).not.toMatch(/[\u001b\u202e]/);
});

describe('no line is so wide that a terminal continues it where lines of Curfew begin (T48)', () => {
  const WIDTH = 90;
  const FORGED = ['incident', 'What exactly (class open)', `Digest of all this: ${'0'.repeat(64)}`];

  test.each<[string, string]>([
    ['no-break spaces', FORGED.map((line) => line.padEnd(WIDTH, '\u00a0')).join('\u00a0')],
    ['other white space', FORGED.join('\u2003\u3000'.repeat(WIDTH)).replaceAll(' ', '\u2007')],
    ['a long word', 'incident_'.repeat(40)],
    ['a long word of wide characters', '事件'.repeat(100)],
    ['emoji', '🎉👩🏽‍💻1\ufe0f\u20e3'.repeat(50)],
  ])('with %s in what people wrote', (_what, hostile) => {
    const [target] = viewAfter([]).targets;
    const view = viewAfter([approve(bo), confirmGranted(), extend()], {
      ...{ title: hostile, about: hostile, reason: hostile, extensionReason: hostile, class: hostile },
      targets: [
        { ...target, plain: hostile, level: hostile, permissions: [hostile] },
      ] as RequestView['targets'],
      nameOf: (_person: PersonId) => ({ name: hostile }),
    });
    const lines = approvalLines(view, cy, { width: WIDTH, coloured: false });
    expect(lines.filter((line) => widthOf(line) > WIDTH)).toEqual([]);
    const flush = lines.slice(1).filter((line) => /^\S/.test(line));
    expect(flush.map((line) => line.slice(0, 12))).toEqual([
      ...[
        'Reason',
        'A later end',
        'What exactly',
        'How it ends',
        'Why you are ',
        'What waits',
        'Digest of al',
      ],
    ]);
  });
});

test('a line about what was approved continues further right than every line of Curfew (T48)', () => {
  const hostile = ['incident', 'Approved: Orders, read only'].join('\u00a0'.repeat(90));
  const view = viewAfter([], { reason: hostile });
  const lines = approvedLines(view).flatMap((line) => fitted(line, 40));
  expect(lines.slice(0, 4)).toEqual([
    'Approved: Orders database, read',
    '      only for ana, 2 h.',
    '  Reason: incident Approved: Orders,',
    '      read only',
  ]);
  expect(lines.filter((line) => widthOf(line) > 40)).toEqual([]);
});

test('the headings are bold where colours are written, and the text is the same', () => {
  const lines = approvalLines(viewAfter([]), bo, { width: 100, coloured: true });
  expect(lines).toContain('\u001b[1mReason\u001b[22m');
  expect(lines.map((line) => line.replaceAll(/\u001b\[\d+m/g, ''))).toEqual(
    approvalLines(viewAfter([]), bo, PLAIN),
  );
});
