import { describe, expect, test } from '@jest/globals';
import type { Instant, LeaseId } from '../../core/ids.ts';
import type { ManifestEntry } from '../../manifest/entry.ts';
import { fakeProvider, fakeVendor, memoryLog } from '../../providers/fake/index.ts';
import type { ManagedObject, Remover, VendorClock } from '../../providers/provider.ts';
import { type Plan, planEntries, planObjects } from '../../reaper/plan.ts';
import { entryOf, leaseNamed } from '../manifest/manifest.fixture.ts';
import { secondsAfterNoon } from './reaper.fixture.ts';

const shared = fakeProvider(fakeVendor(memoryLog())) as Remover;
const own: Remover = { ...shared, ownObject: () => true };
const now = secondsAfterNoon(30);
const clock = (at: Instant, place?: string): VendorClock => ({
  ...{ where: 'fake', at, stepMs: 1 },
  ...(place !== undefined && { place }),
});
const facts = { remover: shared, now, clocks: [clock(now)] };
const [a, b] = [leaseNamed('a'), leaseNamed('b')];

const shown = ({ tasks, blocked }: Plan): readonly string[] => [
  ...tasks.map((task) =>
    task.kind === 'object' ? `object ${task.leases.join()}` : `${task.leases.join()} to ${task.intent.level}`,
  ),
  ...blocked.map(({ leases, why }) => `blocked ${leases.join()}: ${why}`),
];

describe('objects', () => {
  const object = (seconds: number | undefined): ManagedObject => ({
    lease: a,
    subject: 'ana',
    what: 'orders',
    ...(seconds !== undefined && { endsAt: secondsAfterNoon(seconds) }),
  });
  test.each<[string, number | undefined, readonly string[]]>([
    ['that ended 30 s ago is ended', 0, [`object ${a}`]],
    ['that ended 29 s ago waits for the workflow and the sweeper', 1, []],
    ['that has not ended is left', 60, []],
    ['without an end is left', undefined, []],
    ['with the end infinity is left', Infinity, []],
  ])('an object %s (I3)', (_what, seconds, expected) => {
    expect(shown(planObjects([object(seconds)], facts))).toEqual(expected);
  });

  test('an object is not ended before its end by the clock of the vendor (I23)', () => {
    const by = (...clocks: readonly VendorClock[]) => shown(planObjects([object(0)], { ...facts, clocks }));
    expect(by(clock(secondsAfterNoon(-1)))).toEqual([
      `blocked ${a}: its end (2026-01-05T12:00:00.000Z) is not reached by the clock of fake`,
    ]);
    expect([by(clock(secondsAfterNoon(0))), by()]).toEqual([[`object ${a}`], [`object ${a}`]]);
  });

  test('the wrong clock of one server delays nothing at another one (I23)', () => {
    const objects = ['orders', 'billing'].map((place) => ({ ...object(0), place, what: place }));
    const clocks = [clock(secondsAfterNoon(-600), 'orders'), clock(now, 'billing')];
    const { tasks, blocked } = planObjects(objects, { ...facts, clocks });
    expect([tasks, blocked].map((all) => all.map(({ what }) => what))).toEqual([
      ['billing of ana'],
      ['orders of ana'],
    ]);
  });

  test('what ended last comes first', () => {
    const objects = [-300, 0, -60].map((seconds) => ({ ...object(seconds), lease: leaseNamed('c') }));
    const { tasks } = planObjects(objects, facts);
    expect(tasks.map((task) => task.kind === 'object' && task.managed.endsAt)).toEqual(
      [0, -60, -300].map(secondsAfterNoon),
    );
  });
});

describe('entries of the manifest', () => {
  const second = { lease: b, serial: 2 } as const;
  test.each<[string, readonly ManifestEntry[], readonly string[]]>([
    ['one that is due goes to its prior state', [entryOf()], [`${a} to none`]],
    ['standing access stays (I5)', [entryOf({ prior: 'read' })], [`${a} to read`]],
    ['one that is over says nothing', [entryOf({ state: 'over' })], []],
    ['one whose end is not reached stays', [entryOf({ endsAt: secondsAfterNoon(60) })], []],
    [
      'what another live lease gives stays (I6)',
      [entryOf(), entryOf({ ...second, level: 'read', endsAt: secondsAfterNoon(60) })],
      [`${a} to read`],
    ],
    ['two that are due are one change', [entryOf(), entryOf(second)], [`${b},${a} to none`]],
    [
      'a target that cannot be read is blocked, and named',
      [entryOf({ spec: { resource: 'WEB' } })],
      [expect.stringMatching(`^blocked ${a}: its target cannot be read`) as unknown as string],
    ],
    [
      'a prior state that is no level is blocked',
      [entryOf({ prior: 'custom' })],
      [expect.stringMatching(`^blocked ${a}: nobody knows what must remain`) as unknown as string],
    ],
  ])('%s', (_what, entries, expected) => {
    expect(shown(planEntries(entries, new Set(), facts))).toEqual(expected);
  });

  test('leases with an object each are ended one by one, and another live lease keeps none of them (I6)', () => {
    const entries = [
      entryOf({ level: 'write' }),
      entryOf(second),
      entryOf({ lease: leaseNamed('c'), serial: 3, endsAt: secondsAfterNoon(60) }),
    ];
    expect(shown(planEntries(entries, new Set(), { ...facts, remover: own }))).toEqual([
      `${b} to none`,
      `${a} to none`,
    ]);
    const covered = new Set<LeaseId>([a]);
    expect(shown(planEntries(entries, covered, { ...facts, remover: own }))).toEqual([`${b} to none`]);
  });

  test('a lease that shares the access keeps its level until its end by the clock of the vendor, however far ahead the own clock is (F22, I6)', () => {
    const shared = [
      entryOf({ level: 'write', serial: 2 }),
      entryOf({ lease: b, serial: 1, level: 'read', endsAt: secondsAfterNoon(3_600) }),
    ];
    const ahead = {
      ...facts,
      now: secondsAfterNoon(7_200),
      clocks: [{ where: 'fake', at: secondsAfterNoon(40), stepMs: 1 }],
    };
    expect(shown(planEntries(shared, new Set(), ahead))).toEqual([
      `${a} to read`,
      expect.stringMatching(`^blocked ${b}: its end .* is not reached by the clock of fake`),
    ]);
  });

  test('an entry is not ended before its end by the clock of the vendor (I23)', () => {
    const early = { ...facts, clocks: [clock(secondsAfterNoon(-5))] };
    expect(shown(planEntries([entryOf()], new Set(), early))).toEqual([
      expect.stringContaining('is not reached by the clock of fake'),
    ]);
  });
});
