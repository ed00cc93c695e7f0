import type { LogDeps } from '../../audit/compare-with-log.ts';
import type { Ledger } from '../../ledger/index.ts';
import { LOG_NAME, logKey, noteOf, trusted } from './log.fixture.ts';
import { leafHash, rootOf } from './tiny-tree.fixture.ts';

/** The leaves of the first `size` entries of a log. All histories begin with the same two entries. */
export const leavesOf = (history: string, size: number): readonly Buffer[] =>
  Array.from({ length: size }, (_, index) => leafHash(Buffer.from(`${index < 2 ? '' : history}/${index}`)));

/** A note of the first `size` entries of a history, signed by the log's key or by another one. */
export const noteOfLog = (history: string, size: number, key = logKey): string =>
  noteOf({ origin: LOG_NAME, size, root: rootOf(leavesOf(history, size)) }, key);

/** What was recorded, in order: the name of the call and what it is about. */
export type Recorded = readonly [what: string, about: unknown];

/** A ledger that has a log in memory and nothing else. `has` gives it other entries, as a restore does. */
export function fakeLog(history = 'one', size = 4) {
  const recorded: Recorded[] = [];
  let leaves = leavesOf(history, size);
  let newest: string | undefined;
  let isQuarantined = false;
  const publishedThere = new Map<string, number>();
  const record = (what: string, about: unknown) => Promise.resolve(void recorded.push([what, about]));
  const ledger = {
    logProgress: () => Promise.resolve({ size: leaves.length }),
    readLogTile: () => Promise.resolve(Buffer.concat(leaves)),
    newestCheckpoint: () => Promise.resolve(newest === undefined ? undefined : { note: newest }),
    isQuarantined: () => Promise.resolve(isQuarantined),
    logPlaces: () => Promise.resolve([...publishedThere].map(([name, count]) => ({ name, size: count }))),
    recordLogKeys: (keys: readonly string[]) => record('keys', keys.length),
    storeCheckpoint: ({ size: of }: { size: number }) => record('stored', of),
    recordPublished: ({ size: of }: { size: number }) => record('published', of),
    recordPublishFailure: (_place: object, problem: string) => record('failed', problem),
    recordPlaceLost: (_place: string, problem: string) => record('lost', problem),
    quarantineForLog: (reason: string) => {
      isQuarantined = true;
      return record('quarantine', reason);
    },
  };
  const said: string[] = [];
  const say = (_details: object, message: string) => void said.push(message);
  const deps: LogDeps = {
    ledger: ledger as unknown as Ledger,
    keys: { name: LOG_NAME, signers: [{ name: LOG_NAME, privateKey: logKey }], trusted },
    report: { info: say, warn: say, error: say },
  };
  return {
    ...{ deps, recorded, said },
    has: (other: string, count: number) => void (leaves = leavesOf(other, count)),
    hasPublished: (note: string | undefined) => void (newest = note),
    /** So many entries were published in a place before. */
    showed: (count: number, place = 'a place') => void publishedThere.set(place, count),
    quarantine: () => void (isQuarantined = true),
    isQuarantined: () => isQuarantined,
    what: () => recorded.map(([what]) => what),
  };
}
