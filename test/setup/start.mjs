import { tsImport } from 'tsx/esm/api';

/** Jest loads its global set-up without the transform that the tests get, so tsx reads the TypeScript. */
export default async function start() {
  const { startServices } = await tsImport('./services.ts', import.meta.url);
  await startServices();
}
