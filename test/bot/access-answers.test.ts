import { describe, expect, test } from '@jest/globals';
import {
  accessOfMessage,
  holdersMessage,
  liveMessage,
  ownRequestsMessage,
  waitingMessages,
} from '../../bot/cards/access-answers.ts';
import { auditorHome, overviewBlocks } from '../../bot/cards/auditor-home.ts';
import {
  directMessageHelp,
  writtenRequestMessage,
  commandsFor,
  helpMessage,
  type HelpReader,
} from '../../bot/cards/help.ts';
import { bytesOf } from '../../bot/cards/elements.ts';
import type { RenderedMessage } from '../../bot/cards/rendered-message.ts';
import { storyMessage } from '../../bot/cards/past-answers.ts';
import type { Event } from '../../core/request/events.ts';
import type { PersonId } from '../../core/ids.ts';
import type { AccessList } from '../../requests/access-questions.ts';
import type { Story } from '../../requests/story.ts';
import type { RequestView } from '../../requests/view.ts';
import { checkBlocks } from '../../sandbox/slack/blocks.ts';
import { LIMITS as SLACK_LIMITS } from '../../sandbox/slack/limits.ts';
import type { PastAccess, UnwatchedTime } from '../../core/past-access.ts';
import { checkView } from '../../sandbox/slack/views.ts';
import {
  ana,
  approve,
  bo,
  confirmGranted,
  later,
  lease,
  noon,
  request,
} from '../core/request/request.fixture.ts';
import { helpLines } from './help-lines.fixture.ts';
import { linesOf } from './block-lines.fixture.ts';
import { STATES, viewAfter } from './request-view.fixture.ts';

const LONGEST = '💥'.repeat(1000);
/** The longest title of the catalogue. */
const TITLE = '💥'.repeat(70);
const nameOf = viewAfter([]).nameOf;
const active = viewAfter([approve(bo), confirmGranted()]);
const listOf = (views: readonly RequestView[], count = views.length, from = 0): AccessList => ({
  views,
  from,
  count,
});
const many = (view: RequestView, length: number): readonly RequestView[] =>
  Array.from({ length }, () => view);
const moreLines = (blocks: readonly object[]) =>
  linesOf(blocks).filter((line) => /more:|There are only/.test(line));
const rows = (blocks: readonly object[]) =>
  linesOf(blocks).filter((line) => line.includes(`\`${'3x4b6n8p0'.slice(-8)}\``)).length;

/** Slack takes the message, and what it says for a screen reader is a sentence. */
function expectValid({ text, blocks }: RenderedMessage): void {
  expect(checkBlocks('message', blocks)).toEqual([]);
  expect(blocks.length).toBeLessThanOrEqual(50);
  expect(bytesOf(blocks)).toBeLessThanOrEqual(SLACK_LIMITS.messageBlocks);
  expect(text).toMatch(/\w/);
}

const NO_OTHER = { rows: [] };

const lists: readonly (readonly [
  string,
  (list: AccessList) => RenderedMessage,
  command: string | undefined,
])[] = [
  [
    'who',
    (open) => holdersMessage({ entitlement: 'orders-db', title: 'Orders', open }, NO_OTHER, nameOf),
    '/access who orders-db',
  ],
  ['who has', (open) => accessOfMessage({ person: ana, open }, NO_OTHER, nameOf), '/access who has ana'],
  ['live', (list) => liveMessage(list, nameOf, { isAuditor: false, isSecurity: false }), '/access live'],
];

describe.each(lists)('the answer to %s', (_word, draw, command) => {
  test.each(STATES)('is a message that Slack takes, with short and with long names: %s', (_name, view) => {
    for (const title of [view.title, TITLE])
      for (const length of [0, 1, 20]) {
        const message = draw(listOf(many({ ...view, title }, length), length + 40));
        expectValid(message);
        const shown = message.blocks.filter((block) =>
          JSON.stringify(block).includes('3x4b6n8p0'.slice(-8)),
        ).length;
        const rest = length + 40 - shown;
        expect(moreLines(message.blocks)).toEqual([`(and ${rest} more: \`${command} from ${shown + 1}\`)`]);
      }
  });

  test('shows the next part, and counts what comes after it', () => {
    const { blocks } = draw(listOf(many(active, 9), 45, 20));
    expect([rows(blocks), moreLines(blocks)]).toEqual([9, [`(and 16 more: \`${command} from 30\`)`]]);
    expect(moreLines(draw(listOf(many(active, 5), 45, 40)).blocks)).toEqual([]);
  });

  test('says so when the part begins after the end', () =>
    expect(moreLines(draw(listOf([], 45, 90)).blocks)).toEqual([
      `(There are only 45: \`${command}\` shows them from the beginning.)`,
    ]));
});

