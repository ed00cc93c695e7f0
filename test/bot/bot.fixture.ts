import { ELIGIBLE } from '../../core/request/commands.ts';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { uuidv7 } from 'uuidv7';
import { type Bot, startBot } from '../../bot/app.ts';
import {
  clickIdOf,
  type Instant,
  leaseIdOf,
  type Minutes,
  type RequestId,
  requestIdOf,
} from '../../core/ids.ts';
import type { Command } from '../../core/request/commands.ts';
import { type Ledger, openLedger } from '../../ledger/index.ts';
import { openPolicy } from '../../policy/index.ts';
import { CHANNELS, COLLEAGUES } from '../../sandbox/world/company.ts';
import { type SimulatedPerson, asPerson } from '../../sandbox/slack/simulated-person.ts';
import { type SlackServer, startSlack } from '../../sandbox/slack/server.ts';
import { ana, bo, cy } from '../core/request/request.fixture.ts';
import { freshDatabase } from '../ledger/database.fixture.ts';
import { anyTarget, QUICKSTART } from '../policy/quickstart.fixture.ts';
import { DIGEST } from './request-view.fixture.ts';

export const REQUESTS = CHANNELS[0].id;

/** A bot with its own Slack, ledger and policy. There is no workflow: the test records what a workflow would record. */
export type BotFixture = Readonly<{
  slack: SlackServer;
  ledger: Ledger;
  as(name: string): SimulatedPerson;
  /** The same person with a client that sends what no Slack client lets them send. */
  forged(name: string): SimulatedPerson;
  /** Opens a request of Ana with this reason. */
  pending(reason: string): Promise<RequestId>;
  /** The same, approved by Bo and active, with a sealed password. */
  active(reason: string): Promise<RequestId>;
  record(request: RequestId, name: string, command: (at: Instant) => Command): Promise<void>;
  refusals(
    request: RequestId,
  ): Promise<readonly (readonly [by: string | null, tried: string, code: string])[]>;
  /** Makes the catalogue unreadable, until `repairPolicy`. */
  breakPolicy(): Promise<void>;
  repairPolicy(): Promise<void>;
  /** Replaces the bot by a new one that has no memory of the old one. */
  restart(): Promise<void>;
  /** Whether the bot has the key that unseals passwords. */
  key: { fits: boolean };
  stop(): Promise<void>;
}>;

export async function startBotFixture(): Promise<BotFixture> {
  const database = await freshDatabase();
  const ledger = openLedger(database.url);
  const folder = await mkdtemp(join(tmpdir(), 'curfew-bot-'));
  const file = (name: string) => join(folder, name);
  for (const [name, text] of Object.entries(QUICKSTART)) await writeFile(file(name), text);
  const tokens = { botToken: 'xoxb-test', appToken: 'xapp-test' };
  const slack = await startSlack(tokens);
  const key = { fits: true };
  const start = (): Promise<Bot> =>
    startBot({
      token: tokens.botToken,
      appToken: tokens.appToken,
      apiUrl: slack.apiUrl,
      log: () => undefined,
      deps: {
        ledger,
        policy: openPolicy(folder, anyTarget),
        providers: new Map(),
        openSecret(sealed) {
          if (!key.fits) throw new Error('unable to authenticate data');
          return `opened ${sealed.toString()}`;
        },
        channel: REQUESTS,
      },
    });
  let bot = await start();

  const record: BotFixture['record'] = async (request, name, command) => {
    const { outcome } = await ledger.record({
      request,
      name,
      via: 'workflow',
      command: (_state, at) => command(at),
    });
    if (!outcome.ok) throw new Error(outcome.error.code);
  };
  const pending: BotFixture['pending'] = async (reason) => {
    const id = requestIdOf(clickIdOf(uuidv7()));
    const details = {
      id,
      requester: ana,
      entitlement: 'orders-db',
      minutes: 60 as Minutes,
      targets: ['postgres'],
      reasonHash: 'aa',
      digest: DIGEST,
    };
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
      reason: { salt: 's', body: reason },
      requirements: {
        stages: [{ needs: 1, approvers: [bo, cy].map((person) => ({ person, because: 'owns it' })) }],
        policy: 'p1',
      },
      waitMinutes: 480 as Minutes,
      via: 'workflow',
    });
    return id;
  };
  return {
    slack,
    ledger,
    key,
    record,
    pending,
    as: (name) => asPerson(slack.workspace, slackIdOf(name)),
    forged: (name) => asPerson(slack.forged, slackIdOf(name)),
    async active(reason) {
      const id = await pending(reason);
      const lease = leaseIdOf(id, 0);
      await record(id, 'approve', (at) => ({
        kind: 'approve',
        by: bo,
        digest: DIGEST,
        eligibility: ELIGIBLE,
        at,
      }));
      await ledger.storeSecret(lease, Buffer.from('sealed'));
      await record(id, 'granted', (at) => ({ kind: 'confirm-granted', lease, seen: 'present', at }));
      return id;
    },
    refusals: async (request) =>
      (await ledger.readTrail(request)).flatMap(({ event }) =>
        event.kind === 'refused' ? [[event.by, event.tried, event.refusal.code] as const] : [],
      ),
    breakPolicy: () =>
      writeFile(
        file('catalogue.yaml'),
        QUICKSTART['catalogue.yaml'].replace('entitlements:', 'entitlements: ['),
      ),
    repairPolicy: () => writeFile(file('catalogue.yaml'), QUICKSTART['catalogue.yaml']),
    async restart() {
      await bot.stop();
      bot = await start();
    },
    async stop() {
      await bot.stop();
      await slack.stop();
      await ledger.close();
      await database.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const slackIdOf = (name: string): string =>
  COLLEAGUES.find((each) => each.name.toLowerCase().startsWith(`${name} `))?.slackId ?? '';

/** Lets the requester end an active request, up to the receipt. */
export async function endRequest({ record }: BotFixture, request: RequestId): Promise<void> {
  await record(request, 'end', (at) => ({ kind: 'end', by: ana, eligibility: ELIGIBLE, at }));
  const seen = 'none';
  await record(request, 'revoked', (at) => ({
    kind: 'confirm-revoked',
    lease: leaseIdOf(request, 0),
    seen,
    at,
  }));
}
