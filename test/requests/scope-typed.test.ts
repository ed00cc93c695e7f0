import { expect, test } from '@jest/globals';
import type { PersonId } from '../../core/ids.ts';
import { scopeTyped } from '../../requests/mass-ending/scope-typed.ts';

const person = (id: string, name: string) => [id, { id, name, accounts: {} }] as const;
const people = new Map([person('ana', 'Ana Ferreira'), person('twin', 'Twin'), person('at', 'At')]);
const ENTITLEMENTS = ['twin', 'both', 'orders-db'];
const deps = (known: object | undefined) =>
  ({
    ledger: {
      lostLeasesLeft: () => Promise.resolve([]),
      openRequestsByRequester: () =>
        Promise.resolve(['ana', 'gone', 'left'].map((requester) => ({ requester, requests: [] }))),
    },
    policy: {
      lastKnown: () => Promise.resolve(known),
      entitlementNamed: (name: string) =>
        Promise.resolve(ENTITLEMENTS.includes(name) ? { id: name } : undefined),
      mayAct: (id: string) => Promise.resolve({ kind: id === 'ana' ? 'eligible' : 'not-eligible' }),
    },
    describers: new Map(['github', 'both', 'twin'].map((name) => [name, {}])),
  }) as unknown as Parameters<typeof scopeTyped>[0];
const of = (id: string) => ({ kind: 'person', person: id });
const entitlement = (id: string) => ({ kind: 'entitlement', entitlement: id });
const at = (provider: string) => ({ kind: 'provider', provider });

test.each<[string, object | undefined]>([
  [' everything ', { kind: 'everything' }],
  ['MINE', of('dee')],
  ['everything of me', of('dee')],
  ['Leavers', { kind: 'leavers', people: ['gone', 'left'] }],
  ['ana', of('ana')],
  ['everything  of  Ana Ferreira', of('ana')],
  ['everything of Gone', of('gone')],
  ['left', of('left')],
  ['twin', of('twin')],
  ['everything in twin', of('twin')],
  ['everything at twin', at('twin')],
  [' at TWIN', at('twin')],
  ['at ana', undefined],
  ['at orders-db', undefined],
  ['both', entitlement('both')],
  ['at both', at('both')],
  ['orders-db', entitlement('orders-db')],
  ['GitHub', at('github')],
  ['at', of('at')],
  ['nobody', undefined],
  ['everything of', undefined],
])('“%s” means %j', async (typed, scope) =>
  expect(await scopeTyped(deps({ directory: { people } }), 'dee' as PersonId, typed)).toEqual(scope),
);

test.each([
  ['gone', of('gone')],
  ['twin', entitlement('twin')],
])('while no policy was ever read, “%s” means %j', async (typed, scope) =>
  expect(await scopeTyped(deps(undefined), 'dee' as PersonId, typed)).toEqual(scope),
);
