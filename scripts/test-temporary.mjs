import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { temporaryPlace, temporaryPlaces } from './test-place.mjs';

const PREFIX = 'curfew-tests-';
/** Caches that programs keep in the temporary folder on purpose. */
const CACHES = /^(tsx-|node-compile-cache|jest_|swc-)/;
/** The removal is tried again, because a program of a killed run may still write into the folder. */
const REMOVAL = { recursive: true, force: true, maxRetries: 10, retryDelay: 200 };

/**
 * A temporary folder of its own for one run of the tests, so that what a test leaves there can be seen. Folders of runs
 * that were killed are removed. The servers of a run keep their folder outside: the next run must find it (TEST_RUNS).
 */
export function openTemporaryFolder() {
  const place = temporaryPlace();
  const places = temporaryPlaces();
  for (const each of places)
    for (const name of readdirSync(each))
      if (name.startsWith(PREFIX) && !isAlive(Number(name.slice(PREFIX.length).split('-')[0])))
        rmSync(join(each, name), REMOVAL);
  const folder = mkdtempSync(join(place, `${PREFIX}${process.pid}-`));
  chmodSync(folder, 0o1777); // Some tests run as another user.
  return {
    env: { TMPDIR: folder, TEST_RUNS: place, TEST_OLDER_RUNS: places.join(delimiter) },
    /** What the tests left behind. */
    left: () => readdirSync(folder).filter((name) => !CACHES.test(name)),
    remove: () => rmSync(folder, REMOVAL),
  };
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
