import { describe, expect, test } from '@jest/globals';
import { approverCard, channelCard, olderCard, requesterCard } from '../../bot/cards/request-cards.ts';
import { leaseIdOf, type PersonId } from '../../core/ids.ts';
import type { Command } from '../../core/request/commands.ts';
import { stateAfter } from '../../core/request/evolve.ts';
import type { RequestView } from '../../requests/view.ts';
import {
  ana,
  approve,
  approveExtension,
  bo,
  confirmExtended,
  confirmGranted,
  confirmLeaseExtended,
  confirmRevoked,
  cy,
  dee,
  demand,
  deny,
  end,
  extend,
  lease,
  later,
  open,
  request,
  run,
  sam,
} from '../core/request/request.fixture.ts';
import { linesOf } from './block-lines.fixture.ts';
import { STATES, viewAfter } from './request-view.fixture.ts';

const ROW = 'decide-req_01jgyq8zk7f5v2m9c3x4b6n8p0';
const TITLE = '*ana of Lantern* (ana) requests *Orders database, read only* for *2 h*';
const OWN_TITLE = '*Orders database, read only* for *2 h*';
const ACCESS = ['• A login of your own to the database orders', '      ◦ member of role orders_reader'];
const ENFORCED =
  '(:key: *The login expires.* Nobody can log in with it after the end, even when Curfew is down.)';
const OWN_ENFORCED =
  '(:key: *Your login expires.* You cannot log in with it after the end, even when Curfew is down.)';
const LAPSES =
  '(If nobody decides, the request <!date^1767643200^lapses {date_short_pretty} at {time}|lapses 2026-01-05 20:00 UTC> and no access is granted.)';
const AGAIN = 'mine: [Request again]';
const time = (seconds: number, before: string, utc: string) =>
  `<!date^${seconds}^${before}{date_short_pretty} at {time}|${before}2026-01-05 ${utc} UTC>`;

/** What every reader sees of the request: who requests what, why, the permissions, how the end is enforced. */
const top = [
  TITLE,
  '> incident 4312',
  '*Requested access*, class confidential\nLook up orders.',
  ...ACCESS,
  ENFORCED,
];
const viewOf = (state: string) => STATES.find(([name]) => name === state)?.[1] as RequestView;

/** The status of a request in each state. */
const STATUS: readonly (readonly [state: string, status: string])[] = [
  ['pending', ':hourglass_flowing_sand: Waiting for approval by bo of Lantern or cy of Lantern.'],
  [
    'granting',
    `:gear: Approved by bo of Lantern. Curfew is granting the access now; ${time(1_767_621_660, 'it ends ', '14:01')}.`,
  ],
  [
    'active',
    `:large_green_circle: *${time(1_767_621_660, 'Active until ', '14:01')}.* Approved by bo of Lantern.`,
  ],
  [
    'revoking',
    ':gear: Curfew is revoking the access: expired. It tries again until the provider shows that the access is gone.',
  ],
  [
    'expired',
    `:white_circle: ${time(1_767_621_720, 'Expired ', '14:02')}. The access to *Orders database, read only* was revoked and verified.`,
  ],
  [
    'denied',
    `:white_circle: Denied by bo of Lantern${time(1_767_614_460, ', ', '12:01')}. No access was granted.`,
  ],
];

const AT = { requested: '12:00', approved: '12:01', activated: '12:02', ended: '14:01', closed: '14:02' };
const SECONDS = { requested: 0, approved: 60, activated: 120, ended: 7_260, closed: 7_320 };
const step = (when: keyof typeof AT, what: string) =>
  `• ${time(1_767_614_400 + SECONDS[when], '', AT[when])}: ${what}`;
const HEADING = '*History*';
const ASKED = step('requested', 'ana of Lantern requested the access.');
const APPROVED = step('approved', 'bo of Lantern approved the request.');
const GRANTED = step('activated', 'Access granted and verified.');
/** What happened so far, in each state. A request that was only made has no history yet. */
const HISTORY: Readonly<Record<string, readonly string[]>> = {
  pending: [],
  granting: [HEADING, ASKED, APPROVED],
  active: [HEADING, ASKED, APPROVED, GRANTED],
  revoking: [HEADING, ASKED, APPROVED, GRANTED, step('ended', 'Curfew began to revoke the access: expired.')],
  expired: [
    HEADING,
    ASKED,
    APPROVED,
    GRANTED,
    step('ended', 'Curfew began to revoke the access: expired.'),
    step('closed', 'Access revoked and verified.'),
  ],
  denied: [HEADING, ASKED, step('approved', 'The request is closed: denied by bo of Lantern.')],
};

