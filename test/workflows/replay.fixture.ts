/**
 * Replays the recorded histories on the current workflow code, and prints each history that fails. It runs in its
 * own process, because the SDK's reader of histories cannot be loaded twice, and because the time zone is set for a
 * whole process. Tests replay the histories that they produce themselves (`saveHistory`).
 *
 *   node --import tsx test/workflows/replay.fixture.ts [--record] [--no-cache]
 *
 * `--record` first copies the new histories that the current code produced in tests to the recorded histories. A
 * recorded history stays as it is: it stands for the requests that old code started.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { historyFromJSON, historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import proto from '@temporalio/proto';
import { Worker } from '@temporalio/worker';
import { workflowBundle } from '../../temporal/workflow-bundle.ts';
import { PRODUCED, RECORDED } from './histories.ts';
import './runtime.fixture.ts';

const { History } = proto.temporal.api.history.v1;
const filesIn = (folder: string, ending: string): readonly string[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.endsWith(ending))
        .sort()
        .map((name) => join(folder, name))
    : [];

const produced = () =>
  filesIn(PRODUCED, '.bin').map((file) => ({ file, history: History.decode(readFileSync(file)) }));

/** Removes the name of the process and machine and the stack traces with its folders. A replay does not use them. */
const anonymous = (json: string): string =>
  json
    .replaceAll(/("identity": )"[^"]*"/g, '$1"curfew"')
    .replaceAll(/("stackTrace": )"(?:[^"\\]|\\.)*"/g, '$1""');

if (process.argv.includes('--record')) {
  mkdirSync(RECORDED, { recursive: true });
  for (const { file, history } of produced()) {
    const recorded = join(RECORDED, `${basename(file, '.bin')}.json`);
    if (!existsSync(recorded)) writeFileSync(recorded, `${anonymous(historyToJSON(history))}\n`);
  }
}

const histories = filesIn(RECORDED, '.json').map((file) => ({
  workflowId: basename(file, '.json'),
  history: historyFromJSON(JSON.parse(readFileSync(file, 'utf8'))),
}));
const bundle = await workflowBundle();
const cache = process.argv.includes('--no-cache') ? { maxCachedWorkflows: 0 } : {};
let failed = 0;
for await (const { workflowId, error } of Worker.runReplayHistories(
  { workflowBundle: bundle, ...cache },
  histories,
)) {
  if (!error) continue;
  failed += 1;
  console.log(`${workflowId}: ${error.message}`);
}
console.log(`${histories.length - failed} of ${histories.length} histories replay`);
process.exitCode = failed > 0 || histories.length === 0 ? 1 : 0;
