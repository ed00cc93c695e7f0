import type { KoaContextWithOIDC } from 'oidc-provider';
import { render } from './page/document.tsx';
import { Notice } from './page/notice.tsx';
import { SignOut } from './page/sign-out.tsx';
import type { Client } from './client.ts';

/**
 * What happens when the client sends a browser here to end its session. With the ID token of this session nobody is asked, because it
 * shows that the client wants it. Without it another site could have made the link, so the person is asked.
 */
export const endSession = (client: Client) => ({
  async logoutSource(ctx: KoaContextWithOIDC, form: string): Promise<void> {
    const { session, entities, params } = ctx.oidc;
    const back = params?.['post_logout_redirect_uri'];
    if (
      session !== undefined &&
      typeof back === 'string' &&
      entities.IdTokenHint?.payload['sub'] === session.accountId
    ) {
      await session.destroy();
      ctx.redirect(withState(back, params?.['state']));
      return;
    }
    ctx.type = 'html';
    ctx.body = await render(<SignOut client={client} form={form} />);
  },
  async postLogoutSuccessSource(ctx: KoaContextWithOIDC): Promise<void> {
    ctx.type = 'html';
    ctx.body = await render(
      <Notice client={client} title="You are signed out">
        <p>The next sign-in begins with the question who you are.</p>
      </Notice>,
    );
  },
});

/**
 * A browser without a session has nothing to end, for example after a restart of the demo, so it returns to the client at once.
 * oidc-provider would send a page that submits itself by an inline script, which the policy of the pages forbids.
 */
export async function returnWithoutSession(
  ctx: KoaContextWithOIDC,
  next: () => Promise<void>,
): Promise<void> {
  await next();
  const { oidc } = ctx as Partial<KoaContextWithOIDC>;
  if (oidc?.route !== 'end_session' || ctx.status !== 200 || oidc.session?.accountId !== undefined) return;
  const back = oidc.params?.['post_logout_redirect_uri'];
  ctx.redirect(
    typeof back === 'string' ? withState(back, oidc.params?.['state']) : oidc.urlFor('end_session_success'),
  );
}

/** The client recognises its own request by the state. */
function withState(uri: string, state: unknown): string {
  const url = new URL(uri);
  if (typeof state === 'string') url.searchParams.set('state', state);
  return url.href;
}
