import { readingConnections } from '../../app/settings/reading-connections.ts';
import type { RequestFilter } from '../../ledger/index.ts';
import { shortOf } from '../../core/ids.ts';
import type { Candidate, Sources } from './candidates.ts';

/** A person waits for the completion, so a ledger that does not answer by then has no requests. */
const MOST_MS = 5_000;
const MOST_REQUESTS = 50;

/** The names in the policy files and in the ledger that the settings name. */
export function openSources(env: NodeJS.ProcessEnv): Sources {
  const connections = readingConnections(env);
  const names = async () => {
    const { readNames } = await import('../../policy/files/names.ts');
    return connections && readNames(connections.config);
  };
  return {
    people: async () => ((await names())?.people ?? []).map(({ id, name }) => ({ text: id, means: name })),
    entitlements: async () =>
      ((await names())?.entitlements ?? []).map(({ id, title }) => ({ text: id, means: title })),
    searchable: async () => {
      const { knownNames } = await import('../../audit/search/index.ts');
      const found = await names();
      return knownNames(found?.people ?? [], found?.entitlements ?? []);
    },
    requests: async (command) => (connections ? inTime(requestsFor(command, connections.databaseUrl)) : []),
  };
}

/** The states of the requests that a command is for. Every other command is for all requests. */
const STATES: Readonly<Record<string, RequestFilter['states']>> = {
  approve: ['pending'],
  deny: ['pending'],
  withdraw: ['pending'],
  end: ['granting', 'active'],
  password: ['active'],
};

async function requestsFor(command: string, databaseUrl: string): Promise<readonly Candidate[]> {
  const { openLedger } = await import('../../ledger/index.ts');
  const ledger = openLedger(databaseUrl, { role: 'cli' });
  const states = STATES[command];
  const found = await ledger
    .listRequests({ limit: MOST_REQUESTS, ...(states ? { states } : {}) })
    .finally(() => void ledger.close().catch(() => undefined));
  return found.map(({ id, requester, entitlement, state }) => ({
    text: shortOf(id),
    means: `${requester}, ${entitlement}, ${state}`,
  }));
}

const inTime = (found: Promise<readonly Candidate[]>): Promise<readonly Candidate[]> =>
  Promise.race([
    found.catch(() => []),
    new Promise<readonly Candidate[]>((resolve) => setTimeout(() => resolve([]), MOST_MS).unref()),
  ]);
