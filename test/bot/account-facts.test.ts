import { describe, expect, test } from '@jest/globals';
import type { WebClient } from '@slack/web-api';
import { accountReader, factsOf, installationOf, sharedReader } from '../../bot/inbound/account-facts.ts';
import { accountRefusal, type Installation } from '../../core/account.ts';
import { memberFacts, TEAM } from '../core/account.fixture.ts';
import { until } from '../until.fixture.ts';

const GRID = { team: TEAM, enterprise: 'E0LANTERN' };
/** A member of the workspace, as Slack describes one. */
const MEMBER = {
  id: 'U0ANA',
  team_id: TEAM,
  deleted: false,
  is_bot: false,
  is_restricted: false,
  is_ultra_restricted: false,
};
/** Why an account that Slack describes in this way may not act, when it clicked. */
const refusalOf = (
  { id = MEMBER.id, ...user }: Readonly<Record<string, unknown>> & { id?: string },
  installation: Installation = { team: TEAM },
) => accountRefusal(factsOf({ id, ...user }, installation), id);
const without = (field: keyof typeof MEMBER) => ({ ...MEMBER, [field]: undefined });

test.each([
  ['a workspace of its own', { team_id: TEAM }, { team: TEAM }],
  ['a workspace without an organization', { team_id: TEAM, enterprise_id: '' }, { team: TEAM }],
  ['a workspace of an organization', { team_id: TEAM, enterprise_id: 'E0LANTERN' }, GRID],
  ['no workspace', {}, { team: '' }],
])('the installation is %s, as Slack says of the token', (_what, answer, installation) =>
  expect(installationOf({ ok: true, ...answer })).toEqual(installation),
);

describe('why an account may not act (T07)', () => {
  test.each<[string, Parameters<typeof factsOf>[0], string | undefined]>([
    ['a member', MEMBER, undefined],
    ['a member who is no stranger', { ...MEMBER, is_stranger: false }, undefined],
    [
      'an owner of the workspace with a confirmed address',
      { ...MEMBER, is_admin: true, is_owner: true, is_primary_owner: true, is_email_confirmed: true },
      undefined,
    ],
    ['a deactivated account', { ...MEMBER, deleted: true }, 'deactivated'],
    ['a bot', { ...MEMBER, is_bot: true }, 'bot'],
    ['Slackbot, which Slack does not mark as a bot', { ...MEMBER, id: 'USLACKBOT' }, 'bot'],
    ['a bot of a workflow', { ...MEMBER, is_workflow_bot: true }, 'bot'],
    ['a bot of a connector', { ...MEMBER, is_connector_bot: true }, 'bot'],
    ['a person of another company', { ...MEMBER, is_stranger: true }, 'outsider'],
    ['a person of another company in a shared channel', { ...MEMBER, is_external: true }, 'outsider'],
    ['a guest of several channels', { ...MEMBER, is_restricted: true }, 'guest'],
    ['a guest of one channel', { ...MEMBER, is_ultra_restricted: true }, 'guest'],
    ['an account of another workspace', { ...MEMBER, team_id: 'T0OTHER' }, 'other-workspace'],
    ['an account without a workspace', without('team_id'), 'unknown'],
    ['an account that may be deactivated', without('deleted'), 'unknown'],
    ['an account that may be a bot', without('is_bot'), 'unknown'],
    ['an account that may be a guest', without('is_restricted'), 'unknown'],
    ['an account that may be a guest of one channel', without('is_ultra_restricted'), 'unknown'],
    ['an account of which nothing is known', {}, 'unknown'],
    ['a person who was invited and never signed in', { ...MEMBER, is_invited_user: true }, 'unknown'],
    ['a person who authorized an app that has no user scopes', { ...MEMBER, is_app_user: true }, 'unknown'],
    ['an account with a flag that Curfew does not know', { ...MEMBER, is_something_new: true }, 'unknown'],
    ['an account whose flag is text', { ...MEMBER, is_restricted: 'false' }, 'unknown'],
    ['an account whose other flag is not true or false', { ...MEMBER, is_stranger: null }, 'unknown'],
    ['a bot of which nothing else is known', { is_bot: true }, 'bot'],
    ['a guest of another company', { ...MEMBER, is_stranger: true, is_restricted: true }, 'outsider'],
    ['a guest of another workspace', { ...MEMBER, team_id: 'T0OTHER', is_restricted: true }, 'guest'],
    ['a bot of another company', { ...MEMBER, is_stranger: true, is_bot: true }, 'bot'],
    [
      'an account of another company and workspace',
      { ...MEMBER, team_id: 'T0OTHER', is_stranger: true },
      'outsider',
    ],
    ['a deactivated bot', { ...MEMBER, deleted: true, is_bot: true }, 'deactivated'],
    ['a deactivated guest', { ...MEMBER, deleted: true, is_restricted: true }, 'deactivated'],
  ])('%s', (_what, user, refusal) => expect(refusalOf(user)).toBe(refusal));
});

