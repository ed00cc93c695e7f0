import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import proto from '@temporalio/proto';
import { Worker } from '@temporalio/worker';
import type { RequestId } from '../../core/ids.ts';
import { handleOf, type WorkflowFixture } from './workflow.fixture.ts';

const folder = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** A hash of the code that determines the histories. Histories of other code are in other folders. */
function hashOfWorkflowCode(): string {
  const hash = createHash('sha256');
  for (const directory of [folder('../../workflows/'), folder('../../core/')])
    for (const name of readdirSync(directory, { recursive: true, encoding: 'utf8' }).sort())
      if (name.endsWith('.ts')) hash.update(readFileSync(join(directory, name)));
  return hash.digest('hex').slice(0, 16);
}

/** Histories that every later version must replay: one for each scenario, as JSON, in git. */
export const RECORDED = folder('../histories');
/** Histories that the current code produced, in Temporal's binary format. `--record` copies them to `RECORDED`. */
export const PRODUCED = join(folder('../../.curfew/test-histories'), hashOfWorkflowCode());

/** Replays the history of a scenario that just ran (B06, F10), and saves it for `replay.fixture.ts --record`. */
export async function saveHistory(
  fixture: WorkflowFixture,
  request: RequestId,
  scenario: string,
): Promise<void> {
  const handle = handleOf(fixture, request);
  const history = await handle.fetchHistory();
  await Worker.runReplayHistory({ workflowBundle: fixture.bundle }, history, handle.workflowId);
  mkdirSync(PRODUCED, { recursive: true });
  const { History } = proto.temporal.api.history.v1;
  const draft = join(PRODUCED, `${scenario}.${process.pid}`);
  writeFileSync(draft, History.encode(History.create(history)).finish());
  renameSync(draft, join(PRODUCED, `${scenario}.bin`)); // A reader never sees a partly written file.
}
