import { describe, expect, test } from '@jest/globals';
import { parseQuestion, type Question } from '../../bot/inbound/questions.ts';
import { listenForAccessCommand, parseCommand } from '../../bot/inbound/access-command.ts';
import type { RenderedMessage } from '../../bot/cards/rendered-message.ts';
import type { QuestionWord } from '../../core/command-words.ts';
import { shortOf } from '../../core/ids.ts';
import type { Policy, Sight } from '../../policy/index.ts';
import type { RequestView } from '../../requests/view.ts';
import { guestFacts } from '../core/account.fixture.ts';
import {
  ana,
  approve,
  bo,
  confirmGranted,
  demand,
  deny,
  extend,
  later,
  noon,
  person,
  request,
} from '../core/request/request.fixture.ts';
import { linesOf } from './block-lines.fixture.ts';
import { ANA, BO, fakeBot } from './fake-bot.fixture.ts';
import { viewAfter } from './request-view.fixture.ts';

const [CY, SAM, ADA, DAN] = ['U0CYOKAFR1', 'U0SAMRAO01', 'U0ADANOVA1', 'U0DANGONE1'];
const PEOPLE: Readonly<Record<string, string>> = {
  [ANA]: 'ana',
  [BO]: 'bo',
  [CY]: 'cy',
  [SAM]: 'sam',
  [ADA]: 'ada',
  [DAN]: 'dan',
};
const SHORT = shortOf(request);
const active = viewAfter([approve(bo), confirmGranted()]);
const ACTIVE = `*<!date^1767621660^Active until {date_short_pretty} at {time}|Active until 2026-01-05 14:01 UTC>.* Approved by <@${BO}>. \`${SHORT}\``;

type More = Readonly<{
  view?: RequestView | undefined;
  count?: number;
  policy?: object;
  readAccount?: object;
  ledger?: object;
}>;

/** What the command answers, and what the ledger was asked for. The ledger finds the one request whatever it is asked. */
async function ask(text: string, user: string, more: More = {}) {
  const { view = active, count = view ? 1 : 0 } = more;
  const asked: unknown[] = [];
  const found =
    (what: string) =>
    (...about: readonly unknown[]) => {
      asked.push([what, ...about]);
      return Promise.resolve({ requests: count === 0 ? [] : [request], count });
    };
  const bot = fakeBot(view, {
    ...(more.readAccount ? { readAccount: more.readAccount } : {}),
    policy: { ...fakeBot(undefined).deps.policy, ...more.policy },
    inbox: { personOf: ({ user: account }: { user: string }) => Promise.resolve(PEOPLE[account] ?? null) },
    ledger: {
      openRequestsFor: found('openRequestsFor'),
      openRequestsOf: found('openRequestsOf'),
      closedRequestsOf: () => Promise.resolve({ requests: [], count: 0 }),
      liveRequests: found('liveRequests'),
      requestsEndingIn: () => Promise.resolve(view ? [request] : []),
      now: () => Promise.resolve(noon),
      auditPage: () => Promise.resolve({ rows: [] }),
      firstLook: () => Promise.resolve({ kind: 'since', at: 0 }),
      ...more.ledger,
    },
  });
  listenForAccessCommand(bot.app, bot.deps);
  await bot.send('command', '/access', {
    command: { text, user_id: user, team_id: 'T1', channel_id: 'C1', trigger_id: 'TR1' },
  });
  const [first, ...answers] = bot.calls;
  expect(first).toEqual(['ack']);
  const messages = answers.map(([what, message]) => {
    expect([what, (message as { response_type: string }).response_type]).toEqual(['respond', 'ephemeral']);
    return message as RenderedMessage;
  });
  return { messages, asked, filters: bot.filters, lines: messages.flatMap(({ blocks }) => linesOf(blocks)) };
}
const lines = async (...args: Parameters<typeof ask>) => (await ask(...args)).lines;

