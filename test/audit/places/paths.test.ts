import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  bodyPath,
  entriesPath,
  isLogPath,
  keptCheckpointPath,
  tilePath,
} from '../../../audit/places/paths.ts';
import { holds } from '../../laws.fixture.ts';

describe('the paths of https://c2sp.org/tlog-tiles', () => {
  test.each([
    [tilePath(0, 0, 256), 'tile/0/000'],
    [tilePath(0, 999, 256), 'tile/0/999'],
    [tilePath(0, 1_000, 256), 'tile/0/x001/000'],
    [tilePath(2, 1_234_067, 256), 'tile/2/x001/x234/067'],
    [tilePath(0, 273, 112), 'tile/0/273.p/112'],
    [entriesPath(0, 1), 'tile/entries/000.p/1'],
    [entriesPath(1_234_067, 256), 'tile/entries/x001/x234/067'],
    [keptCheckpointPath(12), 'checkpoints/00000000000000000012'],
  ])('%s', (path, expected) => {
    expect(path).toBe(expected);
    expect(isLogPath(path)).toBe(true);
  });

  const index = fc.nat({ max: 2 ** 40 });
  holds(
    'every path is one of the log',
    fc.tuple(fc.nat({ max: 63 }), index, fc.integer({ min: 1, max: 256 })),
    ([level, at, width]) => {
      const paths = [
        tilePath(level, at, width),
        entriesPath(at, width),
        keptCheckpointPath(at),
        bodyPath('0'.repeat(64)),
      ];
      expect(paths.filter((path) => !isLogPath(path))).toEqual([]);
    },
  );

  test.each([
    '',
    'checkpoint',
    'tile/64/000',
    'tile/00/000',
    'tile/0/00',
    'tile/0/x001',
    'tile/0/000.p/0',
    'tile/0/000.p/256',
    'tile/0/000.p/01',
    'tile/0/../000',
    '/tile/0/000',
    'tile/0/000/',
    'tile/0/000\n',
    'checkpoints/12',
    'bodies/xyz',
  ])('%j is no path of a file that never changes', (path) => {
    expect(isLogPath(path)).toBe(false);
  });
});
