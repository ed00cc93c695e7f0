import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startBot } from '../bot/app.ts';
import { openPace } from '../bot/courier/pace.ts';
import type { RequestId } from '../core/ids.ts';
import { startDispatcher } from '../inbox/dispatcher.ts';
import { startWaker } from '../inbox/waker.ts';
import { type Ledger, openLedger } from '../ledger/index.ts';
import { openPolicy } from '../policy/index.ts';
import { fakeProvider, fakeVendor } from '../providers/fake/index.ts';
import { targetReader } from '../providers/target-reader.ts';
import type { Provider } from '../providers/provider.ts';
import { decideClick } from '../requests/decide-click.ts';
import { judge } from '../requests/judge.ts';
import { startSlack } from '../sandbox/slack/server.ts';
import { CHANNELS } from '../sandbox/world/company.ts';

export type LoadSize = Readonly<{
  requests: number;
  approvers: number;
  /** How many times faster than Slack's the limits are, for the simulated Slack and for the bot. */
  speed: number;
}>;

const TOKENS = { botToken: 'xoxb-load', appToken: 'xapp-load' };
/** The channel with the card of each request. */
export const CARDS = CHANNELS[0].id;

export const requesterOf = (request: number): string => `U0REQ${String(request).padStart(5, '0')}`;
export const approverOf = (approver: number): string => `U0APP${String(approver).padStart(5, '0')}`;
/** Each approver owns one entitlement, and gets the requests for it. */
export const entitlementOf = (approver: number): string => `thing-${approver}`;

/**
 * The bot, a worker and a simulated Slack with Slack's limits. The bot is connected with Bolt. There is no Temporal: what its workflow would do
 * for a request, `wake` does when the ledger wants it, without a provider.
 */
export async function startLoadWorld(size: LoadSize, databaseUrl: string, folder: string) {
  const { speed } = size;
  const warnings: string[] = [];
  const warn = (error: unknown) => void warnings.push(String(error));
  writePolicy(folder, size);
  const vendor = fakeVendor({ append: () => undefined, read: () => [] });
  const providers = new Map<string, Provider>([['fake', fakeProvider(vendor) as Provider]]);
  const policy = openPolicy(folder, targetReader(providers));
  // A process of each role has connections of its own.
  const [ledger, gatewayLedger, courierLedger] = [0, 1, 2].map(() => openLedger(databaseUrl)) as [
    Ledger,
    Ledger,
    Ledger,
  ];
  const slack = await startSlack({
    ...TOKENS,
    people: peopleOf(size),
    rateLimits: { speed },
    ackWithin: 30_000, // The people click faster than this machine stores clicks. What is measured is what they read.
  });
  const dispatcher = startDispatcher({
    ledger,
    decide: (click) => decideClick({ ledger, policy }, click),
    onError: warn,
  });
  const waker = startWaker({
    ledger,
    workflows: { wake: (request) => wake({ ledger, policy }, request) },
    onRetry: (_wakeUp, error) => warn(error),
    onError: warn,
  });
  const bot = await startBot({
    token: TOKENS.botToken,
    appToken: TOKENS.appToken,
    apiUrl: slack.apiUrl,
    pace: openPace({ speed }),
    log: (level, message) => void (level === 'warn' || level === 'error' ? warnings.push(message) : 0),
    deps: {
      ledger: gatewayLedger,
      courierLedger,
      policy,
      describers: providers,
      openSecret: String,
      channel: CARDS,
    },
  });
  return {
    slack,
    ledger,
    warnings,
    async stop() {
      await bot.stop();
      await Promise.all([dispatcher.stop(), waker.stop()]);
      await slack.stop();
      await Promise.all([ledger, gatewayLedger, courierLedger].map((each) => each.close()));
    },
  };
}

async function wake(
  deps: Readonly<{ ledger: Ledger; policy: ReturnType<typeof openPolicy> }>,
  request: RequestId,
): Promise<void> {
  await judge(deps, { request });
  const { state } = await deps.ledger.readState(request);
  if (state.kind !== 'granting') return;
  for (const { id: lease } of await deps.ledger.leasesOf(request))
    await deps.ledger.record({
      request,
      name: `granted ${lease}`,
      via: 'workflow',
      command: (_state, at) => ({ kind: 'confirm-granted', lease, seen: 'write', at }),
    });
}

function writePolicy(folder: string, { requests, approvers }: LoadSize): void {
  const person = (id: string) =>
    `  - { id: ${id.toLowerCase()}, name: ${id}, accounts: { slack: ${id}, fake: ${id.toLowerCase()} } }\n`;
  const entitlement = (_: unknown, approver: number) => `  - id: ${entitlementOf(approver)}
    title: ${entitlementOf(approver)}
    owner: person:${approverOf(approver).toLowerCase()}
    usual: 1h
    longest: 8h
    requesters: [everyone]
    targets: [{ provider: fake, resource: ${entitlementOf(approver)}, level: write }]
    route: { approvers: [owner] }
`;
  mkdirSync(folder, { recursive: true });
  const everybody = [
    ...Array.from({ length: requests }, (_, request) => requesterOf(request)),
    ...Array.from({ length: approvers }, (_, approver) => approverOf(approver)),
  ];
  writeFileSync(join(folder, 'people.yaml'), `people:\n${everybody.map(person).join('')}`);
  writeFileSync(
    join(folder, 'catalogue.yaml'),
    `entitlements:\n${Array.from({ length: approvers }, entitlement).join('')}`,
  );
}

const peopleOf = ({ requests, approvers }: LoadSize) =>
  [
    ...Array.from({ length: requests }, (_, request) => requesterOf(request)),
    ...Array.from({ length: approvers }, (_, approver) => approverOf(approver)),
  ].map((slackId) => ({
    slackId,
    name: slackId,
    title: '',
    email: `${slackId.toLowerCase()}@load.example`,
    tz: 'Etc/UTC',
    kind: 'member' as const,
  }));
