import { join, resolve } from 'node:path';
import { parsePrivateKey, publicKeyText } from '../../manifest/keys.ts';
import { reap, startService } from '../launch/processes.ts';
import { untilReady } from '../launch/ready.ts';
import type { EmbeddedServices, Progress } from './embedded.ts';
import type { Keys } from './keys.ts';
import { manifestOf } from './manifest.ts';

const CURFEW = resolve(import.meta.dirname, '../../cli/curfew.mjs');
const EVERY = '10s';
/** The process loads its code, and a pass takes up to 55 s (`core/waits.ts`). */
const READY_MS = 120_000;

/** What the first screen says of the reaper. */
export type DemoReaper = Readonly<{ says: string; stop(): Promise<void> }>;

/**
 * Starts the reaper as a process of its own, with credentials of its own: another key of AWS, another App at GitHub, another login of
 * Postgres, and only the public key of the manifest. It is ready after its first pass.
 */
export async function startReaper(
  home: string,
  keys: Pick<Keys, 'manifest'>,
  embedded: Pick<EmbeddedServices, 'aws' | 'github' | 'orders'>,
  progress: Progress,
): Promise<DemoReaper> {
  const done = progress.begin('Reaper');
  await reap(home, 'reaper');
  const service = await startService({
    home,
    name: 'reaper',
    command: process.execPath,
    args: [CURFEW, 'reap', '--every', EVERY, '--output', 'jsonl'],
    env: settingsOf(home, keys, embedded),
  });
  const where = join(home, 'logs', 'reaper.log');
  const first = await untilReady({ name: 'reaper', where, service, boundMs: READY_MS }, () =>
    Promise.resolve(service.tail().split('\n')[0] || undefined),
  );
  const says = `its own process and credentials, a pass every ${EVERY}; first pass: ${summaryOf(first)}`;
  done(says);
  return { says, stop: () => service.stop() };
}

/** The state and the detail of a line of `curfew reap --output jsonl`. A pass that found nothing has only the detail. */
function summaryOf(line: string): string {
  try {
    const { state, detail } = JSON.parse(line) as { state?: unknown; detail?: unknown };
    return state === 'nothing' ? String(detail) : `${String(state)}: ${String(detail)}`;
  } catch {
    return line;
  }
}

function settingsOf(
  home: string,
  keys: Pick<Keys, 'manifest'>,
  { aws, github, orders }: Pick<EmbeddedServices, 'aws' | 'github' | 'orders'>,
): Readonly<Record<string, string>> {
  const { where, key } = manifestOf(home, keys);
  const privateKey = parsePrivateKey(key);
  if (!privateKey.ok) throw new Error(`the key of the manifest ${privateKey.error}`);
  const { appId, installationId, privateKey: appKey } = github.github.reaperCredentials();
  return {
    CURFEW_HOME: home,
    CURFEW_MANIFEST: where,
    CURFEW_MANIFEST_PUBLIC_KEYS: publicKeyText(privateKey.value),
    CURFEW_POSTGRES_TARGETS: `orders=${orders.reaperUrl}`,
    CURFEW_POSTGRES_REPLICAS: 'orders=none',
    GITHUB_APP_ID: String(appId),
    GITHUB_APP_PRIVATE_KEY: appKey,
    GITHUB_INSTALLATION_ID: String(installationId),
    GITHUB_API_URL: github.url,
    ...('url' in aws
      ? {
          AWS_REGION: 'us-east-1',
          AWS_ENDPOINT_URL_IAM: aws.url,
          AWS_ACCESS_KEY_ID: 'sandbox-reaper',
          AWS_SECRET_ACCESS_KEY: 'sandbox-reaper',
        }
      : {}),
  };
}
