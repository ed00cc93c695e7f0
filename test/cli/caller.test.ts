import { userInfo } from 'node:os';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { whoActs } from '../../cli/terminal/caller.ts';
import type { Context } from '../../cli/terminal/context.ts';
import { clickIdOfRequest, type PersonId, type RequestId } from '../../core/ids.ts';
import { ok } from '../../core/result.ts';
import type { Person } from '../../policy/index.ts';
import { newRequest } from '../ledger/ledger.fixture.ts';
import { ana, bo } from '../core/request/request.fixture.ts';
import { type Folder, openFolder } from './cli.fixture.ts';

const LOGIN = userInfo().username;

let folder: Folder;
let people: string;
beforeAll(async () => {
  folder = await openFolder();
  people = readFileSync(join(folder.config, 'people.yaml'), 'utf8');
});
beforeEach(() => writeFileSync(join(folder.config, 'people.yaml'), people));
afterAll(() => folder?.stop());

const contextOf = (sandbox: boolean): Context => ({
  connections: sandbox
    ? folder.connections
    : { ...folder.connections, kind: 'real', exampleAccounts: 'accepted' },
  deps: folder.deps,
  problems: [],
});
const act = (sandbox: boolean, as?: string, ending?: RequestId) => whoActs(contextOf(sandbox), as, ending);
/** Gives these logins to a person. */
const linkLogin = (person: string, logins: string = LOGIN) => linkLogins([person], logins);
const linkLogins = (to: readonly string[], logins: string = LOGIN) =>
  writeFileSync(
    join(folder.config, 'people.yaml'),
    to.reduce(
      (text, person) =>
        text.replace(new RegExp(`(- id: ${person}\\n[^]*?accounts: \\{ )`), `$1unix: ${logins}, `),
      people,
    ),
  );
/** Acts while people.yaml has this person only. */
async function actWith(sandbox: boolean, person: Partial<Person>, as?: string) {
  const read = await folder.deps.policy.current();
  if (!read.ok) throw new Error('the quickstart cannot be read');
  const other: Person = { id: 'sam-rao' as PersonId, name: 'Sam', active: true, accounts: {}, ...person };
  const directory = { ...read.value.directory, people: new Map([[other.id, other]]) };
  const current = () => Promise.resolve(ok({ ...read.value, directory }));
  const context = contextOf(sandbox);
  const policy = { ...context.deps.policy, current };
  return whoActs({ ...context, deps: { ...context.deps, policy } }, as);
}

