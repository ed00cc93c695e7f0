import { writeFile } from 'node:fs/promises';
import { type Bot, startBot } from '../../bot/app.ts';
import { Fault } from '../../core/faults.ts';
import { leaseIdOf, type RequestId } from '../../core/ids.ts';
import { ELIGIBLE } from '../../core/request/commands.ts';
import { startDispatcher } from '../../inbox/dispatcher.ts';
import type { Ledger } from '../../ledger/index.ts';
import type { Policy } from '../../policy/index.ts';
import { decideClick } from '../../requests/decide-click.ts';
import { ana } from '../core/request/request.fixture.ts';
import { QUICKSTART } from '../policy/quickstart.fixture.ts';
import { REQUESTS, startWorkplace, TOKENS, type Workplace } from './workplace.fixture.ts';

/** A bot with its own Slack, ledger and policy. There is no workflow: the test records what a workflow would record. */
export type BotFixture = Workplace &
  Readonly<{
    /** A request of Ana with this reason that Bo approved and that is active, with a sealed password. */
    active(reason: string): Promise<RequestId>;
    refusals(
      request: RequestId,
    ): Promise<readonly (readonly [by: string | null, tried: string, code: string])[]>;
    /** Makes the catalogue unreadable, until `repairPolicy`. */
    breakPolicy(): Promise<void>;
    repairPolicy(): Promise<void>;
    /** Replaces the bot by a new one that has no memory of the old one. */
    restart(): Promise<void>;
    /** The bot that runs now. */
    bot(): Bot;
    /** Whether the bot has the key that unseals passwords. */
    key: { fits: boolean };
    /** What fails while it is true or an error: the search of the form, and every new click in the ledger. */
    break: { search: boolean; ledger: boolean | Error };
    /** The lines that the bot logged, each after its level. */
    logged: readonly string[];
    /** The lines about a request, without their level. */
    loggedAbout: readonly (readonly [message: string, request: string])[];
  }>;

/** With `worker`, the clicks are decided too. Else each waits for the test. */
export async function startBotFixture({ worker = false } = {}): Promise<BotFixture> {
  const workplace = await startWorkplace();
  const { slack, ledger, newPolicy, file, pending, approve, record } = workplace;
  const key = { fits: true };
  const broken: BotFixture['break'] = { search: false, ledger: false };
  const logged: string[] = [];
  const loggedAbout: [message: string, request: string][] = [];
  const searchable = (policy: Policy): Policy => ({
    ...policy,
    requestableBy: (person) =>
      broken.search ? Promise.reject(new Error('the search fails')) : policy.requestableBy(person),
  });
  const start = (): Promise<Bot> =>
    startBot({
      token: TOKENS.botToken,
      appToken: TOKENS.appToken,
      apiUrl: slack.apiUrl,
      log(level, message, about) {
        logged.push(`${level}: ${message}`);
        if (about?.request !== undefined) loggedAbout.push([message, about.request]);
      },
      deps: {
        ledger: {
          ...ledger,
          writeClick: (click) =>
            broken.ledger
              ? Promise.reject(
                  broken.ledger === true
                    ? new Fault('ledger-unavailable', 'the test says so')
                    : broken.ledger,
                )
              : ledger.writeClick(click),
        },
        courierLedger: ledger,
        policy: searchable(newPolicy()),
        describers: new Map(),
        openSecret(sealed) {
          if (!key.fits) throw new Error('unable to authenticate data');
          return `opened ${sealed.toString()}`;
        },
        channel: REQUESTS,
      },
    });
  let bot = await start();
  const deciding = worker ? startDeciding(ledger, newPolicy()) : undefined;
  return {
    ...workplace,
    key,
    break: broken,
    logged,
    loggedAbout,
    bot: () => bot,
    async active(reason) {
      const id = await pending(reason);
      const lease = leaseIdOf(id, 0);
      await approve(id);
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
      await deciding?.stop();
      await workplace.stop();
    },
  };
}

const startDeciding = (ledger: Ledger, policy: Policy) =>
  startDispatcher({
    ledger,
    decide: (click) => decideClick({ ledger, policy }, click),
    onError: (error) => console.error(error),
  });

/** Lets the requester end an active request, up to the receipt. */
export async function endRequest({ record }: Workplace, request: RequestId): Promise<void> {
  await record(request, 'end', (at) => ({ kind: 'end', by: ana, eligibility: ELIGIBLE, at }));
  const seen = 'none';
  await record(request, 'revoked', (at) => ({
    kind: 'confirm-revoked',
    lease: leaseIdOf(request, 0),
    seen,
    at,
  }));
}
