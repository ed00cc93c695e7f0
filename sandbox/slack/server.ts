/** Starts the sandbox's Slack workspace on 127.0.0.1: Web API, Socket Mode and the routes of a page. */
import { createServer, type Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { Hono, type Context } from 'hono';
import { refuseForeignPages } from '../launch/foreign-pages.ts';
import { readArgs, serveCall } from './api/call.ts';
import { createFaults, type Faults } from './faults.ts';
import type { Channel, Command, Workspace } from './model.ts';
import { createRateLimits, NO_LIMITS } from './rate-limits.ts';
import { createResponseUrls } from './response-urls.ts';
import { APP, seed, type Person } from './seed.ts';
import { SCOPES, type Slack } from './slack.ts';
import { createSockets } from './socket.ts';
import { createStore } from './store.ts';
import { createTriggers } from './triggers.ts';
import { createWorkspace } from './workspace.ts';

export type SlackOptions = Readonly<{
  /** A free port when absent. */
  port?: number;
  /** The file that keeps the workspace across restarts. When absent, everything is lost at `stop`. */
  stateFile?: string;
  botToken: string;
  appToken: string;
  scopes?: readonly string[];
  people?: readonly Person[];
  commands?: readonly Command[];
  /** Channels in addition to the company's two. */
  channels?: readonly Channel[];
  /** How long Slack waits for an acknowledgement, in milliseconds (3,000). */
  ackWithin?: number;
  /** How long a `trigger_id` lives, in milliseconds (3,000). */
  triggerLife?: number;
  /**
   * The waits before each retry of an event that was not acknowledged, in milliseconds (0, one minute, five
   * minutes).
   */
  redeliverAfter?: readonly number[];
  pingEvery?: number;
  now?: () => number;
  /**
   * Enforces Slack's rate limits, this many times faster: 1 is as fast as Slack. Without it no call is refused, because most tests and
   * the demo send more than a workspace does.
   */
  rateLimits?: Readonly<{ speed: number }>;
  /** Adds the routes of a page to the same server. */
  routes?: (app: Hono, workspace: Workspace) => void;
}>;

export type SlackServer = Readonly<{
  /** `http://127.0.0.1:port` */
  url: string;
  /** For `clientOptions.slackApiUrl`. */
  apiUrl: string;
  workspace: Workspace;
  /** The same workspace without the checks of Slack's clients, for tests: see `createWorkspace`. */
  forged: Workspace;
  faults: Faults;
  /** How many calls were refused for a rate limit, without those of `faults`. */
  refusedCalls: () => number;
  stop: () => Promise<void>;
}>;

/** Throws `UnreadableState` when the state file is damaged, and `EADDRINUSE` when the port is in use. */
export async function startSlack(options: SlackOptions): Promise<SlackServer> {
  const now = options.now ?? Date.now;
  const store = createStore(seed(options.people, options.commands, options.channels), now, options.stateFile);
  const sockets = createSockets({
    appId: APP.id,
    ackWithin: options.ackWithin ?? 3000,
    pingEvery: options.pingEvery ?? 10_000,
    changed: () => store.notify(),
  });
  const { faults, book } = createFaults(sockets);
  let url = '';
  const slack: Slack = {
    settings: {
      botToken: options.botToken,
      appToken: options.appToken,
      scopes: options.scopes ?? SCOPES,
      verificationToken: 'sandbox-verification-token',
      redeliverAfter: options.redeliverAfter ?? [0, 60_000, 300_000],
      now,
    },
    store,
    sockets,
    triggers: createTriggers(now, options.triggerLife ?? 3000),
    responses: createResponseUrls(store, now),
    faults,
    pendingFaults: book,
    rateLimits: options.rateLimits ? createRateLimits(now, options.rateLimits.speed) : NO_LIMITS,
    url: () => url,
  };
  const workspace = createWorkspace(slack);
  const server = serve(slack, routesOf(slack, options.routes, workspace));
  try {
    url = `http://127.0.0.1:${await listen(server, options.port ?? 0)}`;
  } catch (error) {
    await sockets.close();
    store.close();
    throw error;
  }
  return {
    url,
    apiUrl: `${url}/api/`,
    workspace,
    forged: createWorkspace(slack, true),
    faults,
    refusedCalls: slack.rateLimits.refused,
    stop: () => stop(slack, server),
  };
}

/** Closes the connection of a call without a response. */
const closeConnection = (context: Context): Response => {
  context.env.incoming.socket.destroy();
  return RESPONSE_ALREADY_SENT;
};

function routesOf(slack: Slack, routes: SlackOptions['routes'], workspace: Workspace): Hono {
  const app = new Hono();
  app.use('*', refuseForeignPages);
  app.all('/api/:method', (context) =>
    serveCall(slack, context, context.req.param('method'), () => closeConnection(context)),
  );
  app.post('/response/:team/:secret', async (context) => {
    const reply = slack.responses.use(context.req.path, await readArgs(context));
    if (reply === undefined) return context.text('used_url', 404);
    return reply.ok ? context.text('ok') : context.text(String(reply['error']), 400);
  });
  routes?.(app, workspace);
  return app;
}

function serve(slack: Slack, app: Hono): Server {
  const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false });
  const server = createServer((request, response) => {
    if (slack.pendingFaults.isDown && /^\/(api|response)\//.test(request.url ?? ''))
      return void request.socket.destroy();
    void listener(request, response);
  });
  server.on('upgrade', (request, socket, head) => {
    if (slack.pendingFaults.isDown) return void socket.destroy();
    slack.sockets.upgrade(request, socket, head);
  });
  return server;
}

const listen = (server: Server, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });

async function stop(slack: Slack, server: Server): Promise<void> {
  await slack.sockets.close();
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await closed;
  slack.store.close();
}
