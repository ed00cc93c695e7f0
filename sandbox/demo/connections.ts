import { type SandboxConnections, sandboxConnections } from '../../app/connections.ts';
import type { DemoSettings } from '../../app/settings/settings.ts';
import { SANDBOX_CREDENTIALS } from './aws-credentials.ts';
import type { EmbeddedServices } from './embedded.ts';
import type { Keys } from './keys.ts';
import { logOf } from './log.ts';
import { manifestOf } from './manifest.ts';
import { quickstartFor } from './quickstart.ts';
import type { DemoSlack } from './slack.ts';

type Started = Readonly<{
  settings: Pick<DemoSettings, 'config' | 'home'>;
  keys: Pick<Keys, 'sealing' | 'manifest' | 'log'>;
  embedded: Omit<EmbeddedServices, 'stop'>;
  slack: DemoSlack['slack'];
  consoleUrl: string;
}>;

/** What Curfew connects to in the demo: only what the demo started. */
export function connectionsOf({ settings, keys, embedded, slack, consoleUrl }: Started): SandboxConnections {
  const { config, home } = settings;
  const { database, temporal, aws, github, orders } = embedded;
  const providers = {
    postgres: { databases: { orders: orders.granterUrl }, replicas: { orders: [] } } as const,
    ...('url' in aws ? { 'aws-iam': { endpoint: aws.url, credentials: SANDBOX_CREDENTIALS } } : {}),
    github: { ...github.github.credentials, baseUrl: github.url },
    curfew: {},
  };
  return sandboxConnections({
    databaseUrl: database.url,
    migrationUrl: database.migrationUrl,
    temporal: { TEMPORAL_ADDRESS: temporal.address },
    slack,
    providers,
    config: config ?? quickstartFor(home, providers),
    manifest: manifestOf(home, keys),
    log: logOf(home, keys),
    consoleUrl,
    sealingKey: keys.sealing,
  });
}
