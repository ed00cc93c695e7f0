import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import proto from '@temporalio/proto';
import type { RequestId } from '../../core/ids.ts';
import { handleOf, type Rig } from './rig.ts';

/** Histories that every later version must still replay: one of each scenario, as JSON, in git. */
export const RECORDED = fileURLToPath(new URL('../histories', import.meta.url));
/** Histories that this very run produced, as Temporal's own bytes. */
export const PRODUCED = fileURLToPath(new URL('../../.curfew/test-histories', import.meta.url));

/** Keeps the history of a scenario that just ran, for `replay.ts`. */
export async function saveHistory(rig: Rig, request: RequestId, scenario: string): Promise<void> {
  const history = await handleOf(rig, request).fetchHistory();
  mkdirSync(PRODUCED, { recursive: true });
  const { History } = proto.temporal.api.history.v1;
  writeFileSync(join(PRODUCED, `${scenario}.bin`), History.encode(History.create(history)).finish());
}
