import { join, resolve } from 'node:path';

/** The same folder as of `npm start`, so that a tool is fetched once for both. */
export const TOOLS = resolve(import.meta.dirname, '../.curfew/tools');

/** Temporal's test server, whose clock can be moved. `npm test` fetches it. */
export const TIME_SKIPPING_SERVER = join(TOOLS, 'temporal-test-server-1.40.0');

/** A second OpenID provider for the tests of the console. `npm test` fetches it where Java and Maven are. */
export const KEYCLOAK_VERSION = '26.0.7';
export const KEYCLOAK = join(TOOLS, `keycloak-${KEYCLOAK_VERSION}`);
