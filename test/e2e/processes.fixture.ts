import { type ChildProcess, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { until } from '../until.fixture.ts';

const CURFEW = resolve(import.meta.dirname, '../../cli/curfew.mjs');

type Env = Readonly<Record<string, string>>;

/** What a command said and how it ended. */
export type Said = Readonly<{ code: number | null; out: string; err: string }>;

/** A process of `curfew up` that was seen running. */
export type Role = Readonly<{
  name: string;
  log(): string;
  /** SIGKILL: no clean-up of any kind. */
  kill(): Promise<void>;
}>;

const ours = (env: Env, home: string): NodeJS.ProcessEnv => {
  const { PATH, HOME, USER, TMPDIR } = process.env;
  return { PATH, HOME, USER, ...(TMPDIR ? { TMPDIR } : {}), CURFEW_HOME: home, ...env };
};

/** Runs one command of the real command line in a folder with nothing in it, to its end. */
export function curfew(args: readonly string[], { env, home }: { env: Env; home: string }): Promise<Said> {
  const child = spawn(process.execPath, [CURFEW, ...args], { cwd: home, env: ours(env, home) });
  const text = reading(child);
  return new Promise((done) => child.once('close', (code) => done({ code, ...text() })));
}

/** Starts `curfew up` with these roles, and waits until it says that it runs. */
export async function role(
  roles: readonly string[],
  { env, home }: { env: Env; home: string },
): Promise<Role> {
  const args = ['up', ...roles.flatMap((each) => ['--role', each])];
  const child = spawn(process.execPath, [CURFEW, ...args], { cwd: home, env: ours(env, home) });
  const text = reading(child);
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  const kill = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  try {
    await until(`curfew ${args.join(' ')} runs`, () => {
      if (child.exitCode !== null) throw new Error(`it ended: ${text().out}${text().err}`);
      return text().out.includes('"msg":"running"') || undefined;
    });
  } catch (error) {
    await kill();
    throw error;
  }
  return { name: roles.join('+'), log: () => text().out + text().err, kill };
}

function reading(child: ChildProcess): () => Readonly<{ out: string; err: string }> {
  let [out, err] = ['', ''];
  child.stdout?.on('data', (chunk: Buffer) => void (out += chunk.toString('utf8')));
  child.stderr?.on('data', (chunk: Buffer) => void (err += chunk.toString('utf8')));
  return () => ({ out, err });
}
