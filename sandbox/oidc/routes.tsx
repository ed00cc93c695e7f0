import type { HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { Hono, type Context, type MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { Interaction, Provider } from 'oidc-provider';
import { refuseForeignPages } from '../launch/foreign-pages.ts';
import { sameOriginOnly } from '../slack/page/guard.ts';
import type { Account } from './accounts.ts';
import { readAsset } from './page/assets.ts';
import { Choose } from './page/choose.tsx';
import { render } from './page/document.tsx';
import { Notice, problemPage } from './page/notice.tsx';
import type { Client } from './client.ts';
import { CHOOSE } from './provider.ts';

type Env = { Bindings: HttpBindings };
type Parts = Readonly<{
  provider: Provider;
  client: Client;
  people: readonly Account[];
}>;

/** Every path of the server: the pages, and the endpoints of OpenID Connect, which the library serves. */
export function routesOf({ provider, client, people }: Parts): Hono<Env> {
  const endpoints = provider.callback();
  const app = new Hono<Env>();
  app.use('*', refuseForeignPages, onlyHost(new URL(provider.issuer).host));

  app.get('/', async (c) => page(c, await startPage(client)));
  app.get('/assets/:name', async (c) => {
    const asset = await readAsset(c.req.param('name'));
    return asset ? c.body(asset.body, 200, { 'content-type': asset.type }) : c.notFound();
  });

  app.get(`${CHOOSE}/:uid`, async (c) => {
    const begun = await begunSignIn(provider, c);
    if (begun === undefined) return page(c, await overPage(client), 400);
    const current = begun.session?.accountId;
    const path = c.req.path;
    return page(c, await render(<Choose {...{ client, people, current, path }} now={Date.now()} />));
  });
  app.post(`${CHOOSE}/:uid`, sameOriginOnly, bodyLimit({ maxSize: 4096 }), async (c) => {
    const begun = await begunSignIn(provider, c);
    if (begun === undefined) return page(c, await overPage(client), 400);
    const { person } = await c.req.parseBody();
    const account = people.find(({ subject }) => subject === person);
    if (account === undefined && person !== '')
      return page(c, await problemPage(client, 'nobody here has this account', 'unknown_account'), 400);
    if (account !== undefined) await endOtherSession(provider, begun, account);
    const result = account
      ? { login: { accountId: account.subject, remember: false } }
      : { error: 'access_denied', error_description: 'the person did not choose who they are' };
    const { incoming, outgoing } = c.env;
    return c.redirect(await provider.interactionResult(incoming, outgoing, result), 303);
  });

  app.all('*', async (c) => {
    await endpoints(c.env.incoming, c.env.outgoing);
    return RESPONSE_ALREADY_SENT;
  });
  return app;
}

/** The provider has one name, its issuer. Under another name its cookies and its addresses would be others. */
const onlyHost =
  (host: string): MiddlewareHandler =>
  async (c, next) => {
    if (c.req.header('host') !== host)
      return c.text(`This identity provider is at http://${host} only.`, 421);
    await next();
  };

/** The sign-in of this page, by the signed cookie of the browser that began it. Undefined when it is over, or of another browser. */
async function begunSignIn(provider: Provider, c: Context<Env>): Promise<Interaction | undefined> {
  try {
    const begun = await provider.interactionDetails(c.env.incoming, c.env.outgoing);
    return begun.uid === c.req.param('uid') ? begun : undefined;
  } catch (error) {
    if (error instanceof Error && error.name === 'SessionNotFound') return undefined;
    throw error;
  }
}

/**
 * Somebody who chooses another person than before is signed out as the first one. oidc-provider would do it with a page that submits
 * itself by an inline script.
 */
async function endOtherSession(provider: Provider, begun: Interaction, { subject }: Account): Promise<void> {
  if (begun.session === undefined || begun.session.accountId === subject) return;
  const session = await provider.Session.findByUid(begun.session.uid);
  await session?.destroy();
  begun.session = undefined;
  await begun.persist();
}

const startPage = (client: Client) =>
  render(
    <Notice client={client} title="The sandbox's identity provider">
      <p>You come here when you sign in to the {client.name}, and choose who you are.</p>
    </Notice>,
  );

const overPage = (client: Client) =>
  render(
    <Notice client={client} title="This sign-in is over">
      <p>It was finished already, or it began more than an hour ago, or in another browser. Begin again.</p>
    </Notice>,
  );

function page(c: Context<Env>, html: string, status: 200 | 400 = 200): Response {
  c.header('cache-control', 'no-store');
  return c.html(html, status);
}
