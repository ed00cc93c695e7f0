import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { LeaseId } from '../../core/ids.ts';
import type { Provider } from '../../providers/provider.ts';
import { SecretUnreadable, type TakePasswordDeps } from '../../requests/take-password.ts';
import { rowsOf } from '../ledger/ledger.fixture.ts';
import { decided, taken, withPassword } from './passwords.fixture.ts';
import { firstLease, type RequestsFixture, startRequestsFixture } from './requests.fixture.ts';

let fixture: RequestsFixture;
beforeAll(async () => {
  fixture = await startRequestsFixture();
});
afterAll(() => fixture?.stop());

/** A secret as Curfew makes it: 24 random bytes. */
const SECRET = String.raw`[\w-]{32}`;
const exactly = (text: string) => expect.stringMatching(new RegExp(`^${text}$`));

describe('a password that was delivered', () => {
  test('is taken as its provider writes it, with its end, and stays until it is erased', async () => {
    const request = await withPassword(fixture);
    const state = await fixture.state(request);
    const delivered = await decided(fixture, request);
    const password = await taken(fixture, delivered);
    expect(password).toEqual({
      text: exactly(`${firstLease(request)} ${SECRET}`),
      endsAt: state.kind === 'active' && state.endsAt,
    });
    expect(await taken(fixture, delivered)).toEqual(password);
    await fixture.ledger.eraseSecret(delivered);
    expect(await taken(fixture, delivered)).toBeUndefined();
  });

  test.each<[string, ReadonlyMap<string, Provider>]>([
    ['is not configured any more', new Map()],
    [
      'cannot read the target',
      new Map([['login', { parseTarget: () => ({ ok: false, error: 'x' }) } as never]]),
    ],
    ['writes no credential', new Map([['login', { parseTarget: () => ({ ok: true, value: {} }) } as never]])],
  ])('is taken as it is when its provider %s', async (_what, describers) => {
    const password = await taken(fixture, await decided(fixture, await withPassword(fixture)), {
      describers,
    });
    expect(password?.text).toEqual(exactly(SECRET));
  });

  test('is not there for access that has none', async () => {
    expect(
      await taken(fixture, await decided(fixture, await withPassword(fixture, 'thing'))),
    ).toBeUndefined();
  });

  test('is not taken by a click that was refused, nor for a lease that is not there', async () => {
    const request = await withPassword(fixture);
    const refused = await decided(fixture, request, { by: 'bo' });
    const delivered = await decided(fixture, request);
    expect(await taken(fixture, refused)).toBeUndefined();
    expect(await taken(fixture, { ...delivered, lease: 'lease_none' as LeaseId })).toBeUndefined();
    expect(await taken(fixture, delivered)).toBeDefined();
  });
});

describe('a password that cannot be shown stays in the ledger', () => {
  const attempt = async (more: Partial<TakePasswordDeps>) => {
    const delivered = await decided(fixture, await withPassword(fixture));
    const error = await taken(fixture, delivered, more).catch((caught: unknown) => caught);
    expect(await taken(fixture, delivered)).toBeDefined();
    return error;
  };

  test('when it cannot be opened with the key of this process', async () => {
    const error = await attempt({
      openSecret() {
        throw new Error('another key');
      },
    });
    expect(error).toBeInstanceOf(SecretUnreadable);
    expect(error).toMatchObject({
      name: 'SecretUnreadable',
      message: 'the secret cannot be opened: another key',
      cause: { message: 'another key' },
    });
  });

  test('when its provider fails to write it', async () => {
    const issue = () => Promise.reject(new Error('no host'));
    const login = { ...(fixture.deps.providers.get('login') as Provider), issue };
    expect(await attempt({ describers: new Map([['login', login]]) })).toMatchObject({ message: 'no host' });
  });

  test.each([
    ['of another lease of the same person', 'ana'],
    ['of a lease of another person', 'dee'],
  ])('when it was copied from the row %s (T46)', async (_whose, person) => {
    const [mine, theirs] = [await withPassword(fixture), await withPassword(fixture, 'login', person)];
    await rowsOf(
      fixture.url,
      'update secret set sealed = (select sealed from secret where lease_id = $2) where lease_id = $1',
      [firstLease(mine), firstLease(theirs)],
    );
    await expect(taken(fixture, await decided(fixture, mine))).rejects.toBeInstanceOf(SecretUnreadable);
    expect(await fixture.ledger.hasSecret(firstLease(mine))).toBe(true);
  });
});
