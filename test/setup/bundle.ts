import { workflowBundle } from '../../temporal/workflow-bundle.ts';

// node --import tsx test/setup/bundle.ts
// Makes the bundle of the workflows, unless it is kept. A process of its own, because the bundler would stay in Jest's memory.

await workflowBundle();
