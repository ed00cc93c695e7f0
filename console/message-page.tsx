import type { Child, FC } from 'hono/jsx';
import { Document } from './page.tsx';

/** A page that says one thing, also to somebody who is not signed in. */
export const MessagePage: FC<Readonly<{ title: string; children?: Child }>> = ({ title, children }) => (
  <Document title={title}>
    <main class="entry" id="main">
      <h1>{title}</h1>
      {children}
    </main>
  </Document>
);

/** Where to go from a page that shows nothing. */
export const ToFirstPage: FC = () => (
  <p>
    <a href="/">To the first page</a>
  </p>
);