describe('who acts at the command line', () => {
  test.each(['USER', 'LOGNAME', 'USERNAME'])(
    'the login is that of the operating system, whatever %s says (B32)',
    async (variable) => {
      linkLogin('bo');
      const before = process.env[variable];
      process.env[variable] = 'cy';
      try {
        expect(await act(false)).toMatchObject({ account: LOGIN, person: 'bo' });
      } finally {
        if (before === undefined) delete process.env[variable];
        else process.env[variable] = before;
      }
    },
  );

  test('in the sandbox --as chooses any person, and the login is recorded with it', async () => {
    expect(await act(true, 'bo')).toEqual({ via: 'cli', account: `${LOGIN} as bo`, person: 'bo' });
  });

  test.each([
    ['a person who exists', 'ana'],
    ['a person who does not exist', 'anna'],
    ['no person', ''],
  ])('with real services --as is not allowed, also with %s', async (_what, as) => {
    linkLogin('bo');
    for (const ending of [undefined, newRequest()])
      await expect(act(false, as, ending)).rejects.toMatchObject({
        code: 4,
        message: '--as is for the sandbox. With real services everybody acts as themselves.',
      });
  });

  test.each([true, false])('a login that a person has acts as that person (sandbox: %s)', async (sandbox) => {
    linkLogin('bo');
    expect(await act(sandbox)).toEqual({ via: 'cli', account: LOGIN, person: 'bo' });
  });

  test('a person with several logins acts with each of them', async () => {
    linkLogin('bo', `[${LOGIN}-2, ${LOGIN}]`);
    expect(await act(false)).toEqual({ via: 'cli', account: LOGIN, person: 'bo' });
  });

  test('a person who is not active is known too: the rules of each command decide what they may do', async () => {
    linkLogin('dan');
    expect(await act(false)).toMatchObject({ person: 'dan' });
  });

  test.each<[string, Partial<Person>]>([
    ['the login as their id', { id: LOGIN as PersonId }],
    ['the login as their name', { name: LOGIN }],
    ['the login as their account in another system', { accounts: { github: [LOGIN], slack: [LOGIN] } }],
    ['a login that differs in upper and lower case', { accounts: { unix: [LOGIN.toUpperCase()] } }],
    ['a login that only begins like it', { accounts: { unix: [`${LOGIN}2`] } }],
    ['the beginning of the login', { accounts: { unix: [LOGIN.slice(0, -1)] } }],
  ])('a login is not that of a person who has %s', async (_what, person) => {
    for (const sandbox of [true, false])
      await expect(actWith(sandbox, person)).rejects.toMatchObject({
        code: 4,
        message: expect.stringContaining(`Nobody in people.yaml has the account "unix: ${LOGIN}".`),
      });
  });

  test.each<[string, Partial<Person>]>([
    ['', { accounts: { unix: [LOGIN] } }],
    [LOGIN, { accounts: { unix: [LOGIN] } }],
    ['SAM-RAO', {}],
    ['Sam', {}],
    [' sam-rao', {}],
  ])('in the sandbox --as takes an id of people.yaml only, and not %j', async (as, person) => {
    await expect(actWith(true, person, as)).rejects.toMatchObject({ code: 3 });
  });

  test('in the sandbox --as is stronger than the login', async () => {
    linkLogin('bo');
    expect(await act(true, 'ana')).toMatchObject({ person: 'ana' });
  });

  test.each([
    [true, 'say who you are with --as, for example --as ana'],
    [false, 'the operator of Curfew can add it'],
  ])('a login that nobody has is refused with what to do (sandbox: %s)', async (sandbox, toDo) => {
    await expect(act(sandbox)).rejects.toMatchObject({
      code: 4,
      message: `Nobody in people.yaml has the account "unix: ${LOGIN}".\n  to do: ${toDo}.`,
    });
  });

  test('a person who does not exist is not found, with a suggestion where one is near', async () => {
    await expect(act(true, 'anna')).rejects.toMatchObject({
      code: 3,
      message: 'There is no person "anna" in people.yaml. Did you mean "ana"?',
    });
    await expect(act(true, 'zzzzzz')).rejects.toMatchObject({
      message: 'There is no person "zzzzzz" in people.yaml.',
    });
  });
});

/** A request that this account opened. */
async function opened(account: string, via: 'cli' | 'slack' = 'cli', person: typeof ana | null = ana) {
  const request = newRequest();
  await folder.ledger.writeClick({
    id: clickIdOfRequest(request),
    request,
    via,
    account,
    person,
    kind: 'request',
    body: { entitlement: 'orders-db', length: '1h', reason: 'x' },
  });
  return request;
}

describe('who may end access that was requested at the command line', () => {
  test('the requester, when people.yaml no longer has their login (I14)', async () => {
    const request = await opened(LOGIN, 'cli', bo);
    expect(await act(false, undefined, request)).toEqual({ via: 'cli', account: LOGIN, person: 'bo' });
  });

  test('in the sandbox the requester whom people.yaml no longer has, and nobody else whom it does not have', async () => {
    const request = await opened(`${LOGIN} as gone`, 'cli', bo);
    expect(await act(true, 'gone', request)).toMatchObject({ person: 'bo' });
    await expect(act(true, 'zzzzzz', request)).rejects.toMatchObject({ code: 3 });
  });

  test('the person to whom people.yaml gives the login now, and not the one who had it', async () => {
    linkLogin('bo');
    const request = await opened(LOGIN, 'cli', ana);
    expect(await act(false, undefined, request)).toMatchObject({ person: 'bo' });
  });

  test('not a person with another login', async () => {
    const request = await opened('somebody-else', 'cli', bo);
    await expect(act(false, undefined, request)).rejects.toMatchObject({ code: 4 });
  });

  test.each([
    ['in capital letters', LOGIN.toUpperCase()],
    ['with more after it', `${LOGIN}2`],
    ['with the name of a person', `${LOGIN} as bo`],
  ])('not a person with a login that is nearly the same: %s', async (_what, login) => {
    const request = await opened(login, 'cli', bo);
    await expect(act(false, undefined, request)).rejects.toMatchObject({ code: 4 });
  });
});

