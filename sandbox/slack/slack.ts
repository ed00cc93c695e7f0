/** The parts of the workspace, handed as one argument to everything that acts on it. */
import type { PendingFaults, Faults } from './faults.ts';
import type { Sockets } from './socket.ts';
import type { Store } from './store.ts';
import type { Triggers } from './triggers.ts';
import type { ResponseUrls } from './response-urls.ts';

export type Settings = Readonly<{
  botToken: string;
  appToken: string;
  /** Of the bot token; the app token always has `connections:write`. */
  scopes: readonly string[];
  /** Stands in every payload; Slack itself calls it deprecated. */
  verificationToken: string;
  /** How long after a silent delivery an event is sent again, in milliseconds. */
  redeliverAfter: readonly number[];
  now: () => number;
}>;

export type Slack = Readonly<{
  settings: Settings;
  store: Store;
  sockets: Sockets;
  triggers: Triggers;
  responses: ResponseUrls;
  faults: Faults;
  pendingFaults: PendingFaults;
  /** `http://127.0.0.1:port`, known once the server listens. */
  url: () => string;
}>;

/** What the app may do when its manifest is Curfew's. */
export const SCOPES = ['commands', 'chat:write', 'im:write', 'users:read'] as const;
