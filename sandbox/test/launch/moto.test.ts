import { appendFileSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CreateUserCommand,
  DeleteUserPolicyCommand,
  GetUserCommand,
  GetUserPolicyCommand,
  IAMClient,
  ListUserPoliciesCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { afterAll, describe, expect, test } from '@jest/globals';
import { launchMoto, type Moto } from '../../launch/moto.ts';
import { otherProcess, temporaryHome, TOOLS } from './launch.fixture.ts';
import { ask, openTo } from './listeners.fixture.ts';

const { home, remove } = temporaryHome();
afterAll(remove);

const DOCUMENT = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
});

async function withMoto(use: (iam: IAMClient, moto: Moto) => Promise<void>): Promise<void> {
  const moto = await launchMoto({ home, tools: TOOLS });
  if ('missing' in moto) return console.warn(`skipped: ${moto.missing}`);
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const iam = new IAMClient({ endpoint: moto.url, region: 'us-east-1', credentials, maxAttempts: 1 });
  try {
    await use(iam, moto);
  } finally {
    iam.destroy();
    await moto.stop();
  }
}

const idOf = async (iam: IAMClient, name: string) =>
  (await iam.send(new GetUserCommand({ UserName: name }))).User?.UserId;

test('moto is installed only from files with the pinned hashes, and none of them is built (T34)', async () => {
  const [bin, tools] = [join(home, 'bin'), join(home, 'empty-tools')];
  const script = `case "$*" in "-c "*) echo 3.12 ;; "-m pip --version") ;; *) printf '%s\\n' "$@" > ${bin}/called; exit 1 ;; esac`;
  mkdirSync(bin);
  writeFileSync(join(bin, 'python3'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const { line, ended } = otherProcess(`
    import { launchMoto } from 'launch/moto.ts';
    process.env.PATH = ${JSON.stringify(bin)};
    console.log(JSON.stringify(await launchMoto(${JSON.stringify({ home, tools })})));`);
  expect(JSON.parse(await line)).toEqual({ missing: expect.stringContaining('could not be installed') });
  await ended;
  const called = readFileSync(join(bin, 'called'), 'utf8').trim().split('\n');
  expect(called).toEqual(expect.arrayContaining(['install', '--require-hashes', '--only-binary=:all:']));
  const list = called[called.indexOf('-r') + 1];
  expect(list).toMatch(/sandbox\/launch\/moto-requirements\.txt$/);
  expect(called.filter((each) => /moto|==|http/.test(each) && each !== list)).toEqual([]);
  expect(readdirSync(tools)).toEqual([]);
});

describe('the simulated AWS (moto)', () => {
  test('users, ids and policies stay the same after kill -9, even with a partly written line in the journal', async () => {
    const names = ['ann', 'bob', 'cat', 'dan'];
    let ids: (string | undefined)[] = [];
    await withMoto(async (iam, { pid }) => {
      await Promise.all(names.map((name) => iam.send(new CreateUserCommand({ UserName: name }))));
      for (const name of ['kept', 'gone'])
        await iam.send(
          new PutUserPolicyCommand({ UserName: 'ann', PolicyName: name, PolicyDocument: DOCUMENT }),
        );
      await iam.send(new DeleteUserPolicyCommand({ UserName: 'ann', PolicyName: 'gone' }));
      ids = await Promise.all(names.map((name) => idOf(iam, name)));
      process.kill(pid, 'SIGKILL');
    });
    appendFileSync(join(home, 'moto.journal'), '{"method": "PO');
    await withMoto(async (iam, { pid }) => {
      expect(new Set(ids).size).toBe(names.length);
      expect(await Promise.all(names.map((name) => idOf(iam, name)))).toEqual(ids);
      const { PolicyNames } = await iam.send(new ListUserPoliciesCommand({ UserName: 'ann' }));
      expect(PolicyNames).toEqual(['kept']);
      await iam.send(new CreateUserCommand({ UserName: 'eve' }));
      ids = [...ids, await idOf(iam, 'eve')];
      process.kill(pid, 'SIGKILL');
    });
    await withMoto(async (iam) => {
      expect(await Promise.all([...names, 'eve'].map((name) => idOf(iam, name)))).toEqual(ids);
      const { PolicyDocument } = await iam.send(
        new GetUserPolicyCommand({ UserName: 'ann', PolicyName: 'kept' }),
      );
      expect(decodeURIComponent(PolicyDocument ?? '')).toBe(DOCUMENT);
    });
  });

  test('no web page can use it, and a program can (T42); only its owner can read and write the journal', async () => {
    await withMoto(async (_iam, { url }) => {
      const port = Number(new URL(url).port);
      expect(await ask(port, { path: '/moto-api/data.json' })).toMatchObject({ status: 200 });
      expect(await openTo(port)).toEqual([]);
      expect(statSync(join(home, 'moto.journal')).mode).toBe(0o100600);
    });
  });
});
