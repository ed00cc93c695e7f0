import type { Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import { pageRoutes } from '../../slack/page/routes.tsx';
import type { AccessRow } from '../../world/access-row.ts';
import { watchVendors } from '../../world/vendor-watcher.ts';
import { runApp } from './app.fixture.ts';
import { simulatedWorkspace, type SimulatedWorkspace } from './workspace.fixture.ts';

export interface PageServer {
  readonly workspace: SimulatedWorkspace;
  /** `http://127.0.0.1:port` */
  readonly url: string;
  /** Changes what the panel of the vendors shows. */
  show(rows: readonly AccessRow[]): void;
  stop(): Promise<void>;
}

/** Serves the page of a simulated workspace, whose small app grants access that the panel then shows. */
export async function servePage(): Promise<PageServer> {
  let rows: readonly AccessRow[] = [];
  const workspace = simulatedWorkspace();
  const read = async () => ({ rows, empty: 'Nobody has a login that was created for a lease.' });
  const vendors = [{ name: 'postgres', title: 'Postgres', where: 'Roles', read }];
  const world = watchVendors(vendors, { everyMs: 300 });
  const show = (next: readonly AccessRow[]): void => {
    rows = next;
    world.readNow();
  };
  const granted = (): void => {
    const state = { kind: 'open', until: Date.now() + 3_600_000 } as const;
    show([{ id: 'p', who: 'Ana Ferreira', what: 'reads orders', state }]);
  };
  runApp(workspace, { approved: granted });
  const server = createAdaptorServer({ fetch: pageRoutes({ workspace, world }).fetch }) as Server;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const url = typeof address === 'object' && address ? `http://127.0.0.1:${address.port}` : '';
  return {
    workspace,
    url,
    show,
    async stop() {
      world.stop();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
