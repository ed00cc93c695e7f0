import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Wish } from '../launch/ports.ts';

const file = (home: string): string => join(home, 'run', 'page-port');

/** The port that was set, else the last one, so that an open browser tab still works after a restart. */
export function keptPort(home: string, given: number | undefined): Wish {
  const kept = existsSync(file(home)) ? Number(readFileSync(file(home), 'utf8')) : Number.NaN;
  return { given: given === 0 ? undefined : given, used: Number.isInteger(kept) ? kept : 4040 };
}

keptPort.keep = (home: string, url: string): void => writeFileSync(file(home), new URL(url).port);
