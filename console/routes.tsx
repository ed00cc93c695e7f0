import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { HTTPException } from 'hono/http-exception';
import { OverLimit } from '../core/person-limits.ts';
import { Fault, StatementTooLong } from '../core/faults.ts';
import { WAITS } from '../core/waits.ts';
import { readAsset } from './assets.ts';
import type { ConsoleDeps } from './deps.ts';
import { formTurns, pageTurns, TooManyWaiting, turnKey } from './turns.ts';
import { ownPagesOnly, strictHeaders } from './guard.ts';
import { MessagePage, showPage, ToFirstPage } from './page.tsx';
import type { SignedInEnv } from './page-context.ts';
import { ACTING, pageRoutes } from './pages/routes.tsx';
import { readerOf } from './reader.ts';
import { idHashIn, pathAfterSignIn } from './sign-in/cookies.ts';
import { signInRoutes } from './sign-in/routes.tsx';

const MOST_BODY_BYTES = 64 * 1024;

/** Everything that the console answers. Nobody sees a page who is not signed in. */
export function consoleRoutes(deps: ConsoleDeps): Hono {
  const app = new Hono();
  app.use(strictHeaders(deps.origin), ownPagesOnly(deps.origin), bodyLimit({ maxSize: MOST_BODY_BYTES }));
  app.get('/assets/:name', async (c) => {
    const asset = await readAsset(c.req.param('name'));
    return asset ? c.body(asset.body, 200, { 'content-type': asset.type }) : c.notFound();
  });
  app.route('/', signInRoutes(deps));
  app.route('/', signedInRoutes(deps));
  app.notFound((c) =>
    showPage(
      c,
      <MessagePage title="There is no such page">
        <ToFirstPage />
      </MessagePage>,
      404,
    ),
  );
  app.onError((error, c) => {
    if (error instanceof HTTPException) return error.getResponse(); // A body that is too long.
    if (error instanceof TooManyWaiting) return showPage(c, <TooMany />, 429);
    if (error instanceof OverLimit) return showPage(c, <OverLimitPage error={error} />, 429);
    deps.report(error, `${c.req.method} ${c.req.path}`);
    const retryPath = c.req.method === 'POST' ? undefined : c.req.path;
    if (error instanceof StatementTooLong && retryPath !== undefined)
      return showPage(c, <TooLong path={retryPath} />, 503);
    const faultCode = error instanceof Fault ? error.code : undefined;
    return showPage(c, <Failed {...{ faultCode, retryPath }} />, faultCode ? 503 : 500);
  });
  return app;
}

/** A page that could not be made. `faultCode`: the code of what does not answer. `retryPath`: its path; none after a form, which may have been received. */
const Failed = ({
  faultCode,
  retryPath,
}: Readonly<{ faultCode: string | undefined; retryPath: string | undefined }>) => (
  <MessagePage title={faultCode === undefined ? 'This page could not be made' : 'The ledger does not answer'}>
    <p>
      {faultCode === undefined
        ? 'The people who run Curfew find the reason in its log.'
        : `Access still ends on time. The people who run Curfew find the reason in its log, with the code ${faultCode}.`}
    </p>
    {retryPath === undefined ? (
      <>
        <p>What you sent may have been received. Look at its page before you send it again.</p>
        <ToFirstPage />
      </>
    ) : (
      <p>
        <a href={pathAfterSignIn(retryPath)}>Try again</a>
      </p>
    )}
  </MessagePage>
);

/** A form of somebody of whom too many wait already. */
const TooMany = () => (
  <MessagePage title="You sent too much at once">
    <p>
      What you sent last was not received. What you sent before is decided first. Send it again in a minute.
    </p>
    <ToFirstPage />
  </MessagePage>
);

/** Something that one person did more often than anybody does by hand. */
const OverLimitPage = ({ error }: Readonly<{ error: OverLimit }>) => (
  <MessagePage title="You did this too often">
    <p>{error.message}</p>
    <ToFirstPage />
  </MessagePage>
);

/** A question that is about too much, so the ledger ended its statement. */
const TooLong = ({ path }: Readonly<{ path: string }>) => (
  <MessagePage title="This question takes too long">
    <p>
      The ledger ended the question after {WAITS.consoleStatement.ms / 1000} seconds, so that it stays quick
      for everybody. Go back and ask about less: a shorter time, one person or one entitlement.{' '}
      <code>curfew audit</code> answers large questions at the command line.
    </p>
    <p>
      <a href={pathAfterSignIn(path)}>This page with its usual question</a>
    </p>
  </MessagePage>
);

/** The pages of somebody who is signed in. Who is not goes to sign in first, and comes back to the page. */
function signedInRoutes(deps: ConsoleDeps): Hono<SignedInEnv> {
  const app = new Hono<SignedInEnv>();
  const keyOf = turnKey(deps.ledger);
  app.use(pageTurns(keyOf)); // What somebody may see is read in their turn.
  const inTurn = formTurns(keyOf);
  for (const path of ACTING) app.post(path, inTurn);
  app.use(async (c, next) => {
    const idHash = idHashIn(c, '__Host-curfew-session');
    const isRefresh = c.req.method === 'GET' && c.req.header('curfew-refresh') !== undefined;
    const reader = idHash && (await readerOf(deps, idHash, { isRefresh }));
    if (reader) {
      c.set('reader', reader);
      return next();
    }
    if (c.req.method !== 'GET') return c.text('You are not signed in any more.', 401);
    const { pathname, search } = new URL(c.req.url);
    return c.redirect(`/sign-in?path=${encodeURIComponent(pathAfterSignIn(`${pathname}${search}`))}`, 303);
  });
  // The database has no NUL in a text, so nothing has a name with one.
  app.use((c, next) => (c.req.url.includes('%00') ? Promise.resolve(c.notFound()) : next()));
  app.route('/', pageRoutes(deps));
  return app;
}
