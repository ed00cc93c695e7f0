import { Hono } from 'hono';
import { z } from 'zod';
import { type Control, controlOf } from '../../audit/evidence/controls.ts';
import { writeEvidence } from '../../audit/evidence/write-folder.ts';
import type { ConsoleDeps } from '../deps.ts';
import { sendFolder } from '../downloads/folder-download.tsx';
import { Page, pageContext, showPage, type SignedInEnv } from '../page.tsx';
import { rfc3339 } from '../parts/time.tsx';
import { AccessRefused } from './access/fields.tsx';
import {
  evidenceAddress,
  type EvidencePeriod,
  folderAddress,
  parseEvidencePeriod,
} from './evidence-period.ts';

/** The sample has so many grants. */
const SAMPLE = 25;

const Period = z.object({ from: z.string().max(100), to: z.string().max(100) });

/** `/evidence/<framework>/<control>/folder`: the folder with proofs, as an archive. Whoever gets here is an auditor. */
export function evidenceFolderRoutes(deps: ConsoleDeps): Hono<SignedInEnv> {
  const app = new Hono<SignedInEnv>();
  app.post('/evidence/:framework/:control/folder', async (c) => {
    const control = controlOf(c.req.param());
    if (!control) return c.notFound();
    const { reader, now } = await pageContext(c, deps);
    const typed = Period.safeParse(await c.req.parseBody());
    if (!typed.success) return c.text('This form is not complete. Go back and load the page again.', 400);
    const parsed = parseEvidencePeriod(typed.data, { now, timeZone: reader.zone });
    const [title, page] = [`${control.id}: ${control.title}`, evidenceAddress(control)];
    if (!parsed.ok)
      return showPage(
        c,
        <Page {...{ title, reader, address: page }}>
          <AccessRefused why={parsed.error} />
        </Page>,
        400,
      );
    const period = parsed.value;
    const order = { controls: [control], asked: period, sample: SAMPLE };
    return sendFolder(c, deps, {
      ...{ title, page, address: folderAddress(control, period), name: folderName(control, period) },
      write: (folder, of) => writeEvidence(deps.ledger, folder, order, of),
    });
  });
  return app;
}

/** Such as `curfew-evidence-CC6.1-2026-08-31-2026-11-29`. The days are those of the period in UTC. */
const folderName = ({ id }: Control, { from, to }: EvidencePeriod): string =>
  ['curfew-evidence', id, ...[from, to].map((at) => rfc3339(at).slice(0, 10))].join('-');
