import { expect, jest, test } from '@jest/globals';
import type { UsableSettings } from '../../app/settings/usable.ts';

const wire = jest.fn((_connections: unknown, options: object) => ({ options }));
jest.unstable_mockModule('../../app/wiring.ts', () => ({ wire }));
const { sharedWiring } = await import('../../app/shared-wiring.ts');

const SETTINGS = {
  ...{ database: { url: 'postgres://app@db/curfew' }, config: '/etc/curfew', secretKey: new Uint8Array(32) },
  ...{ olderSecretKeys: [], providers: {}, undoKeys: new Map(), mostLeavers: 4, removalCap: 'the cap' },
};
const usable = (wrong: readonly string[], more: object = {}) =>
  ({
    settings: { ...SETTINGS, ...more },
    problems: wrong.map((setting) => ({ setting, what: 'is wrong' })),
  }) as unknown as UsableSettings;
const [KEYS, AWS] = ['CURFEW_UNDO_KEYS', 'AWS_REGION'];

test('parts share their wiring while the same settings are wrong, and later wiring knows the one before', () => {
  wire.mockClear();
  const wiringFor = sharedWiring(false);
  const given = [[KEYS, AWS], [KEYS, AWS], [KEYS], []].map((wrong) => wiringFor(usable(wrong)).deps);
  expect(given[0]).toBe(given[1]);
  expect(wire.mock.calls.map(([, options]) => options)).toEqual([
    expect.objectContaining({ split: true, before: undefined, mostLeavers: 4, removalCap: 'the cap' }),
    expect.objectContaining({ split: true, before: given[1] }),
    expect.objectContaining({ split: false, before: given[2] }),
  ]);
});

test('a process of some parts describes all targets, also with no wrong setting', () => {
  wire.mockClear();
  sharedWiring(true)(usable([]));
  expect(wire.mock.lastCall?.[1]).toMatchObject({ split: true });
});

test('the connections are those of now, also when nothing is wired again', () => {
  const wiringFor = sharedWiring(false);
  const tokenOf = (botToken: string) =>
    wiringFor(usable([], { slack: { botToken, appToken: 'a', channel: 'C1' } })).connections.slack?.botToken;
  expect(['xoxb-1', 'xoxb-2'].map(tokenOf)).toEqual(['xoxb-1', 'xoxb-2']);
});
