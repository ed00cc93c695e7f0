import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { PlaceUnavailable } from './place.ts';

/** Runs git in one repository. It uses no shell, and never waits for a person. */
export interface Git {
  /** What a command printed. Throws `PlaceUnavailable` when it fails. */
  run(command: readonly string[]): Promise<Buffer>;
  /** The same for a command whose failure has a meaning. */
  tryRun(command: readonly string[]): Promise<Outcome>;
  /** Whether the repository has a commit. */
  has(commit: string): Promise<boolean>;
  /** Starts a command that reads its standard input. `failed` is its error, as `run` throws it. */
  start(command: readonly string[]): ChildProcess;
  failed(command: readonly string[], why: unknown): PlaceUnavailable;
}

type Outcome = Readonly<{ ok: true } | { ok: false; stdout: string; error: PlaceUnavailable }>;

/** A transfer may take long at the first publication of a large log. It ends when the remote sends nothing for 30 s. */
const LONGEST_MS = 600_000;
const MOST_OUTPUT = 4 * 1024 * 1024;

const OPTIONS = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'gc.autoDetach=false',
  'fetch.recurseSubmodules=false',
  'transfer.fsckObjects=true',
  'push.gpgSign=false',
  'http.followRedirects=false',
  'http.lowSpeedLimit=1',
  'http.lowSpeedTime=30',
].flatMap((option) => ['-c', option]);

/** What git and ssh need of our environment. The rest is not passed on: it has GIT_* of the caller, and secrets. */
const PASSED =
  /^(PATH|HOME|USER|LOGNAME|TMPDIR|SSH_AUTH_SOCK|XDG_CONFIG_HOME|SSL_CERT_(FILE|DIR)|(https?|no)_proxy)$/i;

const environment = (): Record<string, string | undefined> => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => PASSED.test(name))),
  LC_ALL: 'C',
  GIT_ALLOW_PROTOCOL: 'file:https:ssh',
  GIT_TERMINAL_PROMPT: '0',
  GIT_ASKPASS: 'true', // A program that answers nothing. Without it, git could open a window.
  GIT_SSH_COMMAND: 'ssh -o BatchMode=yes -o ConnectTimeout=30',
});

/** Git in this bare repository. Every command ends when the signal aborts. */
export function gitIn(folder: string, signal: AbortSignal): Git {
  const whole = (command: readonly string[]): string[] => ['--git-dir', folder, ...OPTIONS, ...command];
  const options = { env: environment(), signal, timeout: LONGEST_MS, windowsHide: true };
  const failed = (command: readonly string[], why: unknown): PlaceUnavailable =>
    new PlaceUnavailable(`git ${command[0] ?? ''} failed: ${sentenceOf(why)}`, { cause: why });
  const execute = (command: readonly string[]): Promise<Readonly<{ stdout: Buffer; error?: unknown }>> =>
    new Promise((resolve, reject) => {
      const limits = { ...options, encoding: 'buffer' as const, maxBuffer: MOST_OUTPUT };
      execFile('git', whole(command), limits, (error, stdout, stderr) => {
        if (signal.aborted) reject(signal.reason as Error);
        else if (error) resolve({ stdout, error: Object.assign(error, { stderr: stderr.toString() }) });
        else resolve({ stdout });
      });
    });
  return {
    async run(command) {
      const { stdout, error } = await execute(command);
      if (error !== undefined) throw failed(command, error);
      return stdout;
    },
    async tryRun(command) {
      const { stdout, error } = await execute(command);
      if (error === undefined) return { ok: true };
      return { ok: false, stdout: stdout.toString(), error: failed(command, error) };
    },
    has: async (commit) => (await execute(['cat-file', '-e', `${commit}^{commit}`])).error === undefined,
    start: (command) => spawn('git', whole(command), { ...options, stdio: ['pipe', 'ignore', 'pipe'] }),
    failed,
  };
}

/** The first line with fatal, error or remote says what went wrong. */
function sentenceOf(error: unknown): string {
  const { code, stderr = '' } = error as { code?: unknown; stderr?: string };
  if (code === 'ENOENT') return 'git is not installed on this machine';
  const lines = stderr.split('\n').filter((line) => /^(fatal|error|remote): ?\S/.test(line));
  return lines[0] ?? (error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error));
}
