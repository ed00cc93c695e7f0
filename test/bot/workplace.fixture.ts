import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LogLevel, WebClient } from '@slack/web-api';
import { uuidv7 } from 'uuidv7';
import {
  type ClickId,
  clickIdOf,
  type Instant,
  type Minutes,
  type RequestId,
  requestIdOf,
} from '../../core/ids.ts';
import { type Command, ELIGIBLE } from '../../core/request/commands.ts';
import { type Ledger, openLedger } from '../../ledger/index.ts';
import { textHash } from '../../ledger/salted-text.ts';
import { openPolicy, type Policy } from '../../policy/index.ts';
import type { Message } from '../../sandbox/slack/model.ts';
import { type SimulatedPerson, asPerson } from '../../sandbox/slack/simulated-person.ts';
import { type SlackServer, startSlack } from '../../sandbox/slack/server.ts';
import { CHANNELS, COLLEAGUES } from '../../sandbox/world/company.ts';
import { ana, bo, cy } from '../core/request/request.fixture.ts';
import { asAdmin, freshDatabase } from '../ledger/database.fixture.ts';
import { shownOf } from '../../policy/judge/request-digest.ts';
import { anyTarget, policyOf, QUICKSTART } from '../policy/quickstart.fixture.ts';
import { until } from '../until.fixture.ts';
import { DIGEST } from './request-view.fixture.ts';

export const REQUESTS = CHANNELS[0].id;
/** A channel of which the bot is not a member. */
export const GENERAL = CHANNELS[1].id;
export const TOKENS = { botToken: 'xoxb-test', appToken: 'xapp-test' };

export type Queued = Readonly<{ sent: boolean; tries: number; fault: string | null; wait: number }>;

/** A Slack, a ledger and a policy without a bot and without a workflow. The test records what a workflow would record. */
export type Workplace = Readonly<{
  slack: SlackServer;
  /** A Web API client with the settings that the bot uses: it does not retry. */
  client: WebClient;
  ledger: Ledger;
  policy: Policy;
  /** The same policy without a memory of how its files were before. */
  newPolicy(): Policy;
  /** The address of the ledger's database. */
  url: string;
  /** The path of a file of the policy. */
  file(name: string): string;
  as(name: string): SimulatedPerson;
  /** The same person with a client that sends what no Slack client lets them send. */
  forged(name: string): SimulatedPerson;
  /** All messages of a channel, oldest first, including those that only one person sees. */
  messagesIn(channel: string): readonly Message[];
  /** Opens a request of Ana with this reason. `click`: the one with which she requested it. */
  pending(reason: string, click?: ClickId): Promise<RequestId>;
  record(request: RequestId, name: string, command: (at: Instant) => Command): Promise<void>;
  /** Lets Bo approve a pending request. */
  approve(request: RequestId): Promise<void>;
  /** The outbox notifications of a request, in order. `wait` is the number of seconds until one is due. */
  outbox(request: RequestId): Promise<readonly Queued[]>;
  /** Waits until every notification of a request is sent. */
  sent(request: RequestId): Promise<unknown>;
  /** Makes the notifications of a request due. */
  retryNow(request: RequestId): Promise<unknown>;
  /** Rows of the ledger that none of its functions returns. */
  rows<T extends object>(sql: string): Promise<readonly T[]>;
  /** Makes Postgres refuse every new row of a table. Returns a function that ends this. */
  refuseRowsOf(table: string): Promise<() => Promise<void>>;
  stop(): Promise<void>;
}>;

