import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** Identifies a process. Its start time distinguishes it from a later process with the same pid. */
export type Identity = Readonly<{ pid: number; started: string }>;

/** The pause between two checks of a process that was told to stop. */
const CHECK_MS = 20;

/**
 * When the process with this pid started, as the kernel writes it. Undefined when there is no such process.
 * A zombie counts as no process: it holds no file, port or lock, and only its parent can remove it.
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

/** A killed program is a zombie already while its other threads still end. Until then it holds its ports. */
const isDead = (pid: number, state: string | undefined): boolean =>
  state === 'X' || (state === 'Z' && readdirSync(`/proc/${pid}/task`).length <= 1);

/** The identity of this process. */
export const self = (): Identity => ({ pid: process.pid, started: startOf(process.pid) ?? 'unknown' });

/** Whether this process still runs. Another process with the same pid does not count. */
export const isAlive = ({ pid, started }: Identity): boolean => startOf(pid) === started;

/** Parses what `JSON.stringify(identity)` wrote. Undefined for any other text. */
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

/** Waits until the process has ended. False when it still runs after `boundMs`. */
export async function untilGone(identity: Identity, boundMs: number): Promise<boolean> {
  for (const end = performance.now() + boundMs; isAlive(identity);) {
    if (performance.now() > end) return false;
    await new Promise((resolve) => setTimeout(resolve, CHECK_MS));
  }
  return true;
}

/** Sends a signal to the process, or with `group` to its process group. Does nothing when the process has ended. */
export function signal({ pid }: Identity, name: NodeJS.Signals, { group = false } = {}): void {
  try {
    process.kill(group ? -pid : pid, name);
  } catch {
    // The process has ended, or it does not lead a group.
  }
}
