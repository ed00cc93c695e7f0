import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { AccountFacts } from '../../core/account.ts';
import { leaseIdOf, type RequestId } from '../../core/ids.ts';
import { type Eligibility, NOT_ELIGIBLE } from '../../core/request/commands.ts';
import type { Refusal } from '../../core/request/refusals.ts';
import { decideClick } from '../../requests/decide-click.ts';
import { guestFacts, memberFacts } from '../core/account.fixture.ts';
import { rowsOf } from '../ledger/ledger.fixture.ts';
import { decided, pressed, withPassword } from './passwords.fixture.ts';
import { firstLease, type RequestsFixture, startRequestsFixture } from './requests.fixture.ts';
import { answered } from './steps.fixture.ts';

let fixture: RequestsFixture;
beforeAll(async () => {
  fixture = await startRequestsFixture();
});
afterAll(() => fixture?.stop());

const lastEvent = async (request: RequestId) => (await fixture.ledger.readTrail(request)).at(-1);
const isTaken = async (request: RequestId) =>
  (
    await rowsOf<{ delivered: boolean }>(
      fixture.url,
      'select delivered_at is not null as delivered from secret where lease_id = $1',
      [firstLease(request)],
    )
  )[0]?.delivered;
const refused = (refusal: Refusal) => ({ ok: false, error: refusal });

describe('a click for a password is decided', () => {
  test('once: the delivery is recorded, and the password stays for the gateway that shows it', async () => {
    const request = await withPassword(fixture);
    const { click, lease, outcome } = await decided(fixture, request);
    expect(outcome.ok).toBe(true);
    expect(await lastEvent(request)).toMatchObject({
      via: 'slack',
      event: { kind: 'delivered', by: 'ana', lease },
    });
    expect([await isTaken(request), await fixture.ledger.hasSecret(lease)]).toEqual([true, true]);
    expect(await fixture.ledger.takeSecret({ lease, click })).toBeDefined();
    expect((await decided(fixture, request)).outcome).toEqual(refused({ code: 'already-delivered' }));
  });

  test('the same click again has the same outcome, and no second event (F18)', async () => {
    const click = await pressed(fixture, await withPassword(fixture));
    const outcomes = [await decideClick(fixture.deps, click), await decideClick(fixture.deps, click)].map(
      ({ outcome }) => outcome,
    );
    expect(outcomes[1]).toEqual(outcomes[0]);
    expect(await fixture.kinds(click.request)).toMatch(/ activated delivered$/);
  });

  test('for the lease that was asked for, and for no other one of the request', async () => {
    const request = await withPassword(fixture, 'logins');
    const { click } = await decided(fixture, request, { lease: leaseIdOf(request, 1) });
    expect(await lastEvent(request)).toMatchObject({ event: { lease: leaseIdOf(request, 1) } });
    expect(await fixture.ledger.takeSecret({ lease: firstLease(request), click })).toBeUndefined();
    expect((await decided(fixture, request)).outcome.ok).toBe(true);
  });

  test('also when the access has no password', async () => {
    const request = await withPassword(fixture, 'thing');
    const { click, lease, outcome } = await decided(fixture, request);
    expect([outcome.ok, await fixture.ledger.takeSecret({ lease, click })]).toEqual([true, undefined]);
  });
});

describe('a password is delivered to nobody', () => {
  const GUEST: Refusal = { code: 'not-a-member', why: 'guest' };
  test.each<[string, string | null, (account: string) => AccountFacts, Refusal]>([
    ['an account of nobody', null, memberFacts, { code: 'unknown-person' }],
    ['a guest whom people.yaml does not name', null, guestFacts, GUEST],
    ['an account that may not act', 'ana', guestFacts, GUEST],
    ['an approver', 'bo', memberFacts, { code: 'not-requester' }],
  ])('when %s asks for it, and the refusal is recorded once (I19)', async (_who, by, factsOf, refusal) => {
    const request = await withPassword(fixture);
    for (let press = 0; press < 2; press += 1)
      expect((await decided(fixture, request, { by, factsOf })).outcome).toEqual(refused(refusal));
    expect(await lastEvent(request)).toMatchObject({
      via: 'slack',
      event: { kind: 'refused', by, tried: 'deliver', refusal },
    });
    expect(await fixture.kinds(request)).toMatch(/ activated refused$/);
    expect([await isTaken(request), await fixture.ledger.hasSecret(firstLease(request))]).toEqual([
      false,
      true,
    ]);
  });

  test.each<[string, Eligibility, Refusal]>([
    ['somebody who left asks for it', NOT_ELIGIBLE, { code: 'unknown-person' }],
    [
      'it is not known whether the person left',
      { kind: 'unknown', why: 'the policy cannot be read' },
      { code: 'not-allowed', why: 'the policy cannot be read' },
    ],
  ])('when %s, also before the access is revoked (I17, I7)', async (_when, standing, refusal) => {
    const click = await pressed(fixture, await withPassword(fixture));
    const policy = { ...fixture.deps.policy, mayAct: () => Promise.resolve(standing) };
    const { outcome } = await decideClick({ ...fixture.deps, policy }, click);
    expect(outcome).toEqual(refused(refusal));
    expect(await isTaken(click.request)).toBe(false);
    expect(await lastEvent(click.request)).toMatchObject({
      event: { kind: 'refused', by: 'ana', tried: 'deliver', refusal },
    });
    // The refusal is the outcome of this click for ever.
    expect((await decideClick(fixture.deps, click)).outcome).toEqual(refused(refusal));
  });

  test('when the account is not checked (T45)', async () => {
    const click = await pressed(fixture, await withPassword(fixture), { factsOf: null });
    await expect(decideClick(fixture.deps, click)).rejects.toThrow('not checked yet');
    expect([await isTaken(click.request), await fixture.kinds(click.request)]).toEqual([
      false,
      expect.stringMatching(/ activated$/),
    ]);
  });

  test('for a lease of another request, or for none', async () => {
    const [mine, theirs] = [await withPassword(fixture), await withPassword(fixture, 'login', 'dee')];
    const unknown = refused({ code: 'unknown-lease' });
    expect((await decided(fixture, mine, { lease: firstLease(theirs) })).outcome).toEqual(unknown);
    const { body: _none, ...click } = await pressed(fixture, mine);
    expect((await decideClick(fixture.deps, { ...click, body: {} })).outcome).toEqual(unknown);
    expect([await isTaken(mine), await isTaken(theirs)]).toEqual([false, false]);
  });

  test('after the end of the access', async () => {
    const request = await withPassword(fixture);
    await answered(fixture, request, { kind: 'end', by: 'ana' });
    expect((await decided(fixture, request)).outcome).toMatchObject({
      error: { code: 'wrong-state', state: 'revoking' },
    });
  });
});
