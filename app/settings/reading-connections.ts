import { resolve } from 'node:path';
import { type Connections, publishedConnections } from '../connections.ts';
import { type Env, valueOrFile } from './secret-file.ts';

/** What a command needs that only reads the ledger: its address, and the folder of the policy files. */
export type ReadingConnections = Pick<Connections, 'kind' | 'config'> & Readonly<{ databaseUrl: string }>;

/** Everything that is kept on this machine is in this folder, unless CURFEW_HOME names another one. */
export const DEFAULT_HOME = '.curfew';

/** With all of these settings a command uses real services. */
export const REAL_SERVICES = ['DATABASE_URL', 'CURFEW_CONFIG', 'CURFEW_SECRET_KEY'] as const;

/**
 * The same connections that the whole check gives (`cli/terminal/context.ts`), in a few milliseconds: all settings of real services are
 * set, or none is and a demo runs in the folder. Undefined in every other case: only the whole check can say what is wrong.
 */
export function readingConnections(env: Env): ReadingConnections | undefined {
  const isSet = (name: string): boolean => Boolean(env[name]) || Boolean(env[`${name}_FILE`]);
  if (REAL_SERVICES.every(isSet)) return realConnections(env);
  return REAL_SERVICES.some(isSet)
    ? undefined
    : publishedConnections(resolve(env['CURFEW_HOME'] || DEFAULT_HOME));
}

function realConnections(env: Env): ReadingConnections | undefined {
  const url = valueOrFile(env, 'DATABASE_URL');
  const config = env['CURFEW_CONFIG'];
  if (!url.ok || !url.value || !config || !/^postgres(ql)?:\/\//.test(url.value) || !URL.canParse(url.value))
    return undefined;
  return { kind: 'real', databaseUrl: url.value, config: resolve(config) };
}