describe('an account of an Enterprise Grid organization (T07)', () => {
  const person = (enterprise_user: unknown) => ({ ...MEMBER, enterprise_user });
  const ana = { id: 'W0ANA', enterprise_id: 'E0LANTERN', teams: ['T0OTHER', TEAM] };

  test.each<[string, unknown, string | undefined]>([
    ['in this workspace', ana, undefined],
    ['in another workspace only', { ...ana, teams: ['T0OTHER'] }, 'other-workspace'],
    ['in no workspace', { ...ana, teams: [] }, 'other-workspace'],
    ['in this workspace, beside something that is no name', { ...ana, teams: [7, TEAM] }, undefined],
    ['of another organization', { ...ana, enterprise_id: 'E0OTHER' }, 'other-workspace'],
    ['without a list of workspaces', { ...ana, teams: undefined }, 'unknown'],
    ['without an organization', { ...ana, enterprise_id: undefined }, 'unknown'],
    ['that is described by something else than an object', null, 'unknown'],
  ])('%s', (_what, enterpriseUser, refusal) => expect(refusalOf(person(enterpriseUser), GRID)).toBe(refusal));

  test('is of another workspace when Curfew is installed in a workspace without an organization', () =>
    expect(refusalOf(person(ana))).toBe('other-workspace'));
});

describe('of every combination of flags, only that of a member may act (T07)', () => {
  const REQUIRED = ['deleted', 'is_bot', 'is_restricted', 'is_ultra_restricted'];
  const OPTIONAL = ['is_stranger', 'is_app_user', 'is_workflow_bot', 'is_invited_user'];
  const VALUES = [false, true, undefined];
  /** Every user object in which each of these flags is false, true or missing. */
  const combinations = [...REQUIRED, ...OPTIONAL].reduce<readonly Record<string, unknown>[]>(
    (all, flag) =>
      all.flatMap((user) => VALUES.map((value) => (value === undefined ? user : { ...user, [flag]: value }))),
    [{ id: MEMBER.id, team_id: TEAM }],
  );

  test('among 6561 of them', () => {
    const mayAct = (user: Record<string, unknown>): boolean =>
      REQUIRED.every((flag) => user[flag] === false) && OPTIONAL.every((flag) => user[flag] !== true);
    expect(combinations).toHaveLength(3 ** 8);
    const wrong = combinations.filter((user) => (refusalOf(user) === undefined) !== mayAct(user));
    expect(wrong).toEqual([]);
  });
});

