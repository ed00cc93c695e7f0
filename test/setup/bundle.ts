import { writeFileSync } from 'node:fs';
import { bundleWorkflows } from '../../temporal/worker.ts';

// node --import tsx test/setup/bundle.ts <file>
// Writes the bundle of the workflows to a file. A process of its own, because the bundler would stay in Jest's memory.

const [, , file = ''] = process.argv;
writeFileSync(file, (await bundleWorkflows()).code);
