import { TestEnvironment as NodeEnvironment } from 'jest-environment-node';
import './compiled-code.mjs';
import { disableStorages } from './async-storages.mjs';

/** Adds to the error of a failed test what the fixtures of its file know (`test/explain.fixture.ts`). */
export default class ExplainingEnvironment extends NodeEnvironment {
  async handleTestEvent({ name, error }) {
    if (name !== 'test_fn_failure' && name !== 'hook_failure') return;
    const stack = this.stackOf(error);
    const text = await this.global.explainFailure?.();
    if (!text || typeof stack !== 'string') return;
    const [message, ...frames] = stack.split(/\n(?= {4}at )/);
    error.stack = [message, '', text, '', ...frames].join('\n');
  }

  /**
   * Reads the stack with the lines of the source. It is formatted when it is read first. Temporal's worker replaces the
   * function that formats it, and its own gives the lines of the compiled code.
   */
  stackOf(error) {
    const { Error } = this.global;
    const formatter = Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace');
    delete Error.prepareStackTrace;
    const stack = error?.stack;
    if (formatter) Object.defineProperty(Error, 'prepareStackTrace', formatter);
    return stack;
  }

  async teardown() {
    disableStorages();
    await super.teardown();
  }
}
