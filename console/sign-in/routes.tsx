import { Hono } from 'hono';
import { oneLine } from '../../core/text.ts';
import { ELIGIBLE } from '../../core/request/commands.ts';
import { no, ok, type Result } from '../../core/result.ts';
import type { PersonId } from '../../core/ids.ts';
import type { ConsoleDeps } from '../deps.ts';
import { MessagePage, showPage, ToFirstPage } from '../page.tsx';
import { giveId, idHashIn, pathAfterSignIn, takeId } from './cookies.ts';
import type { SignedIn } from './identity-provider.ts';

const SESSION = '__Host-curfew-session';
const SIGN_IN = '__Host-curfew-sign-in';

/** Signing in at the identity provider, and signing out. */
export function signInRoutes(deps: ConsoleDeps): Hono {
  const { ledger, identity, origin } = deps;
  const app = new Hono();

  app.get('/sign-in', async (c) => {
    const begun = await identity.begin(pathAfterSignIn(c.req.query('path'))).catch(deps.report);
    if (!begun) return showPage(c, UNAVAILABLE, 503);
    const { url, signIn } = begun;
    await ledger.beginSignIn(giveId(c, SIGN_IN), signIn);
    return c.redirect(url.href, 303);
  });

  app.get('/sign-in/return', async (c) => {
    const idHash = idHashIn(c, SIGN_IN);
    takeId(c, SIGN_IN);
    const signIn = idHash && (await ledger.takeSignIn(idHash));
    if (!signIn) return showPage(c, refused('It was not begun in this browser, or it took too long.'), 400);
    const returned = new URL(c.req.url);
    const end = await identity.end(new URL(`${returned.pathname}${returned.search}`, origin), signIn);
    if (!end.ok) {
      deps.report(new Error(`a sign-in was refused by the identity provider: ${oneLine(end.error)}`));
      return showPage(c, refused(`The identity provider: ${oneLine(end.error)}.`), 400);
    }
    const person = await personOf(deps, end.value);
    if (!person.ok) return showPage(c, refused(person.error), 403);
    const before = idHashIn(c, SESSION);
    if (before) await ledger.endSession(before);
    // A new id for each sign-in, so an id that somebody planted in this browser is worth nothing (T27).
    await ledger.openSession(giveId(c, SESSION), {
      person: person.value,
      account: end.value.account,
      ownZone: end.value.zone ?? 'UTC',
    });
    return c.redirect(signIn.path, 303);
  });

  app.post('/sign-out', async (c) => {
    const idHash = idHashIn(c, SESSION);
    takeId(c, SESSION); // Also when the ledger does not answer: then the session ends by itself, and this browser has it no more.
    if (idHash) await ledger.endSession(idHash);
    return c.redirect('/signed-out', 303);
  });

  app.get('/signed-out', async (c) => showPage(c, signedOut(await identity.signOutUrl())));

  return app;
}

/** The person of people.yaml with this account, when they may use Curfew. The error is a sentence for the person. */
async function personOf(
  { policy }: Pick<ConsoleDeps, 'policy'>,
  { account }: SignedIn,
): Promise<Result<PersonId, string>> {
  const owner = await policy.ownerOf('oidc', account);
  // Whoever signs in may be nobody whom Curfew knows, so they do not read what is wrong with the policy files.
  if (!owner.ok)
    return no(
      'Nobody can sign in, because the policy cannot be read. Tell the people who run Curfew. Their command curfew doctor says why.',
    );
  if (owner.value === null)
    return no(
      `Nobody in people.yaml has the account “${oneLine(account)}”. Ask the people who run Curfew to add it as your account of the system “oidc”.`,
    );
  return (await policy.mayAct(owner.value)).kind === ELIGIBLE.kind
    ? ok(owner.value)
    : no('people.yaml says that you have left. Ask the people who run Curfew.');
}

const refused = (why: string) => (
  <MessagePage title="You are not signed in">
    <p>{why}</p>
    <p>
      <a href="/sign-in">Sign in</a>
    </p>
  </MessagePage>
);

const UNAVAILABLE = (
  <MessagePage title="The identity provider does not answer">
    <p>Nobody can sign in until it does. In Slack, and with the command line, everything goes on.</p>
    <p>
      <a href="/sign-in">Try again</a>
    </p>
  </MessagePage>
);

const signedOut = (provider: URL | undefined) => (
  <MessagePage title="You are signed out">
    {provider && (
      <p>
        Your identity provider may still know you. <a href={provider.href}>Sign out there too</a>
      </p>
    )}
    <ToFirstPage />
  </MessagePage>
);
