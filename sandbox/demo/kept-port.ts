import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Wish } from '../launch/ports.ts';

/** The ports that a home keeps, each with the one of a new home. */
const USUAL = { page: 4040, console: 4050, 'sign-in': 4060 } as const;

export type KeptPort = keyof typeof USUAL;

const file = (home: string, name: KeptPort): string => join(home, 'run', `${name}-port`);

/** The port that was set, else the last one, so that an open browser tab and what a browser is signed in to still work after a restart. */
export function keptPort(home: string, name: KeptPort, given?: number): Wish {
  const path = file(home, name);
  const kept = existsSync(path) ? Number(readFileSync(path, 'utf8')) : Number.NaN;
  return { given: given === 0 ? undefined : given, used: Number.isInteger(kept) ? kept : USUAL[name] };
}

/** Keeps the port for the next start. */
export const keepPort = (home: string, name: KeptPort, port: number): void =>
  writeFileSync(file(home, name), String(port));
