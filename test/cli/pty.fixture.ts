import { spawn, spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';

const CURFEW = resolve(import.meta.dirname, '../../cli/curfew.mjs');

/** `script` of util-linux, which runs a command on a terminal of its own and returns its exit code. */
export const HAS_PTY = /util-linux/.test(
  spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout ?? '',
);
if (!HAS_PTY) console.log('Left out what needs a terminal: "script" of util-linux is not on this machine.');

/** What the person types when the screen shows the prompt. */
type Reply = Readonly<{ prompt: RegExp; text: string }>;
export type Screen = Readonly<{ code: number | null; text: string }>;

type Session = Readonly<{ home: string; columns?: number; env?: Readonly<Record<string, string>> }>;

/** Runs `curfew` on a real terminal, and types each reply after its prompt. */
export function onTerminal(
  args: readonly string[],
  replies: readonly Reply[],
  { home, columns = 80, env = {} }: Session,
): Promise<Screen> {
  const words = [process.execPath, CURFEW, ...args].map((word) => `'${word}'`).join(' ');
  const { PATH, HOME, USER, TMPDIR } = process.env;
  const child = spawn('script', ['-qec', `stty cols ${columns} rows 40; exec ${words}`, '/dev/null'], {
    cwd: home,
    env: { PATH, HOME, USER, ...(TMPDIR ? { TMPDIR } : {}), TERM: 'xterm', CURFEW_HOME: home, ...env },
  });
  let text = '';
  const waiting = [...replies];
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString('utf8');
    const [next] = waiting;
    if (!next?.prompt.test(text)) return;
    waiting.shift();
    child.stdin.write(next.text);
  });
  return new Promise((done) =>
    child.once('close', (code) => done({ code, text: text.replaceAll('\r\n', '\n') })),
  );
}

/** The text of a screen without what moves the cursor and changes colours. */
export const plainText = (screen: string): string => screen.replaceAll(/\u001b\[[0-9;?]*[A-Za-z]/g, '');

/** The folder with a command `curfew`, for a PATH. */
export const commandFolder = (home: string): string => join(home, 'bin');
