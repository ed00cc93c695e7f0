import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Event } from '../../../core/request/events.ts';
import { type Report, verifyBundle } from '../../../audit/verify/verify.mjs';
import { type Files, filesOf, type Log, logOf, optionsOf, writeFiles } from './bundle.fixture.ts';
import { type Random, randomOf, randomRows } from './rows.fixture.ts';
import { isFound, type Tamper } from './tampers.fixture.ts';

export type Tampering = Readonly<{ isNamed: boolean; report: Report }>;

/** One clean log on disk, and what the verifier says of it before and after somebody changed it. */
export type Trial = Readonly<{
  log: Log;
  files: Files;
  folder: string;
  verify: (isWithoutPlaces?: boolean) => Report;
  /** Undefined when this log has nothing to which the tamper applies. The files are as before afterwards. */
  tamper: (tamper: Tamper) => Tampering | undefined;
  remove: () => void;
}>;

/** The log of a seed. Every eighth log has more than 256 entries, so that it has tiles of the second level. */
export function trialOf(seed: number, histories: readonly (readonly Event[])[]): Trial {
  const random: Random = randomOf(seed);
  const requests = seed % 8 === 7 ? 25 : 1 + random(8);
  const log = logOf(randomRows(histories, requests, random), random);
  const files = filesOf(log);
  const folder = mkdtempSync(join(tmpdir(), 'curfew-log-'));
  writeFiles(folder, files);
  const verify = (isWithoutPlaces = false) =>
    verifyBundle(join(folder, 'bundle'), optionsOf(folder, log, isWithoutPlaces));
  const tamper = (change: Tamper) => {
    const done = change(log, files, random);
    if (!done) return undefined;
    writeFiles(folder, done.changed);
    const report = verify(done.isWithoutPlaces);
    writeFiles(folder, new Map([...done.changed.keys()].map((path) => [path, files.get(path) ?? null])));
    return { isNamed: isFound(report, done), report };
  };
  return {
    log,
    files,
    folder,
    verify,
    tamper,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