describe('what is typed', () => {
  test.each<[typed: string, question: Question]>([
    ['who orders-db', { word: 'who', about: 'orders-db', from: 0 }],
    ['WHO orders-db from 21', { word: 'who', about: 'orders-db', from: 20 }],
    ['who has ana ferreira', { word: 'who', about: 'has ana ferreira', from: 0 }],
    ['who has ana from 3', { word: 'who', about: 'has ana', from: 2 }],
    ['who orders-db at 14:00', { word: 'who', about: 'orders-db at 14:00', from: 0 }],
    ['live from 21', { word: 'live', about: '', from: 20 }],
    ['live', { word: 'live', about: '', from: 0 }],
    ['live from 0', { word: 'live', about: '', from: 0 }],
    ['mine please', { word: 'mine', about: 'please', from: 0 }],
    ['story 8n0p4x7q FROM 2', { word: 'story', about: '8n0p4x7q', from: 1 }],
    ['story from x', { word: 'story', about: 'from x', from: 0 }],
  ])('"%s" is a question', (typed, question) =>
    expect(parseCommand(typed)).toEqual({ kind: 'question', question }),
  );

  test('a number that is too long for a list is not the beginning of one', () =>
    expect(parseQuestion('live', 'from 1234567')).toEqual({ word: 'live', about: 'from 1234567', from: 0 }));
});

const HOLDS = `<@${ANA}>: ${ACTIVE}`;
const HOLDERS = ['*Orders database, read only*: 1 live, 0 pending.', HOLDS];
const NO_HOLDERS = [
  'You cannot see who has *Orders database, read only*. Its owner, the people who can approve it, and the auditors can. `/access mine` shows what you have.',
];
const notVisible = (typed: string) =>
  `There is nobody “${typed}” whose access you can see. You can see your own access, and that of the people whose manager you are. Auditors can see everybody's.`;
const NO_STORY = (typed: string) => [
  `There is no request “${typed}” that you can see. Its requester, its approvers, the owner of the entitlement, and the auditors can see a request. \`/access mine\` and \`/access live\` show the ids.`,
];

describe('each question is answered to those who may see the answer', () => {
  test.each<[who: string, user: string, holders: boolean, access: boolean, story: boolean]>([
    ['the requester', ANA, false, true, true],
    ['the manager, who is an approver too', BO, true, true, true],
    ['the owner', CY, true, false, true],
    ['somebody who has nothing to do with it', SAM, false, false, false],
    ['an auditor', ADA, true, true, true],
  ])('%s', async (_who, user, holders, access, story) => {
    expect(await lines('who orders-db', user)).toEqual(holders ? HOLDERS : NO_HOLDERS);
    const [has = ''] = await lines('who has ana', user);
    expect(has).toBe(access ? `*The access of <@${ANA}>*: 1 live, 0 pending.` : notVisible('ana'));
    const told = await lines(`story ${SHORT}`, user);
    expect(story ? told.slice(0, 2) : told).toEqual(
      story
        ? [`*<@${ANA}> requested Orders database, read only for 2 h* \`${request}\``, '> incident 4312']
        : NO_STORY(SHORT),
    );
  });

  test('a request and a person that one may not see read the same as one that does not exist', async () => {
    expect(await lines('story zzzzzzzz', SAM)).toEqual(NO_STORY('zzzzzzzz'));
    const unknown = await lines('story zzzzzzzz', SAM, {
      ledger: { requestsEndingIn: () => Promise.resolve([]) },
    });
    expect(unknown).toEqual(NO_STORY('zzzzzzzz'));
    expect(await lines('who has zed', SAM)).toEqual([notVisible('zed')]);
    expect(await lines('who has bo', SAM)).toEqual([notVisible('bo')]);
  });

  test('the named approver of a request sees its story also when the policy no longer names them', async () => {
    const policy = { sightOf: (reader: string) => Promise.resolve({ ...NO_SIGHT, reader }) };
    const [told = ''] = await lines(`story ${request}`, CY, { policy });
    expect(told).toMatch(/requested Orders database/);
  });

  test('an approver whom only an extension names sees its story', async () => {
    const policy = { sightOf: (reader: string) => Promise.resolve({ ...NO_SIGHT, reader }) };
    const view = viewAfter([
      approve(bo),
      confirmGranted(),
      extend(later(60), { demanded: demand([1, person('sam')]) }),
    ]);
    const [told = ''] = await lines(`story ${request}`, SAM, { policy, view });
    expect(told).toMatch(/requested Orders database/);
  });

  test('live access is selected by what the policy lets the reader see', async () => {
    const [own, all] = [await ask('live', CY), await ask('live from 3', ADA)];
    const security = await ask('live', BO);
    expect(own.asked).toEqual([
      ['liveRequests', expect.objectContaining({ reader: 'cy', requesters: ['cy'] }), { from: 0, most: 20 }],
    ]);
    expect(all.asked).toEqual([['liveRequests', 'all', { from: 2, most: 20 }]]);
    expect(security.asked).toEqual([['liveRequests', 'all', { from: 0, most: 20 }]]);
    expect(security.lines[1]).toBe(
      '(You are a security person, so this is all live access that Curfew granted.)',
    );
    expect(own.lines).toEqual([
      '*Live access*: 1, the soonest end first',
      '(You see your own access, that of people whose manager you are, and what you own or can approve.)',
      `<@${ANA}>: *Orders database, read only*. ${ACTIVE}`,
    ]);
    expect(all.lines[1]).toBe(
      '(You are an auditor, so this is all live access that Curfew granted. `/access who` shows other access too.)',
    );
  });
});