describe('the card in the channel', () => {
  const belowStatus: Readonly<Record<string, readonly string[]>> = {
    pending: [
      '(Approvers: bo of Lantern (owns orders-db) and cy of Lantern (owns orders-db).)',
      LAPSES,
      `${ROW}: [Approve 2 h] [Deny…]`,
    ],
    active: [`${ROW}: [End access now]`],
  };

  test.each(STATUS)('of a request that is %s', (state, status) =>
    expect(linesOf(channelCard(viewOf(state)).blocks)).toEqual([
      ...top,
      status,
      ...(state === 'denied' ? ['> use the replica'] : []),
      ...(HISTORY[state] ?? []),
      ...(belowStatus[state] ?? []),
    ]),
  );

  test('shows the access without a description when the catalogue has none', () =>
    expect(linesOf(channelCard(viewAfter([], { about: undefined })).blocks)).toContain(
      '*Requested access*, class confidential',
    ));

  test('names each way in which the end of a target is enforced', () => {
    const [target] = viewAfter([]).targets;
    const targets = [target, { ...target, enforcement: 'C' }] as RequestView['targets'];
    expect(
      linesOf(channelCard(viewAfter([], { targets })).blocks).filter((line) =>
        /:(lock|key|alarm_clock):/.test(line),
      ),
    ).toEqual([
      ENFORCED,
      '(:alarm_clock: *Curfew ends it.* It revokes the access at the end, and tries again until the provider shows that it is gone. While Curfew is down, the access stays.)',
    ]);
  });

  test('warns of a session that can continue after the end', () => {
    const targets = viewAfter([]).targets.map((target) => ({ ...target, residualMs: 3_600_000 }));
    expect(linesOf(channelCard(viewAfter([], { targets })).blocks)).toContain(
      '(:warning: *A session can outlast the end.* One that is open at the end can continue for up to 1 h.)',
    );
  });

  test('mentions nobody in the text of its notification, and names them', () =>
    expect(channelCard(viewOf('pending')).text).toBe(
      'ana of Lantern requests Orders database, read only for 2 h: Waiting for approval by bo of Lantern or cy of Lantern.',
    ));
});

test('each card links to its page of the console, where there is one', () => {
  const view = { ...viewAfter([approve(bo)]), link: 'https://curfew.example.com/requests/req_1' };
  for (const card of [channelCard(view), approverCard(view, bo), requesterCard(view)])
    expect(linesOf(card.blocks)).toContain(
      '(<https://curfew.example.com/requests/req_1|Open it in the console>)',
    );
  expect(JSON.stringify(channelCard(viewAfter([approve(bo)])).blocks)).not.toContain('console');
});

describe('the card of the requester', () => {
  const belowStatus: Readonly<Record<string, readonly string[]>> = {
    pending: [LAPSES, 'mine: [Withdraw]'],
    granting: [...(HISTORY['granting'] ?? []), "mine: [I'm done]"],
    active: [
      '*What you can do now*',
      ...ACCESS,
      OWN_ENFORCED,
      '(Your password is shown only once, and only to you.)',
      ...(HISTORY['active'] ?? []),
      "mine: [Show my password] [Extend…] [I'm done]",
    ],
    revoking: HISTORY['revoking'] ?? [],
    expired: [...(HISTORY['expired'] ?? []), AGAIN],
    denied: ['Reason given by bo of Lantern:', '> use the replica', ...(HISTORY['denied'] ?? []), AGAIN],
  };

  test.each(STATUS)('of a request that is %s', (state, line) => {
    const [icon, ...status] = line.split(' ');
    expect(linesOf(requesterCard(viewOf(state)).blocks)).toEqual([
      `${icon} ${OWN_TITLE}\n${status.join(' ')}`,
      '> incident 4312',
      ...(belowStatus[state] ?? []),
    ]);
  });

  test('has a button for each of two passwords', () => {
    const view = viewAfter([approve(bo), confirmGranted()], { secrets: [lease, leaseIdOf(request, 1)] });
    expect(linesOf(requesterCard(view).blocks).slice(-2)).toEqual([
      ...(HISTORY['active']?.slice(-1) ?? []),
      "mine: [Show my password] [Show my password] [Extend…] [I'm done]",
    ]);
  });

  test('says nothing of a password when there is none', () =>
    expect(linesOf(requesterCard(viewAfter([approve(bo), confirmGranted()])).blocks).slice(2)).toEqual([
      '*What you can do now*',
      ...ACCESS,
      OWN_ENFORCED,
      ...(HISTORY['active'] ?? []),
      "mine: [Extend…] [I'm done]",
    ]));

  test('mentions nobody in the text of its notification, and names them', () =>
    expect(requesterCard(viewOf('granting')).text).toBe(
      `Your request for Orders database, read only: Approved by bo of Lantern. Curfew is granting the access now; ${time(1_767_621_660, 'it ends ', '14:01')}.`,
    ));
});

test('the older message of a requester has nothing to press, and says where the newer one is', () =>
  expect(linesOf(olderCard(viewOf('active')).blocks)).toEqual([
    '*Orders database, read only* for ana of Lantern, 2 h: a newer message below shows this request.',
  ]));

