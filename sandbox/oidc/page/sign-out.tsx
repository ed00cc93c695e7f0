import { raw } from 'hono/html';
import type { FC } from 'hono/jsx';
import type { Client } from '../client.ts';
import { Document } from './document.tsx';

/** Asks whether to sign out. `form` is the library's form with the id "op.logoutForm", which has its token against forgery. */
export const SignOut: FC<{ client: Client; form: string }> = ({ client, form }) => (
  <Document
    title="Sign out?"
    about={<p>The next sign-in to the {client.name} then begins with the question who you are.</p>}
  >
    <div class="notice">
      {raw(form)}
      <button class="button" type="submit" form="op.logoutForm" name="logout" value="yes">
        Sign out
      </button>
      <button class="cancel" type="submit" form="op.logoutForm">
        Stay signed in
      </button>
    </div>
  </Document>
);
