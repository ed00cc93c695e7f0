import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import proto from '@temporalio/proto';
import { Worker } from '@temporalio/worker';
import type { RequestId } from '../../core/ids.ts';
import { handleOf, type WorkflowFixture } from './workflow.fixture.ts';

const folder = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Which code makes histories what they are: what it produced, other code did not. */
function codeNow(): string {
  const hash = createHash('sha256');
  for (const place of [folder('../../workflows/'), folder('../../core/')])
    for (const name of readdirSync(place, { recursive: true, encoding: 'utf8' }).sort())
      if (name.endsWith('.ts')) hash.update(readFileSync(join(place, name)));
  return hash.digest('hex').slice(0, 16);
}

/** Histories that every later version must still replay: one of each scenario, as JSON, in git. */
export const RECORDED = folder('../histories');
/** Histories that the code as it is now produced, as Temporal's own bytes: what may be recorded. */
export const PRODUCED = join(folder('../../.curfew/test-histories'), codeNow());

/** Replays the history of a scenario that just ran (B06, F10), and keeps it for `replay.ts --record`. */
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
  renameSync(draft, join(PRODUCED, `${scenario}.bin`)); // a reader never sees half of one
}
