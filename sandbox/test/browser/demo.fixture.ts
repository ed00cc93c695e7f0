import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { explainWith } from '../../../test/explain.fixture.ts';

const ROOT = resolve(import.meta.dirname, '../../..');

export type Demo = Readonly<{
  url: string;
  home: string;
  pid: number;
  text(): string;
  /** Stops it as Ctrl-C does. Its folder stays. */
  interrupt(): Promise<void>;
  /** Stops it and removes its folder. */
  stop(): Promise<void>;
}>;

/** Runs `curfew demo` in its own process and folder. Uses the tools that are already downloaded. */
export async function startDemoProcess(more: Readonly<Record<string, string>> = {}): Promise<Demo> {
  const home = mkdtempSync(join(tmpdir(), 'curfew-demo-'));
  const tools = join(ROOT, '.curfew', 'tools');
  mkdirSync(tools, { recursive: true });
  symlinkSync(tools, join(home, 'tools'));
  const child = spawn(process.execPath, [join(ROOT, 'cli/curfew.mjs'), 'demo'], {
    cwd: ROOT,
    env: { ...process.env, CURFEW_HOME: home, CURFEW_PORT: '0', ...more },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { said, text } = watchOutput(child);
  explainWith('the screen of the demo', () => text().trimEnd().split('\n'));
  explainWith('the log of the demo', () =>
    readFileSync(join(home, 'logs', 'curfew.log'), 'utf8')
      .trimEnd()
      .split('\n'),
  );
  const [, url = ''] = (await said(/Open {2}(http:\S+)/)) ?? [];
  async function interrupt(): Promise<void> {
    if (child.exitCode !== null) return;
    const ended = new Promise((done) => child.once('exit', done));
    child.kill('SIGINT');
    await ended;
  }
  return {
    url,
    home,
    pid: child.pid ?? 0,
    text,
    interrupt,
    async stop() {
      await interrupt();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** Waits for a text in the output of a process. Fails with the whole output when the process ends before. */
export function watchOutput(child: ChildProcess) {
  let all = '';
  const listeners = new Set<() => void>();
  const hear = (chunk: Buffer) => {
    all += chunk.toString('utf8');
    for (const listener of listeners) listener();
  };
  child.stdout?.on('data', hear);
  child.stderr?.on('data', hear);
  return {
    text: () => all,
    said: (words: RegExp) =>
      new Promise<RegExpExecArray | null>((found, failed) => {
        const look = () => {
          const match = words.exec(all);
          if (match) found(match);
        };
        listeners.add(look);
        child.once('exit', () => failed(new Error(`the process ended before it printed ${words}:\n${all}`)));
        look();
      }),
  };
}
