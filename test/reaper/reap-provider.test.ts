import { describe, expect, test } from '@jest/globals';
import type { Instant } from '../../core/ids.ts';
import { ok } from '../../core/result.ts';
import type { ManifestEntry } from '../../manifest/entry.ts';
import type { Manifest } from '../../manifest/read.ts';
import type { ManagedObject, Remover } from '../../providers/provider.ts';
import { reapProvider } from '../../reaper/reap-provider.ts';
import { openThrottles } from '../../reaper/throttles.ts';
import { verifiedEnds } from '../../reaper/verified.ts';
import { entryOf, leaseNamed, never } from '../manifest/manifest.fixture.ts';
import { secondsAfterNoon, SHORT } from './reaper.fixture.ts';

const LADDER = ['none', 'read', 'write', 'admin'];
const manifestOf = (...entries: readonly ManifestEntry[]): Manifest => ({
  ...{ entries, serial: 9, problems: [], replaced: [] },
});
const entry = (letter: string, serial: number, more: Partial<ManifestEntry> = {}) =>
  entryOf({ lease: leaseNamed(letter), serial, ...more });

type World = Readonly<{
  /** What each reading of the manifest gives, the last one from then on. */
  manifests: readonly Manifest[];
  objects?: readonly ManagedObject[];
  /** What the provider shows after a removal. */
  shows?: string;
}>;

/** One pass at a provider 31 s after noon. `calls` are the calls in their order. */
async function pass({ manifests, objects = [], shows = 'none' }: World) {
  const calls: string[] = [];
  const verified = verifiedEnds();
  let readings = 0;
  const receipt = { level: shows, seen: 'x' };
  const remover = {
    ...{ name: 'fake', parseTarget: (spec: unknown) => ok(spec), targetKey: () => 'web' },
    ...{ ladder: () => LADDER, ownObject: () => false },
    async listManaged() {
      await new Promise((resolve) => void setImmediate(resolve));
      calls.push('listed');
      return objects;
    },
    endManaged: ({ lease }: ManagedObject) => (calls.push(`object ${lease}`), Promise.resolve(receipt)),
    ensureAbsent: ({ level }: { level: string }) => (
      calls.push(`down to ${level}`),
      Promise.resolve(receipt)
    ),
  } as unknown as Remover;
  const { outcomes } = await reapProvider(remover, {
    readManifest: () => {
      calls.push('read');
      readings += 1;
      return Promise.resolve(manifests[Math.min(readings, manifests.length) - 1]);
    },
    ...{ now: () => secondsAfterNoon(31), dryRun: false, verified, throttles: openThrottles() },
    ...{ limits: SHORT, deadline: performance.now() + 60_000, signal: never },
  });
  return { calls, kinds: outcomes.map(({ kind }) => kind) };
}

test('the manifest is read after the objects were listed, so that it has each later end', async () =>
  expect((await pass({ manifests: [manifestOf(entry('a', 1))] })).calls.slice(0, 2)).toEqual([
    'listed',
    'read',
  ]));

describe('just before an access ends, what remains is read again', () => {
  const due = [entry('a', 1), entry('b', 2), entry('c', 3)];
  test.each<[string, readonly ManifestEntry[], readonly string[]]>([
    ['the same three leases', due, ['down to none']],
    ['the newest of them is over', [...due.slice(0, 2), entry('c', 4, { state: 'over' })], ['down to none']],
    ['only the oldest of them is left', due.slice(0, 1), ['down to none']],
    ['only the second one is left', due.slice(1, 2), ['down to none']],
    [
      'the third has a later end',
      [...due.slice(0, 2), entry('c', 4, { endsAt: secondsAfterNoon(60) })],
      ['down to write'],
    ],
    [
      'a fourth lease keeps a level',
      [...due, entry('d', 4, { level: 'read', endsAt: secondsAfterNoon(60) })],
      ['down to read'],
    ],
    ['each of them has a later end', due.map((each) => ({ ...each, endsAt: secondsAfterNoon(60) })), []],
    ['none of them is there any more', [], []],
  ])('%s', async (_what, then, changes) => {
    const { calls } = await pass({ manifests: [manifestOf(...due), manifestOf(...then)] });
    expect(calls.filter((call) => call.startsWith('down'))).toEqual(changes);
  });
});

describe('an access has ended when the provider shows no more than what must remain', () => {
  const keeping = manifestOf(entry('a', 1), entry('b', 2, { level: 'read', endsAt: secondsAfterNoon(60) }));
  test.each<[string, string]>([
    ['none', 'ended'],
    ['read', 'ended'],
    ['write', 'left'],
    ['a custom role', 'left'],
  ])('what must remain is read, and it shows %s: %s', async (shows, kind) =>
    expect((await pass({ manifests: [keeping], shows })).kinds).toEqual([kind]),
  );

  const object = (letter: string, endsAt: Instant): ManagedObject => ({
    ...{ lease: leaseNamed(letter), subject: 'ana', what: `policy ${letter}`, endsAt },
  });
  test.each<[string, string]>([
    ['none', 'ended'],
    ['read', 'left'],
    ['present', 'left'],
  ])('an object ends as a whole, and shows %s: %s', async (shows, kind) => {
    const objects = [object('x', secondsAfterNoon(0)), object('y', secondsAfterNoon(60))];
    const { kinds, calls } = await pass({ manifests: [manifestOf()], objects, shows });
    expect([kinds, calls.filter((call) => call.startsWith('object'))]).toEqual([
      [kind],
      [`object ${leaseNamed('x')}`],
    ]);
  });
});
