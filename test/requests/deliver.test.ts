import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { uuidv7 } from 'uuidv7';
import type { AccountFacts } from '../../core/account.ts';
import { clickIdOf, leaseIdOf, type PersonId, type RequestId } from '../../core/ids.ts';
import type { Refusal } from '../../core/request/refusals.ts';
import type { Click } from '../../ledger/index.ts';
import type { Provider } from '../../providers/provider.ts';
import { grantLease } from '../../requests/grant-lease.ts';
import { deliver, type DeliverDeps, SecretUnreadable } from '../../requests/deliver.ts';
import { guestFacts, memberFacts } from '../core/account.fixture.ts';
import { rowsOf } from '../ledger/ledger.fixture.ts';
import {
  firstLease,
  type RequestsFixture,
  slackAccountOf,
  startRequestsFixture,
} from './requests.fixture.ts';
import { answered, approvedWithoutWorkflow, attempt } from './steps.fixture.ts';

let fixture: RequestsFixture;
beforeAll(async () => {
  fixture = await startRequestsFixture();
});
afterAll(() => fixture?.stop());

/** A secret as Curfew makes it: 24 random bytes. */
const SECRET = String.raw`[\w-]{32}`;
/** An active request whose credential waits for its requester. */
async function withPassword(entitlement = 'login', person = 'ana'): Promise<RequestId> {
  const request = await approvedWithoutWorkflow(fixture, { entitlement, person });
  for (const { id } of await fixture.ledger.leasesOf(request))
    await grantLease(fixture.deps, { lease: id, ...attempt });
  return request;
}
function deps(more: Partial<DeliverDeps> = {}): DeliverDeps {
  const { ledger, deps: all } = fixture;
  return {
    ledger,
    policy: all.policy,
    describers: all.providers,
    openSecret: all.sealer.open,
    ...more,
  };
}
async function show(
  request: RequestId,
  by: string | null = 'ana',
  more: Partial<DeliverDeps> = {},
  lease = firstLease(request),
  factsOf: ((account: string) => AccountFacts) | null = memberFacts,
) {
  const person = by as PersonId | null;
  const id = clickIdOf(uuidv7());
  const click: Click = {
    id,
    request,
    via: 'slack',
    account: slackAccountOf(by),
    person,
    kind: 'deliver',
    body: {},
  };
  await fixture.ledger.writeClick(click);
  if (factsOf) await fixture.ledger.storeAccountCheck(id, factsOf(click.account));
  const delivered = deliver(deps(more), lease, click);
  const outcome = await delivered.then(
    () => fixture.ledger.clickOutcome(id),
    () => undefined,
  );
  return { delivered: await delivered, outcome };
}
const refusedOnce = (request: RequestId, by: string | null, refusal: Refusal) =>
  expect(fixture.ledger.readTrail(request).then((trail) => trail.at(-1))).resolves.toMatchObject({
    via: 'slack',
    event: { kind: 'refused', by, tried: 'deliver', refusal },
  });

describe('a credential is delivered to its requester', () => {
  test('as its provider writes it, with its end, once, and the delivery is recorded', async () => {
    const request = await withPassword();
    const state = await fixture.state(request);
    expect(await show(request)).toEqual({
      delivered: {
        kind: 'credential',
        text: expect.stringMatching(new RegExp(`^${firstLease(request)} ${SECRET}$`)),
        endsAt: state.kind === 'active' && state.endsAt,
      },
      outcome: { kind: 'answered' },
    });
    expect((await fixture.ledger.readTrail(request)).at(-1)).toMatchObject({
      via: 'slack',
      event: { kind: 'delivered', by: 'ana', lease: firstLease(request) },
    });
    const refusal: Refusal = { code: 'already-delivered' };
    expect(await show(request)).toEqual({
      delivered: { kind: 'refused', refusal },
      outcome: { kind: 'refused', refusal },
    });
  });

  test.each<[string, ReadonlyMap<string, Provider>]>([
    ['is not configured any more', new Map()],
    [
      'cannot read the target',
      new Map([['login', { parseTarget: () => ({ ok: false, error: 'x' }) } as never]]),
    ],
    ['writes no credential', new Map([['login', { parseTarget: () => ({ ok: true, value: {} }) } as never]])],
  ])('as it is when its provider %s', async (_what, describers) => {
    const { delivered } = await show(await withPassword(), 'ana', { describers });
    expect(delivered).toMatchObject({
      kind: 'credential',
      text: expect.stringMatching(new RegExp(`^${SECRET}$`)),
    });
  });

  test('when there is one: access without a password has none', async () => {
    expect(await show(await withPassword('thing'))).toEqual({
      delivered: { kind: 'none' },
      outcome: { kind: 'answered' },
    });
  });

  test('for the lease that was asked for, and for no other one of the request', async () => {
    const request = await withPassword('logins');
    const [first, second] = [firstLease(request), leaseIdOf(request, 1)];
    const { delivered } = await show(request, 'ana', {}, second);
    expect(delivered).toMatchObject({ text: expect.stringMatching(new RegExp(`^${second} ${SECRET}$`)) });
    await fixture.ledger.eraseSecret(second);
    expect(await fixture.ledger.hasSecret(second)).toBe(false);
    expect(await fixture.ledger.hasSecret(first)).toBe(true);
    expect((await show(request, 'ana', {}, first)).delivered).toMatchObject({
      text: expect.stringMatching(new RegExp(`^${first} ${SECRET}$`)),
    });
  });

  test('although the outcome of the click cannot be stored afterwards', async () => {
    const storeOutcome = () => Promise.reject(new Error('away'));
    const ledger = { ...fixture.ledger, storeOutcome };
    const { delivered } = await show(await withPassword(), 'ana', { ledger });
    expect(delivered.kind).toBe('credential');
  });
});

