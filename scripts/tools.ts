import { join, resolve } from 'node:path';

/** The same folder as of `npm start`, so that a tool is fetched once for both. */
export const TOOLS = resolve(import.meta.dirname, '../.curfew/tools');

/** Temporal's test server, whose clock can be moved. `npm test` fetches it. */
export const TIME_SKIPPING_SERVER = join(TOOLS, 'temporal-test-server-1.40.0');