const NO_SIGHT: Omit<Sight, 'reader'> = {
  isAuditor: false,
  isSecurity: false,
  owns: new Set(),
  approves: new Set(),
  manages: new Set(),
};

describe('what was typed is understood', () => {
  test.each([
    ['a synonym', 'who DB', 'orders-db'],
    ['an id', 'who orders-db', 'orders-db'],
  ])('%s of an entitlement', async (_what, typed, id) =>
    expect((await ask(typed, CY)).asked).toEqual([['openRequestsFor', id, { from: 0, most: 20 }]]),
  );

  test.each([
    'who has ana',
    'who HAS Ana Ferreira',
    `who has <@${ANA}>`,
    `who has <@${ANA}|ana>`,
    'who has @ana',
  ])('%s', async (typed) =>
    expect((await ask(typed, ADA)).asked).toEqual([['openRequestsOf', ana, { from: 0, most: 20 }]]),
  );

  test.each([
    ['who', 'Name an entitlement, or a person after `has`: `/access who orders-db`, `/access who has ana`.'],
    ['who has', 'Name a person, by their id or with a mention: `/access who has ana`.'],
    [
      'story',
      'Name a request by the last letters of its id: `/access story 8n0p4x7q`. The lists of `/access mine` and `/access live` show the ids.',
    ],
    ['who oders-db', 'There is no entitlement “oders-db”. Did you mean `orders-db`?'],
    ['who has anna', `${notVisible('anna')} Did you mean \`ana\`?`],
    [
      'who kubernetes',
      'There is no entitlement “kubernetes”. Type `/access list` to see what you can request.',
    ],
  ])('%s gets an answer that helps', async (typed, answer) =>
    expect(await lines(typed, ADA, { count: 0 })).toEqual([answer]),
  );

  test('the nearest person is one whom the reader may see', async () =>
    expect(await lines('who has anna', SAM)).toEqual([notVisible('anna')]));

  test('an auditor finds access to what is no longer in the catalogue, and of who is no longer in the people file', async () => {
    expect(await lines('who old-db', ADA)).toEqual(['*old-db*: 1 live, 0 pending.', HOLDS]);
    expect((await lines('who has zed', ADA))[0]).toBe('*The access of zed*: 1 live, 0 pending.');
    expect(await lines('who old-db', CY)).toEqual([
      'There is no entitlement “old-db”. Type `/access list` to see what you can request.',
    ]);
  });

  test('letters that fit two requests are not enough', async () => {
    const two = { requestsEndingIn: () => Promise.resolve([request, request]) };
    expect(await lines(`story ${SHORT}`, ADA, { ledger: two })).toEqual([
      `Several requests end with “${SHORT}”. Type more letters of the id.`,
    ]);
    // Who may see neither does not learn that there are two.
    expect(await lines(`story ${SHORT}`, SAM, { ledger: two })).toEqual(NO_STORY(SHORT));
  });
});

