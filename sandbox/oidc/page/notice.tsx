import type { FC, PropsWithChildren } from 'hono/jsx';
import { safeText } from '../../slack/page/inert.ts';
import type { Client } from '../client.ts';
import { Document, render } from './document.tsx';

/** A page that says something, with the way back to the client. */
export const Notice: FC<PropsWithChildren<{ client: Client; title: string }>> = ({
  client,
  title,
  children,
}) => (
  <Document title={title} about={<p>This is the identity provider of the sandbox company.</p>}>
    <div class="notice">
      {children}
      <p>
        <a class="button" href={client.postLogoutRedirectUris[0]}>
          Go to the {client.name}
        </a>
      </p>
    </div>
  </Document>
);

/** The page for a request that the provider refuses and cannot send back to the client. `code` is the one of OAuth. */
export const problemPage = (client: Client, detail: string, code: string): Promise<string> =>
  render(
    <Notice client={client} title="The request was refused">
      <p>Nothing was changed. The reason is:</p>
      <p class="problem">
        {safeText(detail)} <code>{safeText(code)}</code>
      </p>
    </Notice>,
  );
