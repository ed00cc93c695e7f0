import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openPolicy, type Policy } from '../../policy/index.ts';
import { fakeProvider, fakeVendor } from '../../providers/fake/index.ts';
import type { Provider } from '../../providers/provider.ts';
import { targetReader } from '../../providers/target-reader.ts';
import { approversOf, AUDITOR, ENTITLEMENTS, PEOPLE, PROVIDERS, providersOf } from './things.ts';

/** The account of the auditor at the identity provider. */
export const AUDITORS_ACCOUNT = 'lantern|auditor';

/** Writes the policy of the large ledger into a folder, and opens it. Its providers are simulated under the names of real ones. */
export function largePolicy(folder: string): Policy {
  mkdirSync(folder, { recursive: true });
  const people = Array.from({ length: PEOPLE }, (_, each) => personLine(`p${each}`));
  const auditor = `  - { id: ${AUDITOR}, name: The auditor, accounts: { oidc: ${AUDITORS_ACCOUNT} } }\n`;
  writeFileSync(join(folder, 'people.yaml'), `people:\n${people.join('')}${auditor}`);
  const entitlements = Array.from({ length: ENTITLEMENTS }, (_, each) => entitlementLines(each));
  writeFileSync(
    join(folder, 'catalogue.yaml'),
    `auditors: [person:${AUDITOR}]\nentitlements:\n${entitlements.join('')}`,
  );
  const simulated = fakeProvider(fakeVendor({ append: () => undefined, read: () => [] })) as Provider;
  const providers = new Map(PROVIDERS.map((name): [string, Provider] => [name, { ...simulated, name }]));
  return openPolicy(folder, targetReader(providers));
}

const personLine = (id: string): string =>
  `  - { id: ${id}, name: Person ${id}, accounts: { ${['oidc', ...PROVIDERS].map((name) => `${name}: ${id}`).join(', ')} } }\n`;

const entitlementLines = (each: number): string => `  - id: e${each}
    title: Entitlement ${each}
    owner: person:${approversOf(each)[0]}
    usual: 1h
    longest: 8h
    requesters: [everyone]
    targets: [${providersOf(each)
      .map((provider) => `{ provider: ${provider}, resource: thing-${each}, level: write }`)
      .join(', ')}]
    route: { approvers: [${approversOf(each)
      .map((person) => `person:${person}`)
      .join(', ')}] }
`;