describe('the answer to mine', () => {
  test.each(STATES)('is a message that Slack takes: %s', (_name, view) => {
    for (const title of [view.title, TITLE]) {
      const open = listOf(many({ ...view, title }, 25));
      expectValid(ownRequestsMessage({ open, closed: listOf(many({ ...view, title }, 10), 30) }, nameOf));
    }
  });

  test('counts the open requests that do not fit', () => {
    const open = listOf(many({ ...active, title: TITLE }, 25));
    const { blocks } = ownRequestsMessage({ open, closed: listOf([]) }, nameOf);
    expect(moreLines(blocks)).toEqual([
      `(and ${25 - rows(blocks)} more: \`/access list\` and your *Home* show them)`,
    ]);
    expect(rows(blocks)).toBeGreaterThan(3);
  });
});

test.each(STATES)('each message about what waits is one that Slack takes: %s', (_name, view) => {
  const messages = waitingMessages({ newest: many({ ...view, reason: LONGEST }, 9), count: 9 }, bo);
  expect(messages).toHaveLength(5);
  messages.forEach(expectValid);
});

describe('a story', () => {
  const storyOf = (
    view: RequestView,
    trail: readonly Omit<RequestView['trail'][number], 'seq'>[] = view.trail,
  ): Story => ({
    request,
    trail: trail.map((each, seq) => ({ ...each, seq })),
    view,
    nameOf,
  });

  test.each(STATES)('is a message that Slack takes, with all its events: %s', (_name, view) => {
    const targets = many(view, 20).flatMap((each) => each.targets);
    for (const each of [
      view,
      { ...view, reason: LONGEST, denial: { by: bo, text: LONGEST }, title: TITLE, targets },
    ]) {
      const message = storyMessage(storyOf(each));
      expectValid(message);
      const lines = linesOf(message.blocks);
      const events = lines.slice(lines.indexOf('*What happened*') + 1);
      expect(events).toHaveLength(view.trail.length);
    }
  });

  test('says when, through what, who and what, in order', () => {
    const lines = linesOf(storyMessage(storyOf(active)).blocks);
    const at = (minute: number) =>
      `• *<!date^${later(minute) / 1000}^{date_short_pretty} at {time}|2026-01-05 12:0${minute} UTC>* in Slack`;
    expect(lines.slice(lines.indexOf('*What happened*') + 1)).toEqual([
      `${at(0)}: <@U0ANAFERR1> requested *Orders database, read only* for 2 h.`,
      expect.stringMatching(
        /The policy requires approval by <@U0BOLIND01> \(owns orders-db\) or .* Policy: p1\.$/,
      ),
      `${at(1)}: <@U0BOLIND01> approved the request. Digest: dddddddddddd.`,
      expect.stringContaining(`${at(1)}: The request is approved.`),
      `${at(2)}: Granted. The provider shows now: \`present\`. Lease: ${lease}.`,
      `${at(2)}: Access granted and verified: *Orders database, read only*.`,
    ]);
  });

  test.each([
    ['slack', 'in Slack'],
    ['cli', 'at the command line'],
    ['workflow', 'automatically'],
    ['sweeper', 'automatically, by the sweeper'],
    ['a-newer-channel', '`a-newer-channel`'],
  ])('says that something came through %s', (via, words) => {
    const trail = [{ event: { kind: 'activated', at: noon } as const, via: via as 'slack' }];
    const line = linesOf(storyMessage(storyOf(active, trail)).blocks).at(-1) ?? '';
    expect(line.replace(/^• \*<[^>]*>\*/, '')).toBe(
      ` ${words}: Access granted and verified: *Orders database, read only*.`,
    );
  });

  test('with more events than fit counts the others, and the next part has no head', () => {
    const granted = (seen: string): Event => ({ kind: 'granted', lease, seen, at: noon });
    const trail = (seen: string, length: number) =>
      Array.from({ length }, () => ({ event: granted(seen), via: 'workflow' as const }));
    for (const seen of ['present', LONGEST]) {
      const message = storyMessage(storyOf(active, trail(seen, 50)));
      expectValid(message);
      const shown = linesOf(message.blocks).filter((line) => line.includes('Granted.')).length;
      expect(moreLines(message.blocks)).toEqual([
        `(and ${50 - shown} more: \`/access story ${request.slice(-8)} from ${shown + 1}\`)`,
      ]);
      expect(shown).toBeGreaterThan(0);
    }
    const short = [{ event: { kind: 'activated', at: noon } as const, via: 'slack' as const }];
    const all = storyMessage(storyOf(active, Array.from({ length: 50 }, () => short).flat()));
    expect(moreLines(all.blocks)).toEqual([`(and 30 more: \`/access story ${request.slice(-8)} from 21\`)`]);
    const ungranted = [
      { event: { kind: 'intended', lease, at: noon } as unknown as Event, via: 'workflow' as const },
      ...Array.from({ length: 30 }, () => short).flat(),
      {
        event: { kind: 'revoked', lease, seen: 'none', at: noon } as unknown as Event,
        via: 'sweeper' as const,
      },
    ];
    const last = linesOf(storyMessage(storyOf(active, ungranted), 30).blocks).at(-1);
    expect(last).toContain('nothing is left of what Curfew began to grant');
    const next = linesOf(storyMessage(storyOf(active, trail('present', 50)), 45).blocks);
    expect([next.length, next[0]]).toEqual([6, expect.stringContaining('requested Orders database')]);
  });
});