describe('nothing open', () => {
  test.each<[typed: string, answer: readonly string[]]>([
    [
      'who orders-db',
      [
        '*Orders database, read only*: nothing now.',
        '(Nobody has it through Curfew now, and nobody waits for it. Ended access is not in this list: `/access story` shows a whole request.)',
      ],
    ],
    [
      'who has ana',
      [
        `*The access of <@${ANA}>*: nothing now.`,
        '(They have no access through Curfew now, and no request of theirs is pending.)',
      ],
    ],
    [
      'live',
      [
        '*Live access*: 0, the soonest end first',
        '(You are an auditor, so this is all live access that Curfew granted. `/access who` shows other access too.)',
        '(Nothing that you can see is live now.)',
      ],
    ],
    [
      'mine',
      [
        '*Your access and your pending requests*: nothing now.',
        '(You have no access now, and no request is pending. `/access` requests access.)',
        '*How your last requests ended*',
        '(No request of yours has ended.)',
      ],
    ],
    [
      'waiting',
      [
        '*No request waits for you.*',
        '(When somebody requests what you can approve, Curfew sends you its card in a direct message.)',
      ],
    ],
  ])('the answer to %s says what it means', async (typed, answer) =>
    expect(await lines(typed, ADA, { count: 0 })).toEqual(answer),
  );
});

describe('the own requests of a person', () => {
  test('are what they have, what they wait for, and how the last ten ended', async () => {
    const parts: unknown[] = [];
    const found = (...about: readonly unknown[]) => (
      parts.push(about),
      Promise.resolve({ requests: [request], count: 1 })
    );
    const denied = viewAfter([deny(bo)], { denial: { by: bo, text: 'use the replica' } });
    expect(
      await lines('mine', ANA, { view: denied, ledger: { openRequestsOf: found, closedRequestsOf: found } }),
    ).toEqual([
      '*Your access and your pending requests*: 1 live, 0 pending.',
      '(Each has its own message from Curfew, with its buttons. Your *Home* shows them too.)',
      expect.any(String),
      '*How your last requests ended*',
      `*Orders database, read only*. Denied by <@${BO}><!date^${later(1) / 1000}^, {date_short_pretty} at {time}|, 2026-01-05 12:01 UTC>. No access was granted. \`${SHORT}\``,
    ]);
    expect(parts).toEqual([
      [ana, { from: 0, most: 25 }],
      [ana, { from: 0, most: 10 }],
    ]);
  });
});

describe('what waits for a person', () => {
  test('is a sentence, and the card of each request as a message of its own', async () => {
    const pending = viewAfter([]);
    const ledger = {
      listRequests: (filter: object) => (filters.push(filter), Promise.resolve([{ id: request }])),
      countRequests: () => Promise.resolve(7),
    };
    const filters: object[] = [];
    const { messages } = await ask('waiting', BO, { view: pending, ledger });
    expect(filters).toEqual([{ waitingFor: bo, limit: 4 }]);
    const [first, card] = messages.map(({ blocks }) => linesOf(blocks));
    expect(first).toEqual([
      '*7 requests wait for your decision.*',
      '(and 6 more: each has its own message under *Messages*, with the same buttons)',
    ]);
    expect(card?.at(-1)).toBe(`decide-${request}: [Approve 2 h] [Deny…] [Ask…]`);
    expect(messages).toHaveLength(2);
  });
});