describe('while the policy cannot be read', () => {
  const refused = {
    code: 1,
    message: expect.stringMatching(/^The policy cannot be read:\n {2}people\.yaml:\d+:\d+/),
  };

  test('the requester can end their own access, known by the login that requested it (I14)', async () => {
    const request = await opened(LOGIN);
    await folder.breakPolicy();
    expect(await act(false, undefined, request)).toEqual({ via: 'cli', account: LOGIN, person: 'ana' });
  });

  test('in the sandbox the requester is known by the login and the person together', async () => {
    const request = await opened(`${LOGIN} as ana`);
    await folder.breakPolicy();
    expect(await act(true, 'ana', request)).toMatchObject({ person: 'ana' });
    await expect(act(true, 'bo', request)).rejects.toMatchObject(refused);
    await expect(act(true, undefined, request)).rejects.toMatchObject(refused);
  });

  test.each<[string, () => Promise<RequestId | undefined>]>([
    ['another login requested it', () => opened('somebody-else')],
    ['it was requested in Slack by an account of the same name', () => opened(LOGIN, 'slack')],
    ['it was requested by an account that nobody has', () => opened(LOGIN, 'cli', null)],
    ['there is no such request', () => Promise.resolve(newRequest())],
    ['the person wants something else than to end access', () => Promise.resolve(undefined)],
  ])('nobody acts, and the mistake is shown: %s', async (_what, open) => {
    const request = await open();
    await folder.breakPolicy();
    await expect(act(false, undefined, request)).rejects.toMatchObject(refused);
  });

  test.each<[string, string, boolean, string | undefined]>([
    ['who ends access is known by people.yaml', 'bo', true, 'bo'],
    ['who ends access is not known when they left', 'dan', true, undefined],
    ['who wants something else is not known', 'bo', false, undefined],
    ['who ends access is not known when two people have their login', 'bo cy', true, undefined],
  ])('because only the catalogue has a mistake, %s (I14)', async (_what, logins, ends, person) => {
    linkLogins(logins.split(' '));
    const request = await opened('somebody-else');
    const restore = await folder.breakPolicy('catalogue.yaml');
    try {
      const acting = act(false, undefined, ends ? request : undefined);
      await (person === undefined
        ? expect(acting).rejects.toMatchObject({ code: 1 })
        : expect(acting).resolves.toEqual({ via: 'cli', account: LOGIN, person }));
    } finally {
      await restore();
    }
  });

  test.each<[string, string, object]>([
    [
      'the wrong setting of a provider, without which no target can be read',
      'CURFEW_POSTGRES_TARGETS',
      { code: 2, message: 'These settings are wrong:\n  CURFEW_POSTGRES_TARGETS is wrong' },
    ],
    ['the mistake, when the wrong setting is of another part', 'SLACK_BOT_TOKEN', refused],
  ])('nobody acts, and what is shown is %s', async (_what, setting, shown) => {
    const restore = await folder.breakPolicy();
    try {
      const context = { ...contextOf(true), problems: [{ setting, what: 'is wrong' }] };
      await expect(whoActs(context, 'ana')).rejects.toMatchObject(shown);
    } finally {
      await restore();
    }
  });

  test('every mistake of the policy is shown, each on its line', async () => {
    const mistake = (file: string, line: number) => ({ file, line, column: 3, message: 'is wrong' });
    const context = contextOf(true);
    const error = [mistake('people.yaml', 2), mistake('catalogue.yaml', 14)];
    const policy = { ...context.deps.policy, current: () => Promise.resolve({ ok: false, error } as const) };
    await expect(whoActs({ ...context, deps: { ...context.deps, policy } }, 'ana')).rejects.toMatchObject({
      code: 1,
      message: 'The policy cannot be read:\n  people.yaml:2:3: is wrong\n  catalogue.yaml:14:3: is wrong',
    });
  });
});
