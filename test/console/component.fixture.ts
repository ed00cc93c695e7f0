import { html } from 'hono/html';
import { type FC, jsx } from 'hono/jsx';
import { type PageContext, PageProvider } from '../../console/page-context.ts';
import { ana, noon } from '../core/request/request.fixture.ts';

/** The page of Ana in UTC, on which everybody and everything is called by its id. */
const PAGE = {
  reader: { ...{ person: ana, zone: 'UTC', ownZone: 'UTC' }, sight: { reader: ana, isAuditor: false } },
  ...{ now: noon, address: '/', names: { person: String, entitlement: String } },
} as unknown as PageContext;

/** The HTML of a component inside of a page. */
export async function htmlOf<Props extends object>(
  component: FC<Props>,
  props: Props,
  page: Partial<PageContext> = {},
): Promise<string> {
  const children = jsx(component as FC, props);
  return String(await html`${jsx(PageProvider as FC, { value: { ...PAGE, ...page }, children })}`);
}
