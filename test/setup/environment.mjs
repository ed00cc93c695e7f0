import { TestEnvironment as NodeEnvironment } from 'jest-environment-node';
import { disableStorages } from './async-storages.mjs';

/** Adds to the error of a failed test what the fixtures of its file know (`test/explain.fixture.ts`). */
export default class ExplainingEnvironment extends NodeEnvironment {
  async handleTestEvent({ name, error }) {
    if (name !== 'test_fn_failure' && name !== 'hook_failure') return;
    const text = await this.global.explainFailure?.();
    if (!text || typeof error?.stack !== 'string') return;
    const [message, ...frames] = error.stack.split(/\n(?= {4}at )/);
    error.stack = [message, '', text, '', ...frames].join('\n');
  }

  async teardown() {
    disableStorages();
    await super.teardown();
  }
}
