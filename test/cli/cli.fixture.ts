import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { jest } from '@jest/globals';
import { Command } from 'commander';
import { publishConnections, sandboxConnections } from '../../app/connections.ts';
import { signersOf, trustedKeys } from '../../app/log-keys.ts';
import { wire } from '../../app/wiring.ts';
import type { LogKeys } from '../../audit/update.ts';
import { createProgram } from '../../cli/program.ts';
import { fail } from '../../cli/terminal/exit.ts';
import { startDispatcher } from '../../inbox/dispatcher.ts';
import { decideClick } from '../../requests/decide-click.ts';
import { judge } from '../../requests/judge.ts';
import { SANDBOX_CREDENTIALS } from '../../sandbox/demo/aws-credentials.ts';
import { openLedger } from '../../ledger/index.ts';
import { freshDatabase } from '../ledger/database.fixture.ts';

const QUICKSTART = resolve(import.meta.dirname, '../../examples/quickstart');

/** What a command printed, and its exit code. */
export type Printed = Readonly<{ code: number; out: string; err: string }>;

class Exited extends Error {
  readonly code: number;
  constructor(code: number) {
    super(`exit ${code}`);
    this.code = code;
  }
}

/** Runs a command in this process as `main.ts` does: the same parser, the same messages, the same exit codes. */
export function runCommand(command: Command, args: readonly string[]): Promise<Printed> {
  const program = new Command('curfew').exitOverride((error) => {
    throw new Exited(error.exitCode === 0 ? 0 : 2);
  });
  program.addCommand(command.copyInheritedSettings(program));
  for (const nested of command.commands) nested.copyInheritedSettings(program);
  return printedBy(() => program.parseAsync([command.name(), ...args], { from: 'user' }));
}

/** Runs `curfew` with these arguments in this process. */
export const runProgram = (args: readonly string[]): Promise<Printed> =>
  printedBy(() => createProgram().parseAsync([...args], { from: 'user' }));

async function printedBy(work: () => Promise<unknown>): Promise<Printed> {
  let [out, err] = ['', ''];
  const spies = [
    jest.spyOn(process.stdout, 'write').mockImplementation(((text: string, done?: () => void) => {
      out += text;
      done?.();
      return true;
    }) as typeof process.stdout.write),
    jest.spyOn(process.stderr, 'write').mockImplementation((text) => ((err += String(text)), true)),
    jest.spyOn(console, 'log').mockImplementation((...texts) => void (out += `${texts.join(' ')}\n`)),
    jest.spyOn(process, 'exit').mockImplementation((code) => {
      throw new Exited(Number(code ?? 0));
    }),
  ];
  const before = process.exitCode;
  process.exitCode = undefined;
  try {
    await work();
    return { code: Number(process.exitCode ?? 0), out, err };
  } catch (error) {
    return { code: exitCodeOf(error), out, err };
  } finally {
    process.exitCode = before;
    for (const spy of spies) spy.mockRestore();
  }
}

function exitCodeOf(error: unknown): number {
  if (error instanceof Exited) return error.code;
  try {
    return fail(error);
  } catch (exited) {
    if (exited instanceof Exited) return exited.code;
    throw exited;
  }
}

/** Runs the work with these variables of the environment, and with no other setting. */
export async function withEnvironment<T>(
  env: Readonly<Record<string, string>>,
  work: () => Promise<T>,
): Promise<T> {
  const before = { ...process.env };
  const isSetting = (name: string) => /^(CURFEW|DATABASE|SLACK|TEMPORAL|AWS|GITHUB)_/.test(name);
  for (const name of Object.keys(process.env)) if (isSetting(name)) delete process.env[name];
  Object.assign(process.env, env);
  try {
    return await work();
  } finally {
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    Object.assign(process.env, before);
  }
}

/**
 * A folder in which a demo seems to run: commands find its ledger and its policy, a copy of the quickstart. No vendor
 * and no Temporal is there.
 */
export async function openFolder(more: Partial<Parameters<typeof sandboxConnections>[0]> = {}) {
  const database = await freshDatabase();
  const home = mkdtempSync(join(tmpdir(), 'curfew-cli-'));
  const config = join(home, 'config');
  cpSync(QUICKSTART, config, { recursive: true });
  const connections = sandboxConnections({
    databaseUrl: database.appUrl,
    migrationUrl: database.url,
    temporal: { TEMPORAL_ADDRESS: '127.0.0.1:1' },
    slack: { botToken: 'xoxb-1', appToken: 'xapp-1', channel: 'C1', apiUrl: 'http://127.0.0.1:1/api/' },
    providers: {
      'aws-iam': { endpoint: 'http://127.0.0.1:1', credentials: SANDBOX_CREDENTIALS },
      github: { appId: 1, privateKey: 'none', installationId: 1, baseUrl: 'http://127.0.0.1:1' },
      postgres: { databases: { orders: 'postgres://nobody:none@127.0.0.1:1/orders' } },
      curfew: {},
    },
    log: {
      name: 'log.example/cli',
      publicKeys: [],
      keys: [Buffer.alloc(32, 9).toString('base64url')],
      places: join(home, 'log'),
    },
    config,
    sealingKey: Buffer.alloc(32, 7).toString('base64url'),
    ...more,
  });
  publishConnections(home, connections);
  // The tests do what every duty does, so their ledger has the rights of the owner.
  const deps = { ...wire(connections), ledger: openLedger(database.url) };
  return {
    home,
    config,
    connections,
    deps,
    ledger: deps.ledger,
    url: database.url,
    appUrl: database.appUrl,
    run: (command: Command, ...args: readonly string[]) =>
      withEnvironment({ CURFEW_HOME: home }, () => runCommand(command, args)),
    /** Makes a file of the policy unreadable, and returns a function that restores it. */
    async breakPolicy(name = 'people.yaml') {
      const file = join(config, name);
      const before = await readFile(file, 'utf8');
      await writeFile(file, `${before}\nnonsense: [`);
      return () => writeFile(file, before);
    },
    async stop() {
      await Promise.all([deps.ledger.close(), deps.ledgers.close()]);
      await database.drop();
      rmSync(home, { recursive: true, force: true });
    },
  };
}
export type Folder = Awaited<ReturnType<typeof openFolder>>;

/** The keys with which the sequencer of a folder signs its log. */
export function logKeysOf({ connections }: Folder): LogKeys {
  const log = connections.log!;
  return { name: log.name, signers: signersOf(log), trusted: trustedKeys(log) };
}

/** Carries out clicks as the worker does. In place of its workflow, a request is judged at once. */
export function startWorkerOf({ ledger, deps }: Pick<Folder, 'ledger' | 'deps'>) {
  return startDispatcher({
    ledger: {
      ...ledger,
      async acceptSubmission(click) {
        await ledger.acceptSubmission(click);
        await judge(deps, { request: click.request });
      },
    },
    decide: (click) => decideClick(deps, click),
    onError: (error) => void error,
  });
}
