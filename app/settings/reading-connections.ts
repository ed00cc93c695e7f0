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
  if (REAL_SERVICES.every(isSetIn(env))) return realConnections(env);
  return REAL_SERVICES.some(isSetIn(env)) ? undefined : demoConnections(env);
}

function realConnections(env: Env): ReadingConnections | undefined {
  const read = ledgerIn(env);
  return read?.config === undefined ? undefined : { ...read, kind: 'real', config: read.config };
}

/** What a question of an auditor needs: the address of the ledger. `config`, the folder of the policy files, is undefined when it is not set. */
export type AuditConnections = Readonly<{ databaseUrl: string; config: string | undefined }>;

/**
 * The connections of an auditor, in a few milliseconds: the address of the ledger is set, or a demo runs in the folder and no setting is of real services.
 * Undefined in every other case: only the whole check can say what is wrong.
 */
export function auditConnections(env: Env): AuditConnections | undefined {
  const isReal = [...REAL_SERVICES, 'CURFEW_LOG_NAME'].some(isSetIn(env));
  return isReal ? ledgerIn(env) : demoConnections(env);
}

function ledgerIn(env: Env): AuditConnections | undefined {
  const url = valueOrFile(env, 'DATABASE_URL');
  if (!url.ok || !url.value || !/^postgres(ql)?:\/\//.test(url.value) || !URL.canParse(url.value))
    return undefined;
  const config = env['CURFEW_CONFIG'];
  return { databaseUrl: url.value, config: config ? resolve(config) : undefined };
}

const demoConnections = (env: Env) => publishedConnections(resolve(env['CURFEW_HOME'] || DEFAULT_HOME));

const isSetIn =
  (env: Env) =>
  (name: string): boolean =>
    Boolean(env[name]) || Boolean(env[`${name}_FILE`]);