describe('why a reader is an approver', () => {
  const staged = (...approvals: readonly PersonId[]): RequestView => {
    const { log } = run([open(demand([1, bo], [1, cy, dee])), ...approvals.map((by) => approve(by))]);
    return { ...viewAfter([]), state: stateAfter(log) as RequestView['state'] };
  };
  const own = (view: RequestView, reader: PersonId) =>
    linesOf(approverCard(view, reader).blocks).filter((line) => /approver because|Approvers: /.test(line));
  const because = (reason: string): RequestView => {
    const view = viewAfter([]);
    if (view.state.kind !== 'pending') throw new Error('the request is not pending');
    const stages = [{ needs: 1, approvers: [{ person: bo, because: reason }] }];
    return { ...view, state: { ...view.state, requirements: { ...view.state.requirements, stages } } };
  };

  test.each([
    ['owns orders-db', '(You are an approver because you own orders-db.)'],
    ['is the manager of ana', '(You are an approver because you are the manager of ana.)'],
    ['owns *x*', '(You are an approver because you own *x*.)'],
  ])('"%s" is written in the second person', (reason, expected) =>
    expect(own(because(reason), bo)).toEqual([expected]),
  );

  test.each<[string, RequestView, PersonId, string]>([
    ['the first stage', staged(), bo, '(You are an approver because you own orders-db.)'],
    ['the second stage', staged(bo), dee, '(You are an approver because you own orders-db.)'],
    [
      'somebody who approved in an earlier stage',
      staged(bo),
      bo,
      '(Approvers: cy of Lantern (owns orders-db) and dee of Lantern (owns orders-db).)',
    ],
    ['somebody of a later stage', staged(), dee, '(Approvers: bo of Lantern (owns orders-db).)'],
    ['nobody in particular', staged(), sam, '(Approvers: bo of Lantern (owns orders-db).)'],
  ])('%s', (_who, view, reader, expected) => expect(own(view, reader)).toEqual([expected]));
});

test('the card of the requester says how long an extended access lasts in all, also when it is over', () => {
  const extended = [
    ...[approve(bo), confirmGranted(), extend(), approveExtension(bo)],
    ...[confirmLeaseExtended(), confirmExtended()],
  ];
  const lines = linesOf(requesterCard(viewAfter(extended)).blocks);
  expect(lines[0]).toMatch(/^:large_green_circle: \*Orders database, read only\* for \*3 h\*\n/);
  const closed = viewAfter([...extended, end(ana, later(70)), confirmRevoked()]);
  expect(linesOf(requesterCard(closed).blocks)[0]).toMatch(/ for \*3 h\*\n/);
  expect(lines).toContainEqual(
    expect.stringMatching(/^• .*: ana of Lantern requested 1 h more<!date\S+, until [^>]*>\.$/),
  );
});

describe('the card of an open extension', () => {
  const untilActive = [approve(bo), confirmGranted()];
  const shown = (...more: readonly Command[]) =>
    linesOf(
      approverCard(viewAfter([...untilActive, ...more], { extensionReason: 'still broken' }), cy).blocks,
    );

  test('says how much longer, until when, why, who is asked and why they are, and when it lapses', () => {
    const lines = shown(extend());
    expect(lines).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^\*ana of Lantern requests 1 h more\*, <!date.*until .*>: 3 h in all\.$/),
        '> still broken',
        ':hourglass_flowing_sand: Waiting for approval by bo of Lantern or cy of Lantern.',
        expect.stringMatching(
          /^\(If nobody decides, the extension <!date.*lapses .*> and the access ends as it does now\.\)$/,
        ),
        '(You are an approver because you own orders-db.)',
        `${ROW}: [Approve 1 h more] [Deny…] [End access now]`,
      ]),
    );
    expect(lines.join()).toContain(ENFORCED);
    expect(lines).toEqual(expect.arrayContaining(ACCESS));
  });

  test('says that the end moves when it is approved, and which end counts until then', () => {
    const lines = shown(extend(), approveExtension(bo));
    expect(lines).toContainEqual(
      expect.stringMatching(/^:gear: Approved by bo of Lantern\. Curfew moves the end/),
    );
    expect(lines.at(-1)).toBe(`${ROW}: [End access now]`);
  });
});

test('the reason and the denial are shown in full up to two thousand bytes', () => {
  const text = 'x'.repeat(2_000);
  const denied = viewAfter([deny(bo)], { reason: text, denial: { by: bo, text } });
  for (const { blocks } of [channelCard(denied), approverCard(denied, ana), requesterCard(denied)])
    expect(linesOf(blocks).filter((line) => line === `> ${text}`)).toHaveLength(2);
});

test('a longer reason and denial are cut to two thousand bytes, so that the requested access still fits', () => {
  const text = 'x'.repeat(2_001);
  const denied = viewAfter([deny(bo)], { reason: text, denial: { by: bo, text } });
  for (const { blocks } of [channelCard(denied), approverCard(denied, ana), requesterCard(denied)]) {
    const quotes = linesOf(blocks).filter((line) => line.startsWith('> '));
    expect(quotes.map((line) => [/^> x+…$/.test(line), Buffer.byteLength(line) <= 2_002])).toEqual([
      [true, true],
      [true, true],
    ]);
  }
});
