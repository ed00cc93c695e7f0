import { type ChildProcess, spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { explainWith } from '../explain.fixture.ts';
import { until } from '../until.fixture.ts';

const PROJECT = resolve(import.meta.dirname, '../..');
const programOf = (project: string): string => join(project, 'cli/curfew.mjs');

/** Ends a start that hangs. A process reads many files, and the machine may be busy. */
const STARTS_WITHIN_MS = 150_000;

type Env = Readonly<Record<string, string>>;

/** The exit code and the output of a command. */
export type CommandResult = Readonly<{ code: number | null; out: string; err: string }>;

/** A process of `curfew up` that has reported that it runs. */
export type Role = Readonly<{
  name: string;
  log(): string;
  /** Kills it with SIGKILL, so that it cannot clean up. */
  kill(): Promise<void>;
  /** Sends SIGTERM, and returns the exit code. */
  stop(): Promise<number | null>;
}>;

const environmentOf = (env: Env, home: string): NodeJS.ProcessEnv => {
  const { PATH, HOME, USER, TMPDIR } = process.env;
  return { PATH, HOME, USER, ...(TMPDIR ? { TMPDIR } : {}), CURFEW_HOME: home, ...env };
};

/** Runs one command of the real command line in the folder `home`, and waits until it exits. */
export function curfew(
  args: readonly string[],
  { env, home }: { env: Env; home: string },
): Promise<CommandResult> {
  const child = spawn(process.execPath, [programOf(PROJECT), ...args], {
    cwd: home,
    env: environmentOf(env, home),
  });
  const text = reading(child);
  return new Promise((done) => child.once('close', (code) => done({ code, ...text() })));
}

/** Starts `curfew up` with these roles, and waits until it reports that it runs. `project` is the folder of another version. */
export async function role(
  roles: readonly string[],
  options: { env: Env; home: string; project?: string },
): Promise<Role> {
  const args = ['up', ...roles.flatMap((each) => ['--role', each])];
  return { ...(await started(args, { ...options, until: '"msg":"running"' })), name: roles.join('+') };
}

/** Starts a command that runs until it is killed, and waits until its output has this text. */
export async function started(
  args: readonly string[],
  { env, home, project = PROJECT, until: text }: { env: Env; home: string; project?: string; until: string },
): Promise<Role> {
  const child = spawn(process.execPath, [programOf(project), ...args], {
    cwd: home,
    env: environmentOf(env, home),
  });
  const output = reading(child);
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  explainWith(`the log of curfew ${args.join(' ')}`, () =>
    (output().out + output().err).trimEnd().split('\n'),
  );
  const kill = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  try {
    await until(
      `curfew ${args.join(' ')} runs`,
      () => {
        if (child.exitCode !== null) throw new Error(`it exited: ${output().out}${output().err}`);
        return output().out.includes(text) || undefined;
      },
      STARTS_WITHIN_MS,
    );
  } catch (error) {
    await kill();
    throw error;
  }
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
    return child.exitCode;
  };
  return { name: args.join(' '), log: () => output().out + output().err, kill, stop };
}

function reading(child: ChildProcess): () => Readonly<{ out: string; err: string }> {
  let [out, err] = ['', ''];
  child.stdout?.on('data', (chunk: Buffer) => void (out += chunk.toString('utf8')));
  child.stderr?.on('data', (chunk: Buffer) => void (err += chunk.toString('utf8')));
  return () => ({ out, err });
}
