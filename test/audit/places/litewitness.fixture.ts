import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { TOOLS } from '../../../scripts/tools.ts';
import { until } from '../../until.fixture.ts';
import { LOG_NAME, trusted } from '../log.fixture.ts';

const run = promisify(execFile);
const VERSION = '0.6.1';
const FOLDER = join(TOOLS, `litewitness-${VERSION}`);
const PROGRAMS = ['litewitness', 'witnessctl'];
const BUILD_MS = 600_000;

/** Builds the witness of torchwood once, with Go. Returns why it cannot; undefined when it is there. */
export async function installed(): Promise<string | undefined> {
  if (existsSync(FOLDER)) return undefined;
  mkdirSync(TOOLS, { recursive: true });
  const work = mkdtempSync(join(TOOLS, 'build-'));
  try {
    await run('sh', [
      '-c',
      'command -v ssh-agent ssh-add ssh-keygen || { echo OpenSSH is not installed >&2; exit 1; }',
    ]);
    const modules = PROGRAMS.map((name) => `filippo.io/torchwood/cmd/${name}@v${VERSION}`);
    await run('go', ['install', ...modules], { env: { ...process.env, GOBIN: work }, timeout: BUILD_MS });
    renameSync(work, FOLDER);
    return undefined;
  } catch (error) {
    const { code, stderr = '' } = error as { code?: unknown; stderr?: string };
    return `litewitness ${VERSION}: ${stderr.trim().split('\n').at(-1) || String(code)}`;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** A witness that knows our log. Its key is in an ssh-agent of its own. */
export class LiteWitness {
  readonly #folder: string;
  readonly #port: number;
  readonly #fingerprint: string;
  readonly #agent: ChildProcess;
  #server: ChildProcess | undefined;
  #said = '';

  private constructor(folder: string, port: number, fingerprint: string, agent: ChildProcess) {
    this.#folder = folder;
    this.#port = port;
    this.#fingerprint = fingerprint;
    this.#agent = agent;
  }

  static async open(): Promise<LiteWitness> {
    const folder = mkdtempSync(join(tmpdir(), 'curfew-lw-'));
    const [key, socket] = [join(folder, 'key'), join(folder, 's')];
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
    const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
    await until('the agent runs', async () => existsSync(socket));
    await run('ssh-add', ['-q', key], { env: { ...process.env, SSH_AUTH_SOCK: socket } });
    const { stdout } = await run('ssh-keygen', ['-l', '-f', key]);
    const of = ['-db', join(folder, 'db'), '-origin', LOG_NAME];
    await run(join(FOLDER, 'witnessctl'), ['add-log', ...of]);
    for (const { text } of trusted) await run(join(FOLDER, 'witnessctl'), ['add-key', ...of, '-key', text]);
    const witness = new LiteWitness(folder, await freePort(), stdout.split(' ')[1] ?? '', agent);
    await witness.start();
    return witness;
  }

  async start(): Promise<void> {
    const folder = this.#folder;
    const server = spawn(
      join(FOLDER, 'litewitness'),
      [
        ...['-db', join(folder, 'db'), '-ssh-agent', join(folder, 's'), '-name', 'witness.example/live'],
        ...['-key', this.#fingerprint, '-listen', `127.0.0.1:${this.#port}`],
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    server.stderr.on('data', (part: Buffer) => (this.#said += part.toString()));
    this.#server = server;
    await until('the witness answers', async () => (await fetch(this.#url)).ok);
  }

  get #url(): string {
    return `http://127.0.0.1:${this.#port}/`;
  }

  /** What an operator writes into CURFEW_LOG_PLACES. */
  get setting(): string {
    return `witness:${this.#url}+${/vkey=(\S+)/.exec(this.#said)?.[1]}`;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (!server || server.exitCode !== null) return;
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGKILL');
    await ended;
  }

  async close(): Promise<void> {
    await this.stop();
    this.#agent.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
