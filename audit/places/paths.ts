import { TILE_WIDTH } from '../tree/tiles.ts';

// The paths of the files in a place: those of https://c2sp.org/tlog-tiles, and two of ours (checkpoints/ and bodies/).

/** The newest note. It is the only file that changes. */
export const CHECKPOINT = 'checkpoint';
/** A file that is not finished, or has not its name yet, has a name that begins so. */
export const UNFINISHED = '.curfew-';

/** A tile of hashes. A tile with fewer than 256 hashes is partial, and has its width in the path. */
export const tilePath = (level: number, index: number, width: number): string =>
  `tile/${level}/${indexPath(index)}${partial(width)}`;

/** The bundle of the entries from `index * 256` on. */
export const entriesPath = (index: number, width: number): string =>
  `tile/entries/${indexPath(index)}${partial(width)}`;

/** Where the note of a checkpoint stays after a newer one was published. The names sort by size. */
export const keptCheckpointPath = (size: number): string => `checkpoints/${String(size).padStart(20, '0')}`;

/** Where the canonical body of a long entry is. `sha256` is its hash in hex. */
export const bodyPath = (sha256: string): string => `bodies/${sha256}`;

/** Groups of three digits; all but the last begin with an x: 1234067 is x001/x234/067. */
function indexPath(index: number): string {
  const digits = String(index);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/.{3}/g) ?? [];
  return groups.map((group, at) => (at < groups.length - 1 ? `x${group}` : group)).join('/');
}

const partial = (width: number): string => (width === TILE_WIDTH ? '' : `.p/${width}`);

const WIDTH = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]\\d?)';
const PATH = new RegExp(
  `^(?:tile/(?:entries|[1-5]?\\d|6[0-3])/(?:x\\d{3}/)*\\d{3}(?:\\.p/${WIDTH})?|checkpoints/\\d{20}|bodies/[0-9a-f]{64})$`,
);

/** Whether a path is one of the log's files that never change. No such path leaves the place. */
export const isLogPath = (path: string): boolean => PATH.test(path);
