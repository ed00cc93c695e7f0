import { readFile } from 'node:fs/promises';
import type { WorkflowBundle } from '@temporalio/worker';
import { bundleWorkflows } from '../../temporal/worker.ts';

/** The bundle of the workflows. The global set-up makes it once for all test files (TEST_WORKFLOW_BUNDLE). */
export async function workflowBundle(): Promise<WorkflowBundle> {
  const file = process.env['TEST_WORKFLOW_BUNDLE'];
  return file ? { code: await readFile(file, 'utf8') } : bundleWorkflows();
}
