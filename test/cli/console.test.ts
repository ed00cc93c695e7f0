import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { get, type IncomingMessage } from 'node:http';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from '@jest/globals';
import { watchOutput } from '../../sandbox/test/browser/demo.fixture.ts';
import { LOG_NAME, trusted } from '../audit/log.fixture.ts';
import { openFolder } from './cli.fixture.ts';

const CURFEW = resolve(import.meta.dirname, '../../cli/curfew.mjs');

/** The people of the example, with accounts that are not those of the example. */
const withOwnAccounts = (people: string): string =>
  people.replaceAll(/(slack: |oidc: |github: )([\w|-]+)/g, '$1$2X');

/** The status and the text of a page. A browser sends the name of the console, which fetch cannot. */
async function pageAt(port: number, path: string): Promise<string> {
  const request = get({ host: '127.0.0.1', port, path, headers: { host: 'curfew.example.com' } });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return `${response.statusCode} ${await text(response)}`;
}

test('curfew up shows the console, whatever the folder is in which it was started', async () => {
  const folder = await openFolder();
  const { home, appUrl, config } = folder;
  const people = join(config, 'people.yaml');
  await writeFile(people, withOwnAccounts(await readFile(people, 'utf8')));
  const { PATH, HOME, TMPDIR } = process.env;
  const up = spawn(process.execPath, [CURFEW, 'up', '--role', 'console'], {
    cwd: home,
    env: {
      ...{ PATH, HOME, ...(TMPDIR ? { TMPDIR } : {}) },
      ...{ CURFEW_HOME: home, DATABASE_URL: appUrl, CURFEW_CONFIG: config },
      ...{ CURFEW_LOG_NAME: LOG_NAME, CURFEW_LOG_PUBLIC_KEYS: trusted.map(({ text }) => text).join(',') },
      CURFEW_SECRET_KEY: Buffer.alloc(32).toString('base64'),
      ...{ CURFEW_CONSOLE_URL: 'https://curfew.example.com', CURFEW_CONSOLE_LISTEN: '127.0.0.1:0' },
      ...{ CURFEW_OIDC_ISSUER: 'https://id.example.com', CURFEW_OIDC_CLIENT_ID: 'curfew' },
      CURFEW_OIDC_CLIENT_SECRET: 'x'.repeat(32),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(up, 'exit');
  try {
    const [, port] = (await watchOutput(up).said(/"port":(\d+)/)) ?? [];
    expect(await pageAt(Number(port), '/signed-out')).toMatch(/^200 <!doctype html>/);
  } finally {
    up.kill('SIGTERM');
    await ended;
    await folder.stop();
  }
});
