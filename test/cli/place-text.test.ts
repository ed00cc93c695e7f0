import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { auditCommand } from '../../cli/commands/audit.ts';
import { publishAll } from '../audit/published.fixture.ts';
import { grantedIn } from '../ledger/ledger.fixture.ts';
import { temporaryFolder } from '../manifest/folder.fixture.ts';
import { logKeysOf, openFolder, runCommand, withEnvironment } from './cli.fixture.ts';

/** A bucket that refuses every call. Its reason sets the title of a terminal, clears the screen, and adds a line that looks like ours. */
const hostile = createServer((_request, response) => {
  response.writeHead(403, { 'content-type': 'application/xml' });
  response.end(
    '<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>no &#27;]0;owned&#7;&#27;[2J&#10;12 entries, 3 checkpoints: /tmp/x</Message></Error>',
  );
});
let folder: Awaited<ReturnType<typeof openFolder>>;
beforeAll(async () => {
  await new Promise<void>((resolve) => hostile.listen(0, '127.0.0.1', resolve));
  folder = await openFolder();
  await grantedIn(folder.ledger);
  await publishAll(folder.ledger, logKeysOf(folder));
});
afterAll(async () => {
  hostile.close();
  hostile.closeAllConnections();
  await folder?.stop();
});

test('a place cannot write to the terminal of whoever exports the log, and cannot add a line to what it shows (T48)', async () => {
  const { name, trusted } = logKeysOf(folder);
  const home = temporaryFolder();
  const environment = {
    CURFEW_HOME: home,
    DATABASE_URL: folder.connections.databaseUrl,
    CURFEW_LOG_NAME: name,
    CURFEW_LOG_PUBLIC_KEYS: trusted[0]?.text ?? '',
    CURFEW_LOG_PLACES: 's3://bucket-x/',
    CURFEW_LOG_ENDPOINT: `http://127.0.0.1:${(hostile.address() as AddressInfo).port}`,
    CURFEW_LOG_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'a',
    AWS_SECRET_ACCESS_KEY: 'b',
  };
  const run = () => runCommand(auditCommand(), ['export', join(home, 'export')]);
  const { out } = await withEnvironment(environment, run);
  const lines = out.split('\n');
  expect(lines[0]).toMatch(
    /^Without the checkpoint of the bucket s3:\/\/bucket-x\/: .*no ▯\]0;owned▯▯\[2J▯12 entries, 3 ch/,
  );
  expect(lines.filter((line) => line.includes('checkpoints: /tmp'))).toHaveLength(1);
  expect(out).not.toMatch(/[^\P{Cc}\n]/u);
});