describe('who may see nothing', () => {
  const WORDS: readonly QuestionWord[] = ['who', 'mine', 'waiting', 'live', 'story'];
  test.each<[who: string, user: string, more: More, answer: RegExp]>([
    ['somebody whom nobody knows', 'U0GIL', {}, /^Your account is not linked to an active person/],
    ['a person who left', DAN, {}, /^Your account is not linked to an active person/],
    [
      'a guest who is in the people file',
      BO,
      { readAccount: () => Promise.resolve(guestFacts(BO)) },
      /^Nothing was changed: guests of this workspace cannot use Curfew/,
    ],
  ])('%s reads why, whatever they ask', async (_who, user, more, answer) => {
    for (const word of WORDS) {
      const { lines: told, asked } = await ask(`${word} orders-db`, user, more);
      expect([told.length, asked]).toEqual([1, []]);
      expect(told[0]).toMatch(answer);
    }
  });

  test('while Slack does not say what kind of account it is, nothing is answered', async () => {
    const readAccount = () => Promise.reject(new Error('internal_error'));
    await expect(ask('mine', ANA, { readAccount })).rejects.toThrow('internal_error');
  });
});

describe('while the policy cannot be read', () => {
  const real = fakeBot(undefined).deps.policy;
  const unreadable: Partial<Record<keyof Policy, unknown>> = {
    ...real,
    current: () => Promise.resolve({ ok: false, error: [] }),
    problem: () => Promise.resolve('a tab'),
    mayAct: () => Promise.resolve({ kind: 'unknown', why: 'a tab' }),
    sightOf: (reader: string) => Promise.resolve({ ...NO_SIGHT, reader }),
  };
  const WHY =
    'Nobody can request or approve access right now: a tab. Tell the operator of Curfew. Active access still ends on time, and you can still end it. Until then you can see only your own requests and those that name you as an approver.';

  test.each(['who orders-db', 'who has bo', 'story zzzzzzzz'])(
    'an auditor reads why %s is not answered',
    async (typed) => expect(await lines(typed, ADA, { policy: unreadable })).toEqual([WHY]),
  );

  test('everybody still sees what is their own', async () => {
    expect((await lines('who has ana', ANA, { policy: unreadable }))[0]).toMatch(/1 live/);
    expect((await lines(`story ${request}`, ANA, { policy: unreadable }))[1]).toBe('> incident 4312');
    expect((await lines('mine', ANA, { policy: unreadable }))[0]).toMatch(/1 live/);
  });
});

test('a request that was refused at its submission is shown to auditors and to who submitted it', async () => {
  const refused = {
    kind: 'refused',
    by: ana,
    tried: 'request',
    refusal: { code: 'reason-missing' },
    at: noon,
  };
  const ledger = { readTrail: () => Promise.resolve([{ seq: 0, event: refused, via: 'slack' }]) };
  const told = [
    `*A request that was refused at its submission* \`${request}\``,
    `• *<!date^${noon / 1000}^{date_short_pretty} at {time}|2026-01-05 12:00 UTC>* in Slack: <@${ANA}> tried to request access and was refused (reason-missing). Answer: Say why you need the access. The approvers and the auditors read it.`,
  ];
  for (const user of [ANA, ADA]) expect(await lines(`story ${request}`, user, { ledger })).toEqual(told);
  expect(await lines(`story ${request}`, CY, { ledger })).toEqual(NO_STORY(request));
});

