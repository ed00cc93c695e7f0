import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { quickstartFor } from '../../sandbox/demo/quickstart.ts';
import { openLog } from '../../app/log.ts';
import { launchTemporal, type Temporal } from '../../sandbox/launch/temporal.ts';
import { publishConnections, sandboxConnections, type SandboxConnections } from '../../app/connections.ts';
import { startGateway } from '../../app/gateway.ts';
import { trustedKeys } from '../../app/log-keys.ts';
import { startSequencer } from '../../app/sequencer.ts';
import { startSweeper } from '../../app/sweeper.ts';
import { startAnswers, startProvider, startWorkflows } from '../../app/worker.ts';
import { supervise } from '../../app/supervise.ts';
import type { UndoKeys } from '../../app/undo-keys.ts';
import { wire } from '../../app/wiring.ts';
import type { Event } from '../../core/request/events.ts';
import { stateAfter } from '../../core/request/evolve.ts';
import type { RequestState } from '../../core/request/state.ts';
import type { RequestId } from '../../core/ids.ts';
import { type Ledger, openLedger } from '../../ledger/index.ts';
import { accountActingAs } from '../../requests/acting-as.ts';
import { requestWorkflows } from '../../temporal/client.ts';
import { temporalClient } from '../../temporal/connection.ts';
import { CHANNELS, COLLEAGUES } from '../../sandbox/world/company.ts';
import { type SimulatedPerson, asPerson } from '../../sandbox/slack/simulated-person.ts';
import { type SlackServer, startSlack } from '../../sandbox/slack/server.ts';
import { TOOLS } from '../../sandbox/test/launch/launch.fixture.ts';
import { runProgram, withEnvironment } from '../cli/cli.fixture.ts';
import { explainWith } from '../explain.fixture.ts';
import { asAdmin, freshDatabase, shiftClock } from '../ledger/database.fixture.ts';
import { type PgProxy, startPgProxy } from '../faults/pg-proxy.fixture.ts';
import { until } from '../until.fixture.ts';
import { curfew, role, type Role, type CommandResult } from './processes.fixture.ts';
import { startVendors, type VendorOptions, type Vendors } from './vendors.fixture.ts';

export const REQUESTS = CHANNELS[0].id;
export type Name = 'ana' | 'bo' | 'cy' | 'sam' | 'ada' | 'gil' | 'zoe' | 'dan';

/** A refused attempt, as the ledger recorded it. */
export type Refused = Readonly<{
  request: RequestId;
  seq: number;
  by: string | null;
  tried: string;
  code: string;
}>;

/** The company Lantern: its Slack, its vendors, a Temporal and a ledger of its own, and Curfew that uses them. */
export type Company = Vendors &
  Readonly<{
    slack: SlackServer;
    temporal: Temporal;
    ledger: Ledger;
    /** The address of the ledger's database, of the owner of its tables. */
    ledgerUrl: string;
    /** Between the processes of `up` and the ledger, when the company was started with `proxiesLedger`. */
    ledgerProxy?: PgProxy;
    /** The folder of everything that is kept. The log is published in its folder "log". */
    home: string;
    /** The public key of the log. */
    logKey: string;
    /** Stops the sequencer, which runs from the start. */
    stopSequencer(): Promise<void>;
    /** The settings of real processes that use these services. */
    env: Readonly<Record<string, string>>;
    /** A person who uses Slack. With `forged`, the client sends what a real client would not send. */
    as(name: Name, how?: 'forged'): SimulatedPerson;
    state(request: RequestId): Promise<RequestState>;
    reaches(request: RequestId, kind: RequestState['kind']): Promise<RequestState>;
    events<K extends Event['kind']>(
      request: RequestId,
      kind: K,
    ): Promise<readonly Extract<Event, { kind: K }>[]>;
    refusals(): Promise<readonly Refused[]>;
    /** Resolves when every click has its outcome and every outbox notification is sent. */
    quiet(): Promise<void>;
    /** Shifts the ledger's clock against the machine's. Set it back before a new request, because an audit trail never goes back in time. */
    shiftClock(ms: number): Promise<void>;
    /** Rows of the ledger that none of its functions returns. */
    rows<T extends object>(sql: string): Promise<readonly T[]>;
    /** Edits a file of the policy, and returns a function that restores it. */
    edit(file: string, from: string | RegExp, to: string): Promise<() => Promise<void>>;
    /** Wakes the workflow of a request, or starts it, as the worker does after a click. */
    wake(request: RequestId): Promise<void>;
    /** Starts the gateway, the worker and the sweeper in this process. */
    open(): Promise<void>;
    /**
     * Starts a process of `curfew up`. The gateway gets no setting of Temporal. The process of a provider gets the undo key
     * of that provider. `stop` kills it if nothing else did.
     */
    up(...roles: string[]): Promise<Role>;
    /** The same from the folder of another version of Curfew. */
    upFrom(project: string, ...roles: string[]): Promise<Role>;
    /** Runs a command in a process of its own, with real settings. */
    cli(...args: string[]): Promise<CommandResult>;
    /** Runs a command in this process, as in the folder of a running sandbox, where `--as` is allowed. */
    sandboxCli(...args: string[]): Promise<CommandResult>;
    stop(): Promise<void>;
  }>;

