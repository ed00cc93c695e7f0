// Runs in a copy of the project that has one more provider. Prints what the project knows of it.
import { renderEnvExample } from '../../../scripts/env-example.ts';
import { readSettings } from '../../../app/settings/settings.ts';
import { readPolicy } from '../../../policy/files/policy-set.ts';
import { createProviders, WHY_CASE_IS_IGNORED, withDescriptionsOnly } from '../../../providers/index.ts';
import { targetReader } from '../../../providers/target-reader.ts';

const address = (url: string) => readSettings({ ACME_URL: url });
const read = address('https://acme.example');
const providers = createProviders(read.ok ? read.value.providers : {});
const catalogue = `entitlements:
  - id: door
    title: A door
    owner: person:ana
    usual: 1h
    longest: 8h
    requesters: [everyone]
    targets: [{ provider: acme, door: front }]
    route: { approvers: [person:bo], waits: 8h }
`;
const people = `people:
  - { id: ana, name: Ana, accounts: { acme: Ana } }
  - { id: bo, name: Bo, accounts: { acme: ANA } }
`;
const policy = (who: string) =>
  readPolicy({ 'catalogue.yaml': catalogue, 'people.yaml': who }, targetReader(providers), {
    oneAccount: WHY_CASE_IS_IGNORED,
  });
const problemsOf = (result: { ok: boolean; error?: unknown }) => (result.ok ? [] : result.error);

process.stdout.write(
  JSON.stringify({
    envExample: renderEnvExample().includes('# ACME_URL=https://acme.example'),
    providers: [...providers.keys()],
    describers: [...withDescriptionsOnly(new Map()).keys()],
    notEncrypted: problemsOf(address('http://acme.example')),
    policy: problemsOf(policy(people.replace('ANA', 'bo'))),
    twoAccounts: JSON.stringify(problemsOf(policy(people))).includes('Acme does not distinguish'),
  }),
);
