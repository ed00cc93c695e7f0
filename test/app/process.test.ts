import { expect, jest, test } from '@jest/globals';
import type { Logger } from '../../app/log.ts';
import type { UsableSettings } from '../../app/settings/usable.ts';
import type { Wiring } from '../../app/shared-wiring.ts';

let look = (): void => undefined;
const pause = () => new Promise<void>((resolve) => (look = resolve));
const startPart = jest.fn(() => Promise.resolve({ stop: () => Promise.resolve() }));
jest.unstable_mockModule('node:timers/promises', () => ({ setTimeout: pause }));
jest.unstable_mockModule('../../app/start-part.ts', () => ({ startPart }));
const { startParts } = await import('../../app/process.ts');

const passed = () => new Promise(setImmediate);
const log = { info: () => undefined, warn: () => undefined, error: () => undefined } as unknown as Logger;

/** How often the sweeper was started after it found at its start, and at each later look, that these settings are wrong. */
async function startsAfter(...looks: readonly (readonly string[])[]): Promise<number> {
  startPart.mockClear();
  let wrong = looks[0] ?? [];
  const read = () =>
    ({
      settings: {},
      problems: wrong.map((setting) => ({ setting, what: 'is gone' })),
    }) as unknown as UsableSettings;
  const wiringFor = () => ({}) as Wiring;
  const onAllRun = () => undefined;
  const parts = startParts({
    parts: [{ kind: 'sweeper' }],
    log,
    read,
    wiringFor,
    login: () => undefined,
    onAllRun,
  });
  await passed();
  for (wrong of looks.slice(1)) {
    look();
    await passed();
  }
  await parts.stop();
  return startPart.mock.calls.length;
}

const [KEYS, MANIFEST, AWS, SLACK] = ['CURFEW_UNDO_KEYS', 'CURFEW_MANIFEST', 'AWS_REGION', 'SLACK_CHANNEL'];
test.each<[string, number, readonly (readonly string[])[]]>([
  ['the second of two settings that it wants is there', 2, [[KEYS, MANIFEST], [KEYS]]],
  ['the first of two is there', 2, [[KEYS, MANIFEST], [MANIFEST]]],
  ['one is there at a later look', 2, [[KEYS, MANIFEST], [KEYS, MANIFEST], [KEYS]]],
  ['one after the other is there', 3, [[KEYS, MANIFEST], [KEYS], []]],
  [
    'one is there, and another is gone',
    2,
    [
      [KEYS, MANIFEST],
      [KEYS, AWS],
    ],
  ],
  [
    'nothing changed',
    1,
    [
      [KEYS, MANIFEST],
      [KEYS, MANIFEST],
      [KEYS, MANIFEST],
    ],
  ],
  [
    'another one is gone too',
    1,
    [
      [KEYS, MANIFEST],
      [KEYS, MANIFEST, AWS],
    ],
  ],
  ['only a setting that it does not want is there', 1, [[KEYS, SLACK], [KEYS]]],
])('when %s, a part that runs with less was started %i times', async (_what, times, looks) =>
  expect(await startsAfter(...looks)).toBe(times),
);