describe('the Home of an auditor', () => {
  const attempt = (code: 'not-requester' | 'not-an-approver') => ({
    request,
    via: 'slack' as const,
    event: { kind: 'refused', by: bo, tried: 'deny', refusal: { code }, at: noon } as const,
  });
  const empty = {
    live: listOf([]),
    pending: listOf([]),
    closed: listOf([]),
    refused: { attempts: [], count: 0 },
    nameOf,
    at: noon,
  };
  const closed = STATES.find(([name]) => name === 'expired')?.[1] ?? active;

  test('says what is live, pending, closed and refused, with the numbers, and how to ask', () => {
    const home = auditorHome('Ada Novák', {
      ...empty,
      live: listOf([active]),
      pending: listOf([viewAfter([])], 9),
      closed: listOf([closed], 3),
      refused: { attempts: [attempt('not-an-approver')], count: 2 },
    });
    expect(checkView(home)).toEqual([]);
    const short = request.slice(-8);
    expect(linesOf(home.blocks)).toEqual([
      '# Hello Ada',
      `*Now*: 1 live, 9 pending. *In the last 24 hours*: 3 requests closed, 2 attempts refused.\n<!date^${noon / 1000}^As of {date_short_pretty} at {time}|As of 2026-01-05 12:00 UTC>. Open Home again to see the newest.`,
      '---',
      '# Live access, the soonest end first',
      expect.stringMatching(
        /^<@U0ANAFERR1>: \*Orders database, read only\*\. \*<!date\^\d+\^Active until .* Approved by <@U0BOLIND01>\. `[0-9a-z]{8}`$/,
      ),
      '---',
      '# Pending requests',
      `<@U0ANAFERR1>: *Orders database, read only*. Waiting for approval by <@U0BOLIND01> or <@U0CYOKAFR1>. \`${short}\``,
      '(and 8 more: `curfew list --state pending` at the terminal shows them)',
      '---',
      '# Closed in the last 24 hours',
      expect.stringMatching(/Expired .* revoked and verified\. `/),
      '(and 2 more: `curfew list --state closed` at the terminal shows them)',
      '---',
      '# Refused in the last 24 hours',
      `*<!date^${noon / 1000}^{date_short_pretty} at {time}|2026-01-05 12:00 UTC>* in Slack: <@U0BOLIND01> tried to deny the request and was refused (not-an-approver). \`${short}\``,
      '(and 1 more: `/access story` shows those of one request)',
      '---',
      '# Questions',
      [
        '`/access who orders-db`  who has it, until when, approved by whom',
        '`/access who has ana`  what a person has',
        '`/access live`  all live access',
        `\`/access story ${short}\`  everything that happened to a request`,
        `\`curfew audit story ${short}\`  the same at the terminal, also as JSON`,
      ].join('\n'),
    ]);
  });

  test('without anything to show says so', () => {
    const home = auditorHome('Ada', empty);
    expect(checkView(home)).toEqual([]);
    expect(linesOf(home.blocks)).toEqual(
      expect.arrayContaining([
        '(Nobody has access now.)',
        '(No request waits for its approvers.)',
        '(No request was closed.)',
        '(Nobody was refused anything.)',
      ]),
    );
  });

  test.each(STATES)('is a view that Slack takes: %s', (_name, view) => {
    for (const title of [view.title, TITLE]) {
      const full = listOf(many({ ...view, title }, 8), 99);
      const attempts = Array.from({ length: 8 }, () => attempt('not-requester'));
      const overview = {
        ...empty,
        live: full,
        pending: full,
        closed: full,
        refused: { attempts, count: 99 },
      };
      expect(checkView(auditorHome(title, overview))).toEqual([]);
      expect(overviewBlocks(overview)).toHaveLength(1);
    }
  });
});

describe('the help', () => {
  const reader = (
    more: Partial<HelpReader['sight']> = {},
    requestable: readonly string[] = [],
  ): HelpReader => ({
    sight: {
      reader: 'eve' as PersonId,
      isAuditor: false,
      isSecurity: false,
      owns: new Set(),
      approves: new Set(),
      manages: new Set(),
      ...more,
    },
    requestable,
  });
  const commands = (of: HelpReader | undefined) => commandsFor(of).map(([command]) => command);
  const REQUEST = ['/access', '/access logs 2h why you need it', '/access list'];
  const STORY = '/access story 8n0p4x7q';

  test.each<[who: string, of: HelpReader | undefined, expected: readonly string[]]>([
    [
      'somebody whom nobody knows',
      undefined,
      ['/access', '/access orders-db 2h why you need it', '/access list', '/access help'],
    ],
    [
      'a requester',
      reader({}, ['logs']),
      [...REQUEST, '/access mine', '/access live', '/access end', STORY, '/access help'],
    ],
    [
      'a manager',
      reader({ approves: new Set(['db']), manages: new Set([ana]) }, ['logs']),
      [
        ...REQUEST,
        '/access mine',
        '/access waiting',
        '/access live',
        '/access who db',
        '/access who has ana',
        '/access end',
        STORY,
        '/access help',
      ],
    ],
    [
      'an owner',
      reader({ owns: new Set(['db']) }),
      ['/access mine', '/access live', '/access who db', '/access end', STORY, '/access help'],
    ],
    [
      'an auditor',
      reader({ isAuditor: true }),
      [
        '/access mine',
        '/access live',
        '/access who orders-db',
        '/access who has eve',
        '/access end',
        STORY,
        '/access help',
      ],
    ],
    ['who can do nothing', reader(), ['/access mine', '/access live', '/access end', STORY, '/access help']],
  ])('for %s has the commands that fit them', (_who, of, expected) => expect(commands(of)).toEqual(expected));

  test.each<[Parameters<typeof reader>[0], string]>([
    [{ isAuditor: true }, 'all live access'],
    [{ isSecurity: true }, 'all live access'],
    [{}, 'all live access that you can see'],
  ])('says of "/access live" what %j sees', (sight, words) =>
    expect(commandsFor(reader(sight)).find(([command]) => command === '/access live')?.[1]).toBe(words),
  );

  test('is short for whoever can do everything', () => {
    const all = reader(
      {
        isAuditor: true,
        isSecurity: false,
        owns: new Set(['db']),
        approves: new Set(['db']),
        manages: new Set([ana]),
      },
      ['logs'],
    );
    expectValid(helpMessage(all));
    expect(helpLines(helpMessage(all))).toBeLessThan(13);
  });

  test.each<[string, HelpReader, RegExp]>([
    [
      'a requester',
      reader({}, ['logs']),
      /^Curfew asks the approvers.*your access and the requests that wait/,
    ],
    ['an auditor', reader({ isAuditor: true }), /^Everything is recorded\. .*all live access/],
  ])('ends with what %s finds on Home', (_who, of, expected) =>
    expect(linesOf(helpMessage(of).blocks).at(-1)).toMatch(expected),
  );

  test.each(STATES)('in direct messages is a message that Slack takes: %s', (_name, view) => {
    const open = listOf(many({ ...view, title: TITLE }, 5), 30);
    expectValid(directMessageHelp({ reader: reader({}, ['logs']), open }));
    expectValid(
      writtenRequestMessage(
        { entitlement: 'logs', length: '2h', reason: LONGEST },
        { id: 'logs', title: TITLE },
      ),
    );
  });
});

describe('access that Curfew did not grant', () => {
  const standing = (number: number): PastAccess => ({
    ...{
      id: String(number),
      provider: 'aws-iam',
      account: `sam-${number}`,
      target: 'group:administrators',
      level: 'member',
    },
    ...{ since: noon, basis: 'adopted' },
  });
  const shown = (other: Parameters<typeof holdersMessage>[1]) => {
    const message = holdersMessage(
      { entitlement: 'aws-admins', title: 'Administrators', open: listOf([], 0) },
      other,
      nameOf,
    );
    expectValid(message);
    return JSON.stringify(message.blocks);
  };

  test('is in the answer, and nobody is only said of what Curfew granted', () => {
    const text = shown({ rows: [standing(1)] });
    expect(text).toContain('Nobody has it through Curfew now');
    expect(text).toContain('Not granted by Curfew');
    expect(text).toContain('sam-1');
  });

  test('that is too much for a message is counted', () =>
    expect(shown({ rows: Array.from({ length: 30 }, (_, number) => standing(number)) })).toContain(
      '20 more: `curfew audit access` prints them',
    ));

  test.each<[string, UnwatchedTime, string]>([
    ['has not looked', 'until-now', 'has not looked at all of this'],
    ['looked later', noon, 'for the first time'],
  ])('is not known when Curfew %s', (_when, unlooked, expected) =>
    expect(shown({ rows: [], unlooked })).toContain(expected),
  );
});
