import { newAppKey } from './app-key.ts';
import type { App } from './state.ts';

/** The App of the reaper, with a new key. Its installation may read metadata, and write members and collaborators. */
export function reaperApp(): App {
  return {
    id: 7002,
    slug: 'curfew-reaper-lantern',
    ...newAppKey(),
    installation: {
      id: 8002,
      permissions: { administration: 'write', members: 'write', metadata: 'read' },
      repositories: 'all',
      suspended: false,
    },
  };
}