export async function startWorkplace(): Promise<Workplace> {
  const database = await freshDatabase();
  const ledger = openLedger(database.url);
  const folder = await mkdtemp(join(tmpdir(), 'curfew-bot-'));
  const file = (name: string) => join(folder, name);
  for (const [name, text] of Object.entries(QUICKSTART)) await writeFile(file(name), text);
  const slack = await startSlack(TOKENS);
  const client = new WebClient(TOKENS.botToken, {
    slackApiUrl: slack.apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logLevel: LogLevel.ERROR,
  });
  const record: Workplace['record'] = async (request, name, command) => {
    const { outcome } = await ledger.record({
      request,
      name,
      via: 'workflow',
      command: (_state, at) => command(at),
    });
    if (!outcome.ok) throw new Error(outcome.error.code);
  };
  const newPolicy = () => openPolicy(folder, anyTarget);
  const sql = (text: string) => asAdmin(async (owner) => void (await owner.query(text)), database.url);
  const rows = async <T extends object>(text: string): Promise<readonly T[]> => {
    let found: readonly T[] = [];
    await asAdmin(async (owner) => void (found = (await owner.query<T>(text)).rows), database.url);
    return found;
  };
  const outbox = (request: RequestId) =>
    rows<Queued>(
      `select sent_at is not null as sent, tries, last_fault as fault,
              extract(epoch from next_try_at - ledger_now())::float as wait
         from outbox where request_id = '${request}' and not body ? 'reminder' order by id`,
    );
  return {
    slack,
    client,
    ledger,
    policy: newPolicy(),
    newPolicy,
    url: database.url,
    file,
    record,
    as: (name) => asPerson(slack.workspace, slackIdOf(name)),
    forged: (name) => asPerson(slack.forged, slackIdOf(name)),
    messagesIn: (channel) => slack.workspace.state.messages[channel] ?? [],
    pending: (reason, click = clickIdOf(uuidv7())) => openRequest(ledger, reason, click),
    approve: (request) =>
      record(request, 'approve', (at) => ({
        kind: 'approve',
        by: bo,
        digest: DIGEST,
        eligibility: ELIGIBLE,
        at,
      })),
    rows,
    outbox,
    sent: (request) =>
      until('every notification is sent', async () => (await outbox(request)).every((row) => row.sent)),
    retryNow: (request) =>
      rows(
        `update outbox set next_try_at = ledger_now() where request_id = '${request}'
         returning pg_notify('curfew_outbox', '')`,
      ),
    async refuseRowsOf(table) {
      await sql(
        `create or replace function refuse_row() returns trigger language plpgsql as
         'begin raise exception ''the row is refused''; end'`,
      );
      await sql(`create trigger refuse before insert on ${table} for each row execute function refuse_row()`);
      return () => sql(`drop trigger refuse on ${table}`);
    },
    async stop() {
      await slack.stop();
      await ledger.close();
      await database.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function openRequest(ledger: Ledger, reason: string, click: ClickId): Promise<RequestId> {
  const id = requestIdOf(click);
  const details = {
    id,
    requester: ana,
    entitlement: 'orders-db',
    minutes: 60 as Minutes,
    targets: ['postgres'],
    reasonHash: textHash('s', reason),
    digest: DIGEST,
  };
  const { entitlements, directory } = policyOf();
  const [entitlement, person] = [entitlements.get('orders-db'), directory.people.get(ana)];
  if (!entitlement || !person) throw new Error('the quickstart has no orders-db or no Ana');
  const target = {
    provider: 'postgres',
    account: 'ana',
    spec: {},
    lockKey: id,
    level: 'present',
    ownObject: true,
  };
  await ledger.open({
    details,
    targets: [target],
    shown: shownOf(entitlement, person),
    reason: { salt: 's', body: reason },
    requirements: {
      stages: [{ needs: 1, approvers: [bo, cy].map((person) => ({ person, because: 'owns it' })) }],
      policy: 'p1',
    },
    mostOpen: 10_000,
    sameWithin: 0 as Minutes,
    waitMinutes: 480 as Minutes,
    via: 'workflow',
  });
  return id;
}

export const slackIdOf = (name: string): string =>
  COLLEAGUES.find((each) => each.name.toLowerCase().startsWith(`${name} `))?.slackId ?? '';