describe('a question about the past', () => {
  const ROW = {
    ...{
      person: 'ana',
      entitlement: 'orders-db',
      account_name: 'ana-db',
      target_name: 'orders',
      level: 'read',
    },
    ...{ since: '2026-01-04T13:30:00.000Z', until: null, basis: 'granted', request_id: request },
  };
  const STANDING = { ...ROW, person: null, entitlement: null, request_id: null, basis: 'adopted' };
  const ledgerWith = (rows: readonly object[], queries: unknown[] = [], purgedBefore?: number) => ({
    now: () => Promise.resolve(noon),
    purgedBefore: () => Promise.resolve(purgedBefore),
    firstLook: () => Promise.resolve({ kind: 'since', at: 0 }),
    auditPage: (query: unknown) => {
      queries.push(query);
      return Promise.resolve({ rows, ...(rows.length > 1 ? { next: 'x' } : {}) });
    },
  });

  test('of now has only access that Curfew did not grant, besides the requests', async () => {
    const queries: { where: unknown }[] = [];
    const said = await lines('who orders-db', ADA, { ledger: ledgerWith([STANDING], queries) });
    expect(queries.at(-1)?.where).toContainEqual({ kind: 'not-granted' });
    expect(said.slice(-2)).toEqual([
      '*Not granted by Curfew*',
      expect.stringMatching(/^the account `ana-db`: `orders`, .* Standing access/),
    ]);
  });

  test('is about a moment in the time zone of the Slack profile', async () => {
    const queries: { where: unknown }[] = [];
    const said = await lines('who orders-db at yesterday 14:00', ADA, {
      ledger: ledgerWith([ROW, STANDING], queries),
    });
    const at = Date.parse('2026-01-04T14:00:00Z');
    expect(queries.at(-1)?.where).toContainEqual({ kind: 'during', from: at, to: at });
    expect(said).toEqual([
      '*Orders database, read only* <!date^1767535200^at {date_short_pretty} at {time}|at 2026-01-04 14:00 UTC>',
      '(What providers showed: from the grant until the receipt.)',
      `<@${ANA}>: \`orders-db\`, level \`read\`, from <!date^1767533400^{date_short_pretty} at {time}|2026-01-04 13:30 UTC>, still held. \`${SHORT}\``,
      expect.stringMatching(
        /^the account `ana-db`: `orders`, .* Standing access, which Curfew did not grant\.$/,
      ),
      'There is more. `curfew audit access orders-db --at 2026-01-04T14:00:00.000Z` prints all of it.',
    ]);
  });

  test('says that it is not whole for a time of which something was purged', async () => {
    const DAY_MS = 86_400_000;
    const note = expect.stringMatching(
      /^Old requests were removed from the ledger, so this is not whole for times before /,
    );
    const said = (purgedBefore: number) =>
      lines('who orders-db at yesterday 14:00', ADA, { ledger: ledgerWith([ROW], [], purgedBefore) });
    expect(await said(noon - 2 * DAY_MS)).toContainEqual(note);
    expect(await said(noon - 32 * DAY_MS)).not.toContainEqual(note);
  });

  test.each<[who: string, user: string, holders: boolean, access: boolean]>([
    ['the requester', ANA, false, true],
    ['the manager, who is an approver too', BO, true, true],
    ['the owner', CY, true, false],
    ['somebody who has nothing to do with it', SAM, false, false],
    ['an auditor', ADA, true, true],
  ])('is answered to those who may see the same of now: %s', async (_who, user, holders, access) => {
    const more = { ledger: ledgerWith([]) };
    const nobody = '(Nobody had it then, as far as receipts and looks at the providers show.)';
    const had = await lines('who orders-db at 11:00', user, more);
    expect(holders ? had.at(-1) : had).toEqual(holders ? nobody : NO_HOLDERS);
    const held = await lines('who has ana at 11:00', user, more);
    const nothing = nobody.replace('Nobody had it', 'They had nothing');
    expect(access ? held.at(-1) : held).toEqual(access ? nothing : [notVisible('ana')]);
  });

  test.each([
    ['a moment that is none', 'who orders-db at noonish', '“noonish” is not a moment'],
    ['the future', 'who orders-db at 2999-01-01', 'is in the future'],
    ['an entitlement that nobody knows', 'who nothing-like-it at 11:00', 'nothing-like-it'],
    ['a person whom nobody knows', 'who has zed at 11:00', notVisible('zed')],
  ])('%s is refused', async (_what, text, words) => {
    const [said = ''] = await lines(text, ADA, { ledger: ledgerWith([]) });
    expect(said.replaceAll('"', '“').replace('“ is', '” is')).toContain(words.replaceAll('"', '“'));
  });
});
