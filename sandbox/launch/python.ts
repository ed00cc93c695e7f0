import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { no, ok } from '../../core/result.ts';
import type { Result } from '../../core/result.ts';

const INSTALL_MS = 300_000;

/** How a program ended: its exit code (null when it was killed or could not be started) and its output. */
export type Ran = Readonly<{ code: number | null; text: string }>;

/** Runs a program to its end, for at most `boundMs`. Never rejects. */
export function run(command: string, args: readonly string[], boundMs: number): Promise<Ran> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: boundMs });
    let text = '';
    const add = (chunk: Buffer) => (text += chunk.toString('utf8'));
    child.stdout.on('data', add);
    child.stderr.on('data', add);
    child.once('error', (error) => resolve({ code: null, text: error.message }));
    child.once('close', (code) => resolve({ code, text: text.trim() }));
  });
}

/** A Python of version 3.10 or later. `version` is like "3.12". */
export type Python = Readonly<{ python: string; version: string }>;

/** The command line of a Python's pip. */
export type Pip = readonly [string, ...string[]];

/** Each Python 3.10 or later of this machine: the one on the PATH first, then that of the system. */
export async function findPythons(): Promise<readonly Python[]> {
  const found: Python[] = [];
  for (const python of ['python3', '/usr/bin/python3']) {
    const print = 'import sys; print("%d.%d" % sys.version_info[:2])';
    const { code, text } = await run(python, ['-c', print], 10_000);
    if (code === 0 && Number(text.split('.')[1] ?? 0) >= 10) found.push({ python, version: text });
  }
  return found;
}

/**
 * Finds the first Python that has pip. Debian's own Python may lack pip. Then pip comes from a new virtual environment,
 * which works unless `ensurepip` is missing as well.
 */
export async function findPip(
  pythons: readonly Python[],
  tools: string,
): Promise<Result<Python & Readonly<{ pip: Pip }>, string>> {
  for (const { python, version } of pythons) {
    const hasPip = (await run(python, ['-m', 'pip', '--version'], 20_000)).code === 0;
    if (hasPip) return ok({ python, version, pip: [python, '-m', 'pip'] });
    const own = join(tools, `pip-${version}`);
    if (!existsSync(join(own, 'bin', 'pip'))) await run(python, ['-m', 'venv', own], INSTALL_MS);
    if (existsSync(join(own, 'bin', 'pip'))) return ok({ python, version, pip: [join(own, 'bin', 'pip')] });
  }
  return no(
    'Python 3.10 or later with pip was not found (on Debian and Ubuntu: apt-get install python3-pip)',
  );
}

/** Runs pip without prompts, progress bars and its check for updates. */
export async function runPip(
  [command, ...before]: Pip,
  args: readonly string[],
): Promise<Result<null, string>> {
  const [verb = '', ...rest] = args;
  const quiet = ['--quiet', '--no-input', '--disable-pip-version-check', '--retries', '2'];
  const { code, text } = await run(command, [...before, verb, ...quiet, ...rest], INSTALL_MS);
  return code === 0 ? ok(null) : no(text.split('\n').slice(-4).join('\n') || 'pip did not finish in time');
}
