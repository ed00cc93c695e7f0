/** Runs a workspace in its own process, which a test can kill. Prints the address when it is ready. */
import { start } from './tiny-app.fixture.ts';

const [stateFile] = process.argv.slice(2);
if (stateFile === undefined) throw new Error('usage: workspace-process.ts <state file>');
const slack = await start({ stateFile });
process.stdout.write(`${slack.apiUrl}\n`);
