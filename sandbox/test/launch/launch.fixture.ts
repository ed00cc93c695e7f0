import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../../..');

/** The folder of downloaded programs. `npm start` and the servers of the test run use it too. */
export const TOOLS = join(ROOT, '.curfew', 'tools');

/** A new empty home in the system's temporary folder, and a function that removes it. */
export function temporaryHome(): Readonly<{ home: string; remove: () => void }> {
  const home = mkdtempSync(join(tmpdir(), 'curfew-launch-'));
  return { home, remove: () => rmSync(home, { recursive: true, force: true }) };
}

/** Runs `body`, an ES module in which `launch/` means sandbox/launch, in another process. */
export function otherProcess(
  body: string,
): Readonly<{ child: ChildProcess; line: Promise<string>; ended: Promise<number | null> }> {
  const code = body.replaceAll('launch/', `${join(ROOT, 'sandbox/launch')}/`);
  const args = ['--import', 'tsx', '--input-type=module', '--eval', code];
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<number | null>((done) => child.once('exit', done));
  const line = new Promise<string>((done) => {
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8');
      if (text.includes('\n')) done(text.slice(0, text.indexOf('\n')));
    });
    child.stdout.once('end', () => done(text));
  });
  return { child, line, ended };
}

/** Returns the error of a rejected promise. Throws if the promise is fulfilled. */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('expected a failure, got none');
}
