import { expect, test } from '@jest/globals';
import type { FoundAccess, FoundPage, FoundSource, Provider } from '../../providers/provider.ts';
import type { Deps } from '../../requests/deps.ts';
import { readTarget } from '../../requests/findings/read-target.ts';
import { never } from '../manifest/manifest.fixture.ts';

type Page = Partial<FoundPage<unknown>>;

/** Reads a target of these pages. `taken`: how many calls were taken from the budget that all sweepers share. */
async function read(...pages: readonly Page[]) {
  let taken = 0;
  const ledger = {
    takeCalls: (_name: string, { calls }: { calls: number }) => Promise.resolve(((taken += calls), true)),
  } as unknown as Deps['ledger'];
  const provider = {
    ...{ name: 'fake', rateBudget: 600, ladder: () => ['none', 'read', 'write'] },
    discover: (target: unknown, { page = '0' }: { page?: string }) => {
      const next = Number(page) + 1;
      return Promise.resolve({
        ...{ target, accesses: [], calls: 1, ...pages[Number(page)] },
        ...(next < pages.length && { next: String(next) }),
      });
    },
  } as unknown as Provider;
  return { ...(await readTarget({ ledger }, provider, {}, never)), taken };
}
const source = (level: string, through: string): FoundSource => ({ kind: 'team', level, through });
const ana = (over: Partial<FoundAccess> = {}): FoundAccess => ({
  ...{ subject: { id: '1', name: 'ana' }, level: 'none', sources: [], ...over },
});

test('accounts that are hidden on any page are counted, so the list says nothing about absence', async () => {
  expect((await read({ hidden: 2 }, {}, { hidden: 1 }, {})).hidden).toBe(3);
  expect((await read({}, {})).hidden).toBe(0);
});

test('an account on several pages is one, with its highest level, all its sources and why it cannot be revoked', async () => {
  const pages = [
    { accesses: [ana({ level: 'read', sources: [source('read', 'through a')] })] },
    { accesses: [ana({ sources: [source('write', 'through b')], whyNoRevoke: 'Remove it there.' })] },
    { accesses: [ana({ level: 'write' })] },
  ];
  for (const order of [pages, pages.toReversed()]) {
    const { accesses } = await read(...order);
    expect(accesses).toHaveLength(1);
    expect(accesses[0]).toMatchObject({ level: 'write', whyNoRevoke: 'Remove it there.' });
    expect(accesses[0]?.sources.map(({ through }) => through).sort()).toEqual(['through a', 'through b']);
  }
});

test('a level that nobody knows is higher than every known one', async () => {
  const pages = [{ accesses: [ana({ level: 'write' })] }, { accesses: [ana({ level: 'owner' })] }];
  expect((await read(...pages)).accesses).toMatchObject([{ level: 'owner' }]);
});

test('objects of several leases of one account stay apart', async () => {
  const lease = (id: string) => ana({ level: 'write', lease: id as NonNullable<FoundAccess['lease']> });
  expect(
    (await read({ accesses: [lease('a'), lease('b')] }, { accesses: [lease('a')] })).accesses,
  ).toHaveLength(2);
});

test('who manages the members is known, whichever page says it', async () => {
  expect((await read({ managedBy: 'Okta' }, {})).managedBy).toBe('Okta');
});

test('each call of each page counts in the budget', async () => {
  expect((await read({ calls: 5 }, { calls: 3 })).taken).toBe(8);
});
