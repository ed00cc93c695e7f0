import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** A process, told apart from a later one that was given the same pid. */
export type Identity = Readonly<{ pid: number; started: string }>;

/** How often a process that was told to stop is looked at. */
const LOOK_MS = 20;

/**
 * When the process with this pid started, in the kernel's own words; undefined when there is none.
 * A zombie counts as none: it holds no file, port or lock, and only its parent can remove it.
 */
export function startOf(pid: number): string | undefined {
  if (existsSync('/proc/self/stat')) return startOnLinux(pid);
  const { status, stdout } = spawnSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
    encoding: 'utf8',
  });
  const text = stdout.trim();
  return status !== 0 || text === '' || text.startsWith('Z') ? undefined : text.replace(/^\S+\s+/, '');
}

function startOnLinux(pid: number): string | undefined {
  try {
    // The second field is the program's name in brackets and may hold spaces and brackets itself.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return isDead(pid, fields[0]) ? undefined : `${boot}/${fields[19]}`;
  } catch {
    return undefined;
  }
}

/** A killed program with threads is called a zombie while the others still die, and until then holds its ports. */
const isDead = (pid: number, state: string | undefined): boolean =>
  state === 'X' || (state === 'Z' && readdirSync(`/proc/${pid}/task`).length <= 1);

/** This very process. */
export const self = (): Identity => ({ pid: process.pid, started: startOf(process.pid) ?? 'unknown' });

/** Whether the process is still that one, and not merely one with its pid. */
export const isAlive = ({ pid, started }: Identity): boolean => startOf(pid) === started;

/** Reads what `JSON.stringify(identity)` wrote; anything else is undefined. */
export function parseIdentity(text: string): Identity | undefined {
  try {
    const { pid, started } = (JSON.parse(text) ?? {}) as { pid?: unknown; started?: unknown };
    return Number.isInteger(pid) && typeof pid === 'number' && pid > 1 && typeof started === 'string'
      ? { pid, started }
      : undefined;
  } catch {
    return undefined;
  }
}

/** Waits until the process is gone; false when it still lives after `boundMs`. */
export async function untilGone(identity: Identity, boundMs: number): Promise<boolean> {
  for (const end = performance.now() + boundMs; isAlive(identity);) {
    if (performance.now() > end) return false;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  return true;
}

/** Sends a signal to the process, or with `group` to everything it started too. A process that is gone is fine. */
export function signal({ pid }: Identity, name: NodeJS.Signals, { group = false } = {}): void {
  try {
    process.kill(group ? -pid : pid, name);
  } catch {
    // Gone already, or (a group) never its leader.
  }
}
