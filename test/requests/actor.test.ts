import { type ClickKind } from '../../core/click-kinds.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { uuidv7 } from 'uuidv7';
import type { AccountFacts } from '../../core/account.ts';
import { clickIdOf, clickIdOfRequest, type PersonId, type RequestId, requestIdOf } from '../../core/ids.ts';
import { type AnswerKind } from '../../core/request/commands.ts';
import { ok, type Result } from '../../core/result.ts';
import type { Click } from '../../ledger/index.ts';
import { actorOf } from '../../requests/actor.ts';
import { decideClick } from '../../requests/decide-click.ts';
import { judge } from '../../requests/judge.ts';
import { guestFacts, memberFacts } from '../core/account.fixture.ts';
import { pressed } from './passwords.fixture.ts';
import {
  firstLease,
  type RequestsFixture,
  slackAccountOf,
  startRequestsFixture,
} from './requests.fixture.ts';
import { answerClick, approvedWithoutWorkflow, granted, openedWithoutWorkflow } from './steps.fixture.ts';

const refused = <E>(error: E) => ({ ok: false, error }) as const;
const NOBODY = refused({ code: 'unknown-person' });
const GUEST = refused({ code: 'not-a-member', why: 'guest' });

describe('the person behind a click is found again when the click is decided (T45)', () => {
  /** Who acts with this click, when the channel said this and people.yaml names this owner. */
  const actor = (
    more: Partial<Pick<Click, 'kind' | 'via' | 'account' | 'person'>>,
    { facts, owner = ok('ana') }: { facts?: AccountFacts; owner?: Result<string | null, string> } = {},
  ) => {
    const asked: string[] = [];
    const click = { id: 'c1', kind: 'approve', via: 'slack', account: 'U1', person: 'ana', ...more } as Click;
    const ledger = { readAccountCheck: () => Promise.resolve(facts) };
    const ownerOf = (...account: string[]) =>
      Promise.resolve((asked.push(account.join(' ')), owner as never));
    return actorOf({ ledger, policy: { ownerOf } }, click).then((who) => ({ who, asked }));
  };
  const facts = memberFacts('U1');
  const BROKEN = refused('the policy cannot be read');

  test.each<[string, Parameters<typeof actor>, object | undefined]>([
    ['of a member whose account is still theirs', [{}, { facts }], ok('ana')],
    ['whose account belongs to somebody else now', [{}, { facts, owner: ok('bo') }], NOBODY],
    ['whose account belongs to nobody now', [{}, { facts, owner: ok(null) }], NOBODY],
    ['whose account belonged to nobody when it was received', [{ person: null }, { facts }], NOBODY],
    ['whose account is a guest', [{}, { facts: guestFacts('U1') }], GUEST],
    ['of a guest whom people.yaml does not name', [{ person: null }, { facts: guestFacts('U1') }], GUEST],
    [
      'with the facts of another account',
      [{ account: 'U2' }, { facts }],
      refused({ code: 'not-a-member', why: 'unknown' }),
    ],
    [
      'while people.yaml cannot be read',
      [{}, { facts, owner: BROKEN }],
      refused({ code: 'not-allowed', why: BROKEN.error }),
    ],
    ['whose account is not checked', [{}], undefined],
    ['to request, whose account is not checked', [{ kind: 'request' }], undefined],
    ['to deny, whose account is not checked', [{ kind: 'deny' }], undefined],
    ['for a password, whose account is not checked', [{ kind: 'deliver' }], undefined],
    ['to end access, which needs neither (I14)', [{ kind: 'end' }, { owner: BROKEN }], ok('ana')],
    ['to withdraw, which needs neither (I14)', [{ kind: 'withdraw' }, { owner: BROKEN }], ok('ana')],
    ['to end access by an account of nobody', [{ kind: 'end', person: null }], NOBODY],
    ['of a login', [{ via: 'cli', account: 'ana-login' }], ok('ana')],
    ['of a login that belongs to nobody now', [{ via: 'cli' }, { owner: ok(null) }], NOBODY],
  ])('a click %s', async (_which, given, expected) => expect((await actor(...given)).who).toEqual(expected));

  test.each<[Click['via'], string]>([
    ['slack', 'slack U1'],
    ['cli', 'unix U1'],
  ])('an account of the channel %s is looked up as one of its own system', async (via, account) =>
    expect((await actor({ via }, { facts })).asked).toEqual([account]),
  );
});

