import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onFreePort, LOOPBACK } from '../../sandbox/launch/ports.ts';
import { startService } from '../../sandbox/launch/processes.ts';
import { untilReady } from '../../sandbox/launch/ready.ts';
import { whyNoJava } from '../../scripts/keycloak.ts';
import { KEYCLOAK } from '../../scripts/tools.ts';
import { ORIGIN } from './console.fixture.ts';

/** It starts in 10 s, and in minutes when every other test runs beside it. */
const READY_MS = 280_000;
/** Ends a start that hangs. */
export const START_MS = 320_000;
/** A small heap, and no compilation of code that runs a few times. */
const JAVA = ['-Xms64m', '-Xmx320m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-XX:-UsePerfData'];
const ADMIN = { username: 'admin', password: 'admin-of-the-test' };

export const CLIENT = { id: 'curfew-console', secret: 'secret-of-the-console' };
export const PASSWORD = 'correct horse battery';

/** What docs/console.md says about a client, and two people of the sandbox. The claim `sub` is the id of a user. */
export const REALM = {
  realm: 'lantern',
  enabled: true,
  clients: [
    {
      clientId: CLIENT.id,
      name: 'Curfew console',
      secret: CLIENT.secret,
      protocol: 'openid-connect',
      publicClient: false,
      standardFlowEnabled: true,
      implicitFlowEnabled: false,
      directAccessGrantsEnabled: false,
      serviceAccountsEnabled: false,
      redirectUris: [`${ORIGIN}/sign-in/return`],
      attributes: {
        'pkce.code.challenge.method': 'S256',
        'post.logout.redirect.uris': `${ORIGIN}/`,
      },
    },
  ],
  users: [
    user('0f4b3a52-6f0f-4a43-9d8e-0c1a5d3e7a01', 'ana', 'Ana', 'Ferreira'),
    user('0f4b3a52-6f0f-4a43-9d8e-0c1a5d3e7a02', 'gil', 'Gil', 'Marsh'),
  ],
};

function user(id: string, username: string, firstName: string, lastName: string) {
  return {
    ...{ id, username, firstName, lastName, email: `${username}@lantern.example`, enabled: true },
    attributes: { zoneinfo: ['Europe/Lisbon'] },
    credentials: [{ type: 'password', value: PASSWORD, temporary: false }],
  };
}

export type Keycloak = Readonly<{ issuer: string; origin: string; stop(): Promise<void> }>;

/** Why Keycloak cannot run on this machine; undefined when it can. */
export const whyNoKeycloak = async (): Promise<string | undefined> =>
  existsSync(KEYCLOAK) ? whyNoJava() : 'Keycloak is not fetched; "npm test" fetches it with Maven';

/** Starts Keycloak on loopback, in memory, with the realm. */
export async function startKeycloak(): Promise<Keycloak> {
  const home = mkdtempSync(join(tmpdir(), 'curfew-keycloak-'));
  const remove = () => rmSync(home, { recursive: true, force: true });
  try {
    return await onFreePort('keycloak', { given: undefined, used: undefined }, async (port) => {
      const origin = `http://${LOOPBACK}:${port}`;
      const service = await startService({
        ...{ home, name: 'keycloak', port, command: join(KEYCLOAK, 'bin', 'kc.sh') },
        args: [
          ...['start', '--optimized', '--cache=local', '--http-enabled=true', `--http-host=${LOOPBACK}`],
          ...[`--http-port=${port}`, `--hostname=${origin}`],
        ],
        env: {
          JAVA_OPTS: [...JAVA, `-Djava.io.tmpdir=${home}`].join(' '),
          KC_BOOTSTRAP_ADMIN_USERNAME: ADMIN.username,
          KC_BOOTSTRAP_ADMIN_PASSWORD: ADMIN.password,
        },
      });
      const ready = { name: 'keycloak', where: origin, service, boundMs: READY_MS };
      const token = await untilReady(ready, () => adminToken(origin));
      await importRealm(origin, token);
      const stop = async () => (await service.stop(), remove());
      return { issuer: `${origin}/realms/${REALM.realm}`, origin, stop };
    });
  } catch (error) {
    remove();
    throw error;
  }
}

async function adminToken(origin: string): Promise<string> {
  const answer = await fetch(`${origin}/realms/master/protocol/openid-connect/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'password', client_id: 'admin-cli', ...ADMIN }),
  });
  if (!answer.ok) throw new Error(`Keycloak answered ${answer.status} to the administrator`);
  return ((await answer.json()) as { access_token: string }).access_token;
}

async function importRealm(origin: string, token: string): Promise<void> {
  const answer = await fetch(`${origin}/admin/realms`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(REALM),
  });
  if (!answer.ok) throw new Error(`Keycloak refused the realm: ${await answer.text()}`);
}
