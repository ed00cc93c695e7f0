import { expect, test } from '@jest/globals';
import { bytesOf } from '../../bot/cards/elements.ts';
import { accessListMessage } from '../../bot/cards/access-list.ts';
import type { Entitlement } from '../../policy/index.ts';
import type { RequestPage } from '../../requests/view.ts';
import { approve, bo, confirmGranted } from '../core/request/request.fixture.ts';
import { policyOf } from '../policy/quickstart.fixture.ts';
import { linesOf } from './block-lines.fixture.ts';
import { viewAfter } from './request-view.fixture.ts';

const [db, logs] = ['orders-db', 'orders-logs'].map((id) => policyOf().entitlements.get(id)) as [
  Entitlement,
  Entitlement,
];
const [pending, active] = [viewAfter([]), viewAfter([approve(bo), confirmGranted()])];
const none = { newest: [], count: 0 };
const OPEN = '*Your access and open requests*';
const MAY = '*What you can request*';
const PENDING = '*Orders database, read only*: Waiting for approval by <@U0BOLIND01> or <@U0CYOKAFR1>.';
const ACTIVE =
  '*Orders database, read only*: *<!date^1767621660^Active until {date_short_pretty} at {time}|Active until 2026-01-05 14:01 UTC>.* Approved by <@U0BOLIND01>.';
const DB = '`/access orders-db`  Orders database, read only, up to 8 h';
const unreadable = (why: string) =>
  `Nobody can request or approve access right now: ${why}. Tell the operator of Curfew. Active access still ends on time, and you can still end it.`;

test.each<[string, RequestPage, readonly Entitlement[] | string, string, readonly string[]]>([
  [
    'nothing',
    none,
    [],
    'You have 0 open requests. You can request 0 entitlements.',
    [OPEN, '(None.)', MAY, '(Nothing yet.)'],
  ],
  [
    'one of each',
    { newest: [active], count: 1 },
    [db],
    'You have 1 open request. You can request 1 entitlement.',
    [OPEN, ACTIVE, MAY, DB],
  ],
  [
    'several of each',
    { newest: [active, pending], count: 3 },
    [db, logs],
    'You have 3 open requests. You can request 2 entitlements.',
    [
      OPEN,
      ACTIVE,
      PENDING,
      '(and 1 more: each has its own message from Curfew, with its buttons)',
      MAY,
      DB,
      '`/access orders-logs`  Orders service logs in AWS, up to 1 day',
    ],
  ],
  [
    'a policy that cannot be read',
    { newest: [pending], count: 1 },
    'a <tab>',
    `You have 1 open request. ${unreadable('a &lt;tab&gt;')}`,
    [OPEN, PENDING, MAY, `:warning: ${unreadable('a <tab>')}`],
  ],
])('the answer to /access list with %s', (_what, open, requestable, text, lines) => {
  const message = accessListMessage(open, requestable);
  expect([message.text, ...linesOf(message.blocks)]).toEqual([text, ...lines]);
});

test('the answer to /access list names what goes on at three providers, and counts the others', () => {
  const elsewhere = ['a', 'b', 'c', 'd'].map((provider) => ({
    ...({ kind: 'session', provider, until: null } as const),
  }));
  const { blocks } = accessListMessage({ newest: [viewAfter([], { elsewhere })], count: 1 }, []);
  expect(linesOf(blocks)[1]).toMatch(/at `c` [^`]*\. 1 more note: `\/access story \w{8}`$/);
});

test('entitlements that do not fit in the message are counted, and none is cut', () => {
  const { blocks } = accessListMessage(
    none,
    Array.from({ length: 60 }, () => db),
  );
  const lines = linesOf(blocks).slice(3);
  expect(new Set(lines.slice(0, -1))).toEqual(new Set([DB]));
  expect(lines.at(-1)).toBe(`(and ${60 - (lines.length - 1)} more: type \`/access\` and search)`);
  expect(bytesOf(blocks.slice(-2, -1))).toBeLessThanOrEqual(4_000);
  expect(bytesOf(blocks.slice(-2, -1))).toBeGreaterThan(3_700);
});