/** With `proxiesLedger`, the processes of `up` reach the ledger through a proxy that can stop their statements. */
export type CompanyOptions = VendorOptions & Readonly<{ proxiesLedger?: boolean }>;

export async function startCompany(options: CompanyOptions = {}): Promise<Company> {
  const stops: (() => Promise<unknown> | void)[] = [];
  const stop = async () => {
    for (const each of stops.splice(0).reverse()) await each();
  };
  try {
    return await build(stops, stop, options);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function build(
  stops: (() => Promise<unknown> | void)[],
  stop: () => Promise<void>,
  { proxiesLedger = false, ...options }: CompanyOptions,
): Promise<Company> {
  const home = await mkdtemp(join(tmpdir(), 'curfew-company-'));
  stops.push(() => rm(home, { recursive: true, force: true }));
  for (const folder of ['manifest', 'log']) await mkdir(join(home, folder), { mode: 0o700 });
  const database = await freshDatabase();
  stops.push(() => database.drop());
  const vendors = await startVendors(options);
  stops.push(() => vendors.stop());
  const { hostname, port } = new URL(database.url);
  const ledgerProxy = proxiesLedger ? await startPgProxy(hostname, Number(port)) : undefined;
  stops.push(() => ledgerProxy?.stop());
  const temporal = await launchTemporal({ home, tools: TOOLS });
  stops.push(() => temporal.stop());
  const tokens = { botToken: 'xoxb-company', appToken: 'xapp-company' };
  const slack = await startSlack(tokens);
  stops.push(() => slack.stop());

  const parts = partsOf(vendors, { home, database: database.appUrl, temporal, slack, tokens });
  // The policy without the entitlements of providers that are missing on this machine.
  const source = quickstartFor(home, parts.providers);
  await writeFile(join(home, 'catalogue.yaml'), await readFile(join(source, 'catalogue.yaml')));
  await writeFile(join(home, 'people.yaml'), withLogins(await readFile(join(source, 'people.yaml'), 'utf8')));
  const undoKeys = new Map(['aws-iam', 'github', 'postgres'].map((name) => [name, [randomBytes(32)]]));
  const env: Readonly<Record<string, string>> = { ...envOf(parts), CURFEW_UNDO_KEYS: undoKeysText(undoKeys) };
  // The same file as `npm start` writes for commands in another terminal of the folder.
  publishConnections(home, parts);
  const deps = wire(parts, { undoKeys });
  stops.push(() => deps.ledgers.close());
  // In this process, so that it runs whatever the test starts and kills. Without it nothing is granted.
  const { log: auditLog } = parts;
  const quiet = openLog('warn', home);
  const sequencer =
    auditLog && supervise('sequencer', quiet, () => startSequencer(deps, quiet, auditLog, { home }));
  stops.push(() => sequencer?.stop());
  const ledger = openLedger(database.url);
  stops.push(() => ledger.close());
  const { client, close } = temporalClient(parts.temporal, deps.codec);
  stops.push(close);
  const state = async (request: RequestId) =>
    stateAfter((await ledger.readTrail(request)).map(({ event }) => event));
  const rows = async <T extends object>(sql: string): Promise<readonly T[]> => {
    let found: readonly T[] = [];
    await asAdmin(async (owner) => void (found = (await owner.query<T>(sql)).rows), database.url);
    return found;
  };

  async function start(roles: readonly string[], project?: string): Promise<Role> {
    const {
      TEMPORAL_ADDRESS: _temporal,
      CURFEW_UNDO_KEYS: all = '',
      CURFEW_MANIFEST_KEY: manifestKey = '',
      ...everybody
    } = env;
    const writesManifest =
      roles.length === 0 || roles.some((each) => each === 'sweeper' || each.startsWith('provider:'));
    const isGateway = roles.length === 1 && roles[0] === 'gateway';
    const hasAll = roles.length === 0 || roles.includes('sweeper');
    const own = new Map([...undoKeys].filter(([name]) => roles.includes(`provider:${name}`)));
    const started = await role(roles, {
      env: {
        ...everybody,
        DATABASE_URL: await loginFor(roles, ledgerProxy?.through(database.url) ?? database.url),
        ...(isGateway ? {} : parts.temporal),
        CURFEW_UNDO_KEYS: hasAll ? all : undoKeysText(own),
        ...(writesManifest && { CURFEW_MANIFEST_KEY: manifestKey }),
      },
      home,
      ...(project === undefined ? {} : { project }),
    });
    stops.push(() => started.kill());
    return started;
  }

  return {
    ...vendors,
    slack,
    temporal,
    ledger,
    ledgerUrl: database.url,
    home,
    logKey: parts.log ? (trustedKeys(parts.log)[0]?.text ?? '') : '',
    stopSequencer: async () => sequencer?.stop(),
    ...(ledgerProxy ? { ledgerProxy } : {}),
    env,
    as: (name, how) => asPerson(how === 'forged' ? slack.forged : slack.workspace, slackId(name)),
    state,
    reaches: (request, kind) =>
      until(
        `${request} is ${kind}`,
        async () => {
          const now = await state(request);
          return now.kind === kind ? now : undefined;
        },
        240_000,
      ),
    events: async (request, kind) =>
      (await ledger.readTrail(request)).flatMap(({ event }) =>
        event.kind === kind ? [event as Extract<Event, { kind: typeof kind }>] : [],
      ),
    refusals: () =>
      rows<Refused>(
        `select request_id as request, seq, body->>'by' as by, body->>'tried' as tried, body->'refusal'->>'code' as code
           from event where kind = 'refused' order by at, request_id, seq`,
      ),
    async quiet() {
      await until(
        'every click is settled and every notification is sent',
        async () => {
          const [left] = await rows<{ n: number }>(
            `select (select count(*) from outbox where sent_at is null and not body ? 'reminder')
                + (select count(*) from click where done_at is null)
                + (select count(*) from click c where kind = 'request'
                      and not exists (select from event e where e.request_id = c.request_id)) as n`,
          );
          return Number(left?.n) === 0 || undefined;
        },
        180_000,
      ); // After Slack was down, the next attempt may be a minute away.
    },
    async leaseRoles() {
      const own = (await rows<{ id: string }>('select id from lease')).map(({ id }) => `curfew_${id}`);
      return (await vendors.leaseRoles()).filter((role) => own.includes(role));
    },
    shiftClock: (ms) => shiftClock(database.url, ms),
    rows,
    async edit(file, from, to) {
      const path = join(home, file);
      const before = await readFile(path, 'utf8');
      const after = before.replace(from, to);
      if (after === before) throw new Error(`${file} does not say ${from}`);
      await writeFile(path, after);
      return () => writeFile(path, before);
    },
    wake: (request) => requestWorkflows(client).wake(request),
    async open() {
      const log = openLog('info', home);
      stops.push(explainWith('the log of the gateway, the worker and the sweeper', () => linesOf(home)));
      // The sweeper runs only once, because here the workflows must end the access.
      const sweeper = startSweeper(deps, log, 3_600);
      stops.push(() => sweeper.stop());
      const started = [
        ...[...deps.providers.keys()].map((name) =>
          supervise(name, log, () => startProvider(parts, deps, log, name)),
        ),
        supervise('answers', log, async () => startAnswers(deps, log)),
        supervise('workflows', log, () => startWorkflows(parts, deps, log)),
        supervise('gateway', log, () => startGateway(parts, deps, log)),
      ];
      for (const each of started) stops.push(() => each.stop());
      await Promise.all(started.map(({ ready }) => ready));
      stops.push(() => slack.faults.clear());
    },
    up: (...roles) => start(roles),
    upFrom: (project, ...roles) => start(roles, project),
    cli: (...args) => curfew(args, { env, home }),
    sandboxCli: (...args) => withEnvironment({ CURFEW_HOME: home }, () => runProgram(args)),
    stop,
  };
}

/** The address of a new login that may act as the roles of this process only, as docs/operations.md says. */
async function loginFor(roles: readonly string[], ownerUrl: string): Promise<string> {
  const duties = roles.flatMap((each) =>
    each === 'gateway' ? ['gateway', 'courier'] : each.startsWith('provider:') ? ['provider'] : [each],
  );
  const name = `process_${randomBytes(6).toString('hex')}`;
  const memberOf = [...new Set(duties)].map((duty) => `curfew_${duty}`).join(', ');
  await asAdmin(
    async (owner) => void (await owner.query(`create role ${name} login password 'own' in role ${memberOf}`)),
    ownerUrl,
  );
  return Object.assign(new URL(ownerUrl), { username: name, password: 'own' }).href;
}

/** The people, each with the account that `--as` gives this login. The processes of `up` have real settings, so their policy reads no such account. */
const withLogins = (people: string): string =>
  people.replaceAll(
    /- id: (\w+)[^]*?accounts: \{ /g,
    (text, id: string) => `${text}unix: ${accountActingAs(userInfo().username, id)}, `,
  );

type Places = Readonly<{
  home: string;
  database: string;
  temporal: Temporal;
  slack: SlackServer;
  tokens: Readonly<{ botToken: string; appToken: string }>;
}>;

function partsOf(vendors: Vendors, { home, database, temporal, slack, tokens }: Places): SandboxConnections {
  const { appId, installationId, privateKey } = vendors.github.github.credentials;
  const { aws } = vendors;
  return sandboxConnections({
    databaseUrl: database,
    migrationUrl: database,
    temporal: { TEMPORAL_ADDRESS: temporal.address },
    slack: { ...tokens, channel: REQUESTS, apiUrl: slack.apiUrl },
    providers: {
      postgres: { databases: { orders: vendors.granterUrl } },
      ...(aws ? { 'aws-iam': { endpoint: aws.proxy.url, credentials: aws.credentials } } : {}),
      github: { appId, installationId, privateKey, baseUrl: vendors.githubProxy.url },
    },
    manifest: { where: `file:${join(home, 'manifest')}`, key: randomBytes(32).toString('base64url') },
    log: {
      name: 'curfew.test/log',
      publicKeys: [],
      keys: [randomBytes(32).toString('base64url')],
      places: `file:${join(home, 'log')}`,
    },
    config: home,
    sealingKey: randomBytes(32).toString('base64url'),
  });
}

/** The same connections as environment variables, for processes. */
function envOf({
  databaseUrl,
  temporal,
  slack,
  providers,
  manifest,
  log,
  config,
  sealingKey,
}: SandboxConnections): Record<string, string> {
  const { 'aws-iam': aws, github, postgres } = providers;
  const keys = aws?.credentials;
  return {
    ...temporal,
    DATABASE_URL: databaseUrl,
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_APP_TOKEN: slack.appToken,
    SLACK_CHANNEL: slack.channel,
    SLACK_API_URL: slack.apiUrl,
    CURFEW_POSTGRES_TARGETS: `orders=${postgres?.databases['orders'] ?? ''}`,
    ...(aws
      ? {
          AWS_REGION: 'us-east-1',
          AWS_ENDPOINT_URL_IAM: aws.endpoint,
          AWS_ACCESS_KEY_ID: keys?.accessKeyId ?? '',
          AWS_SECRET_ACCESS_KEY: keys?.secretAccessKey ?? '',
          AWS_SESSION_TOKEN: keys?.sessionToken ?? '',
        }
      : {}),
    GITHUB_APP_ID: String(github?.appId ?? ''),
    GITHUB_APP_PRIVATE_KEY: github?.privateKey ?? '',
    GITHUB_INSTALLATION_ID: String(github?.installationId ?? ''),
    GITHUB_API_URL: github?.baseUrl ?? '',
    ...(manifest && { CURFEW_MANIFEST: manifest.where, CURFEW_MANIFEST_KEY: manifest.key }),
    ...(log && {
      CURFEW_LOG_NAME: log.name,
      CURFEW_LOG_PUBLIC_KEYS: trustedKeys(log)
        .map(({ text }) => text)
        .join(','),
    }),
    CURFEW_CONFIG: config,
    CURFEW_SECRET_KEY: Buffer.from(sealingKey, 'base64url').toString('base64'),
    CURFEW_SWEEP_SECONDS: '1',
  };
}

/** The keys as `CURFEW_UNDO_KEYS` has them. */
const undoKeysText = (keys: UndoKeys): string =>
  [...keys]
    .flatMap(([name, ofProvider]) =>
      ofProvider.map((key) => `${name}=${Buffer.from(key).toString('base64')}`),
    )
    .join(',');

const linesOf = async (home: string): Promise<readonly string[]> =>
  (await readFile(join(home, 'logs', 'curfew.log'), 'utf8')).trimEnd().split('\n');

export const slackId = (name: Name): string =>
  COLLEAGUES.find((each) => each.name.toLowerCase().startsWith(`${name} `))?.slackId ?? '';