describe('a click that is pushed past the dispatcher', () => {
  let fixture: RequestsFixture;
  let open: RequestId;
  beforeAll(async () => void (fixture = await startRequestsFixture()));
  afterAll(() => fixture?.stop());
  beforeEach(async () => void (open = await openedWithoutWorkflow(fixture)));

  /** A click of the Slack account of a person, in the inbox. Nothing has checked the account. */
  async function inInbox(
    kind: Exclude<
      ClickKind,
      | 'extend'
      | 'ask'
      | 'answer'
      | 'end-all'
      | 'lift'
      | 'adopt-finding'
      | 'revoke-finding'
      | 'open-review'
      | 'certify'
      | 'object'
    >,
    by: string,
    request?: RequestId,
  ): Promise<Click> {
    const id = clickIdOf(uuidv7());
    const on = request ?? requestIdOf(id);
    const body =
      kind === 'request'
        ? { entitlement: 'thing', length: '1h', reason: 'incident 4312' }
        : request && kind !== 'deliver'
          ? (await answerClick(fixture, request, { kind, by })).body
          : {};
    const from = { via: 'slack', account: slackAccountOf(by), person: by as PersonId } as const;
    const click = { id, request: on, ...from, kind, body } as Click;
    await fixture.ledger.writeClick(click);
    return click;
  }
  const store = ({ id, account }: Click, of: (account: string) => AccountFacts) =>
    fixture.ledger.storeAccountCheck(id, of(account));

  test.each<AnswerKind>(['approve', 'deny'])(
    'to %s is not decided before its account is checked, and is not refused either (T45)',
    async (kind) => {
      const click = (await inInbox(kind, 'bo', open)) as Click<AnswerKind>;
      await expect(decideClick(fixture.deps, click)).rejects.toThrow('not checked yet');
      expect(await fixture.kinds(open)).toBe('requested judged');
      await store(click, memberFacts);
      expect((await decideClick(fixture.deps, click)).outcome.ok).toBe(true);
    },
  );

  test.each<AnswerKind>(['approve', 'deny'])(
    'to %s never counts when the account is a guest, and the attempt is recorded once (T07, T45)',
    async (kind) => {
      const click = (await inInbox(kind, 'bo', open)) as Click<AnswerKind>;
      await store(click, guestFacts);
      for (let time = 0; time < 2; time += 1)
        expect((await decideClick(fixture.deps, click)).outcome).toEqual(GUEST);
      expect(await fixture.kinds(open)).toBe('requested judged refused');
      expect((await fixture.ledger.readTrail(open)).at(-1)).toMatchObject({
        via: 'slack',
        event: { by: 'bo', tried: kind, refusal: GUEST.error },
      });
    },
  );

  test('keeps the first facts, so that nobody replaces those of a guest (T45)', async () => {
    const click = (await inInbox('approve', 'bo', open)) as Click<AnswerKind>;
    await store(click, guestFacts);
    await store(click, memberFacts);
    expect((await decideClick(fixture.deps, click)).outcome).toEqual(GUEST);
  });

  test('keeps its outcome when the account changes hands after it was decided (F18)', async () => {
    const click = (await inInbox('approve', 'bo', open)) as Click<AnswerKind>;
    await store(click, memberFacts);
    const { outcome } = await decideClick(fixture.deps, click);
    const restore = await fixture.edit('people.yaml', 'slack: U0BO', 'slack: U0NEW');
    expect((await decideClick(fixture.deps, click)).outcome).toEqual(outcome);
    await restore();
    expect(await fixture.kinds(open)).toBe('requested judged approved grant-started');
  });

  test.each([
    ['belongs to nobody now', ['slack: U0BO', 'slack: U0NEW']],
    [
      'belongs to somebody else now',
      ['slack: U0BO } }', 'slack: U0NEW } }\n  - { id: eve, name: Eve, accounts: { slack: U0BO } }'],
    ],
  ] as const)('of an account that %s counts for nobody (T45)', async (_whose, [from, to]) => {
    const click = (await inInbox('approve', 'bo', open)) as Click<AnswerKind>;
    await store(click, memberFacts);
    const restore = await fixture.edit('people.yaml', from, to);
    expect((await decideClick(fixture.deps, click)).outcome).toEqual(NOBODY);
    await restore();
    expect(await fixture.kinds(open)).toBe('requested judged refused');
  });

  test('to request is not judged before its account is checked, and then it is (T45)', async () => {
    const { request, ...click } = await inInbox('request', 'ana');
    await fixture.ledger.acceptSubmission({ request, ...click } as Click);
    await judge(fixture.deps, { request });
    expect(await fixture.kinds(request)).toBe('');
    await store({ request, ...click } as Click, memberFacts);
    await judge(fixture.deps, { request });
    expect(await fixture.kinds(request)).toBe('requested judged');
  });

  test.each([
    ['a guest', guestFacts, [], GUEST.error],
    ['of nobody now', memberFacts, ['slack: U0ANA', 'slack: U0NEW'], NOBODY.error],
  ] as const)(
    'to request by an account that is %s opens nothing (T07, T45)',
    async (_what, of, edit, refusal) => {
      const click = await inInbox('request', 'ana');
      await store(click, of);
      const restore =
        edit.length > 0 ? await fixture.edit('people.yaml', edit[0] ?? '', edit[1] ?? '') : undefined;
      for (let time = 0; time < 2; time += 1) await judge(fixture.deps, { request: click.request });
      await restore?.();
      expect((await fixture.ledger.readTrail(click.request)).map(({ event }) => event)).toMatchObject([
        { kind: 'refused', by: 'ana', tried: 'request', refusal },
      ]);
      expect(await fixture.ledger.readClick(clickIdOfRequest(click.request))).not.toHaveProperty(
        'body.reason',
      );
    },
  );

  test.each([
    ['is a guest', guestFacts, 'slack: U0ANA', GUEST.error],
    ['belongs to somebody else', memberFacts, 'slack: U0NEW', NOBODY.error],
  ] as const)(
    'for a password is refused when its account %s now (T45)',
    async (_what, of, account, refusal) => {
      const request = await approvedWithoutWorkflow(fixture, { entitlement: 'login' });
      await granted(fixture, request);
      const click = await pressed(fixture, request, { factsOf: of });
      const restore = await fixture.edit('people.yaml', 'slack: U0ANA', account);
      expect((await decideClick(fixture.deps, click)).outcome).toEqual(refused(refusal));
      await restore();
      expect(
        await fixture.ledger.takeSecret({ lease: firstLease(request), click: click.id }),
      ).toBeUndefined();
    },
  );
});
