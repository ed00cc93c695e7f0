import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { RequestId } from '../../core/ids.ts';
import { requestAccess, card, granted, press, textOf, privateMessage } from './slack-steps.fixture.ts';
import { type Company, REQUESTS, startCompany } from './company.fixture.ts';
import { curfew, type CommandResult } from './processes.fixture.ts';

let company: Company;
let empty: string;
beforeAll(async () => {
  empty = await mkdtemp(join(tmpdir(), 'curfew-empty-'));
  company = await startCompany();
  await company.open();
}, 120_000);
afterAll(async () => {
  await company?.stop();
  await rm(empty, { recursive: true, force: true });
}, 60_000);

/** Expects one clear message without a stack trace. */
function clear({ code, out, err }: CommandResult, expected: number, words: RegExp): void {
  expect([code, err + out]).toEqual([expected, expect.stringMatching(words)]);
  expect(err + out).not.toMatch(/\n\s+at |node_modules|undefined|\[object/);
  expect((err + out).length).toBeLessThan(2_000);
}

describe('the command line refuses what is not there or not allowed', () => {
  test.each<[string, readonly string[], number, RegExp]>([
    ['a request that is not there', ['audit', 'story', `req_${'0'.repeat(26)}`], 3, /no request/],
    ['the end of an id that no request has', ['audit', 'story', 'zzzzzz'], 3, /no request zzzzzz/],
    ['an answer to a request that is not there', ['approve', 'zzzzzz', '--as', 'cy'], 3, /no request/],
    [
      'a person who does not exist',
      ['request', 'orders-db', '1h', 'why', '--as', 'anna'],
      3,
      /Did you mean "ana"/,
    ],
    ['a person without requests who does not exist', ['list', '--person', 'bob'], 3, /Did you mean "bo"/],
    ['an approver who does not exist', ['list', '--waiting-for', 'zed'], 3, /There is no person "zed"/],
    [
      'an entitlement that is not in the catalogue',
      ['request', 'ordersdb', '1h', 'why', '--as', 'ana'],
      4,
      /Did you mean "orders-db"/,
    ],
    [
      'a length that is too long',
      ['request', 'orders-db', '9h', 'why', '--as', 'ana'],
      4,
      /The longest is 8 h/,
    ],
    [
      'a length that cannot be read',
      ['request', 'orders-db', 'soon', 'why', '--as', 'ana'],
      4,
      /not a length of time/,
    ],
    ['a reason of spaces', ['request', 'orders-db', '1h', '   ', '--as', 'ana'], 4, /Say why/],
    [
      'hostile text as the entitlement',
      ['request', '<!channel>\u202e', '1h', 'why', '--as', 'ana'],
      4,
      /no such entitlement/,
    ],
  ])(
    'the exit code is 3 for not found and 4 for not allowed: %s',
    async (_what, args, code, words) => clear(await company.sandboxCli(...args), code, words),
    60_000,
  );

  test('a role of a provider that does not exist is refused', async () => {
    clear(await company.cli('up', '--role', 'provider:azure'), 2, /There is no provider "azure"/);
  }, 60_000);

  test('--as is refused with real services, and so is a login that no person has', async () => {
    clear(
      await company.cli('request', 'orders-db', '1h', 'why', '--as', 'ana'),
      4,
      /--as is for the sandbox/,
    );
    clear(await company.cli('request', 'orders-db', '1h', 'why'), 4, /has the account "unix:/);
  }, 60_000);

  test('a refused answer is explained at the command line as in Slack', async () => {
    const request = await requestAccess(company, 'oncall 1h answered at the command line');
    const tail = request.slice(-8);
    clear(await company.sandboxCli('approve', tail, '--as', 'ana'), 4, /your own request/);
    clear(await company.sandboxCli('approve', tail, '--as', 'sam'), 4, /not an approver of this request/);
    clear(
      await company.sandboxCli('deny', tail, '--as', 'cy', '-r', '  '),
      4,
      /Say why you deny the request/,
    );
    expect(await company.sandboxCli('deny', tail, '--as', 'cy', '-r', 'not now')).toMatchObject({ code: 0 });
    clear(
      await company.sandboxCli('approve', tail, '--as', 'bo'),
      4,
      /The request is already over: denied by cy/,
    );
    expect((await company.events(request, 'refused')).map(({ by, refusal }) => [by, refusal.code])).toEqual([
      ['ana', 'own-request'],
      ['sam', 'not-an-approver'],
      ['cy', 'denial-reason-missing'],
      ['bo', 'wrong-state'],
    ]);
  }, 90_000);

  test('an end whose provider does not answer says that the revocation started and what to check', async () => {
    const request = await requestAccess(company, 'oncall 1h ended while GitHub is unavailable');
    const tail = request.slice(-8);
    const target = expect.stringMatching(
      /GitHub team lantern\/orders-oncall[^]*\(level: member\)\n +team lantern\/orders-oncall: member\n +Caution: [^]*\n +At the end: GitHub deletes /,
    );
    expect(await company.sandboxCli('audit', 'story', tail)).toMatchObject({ code: 0, out: target });
    const asked = await company.sandboxCli('approve', tail, '--as', 'cy');
    expect(asked).toMatchObject({
      code: 2,
      out: expect.stringMatching(
        /GitHub team lantern\/orders-oncall[^]*\n +- team lantern\/orders-oncall: member/,
      ),
      err: expect.stringMatching(/^\nNothing is approved yet/),
    });
    const digest = /Digest of all this: (\w+)/.exec(asked.out)?.[1] ?? '';
    expect(
      await company.sandboxCli(
        'approve',
        tail,
        '--as',
        'cy',
        '--digest',
        digest,
        '--confirm',
        'orders-oncall',
      ),
    ).toMatchObject({
      code: 0,
      out: target,
    });
    await company.reaches(request, 'active');
    const outage = company.githubProxy.arm({
      when: () => true,
      act: { kind: 'drop-before' },
      times: Infinity,
    });
    clear(await company.sandboxCli('end', tail, '--as', 'ana'), 1, /revoking the access.*curfew doctor/);
    outage.cancel();
    await company.reaches(request, 'closed');
    expect(company.team()).not.toContain('ana-ferreira');
  }, 120_000);
});

describe('a process of its own', () => {
  test('ends with exit code 2 for wrong usage, and for wrong settings', async () => {
    clear(await company.cli('grnat'), 2, /unknown command 'grnat'/);
    clear(await company.cli('audit', 'story', 'zzzzzz'), 3, /no request zzzzzz/);
    clear(await curfew(['up'], { env: { CURFEW_PORT: 'hunter2' }, home: empty }), 2, /CURFEW_PORT must be/);
  }, 60_000);

  test('in a folder where nothing runs says what to do', async () => {
    clear(await curfew(['list'], { env: {}, home: empty }), 2, /is not running in this folder[^]*npm start/);
  }, 60_000);
});

describe('a policy that cannot be read', () => {
  test.each<[string, string, string | RegExp, string, RegExp]>([
    [
      'a tab for indentation',
      'catalogue.yaml',
      '    title: Orders',
      '\ttitle: Orders',
      /catalogue\.yaml:\d+:\d+/,
    ],
    ['an unknown key', 'catalogue.yaml', 'longest: 8h', 'longst: 8h', /catalogue\.yaml:\d+:\d+.*longst/],
    [
      'an approver who does not exist',
      'catalogue.yaml',
      'owner: person:cy',
      'owner: person:cyrus',
      /catalogue\.yaml:\d+:\d+.*cyrus/,
    ],
    [
      'one account that two people have',
      'people.yaml',
      'slack: U0BOLIND01',
      'slack: U0ANAFERR1',
      /people\.yaml:\d+:\d+.*U0ANAFERR1/,
    ],
    ['an empty file', 'people.yaml', /^[^]*$/, '\n', /people\.yaml:\d+:\d+/],
  ])(
    'curfew doctor names file, line and column and exits with 1: %s',
    async (_what, file, from, to, words) => {
      const restore = await company.edit(file, from, to);
      const said = await company.sandboxCli('doctor');
      await restore();
      expect([said.code, said.out]).toEqual([1, expect.stringMatching(words)]);
      expect(said.out + said.err).not.toMatch(/\n\s+at |node_modules/);
    },
    60_000,
  );

  test('a policy that breaks at run time refuses everything new and ends live access, and a repaired file is enough (I14, B54)', async () => {
    const live = await granted(company, 'oncall 1h live while the policy breaks');
    const other = await granted(company, 'oncall 1h live, and ended by an approver');
    const made = await company.sandboxCli('request', 'oncall', '1h', 'typed', '--as', 'ana');
    const typed = (/req_\w{26}/.exec(made.out)?.[0] ?? '') as RequestId;
    const asked = await company.sandboxCli('approve', typed, '--as', 'cy');
    await company.sandboxCli(
      'approve',
      typed,
      '--as',
      'cy',
      '--digest',
      /\b[0-9a-f]{64}\b/.exec(asked.out)?.[0] ?? '',
      '--confirm',
      'orders-oncall',
    );
    await company.reaches(typed, 'active');
    const waiting = await requestAccess(company, 'orders-db 1h waits while the policy breaks');
    const restore = await company.edit('catalogue.yaml', 'entitlements:', 'entitlements: [');
    const ana = company.as('ana');

    await ana.command('/access orders-db 1h asked of a broken policy', REQUESTS);
    await press(company, 'cy', 'approve', 'waits while the policy breaks');
    await company.quiet();
    expect(await company.events(waiting, 'approved')).toEqual([]);
    expect((await company.state(waiting)).kind).toBe('pending');
    const codes = (await company.refusals())
      .slice(-2)
      .map(({ tried }) => tried)
      .sort();
    expect(codes).toEqual(['approve', 'request']);
    await privateMessage(
      ana,
      /Not allowed: the policy cannot be read \(catalogue\.yaml:\u2060?\d+:\u2060?\d+: /,
    );
    await privateMessage(
      company.as('cy'),
      /Not allowed: the policy cannot be read \(catalogue\.yaml:\u2060?\d+:\u2060?\d+: /,
    );

    const endAtCommandLine = company.sandboxCli('end', typed.slice(-8), '--as', 'ana');
    await press(company, 'cy', 'end', 'live, and ended by an approver');
    await press(company, 'ana', 'end', 'live while the policy breaks');
    expect(await endAtCommandLine).toMatchObject({ code: 0 });
    await company.reaches(other, 'closed');
    expect((await company.state(typed)).kind).toBe('closed');
    await company.reaches(live, 'closed');
    expect(company.team()).not.toContain('ana-ferreira');
    for (const [reason, by] of [
      ['live while the policy breaks', 'Ana Ferreira'],
      ['live, and ended by an approver', 'Cy Okafor'],
    ] as const)
      await card(ana, reason, 'dm', (on) =>
        new RegExp(`Ended by .*${by}.*revoked and verified`).test(textOf(on)),
      );

    await restore();
    await press(company, 'cy', 'approve', 'waits while the policy breaks');
    await company.reaches(waiting, 'active');
    await press(company, 'cy', 'end', 'waits while the policy breaks');
    await company.reaches(waiting, 'closed');
    await card(ana, 'waits while the policy breaks');
  }, 120_000);
});
