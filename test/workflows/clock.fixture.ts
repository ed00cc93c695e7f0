import { existsSync } from 'node:fs';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { TIME_SKIPPING_SERVER } from '../../scripts/tools.ts';
import { startWorkflowFixture, type WorkflowFixture } from './workflow.fixture.ts';

export const hasTimeSkipping = existsSync(TIME_SKIPPING_SERVER);

/** A workflow fixture whose Temporal and ledger have one clock, which the test moves. */
export type ClockFixture = WorkflowFixture & Readonly<{ advance(minutes: number): Promise<void> }>;

/**
 * Starts a Temporal test server of its own. `advance` moves the ledger's clock first, and then Temporal's clock, which
 * stops at every timer and every retry on the way.
 */
export async function startClockFixture(): Promise<ClockFixture> {
  const server = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path: TIME_SKIPPING_SERVER } },
  });
  const { address } = server.connection.options;
  const fixture = await startWorkflowFixture({ address });
  return {
    ...fixture,
    async advance(minutes) {
      const ms = minutes * 60_000;
      await fixture.shiftClock((await server.currentTimeMs()) + ms - Date.now());
      await server.sleep(ms);
    },
    async stop() {
      await fixture.stop();
      await server.teardown();
    },
  };
}
