const { TestEnvironment } = require('jest-environment-node');

/** The change that a test has noticed, by Stryker's id. */
let noticed;

/** Runs no more tests after one has noticed the change. Jest cannot end a run inside a file by itself. */
module.exports = class extends TestEnvironment {
  async setup() {
    this.storages = await import('../setup/async-storages.mjs');
    await super.setup();
  }

  async teardown() {
    this.storages.disableStorages();
    await super.teardown();
  }

  handleTestEvent(event) {
    const change = process.env.__STRYKER_ACTIVE_MUTANT__;
    if (change === undefined) return;
    // When a beforeAll hook fails, the tests must still run and fail. A skipped test does not notice the change.
    if (event.name === 'test_fn_failure' || (event.name === 'hook_failure' && event.test)) noticed = change;
    if (event.name === 'test_start' && noticed === change) event.test.mode = 'skip';
  }
};
