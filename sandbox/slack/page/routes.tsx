import { Hono, type Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { getCookie } from 'hono/cookie';
import { csrf } from 'hono/csrf';
import { html } from 'hono/html';
import { streamSSE } from 'hono/streaming';
import { z } from 'zod';
import { runQuery } from '../../world/query.ts';
import type { VendorWatcher } from '../../world/vendor-watcher.ts';
import { repliesOf, topLevelOf } from '../read.ts';
import type { Channel, State, Workspace } from '../model.ts';
import { ActionSchema, runAction } from './action.tsx';
import { readAsset } from './assets.ts';
import { readPicture } from './emoji-pictures.ts';
import { sameOriginOnly, strictHeaders } from './guard.ts';
import { App, Document, type PageState, type Theme } from './page.tsx';
import { createReadMarks } from './reads.ts';
import { channelIn, screenOf, viewerFor, type Screen } from './screen.ts';

type PageOptions = Readonly<{
  workspace: Workspace;
  world: VendorWatcher;
  clock?: () => number;
  /** Hosts that the terminal may connect to, in addition to this machine. */
  databaseHosts?: ReadonlySet<string>;
  /** The address of Curfew's console, to be linked. */
  consoleUrl?: string;
}>;

const Body = z.object({ as: z.string(), act: ActionSchema });
const Query = z.object({ url: z.string().max(2000), sql: z.string().min(1).max(10_000) });
const THEMES: readonly string[] = ['light', 'dark'] satisfies readonly Theme[];
const isTheme = (value: string | undefined): value is Theme => value !== undefined && THEMES.includes(value);

/** The colours that the person chose in this browser. */
const themeOf = (c: Context): Theme | undefined => {
  const chosen = getCookie(c, 'theme');
  return isTheme(chosen) ? chosen : undefined;
};

const HEARTBEAT_MS = 15_000;
const DAY_SECONDS = 86_400;

/**
 * The routes of the page, to be mounted on "/": the page, the part that changes (`/app`), the stream of
 * changes (`/live`), the actions of a person (`/act`) and the database terminal (`/query`).
 */
export function pageRoutes({
  workspace,
  world,
  clock = Date.now,
  databaseHosts,
  consoleUrl,
}: PageOptions): Hono {
  const reads = createReadMarks(clock());
  const app = new Hono();

  /** The person reads what is on the screen: the messages, and the replies in the open thread. */
  const markSeen = (state: State, { as, thread }: Screen, { id }: Channel): void => {
    const last = topLevelOf(state, as.id, id).at(-1);
    if (last) reads.markRead(as.id, id, last.ts);
    const lastReply = thread && repliesOf(state, as.id, id, thread).at(-1);
    if (lastReply) reads.markRead(as.id, id, lastReply.ts, thread);
  };

  const sightOf = (c: Context): PageState | undefined => {
    const { state, connections } = workspace;
    const screen = screenOf(state, {
      as: c.req.query('as'),
      in: c.req.query('in'),
      thread: c.req.query('thread'),
    });
    if (screen === undefined) return undefined;
    const channel = channelIn(screen.where);
    if (channel) markSeen(state, screen, channel);
    const hidden = { guide: getCookie(c, 'guide') === 'off', world: getCookie(c, 'world') === 'off' };
    return { state, connections, sections: world.sections, screen, reads, now: clock(), hidden, consoleUrl };
  };

  // Only for the page's own paths. The same server has the Web API, which apps call with a token and without an Origin.
  // The server refuses pages of other sites at every path.
  for (const path of ['/', '/app', '/live', '/act', '/query', '/assets/*', '/emoji/*'])
    app.use(path, strictHeaders, csrf(), sameOriginOnly, bodyLimit({ maxSize: 256 * 1024 }));

  app.get('/', (c) => {
    const sight = sightOf(c);
    if (sight === undefined) return c.text('This workspace has no people.', 503);
    c.header('cache-control', 'no-store');
    const title = `${sight.state.team.name}, as ${sight.screen.as.real_name}`;
    const page = (
      <Document title={title} theme={themeOf(c)}>
        <App {...sight} />
      </Document>
    );
    return c.html(html`<!doctype html>${page}`);
  });

  app.get('/app', (c) => {
    const sight = sightOf(c);
    c.header('cache-control', 'no-store');
    return sight === undefined ? c.text('This workspace has no people.', 503) : c.html(<App {...sight} />);
  });

  app.get('/live', (c) =>
    streamSSE(c, async (stream) => {
      const tell = (event: string) => void stream.writeSSE({ event, data: '' }).catch(() => undefined);
      const stops = [
        workspace.subscribe(() => {
          tell('changed');
          world.readNow();
        }),
        world.watch(() => tell('changed')),
      ];
      const heartbeat = setInterval(() => tell('alive'), HEARTBEAT_MS);
      tell('changed');
      await new Promise<void>((resolve) => {
        stream.onAbort(() => resolve());
      });
      clearInterval(heartbeat);
      stops.forEach((stop) => stop());
    }),
  );

  app.post('/act', async (c) => {
    const body = Body.safeParse(await c.req.json().catch(() => undefined));
    if (!body.success) return c.json({ kind: 'impossible', why: 'The page sent an invalid action.' }, 400);
    const screen = screenOf(workspace.state, { as: body.data.as });
    if (screen?.as.id !== body.data.as)
      return c.json({ kind: 'impossible', why: 'There is no such person in this workspace.' }, 404);
    return c.json(await runAction(workspace, viewerFor(workspace.state, screen.as, clock()), body.data.act));
  });

  app.post('/query', async (c) => {
    const body = Query.safeParse(await c.req.json().catch(() => undefined));
    if (!body.success)
      return c.json({ kind: 'refused', code: '', text: 'Paste a connection string and write a query.' }, 400);
    const answer = await runQuery(body.data.url, body.data.sql, databaseHosts);
    world.readNow();
    return c.json(answer);
  });

  app.get('/assets/:name', async (c) => {
    const asset = await readAsset(c.req.param('name'));
    return asset ? c.body(asset.body, 200, { 'content-type': asset.type }) : c.notFound();
  });

  app.get('/emoji/:file', async (c) => {
    const picture = await readPicture(c.req.param('file'));
    if (picture === undefined) return c.notFound();
    return c.body(picture, 200, {
      'content-type': 'image/svg+xml; charset=utf-8',
      'cache-control': `max-age=${DAY_SECONDS}`,
    });
  });

  return app;
}
