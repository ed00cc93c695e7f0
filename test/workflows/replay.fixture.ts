/**
 * Replays the recorded histories on the workflow code as it is now, and says which do not. A process of its
 * own, because the SDK's reader of histories does not load twice, and because the zone is set per process.
 * What a test run produces, it replays itself (`saveHistory`).
 *
 *   node --import tsx test/workflows/replay.fixture.ts [--record] [--no-cache]
 *
 * `--record` first makes the histories that this code produced in tests the recorded ones.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { historyFromJSON, historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import proto from '@temporalio/proto';
import { Runtime, Worker } from '@temporalio/worker';
import { bundleWorkflows } from '../../temporal/worker.ts';
import { PRODUCED, RECORDED } from './histories.ts';

const { History } = proto.temporal.api.history.v1;
const nothing = () => undefined;
Runtime.install({
  logger: { log: nothing, trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing },
});

const files = (folder: string, ending: string): readonly string[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.endsWith(ending))
        .sort()
        .map((name) => join(folder, name))
    : [];

const produced = () =>
  files(PRODUCED, '.bin').map((file) => ({ file, history: History.decode(readFileSync(file)) }));

/** Which process and machine wrote it, and in which folder, does not matter to a replay. */
const anonymous = (json: string): string =>
  json
    .replaceAll(/("identity": )"[^"]*"/g, '$1"curfew"')
    .replaceAll(/("stackTrace": )"(?:[^"\\]|\\.)*"/g, '$1""');

if (process.argv.includes('--record')) {
  mkdirSync(RECORDED, { recursive: true });
  for (const { file, history } of produced())
    writeFileSync(join(RECORDED, `${basename(file, '.bin')}.json`), `${anonymous(historyToJSON(history))}\n`);
}

const histories = files(RECORDED, '.json').map((file) => ({
  workflowId: basename(file, '.json'),
  history: historyFromJSON(JSON.parse(readFileSync(file, 'utf8'))),
}));
const workflowBundle = await bundleWorkflows();
const cache = process.argv.includes('--no-cache') ? { maxCachedWorkflows: 0 } : {};
let broken = 0;
for await (const { workflowId, error } of Worker.runReplayHistories(
  { workflowBundle, ...cache },
  histories,
)) {
  if (!error) continue;
  broken += 1;
  console.log(`${workflowId}: ${error.message}`);
}
console.log(`${histories.length - broken} of ${histories.length} histories replay`);
process.exitCode = broken > 0 || histories.length === 0 ? 1 : 0;