describe('a credential stays in the ledger', () => {
  const GUEST: Refusal = { code: 'not-a-member', why: 'guest' };
  test.each<[string, string | null, ((account: string) => AccountFacts) | null, Refusal]>([
    ['an account of nobody', null, memberFacts, { code: 'unknown-person' }],
    ['an account of nobody, while Slack is away', null, null, { code: 'unknown-person' }],
    ['an account that may not act', 'ana', guestFacts, GUEST],
    ['an approver', 'bo', memberFacts, { code: 'not-requester' }],
  ])('when it is asked for by %s, and the refusal is recorded (I19)', async (_who, by, factsOf, refusal) => {
    const request = await withPassword();
    expect(await show(request, by, {}, firstLease(request), factsOf)).toEqual({
      delivered: { kind: 'refused', refusal },
      outcome: { kind: 'refused', refusal },
    });
    await refusedOnce(request, by, refusal);
    expect(await fixture.ledger.hasSecret(firstLease(request))).toBe(true);
  });

  test('when an account of nobody asks for it twice, and the refusal is recorded once', async () => {
    const request = await withPassword();
    for (let click = 0; click < 2; click += 1) await show(request, null);
    expect(await fixture.kinds(request)).toMatch(/ activated refused$/);
    expect(await fixture.ledger.hasSecret(firstLease(request))).toBe(true);
  });

  test('when the account is not checked (T45)', async () => {
    const request = await withPassword();
    await expect(show(request, 'ana', {}, firstLease(request), null)).rejects.toThrow('not checked yet');
    expect(await fixture.ledger.hasSecret(firstLease(request))).toBe(true);
  });

  test('when it cannot be opened, and nothing is recorded', async () => {
    const request = await withPassword();
    const openSecret = () => {
      throw new Error('another key');
    };
    const error = await show(request, 'ana', { openSecret }).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(SecretUnreadable);
    expect(error).toMatchObject({
      name: 'SecretUnreadable',
      message: 'the secret cannot be opened: another key',
      cause: { message: 'another key' },
    });
    expect(await fixture.ledger.hasSecret(firstLease(request))).toBe(true);
    expect(await fixture.kinds(request)).not.toMatch(/delivered/);
  });

  test.each([
    ['of another lease of the same person', 'ana'],
    ['of a lease of another person', 'dee'],
  ])('when it was copied from the row %s, and nothing is recorded (T46)', async (_whose, person) => {
    const [mine, theirs] = [await withPassword(), await withPassword('login', person)];
    await rowsOf(
      fixture.url,
      'update secret set sealed = (select sealed from secret where lease_id = $2) where lease_id = $1',
      [firstLease(mine), firstLease(theirs)],
    );
    await expect(show(mine)).rejects.toBeInstanceOf(SecretUnreadable);
    expect(await fixture.ledger.hasSecret(firstLease(mine))).toBe(true);
    expect(await fixture.kinds(mine)).not.toMatch(/delivered/);
  });

  test('when its provider fails to write it, and nothing is recorded', async () => {
    const request = await withPassword();
    const credential = () => {
      throw new Error('no host');
    };
    const login = { ...(fixture.deps.providers.get('login') as Provider), credential };
    await expect(show(request, 'ana', { describers: new Map([['login', login]]) })).rejects.toThrow(
      'no host',
    );
    expect(await fixture.ledger.hasSecret(firstLease(request))).toBe(true);
    expect(await fixture.kinds(request)).not.toMatch(/delivered/);
  });

  test('after the end of the access', async () => {
    const request = await withPassword();
    await answered(fixture, request, { kind: 'end', by: 'ana' });
    expect((await show(request)).delivered).toMatchObject({
      kind: 'refused',
      refusal: { code: 'wrong-state', state: 'revoking' },
    });
  });
});
