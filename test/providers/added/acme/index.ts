import { no, ok } from '../../../../core/result.ts';
import type { ProviderModule } from '../../../../providers/module.ts';
import type { Provider, Remover } from '../../../../providers/provider.ts';
import { settings } from './settings.ts';

const isDoor = (json: unknown): json is { door: string } => typeof Object(json).door === 'string';
const refuse = () => Promise.reject(new Error('this provider is an example'));

/** A provider that only reads targets: enough to show that its folder is all that it needs. */
const acme: Provider<{ door: string }> = {
  name: 'acme',
  consistencyWindowMs: 0,
  rateBudget: 60,
  useReadings: { lateMs: 0, beforeEnd: false, mostCalls: 1 },
  needsSecret: false,
  parseTarget: (json) => (isDoor(json) ? ok({ door: json.door }) : no('acme target: "door" must be a text')),
  targetKey: ({ door }) => door,
  lockKey: ({ door }) => door,
  ladder: () => ['none', 'open'],
  level: () => 'open',
  ownObject: () => false,
  enforcementClass: () => 'C',
  residualSessionMs: () => 0,
  describeFound: ({ door }) => `the door ${door}`,
  describe: ({ door }) => ({
    plain: `the door ${door}`,
    permissions: [`open ${door}`],
    cautions: [],
    atEnd: [],
    widens: false,
  }),
  observe: refuse,
  discover: refuse,
  ensurePresent: refuse,
  ensureAbsent: refuse,
  listManaged: () => Promise.resolve([]),
  endManaged: refuse,
  usableParts: () => [],
  readUse: refuse,
  preflight: () => Promise.resolve({ permissions: [], note: 'Acme answers.' }),
};

export const module: ProviderModule<typeof settings.variables, { url: string }> = {
  settings,
  create: () => acme as Provider,
  createRemover: () => acme as Remover,
  describer: () => acme as Provider,
  whyCaseIsIgnored: 'Acme does not distinguish upper and lower case',
};