describe('the answer of Slack', () => {
  const warnings: string[] = [];
  const read = (user: object | undefined) => {
    const client = { users: { info: () => Promise.resolve({ ok: true, user }) } } as unknown as WebClient;
    const warn = (message: string) => void warnings.push(message);
    return accountReader(client, { team: TEAM }, warn)(MEMBER.id);
  };

  test.each<[string, object | undefined, string | undefined]>([
    ['about a member lets them act', MEMBER, undefined],
    ['about another account than the one that clicked is not trusted', { ...MEMBER, id: 'U0BO' }, 'unknown'],
    ['without an account is not trusted', undefined, 'unknown'],
    ['about a guest is passed on', { ...MEMBER, is_restricted: true }, 'guest'],
  ])('%s', async (_what, user, why) => expect(accountRefusal(await read(user), MEMBER.id)).toBe(why));

  test('is asked for at each click, because an account can become a guest', async () => {
    const answers = [MEMBER, { ...MEMBER, is_restricted: true }];
    const info = () => Promise.resolve({ ok: true, user: answers.shift() });
    const client = { users: { info } } as unknown as WebClient;
    const reader = accountReader(client, { team: TEAM }, () => undefined);
    const refusals = [await reader(MEMBER.id), await reader(MEMBER.id)].map((facts) =>
      accountRefusal(facts, MEMBER.id),
    );
    expect(refusals).toEqual([undefined, 'guest']);
  });

  const failing = (error: string) => {
    const info = () => Promise.reject(Object.assign(new Error(error), { data: { error } }));
    const client = { users: { info } } as unknown as WebClient;
    return accountReader(client, { team: TEAM }, () => undefined)(MEMBER.id);
  };

  test.each(['user_not_found', 'users_not_found', 'user_not_visible'])(
    '%s is definite: the account may not act, and Slack is not asked again',
    async (error) => expect(accountRefusal(await failing(error), MEMBER.id)).toBe('unknown'),
  );

  test.each(['ratelimited', 'internal_error', 'invalid_auth', 'account_inactive', 'token_revoked', ''])(
    '"%s" says nothing about the account, so it is thrown',
    async (error) => expect(failing(error)).rejects.toThrow(error),
  );

  test('is kept as far as it says what kind of account it is: no name, no address, no picture', async () => {
    const profile = { email: 'ana@lantern.example', image_24: 'https://lantern.example/ana.png' };
    const private_ = { name: 'ana', real_name: 'Ana Ferreira', tz: 'Europe/Lisbon', profile };
    expect(await read({ ...MEMBER, ...private_ })).toEqual(memberFacts(MEMBER.id));
  });

  test('is kept with every flag: one that is neither true nor false is null, and one that was not sent is missing', () => {
    const user = { ...MEMBER, deleted: undefined, is_bot: 'false', is_new: true };
    const { flags } = factsOf(user, { team: TEAM });
    expect(flags).toEqual({ is_bot: null, is_new: true, is_restricted: false, is_ultra_restricted: false });
  });

  test('with a flag that Curfew does not know is logged, so that the operator learns of it', async () => {
    expect(warnings.splice(0)).toEqual([]);
    await read({ ...MEMBER, is_something_new: true, is_admin: true });
    await read({ ...MEMBER, is_new: true, is_newer: true });
    expect(warnings).toEqual([
      'the account U0ANA may not act, because Slack describes it with is_something_new',
      'the account U0ANA may not act, because Slack describes it with is_new, is_newer',
    ]);
  });
});

describe('clicks that wait for the same turn', () => {
  function reader() {
    const turns: { come: () => void; fail: (error: Error) => void }[] = [];
    const asked: string[] = [];
    const read = sharedReader(
      (account) => (asked.push(account), Promise.resolve(memberFacts(account))),
      () => new Promise<void>((come, fail) => void turns.push({ come, fail })),
    );
    return { read, turns, asked };
  }

  test('share one answer when they are of one account', async () => {
    const { read, turns, asked } = reader();
    const answers = [read('U1'), read('U1'), read('U2')];
    for (const { come } of turns) come();
    expect((await Promise.all(answers)).map(({ id }) => id)).toEqual(['U1', 'U1', 'U2']);
    expect(asked).toEqual(['U1', 'U2']);
  });

  test('get an answer that is newer than they are: a click after the question needs another one', async () => {
    const { read, turns, asked } = reader();
    const first = read('U1');
    turns[0]?.come();
    await first;
    const second = read('U1');
    turns[1]?.come();
    await second;
    expect(asked).toEqual(['U1', 'U1']);
  });

  test('share no answer to a question that Slack is answering already', async () => {
    const answers: (() => void)[] = [];
    const read = sharedReader(
      (account) => new Promise((resolve) => void answers.push(() => resolve(memberFacts(account)))),
      () => Promise.resolve(),
    );
    const first = read('U1');
    await until('Slack is asked', () => answers.length === 1 || undefined);
    const second = read('U1');
    await until('Slack is asked again', () => answers.length === 2 || undefined);
    for (const answer of answers) answer();
    expect([(await first).id, (await second).id]).toEqual(['U1', 'U1']);
  });

  test('can wait again after a turn that never came', async () => {
    const { read, turns } = reader();
    const first = read('U1');
    turns[0]?.fail(new Error('the bot stops'));
    await expect(first).rejects.toThrow('the bot stops');
    const second = read('U1');
    turns[1]?.come();
    expect((await second).id).toBe('U1');
  });
});
