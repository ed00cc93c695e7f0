import type { PlantedBug } from './bug.ts';

/** Mistakes after the ledger lost its last commits. */
export const FAILOVER_BUGS: readonly PlantedBug[] = [
  {
    name: 'grants-after-a-failover',
    ids: 'F05, F37, I25',
    what: 'The ledger lost its last commits, and grants as if it had not.',
    edits: [
      {
        file: 'requests/quarantine.ts',
        from: 'if (await ledger.isQuarantined())',
        to: 'if (await ledger.isQuarantined().then(() => false))',
      },
      {
        file: 'requests/answer.ts',
        from: `if (click.kind === 'approve' && (await ledger.isQuarantined()))`,
        to: `if (click.kind === 'approve' && !ledger)`,
      },
      {
        file: 'requests/lost-leases.ts',
        from: '  if (lost)\n    throw',
        to: '  if (lost && !deps)\n    throw',
      },
    ],
    seed: 15005,
  },
  {
    name: 'failover-is-not-noticed',
    ids: 'F05, I25',
    what: 'Nobody compares the manifest with the ledger.',
    edits: [
      {
        file: 'requests/check-manifest.ts',
        from: 'if (reason !== undefined) await',
        to: 'if (reason !== undefined && !ledger) await',
      },
    ],
    seed: 15001,
  },
  {
    name: 'forgotten-lease-is-closed',
    ids: 'F05, I25',
    what: 'A lease that a failover lost counts as revoked for its workflow, and is in no plan of the sweeper.',
    edits: [
      {
        file: 'requests/revoke-lease.ts',
        from: "    if (!lease)\n      throw new Fault('ledger-unavailable', `it has no lease ${id}; it may be restored from a backup`);",
        to: "    if (!lease) return { kind: 'closed', ending: 'lost' };",
      },
      {
        file: 'upkeep/end-lost-leases.ts',
        from: 'if (!deps.manifest) return { attempts, problems };',
        to: 'if (attempts) return { attempts, problems };',
      },
    ],
    seed: 16022,
  },
  {
    name: 'lost-grant-is-prior-state',
    ids: 'F05, I5, I25',
    what: 'A grant does not compare the manifest with the ledger after it read what the account has.',
    edits: [
      {
        file: 'requests/write-intent.ts',
        from: 'if (needsManifest(current)) await',
        to: 'if (needsManifest(current) && !deps) await',
      },
    ],
    seed: 15036,
  },
  {
    name: 'end-of-a-lost-lease-is-refused',
    ids: 'F05, I3, I25',
    what: 'Somebody ends access that a failover lost, and it stays until its end.',
    edits: [
      { file: 'ledger/quarantine/lost-leases.ts', from: 'and ${IS_OVER}', to: 'and ends_at <= ledger_now()' },
    ],
    seed: 20053,
  },
  {
    name: 'form-is-two-requests-after-a-failover',
    ids: 'F05, F18, I7',
    what: 'The ledger lost the click of a form, and the form that is delivered again opens another request.',
    edits: [
      {
        file: 'inbox/receive.ts',
        from: "action.kind === 'request' && form !== undefined",
        to: "action.kind === 'request' && form === ''",
      },
    ],
    seed: 19005,
  },
];
