import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { iamClient } from '../../providers/aws-iam/client.ts';
import { seedAws } from '../world/seed-aws.ts';
import { lantern } from '../github/seed.ts';
import { type GithubServer as GitHub, startGitHub } from '../github/server.ts';
import { type Orders, seedOrders } from '../world/seed-orders.ts';
import { launchMoto } from '../launch/moto.ts';
import { choosePort } from '../launch/ports.ts';
import { launchPostgres } from '../launch/postgres.ts';
import { launchTemporal } from '../launch/temporal.ts';
import type { DemoSettings } from '../../app/settings/settings.ts';
import { SANDBOX_CREDENTIALS } from './aws-credentials.ts';
import type { Keys } from './keys.ts';
import { makeLedger } from './ledger-database.ts';

/** `begin` reports that something starts; the function it returns reports that it is done, and how. */
export type Progress = Readonly<{ begin(name: string): (how: string) => void; note(line: string): void }>;

/** The services that the demo started. moto is missing where it cannot be installed. */
export type EmbeddedServices = Readonly<{
  database: Readonly<{ url: string; migrationUrl: string }>;
  orders: Orders;
  temporal: Readonly<{ address: string }>;
  aws: Readonly<{ url: string }> | Readonly<{ missing: string }>;
  github: GitHub;
  stop(): Promise<void>;
}>;

/** Starts every service, all at once. When one fails, the others are stopped. */
export async function startEmbedded(
  { home, temporalCli }: Pick<DemoSettings, 'home' | 'temporalCli'>,
  keys: Keys,
  progress: Progress,
): Promise<EmbeddedServices> {
  const stops: (() => Promise<void>)[] = [];
  const keep = <T extends { stop(): Promise<void> }>(part: T): T => (stops.push(() => part.stop()), part);
  const stop = async (): Promise<void> =>
    void (await Promise.allSettled(
      stops
        .splice(0)
        .reverse()
        .map((each) => each()),
    ));
  const starting = [postgres(), temporal(), aws(), gitHub()] as const;
  const ended = await Promise.allSettled(starting);
  const failed = ended.find((each) => each.status === 'rejected');
  if (failed) {
    await stop();
    throw failed.reason;
  }
  const [first, second, third, fourth] = await Promise.all(starting);
  return { ...first, ...second, ...third, ...fourth, stop };

  async function postgres() {
    const done = progress.begin('Postgres');
    const server = keep(await launchPostgres({ home, durable: true }));
    const database = await makeLedger(server.url, keys.writer);
    const orders = await seedOrders(server.url, keys.granter, keys.reaper);
    done(`version ${server.version}, in ${join(home, 'postgres')}`);
    return { database, orders };
  }
  async function temporal() {
    const done = progress.begin('Temporal');
    const log = (line: string) => progress.note(line);
    const cli = temporalCli === undefined ? {} : { cli: temporalCli };
    const server = keep(await launchTemporal({ home, log, ...cli }));
    done(server.address);
    return { temporal: { address: server.address } };
  }
  async function aws() {
    const done = progress.begin('AWS (moto)');
    const moto = await launchMoto({ home, log: (line) => progress.note(line) });
    if ('missing' in moto) {
      done(`left out: ${moto.missing}`);
      return { aws: moto };
    }
    const { url } = keep(moto);
    await seedAws(iamClient({ endpoint: url, credentials: SANDBOX_CREDENTIALS }));
    done(url);
    return { aws: { url } };
  }
  async function gitHub() {
    const done = progress.begin('GitHub');
    const port = await choosePort('The sandbox GitHub', { given: undefined, used: undefined });
    mkdirSync(join(home, 'sandbox'), { recursive: true });
    const server = keep(
      await startGitHub({ port, stateFile: join(home, 'sandbox', 'github.json'), seed: lantern }),
    );
    done(server.url);
    return { github: server };
  }
}
