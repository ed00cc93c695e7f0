import { readFile, writeFile } from 'node:fs/promises';
import { createServer, connect, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { publishedConnections } from '../../app/connections.ts';
import type { RequestId } from '../../core/ids.ts';
import { until } from '../until.fixture.ts';
import { type Company, startCompany } from './company.fixture.ts';
import { type Role, role, started } from './processes.fixture.ts';
import { approvedWith } from './slack-steps.fixture.ts';

// One process for everything. Each of its parts fails to start in turn, while an access is past its end.

let company: Company;
let temporal: Awaited<ReturnType<typeof openForwarder>>;
let requests: readonly RequestId[] = [];
/** The settings with which everything runs. */
let env: Readonly<Record<string, string>>;
let logKey = '';

/** A port of this machine where nobody listens, until it is opened. Then it leads to the other address. */
async function openForwarder(to: string) {
  const [host = '', port = ''] = to.split(':');
  const listen = (server: Server, at: number) =>
    new Promise<number>((ready) =>
      server.listen(at, '127.0.0.1', () => ready((server.address() as { port: number }).port)),
    );
  const probe = createServer();
  const free = await listen(probe, 0);
  await new Promise((closed) => probe.close(closed));
  const server = createServer((socket) => {
    const onward = connect(Number(port), host);
    for (const [from, into] of [[socket, onward] as const, [onward, socket] as const]) {
      from.pipe(into);
      from.on('error', () => into.destroy());
    }
  });
  return {
    address: `127.0.0.1:${free}`,
    open: () => listen(server, free),
    close: () => void server.close(),
  };
}

const LENGTHS = ['10m', '20m', '30m', '40m'];

beforeAll(async () => {
  company = await startCompany();
  const { home } = company;
  logKey = publishedConnections(home)?.log?.keys[0] ?? '';
  temporal = await openForwarder(company.temporal.address);
  env = { ...company.env, CURFEW_LOG_PLACES: `file:${join(home, 'log')}`, CURFEW_LOG_KEYS: logKey };
  await company.stopSequencer();
  const all = await role([], { env, home });
  requests = await approvedWith(
    company,
    LENGTHS.map((length) => `orders-db ${length} ends after ${length}`),
    0,
  );
  for (const id of requests) await company.reaches(id, 'active');
  expect(await all.stop()).toBe(0);
}, 300_000);
afterAll(async () => {
  temporal?.close();
  await company?.stop();
}, 60_000);

/** A file in the home of the company. */
const file = (name: string): string => join(company.home, name);
const write = (name: string, text: string) => () => writeFile(file(name), text);

type Fault = Readonly<{
  parts: readonly string[];
  says: string;
  change: Record<string, string>;
  mend: () => unknown;
}>;
const FAULTS: Readonly<Record<string, () => Promise<Fault>>> = {
  'the file of the key of the log is missing': async () => ({
    parts: ['sequencer'],
    says: 'CURFEW_LOG_KEYS cannot be read from the file that CURFEW_LOG_KEYS_FILE names',
    change: { CURFEW_LOG_KEYS: '', CURFEW_LOG_KEYS_FILE: file('log-key') },
    mend: write('log-key', logKey),
  }),
  'Slack refuses its token': async () => {
    await write('slack-token', 'xoxb-wrong')();
    return {
      parts: ['gateway'],
      says: 'invalid_auth',
      change: { SLACK_BOT_TOKEN: '', SLACK_BOT_TOKEN_FILE: file('slack-token') },
      mend: write('slack-token', env['SLACK_BOT_TOKEN'] ?? ''),
    };
  },
  'Temporal cannot be reached': async () => ({
    parts: ['workflows', 'provider github', 'provider postgres'],
    says: 'Connection refused',
    change: { TEMPORAL_ADDRESS: temporal.address },
    mend: temporal.open,
  }),
  'the credential of one provider is no key': async () => {
    await write('github-key', 'no key')();
    return {
      parts: ['provider github'],
      says: 'GITHUB_APP_PRIVATE_KEY must be the private key',
      change: { GITHUB_APP_PRIVATE_KEY: '', GITHUB_APP_PRIVATE_KEY_FILE: file('github-key') },
      mend: write('github-key', env['GITHUB_APP_PRIVATE_KEY'] ?? ''),
    };
  },
};

/** The last line of the log that says which parts run and which wait. */
const lastReport = (process: Role) =>
  process
    .log()
    .split('\n')
    .flatMap((line) => {
      const read = line.startsWith('{') ? (JSON.parse(line) as Record<string, unknown>) : {};
      return read['waiting'] ? [read as { running: string[]; waiting: Record<string, string> }] : [];
    })
    .at(-1);

describe('one process for everything', () => {
  test.each(Object.entries(FAULTS).map(([name, prepare], at) => [name, prepare, at] as const))(
    'ends access while %s, says which part waits and why, and starts it when that is mended (F06, F20, I3, I14)',
    async (_name, prepare, at) => {
      const { parts, says, change, mend } = await prepare();
      const request = requests[at] as RequestId;
      await company.shiftClock((at + 1) * 600_000 + 5_000);
      const options = { env: { ...env, ...change }, home: company.home };
      const process = await started(['up'], { ...options, until: '"waiting":{"' });
      const report = await until('each of them waits', () => {
        const found = lastReport(process);
        return found && parts.every((part) => part in found.waiting) ? found : undefined;
      });
      for (const part of parts) expect(report.waiting[part]).toContain(says);
      expect(await company.reaches(request, 'closed')).toMatchObject({ ending: { kind: 'expired' } });
      const revoked = (await company.ledger.readTrail(request)).filter(
        ({ event }) => event.kind === 'revoked',
      );
      expect(revoked.map(({ via }) => via)).toEqual(['sweeper']);
      expect(process.log()).not.toContain('"msg":"running"');
      await mend();
      await until('every part runs', () => process.log().includes('"msg":"running"') || undefined, 120_000);
      expect(lastReport(process)?.waiting).toEqual({});
      expect(await process.stop()).toBe(0);
      // Temporal's native code would print coloured text between the lines of the log.
      expect(process.log()).not.toContain('\u001b[');
    },
    300_000,
  );

  test('has published what it recorded', async () => {
    const ends = await readFile(join(company.home, 'log', 'checkpoint'), 'utf8');
    expect(ends).toContain('curfew.test/log');
  });
});
