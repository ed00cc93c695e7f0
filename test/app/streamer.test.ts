import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { openLedgers } from '../../app/ledgers.ts';
import { openLog } from '../../app/log.ts';
import { startStreamer } from '../../app/streamer.ts';
import { LOG_NAME, trusted } from '../audit/log.fixture.ts';
import { publishAll } from '../audit/published.fixture.ts';
import { grantedIn } from '../ledger/ledger.fixture.ts';
import { database, ledger } from '../ledger/own-ledger.fixture.ts';
import { until } from '../until.fixture.ts';

test('the streamer writes the published log to the files of the settings, each in its format', async () => {
  await grantedIn(ledger);
  await publishAll(ledger);
  const { published } = await ledger.logProgress();
  const folder = await mkdtemp(join(tmpdir(), 'curfew-streamer-'));
  const ledgers = openLedgers(database.url);
  const connection = { name: LOG_NAME, publicKeys: trusted.map(({ text }) => text), keys: [] };
  const sinks = `file:${folder}/ocsf.jsonl,file:${folder}/log.cef?format=cef`;
  const streamer = await startStreamer({ ledgers }, openLog('silent'), connection, { sinks });
  const linesOf = async (name: string) =>
    (await readFile(join(folder, name), 'utf8')).split('\n').filter((line) => line !== '');
  try {
    await until('both files have every record', async () => {
      const [ocsf, cef] = [await linesOf('ocsf.jsonl'), await linesOf('log.cef')];
      return ocsf.length === published && cef.length === published;
    });
    expect(JSON.parse((await linesOf('ocsf.jsonl'))[0] ?? '')).toMatchObject({ class_uid: 3004 });
    expect((await linesOf('log.cef'))[0]).toMatch(/^CEF:0\|Curfew\|/);
  } finally {
    await streamer.stop();
    await ledgers.close();
    await rm(folder, { recursive: true, force: true });
  }
});
