import { Ajv } from 'ajv';
import { existsSync, readFileSync } from 'node:fs';

const FILE = new URL('../../../../shared/data/github/openapi-subset.json', import.meta.url);

type Schema = Readonly<Record<string, unknown>>;
type Part = Readonly<{ $ref?: string; content?: Readonly<Record<string, { schema: Schema }>> }>;
type Operation = Readonly<{ requestBody?: Part; responses: Readonly<Record<string, Part>> }>;
type Description = Readonly<{ paths: Readonly<Record<string, Readonly<Record<string, Operation>>>> }>;

export type Exchange = Readonly<{
  method: string;
  path: string;
  sent: unknown;
  status: number;
  answered: unknown;
}>;

export const hasDescription = existsSync(FILE);
if (!hasDescription) console.info('skipped: no corpora');

/**
 * Returns a function that checks a request and its response with GitHub's OpenAPI description, and returns
 * the errors. A path that is not in the description has no errors. Call this once, because compiling the
 * schemas is slow.
 */
export function createChecker(): (exchange: Exchange) => string[] {
  if (!hasDescription) return () => [];
  const api = JSON.parse(readFileSync(FILE, 'utf8')) as Description;
  // Not strict: the description has OpenAPI keywords (example, nullable, x-...) that JSON Schema does not
  // know.
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true, validateSchema: false });
  ajv.addSchema(api, 'github');

  const errorsAt = (pointer: string, value: unknown): string[] => {
    const validate = ajv.getSchema(`github#${pointer}`);
    if (!validate) throw new Error(`no schema at ${pointer}`);
    if (validate(value)) return [];
    return (validate.errors ?? []).map(
      (each) => `${pointer.slice(0, 90)} ${each.instancePath} ${each.message}`,
    );
  };

  return ({ method, path, sent, status, answered }) => {
    const found = Object.keys(api.paths).find((template) => matches(template, path));
    const operation = found && api.paths[found]?.[method.toLowerCase()];
    if (!found || !operation) return [];
    const at = `/paths/${found.replaceAll('/', '~1')}/${method.toLowerCase()}`;
    const requestErrors = operation.requestBody
      ? errorsAt(`${at}/requestBody/content/application~1json/schema`, sent ?? {})
      : [];
    const response = operation.responses[status];
    // Any request can get 401, 403, 429 or 5xx. The description then has only the schema of the error.
    if (!response && status >= 400) return errorsAt('/components/schemas/basic-error', answered);
    if (!response) return [`${method} ${found} never answers ${status}`];
    if (status >= 400 && !response.$ref && !response.content) return [];
    const pointer = response.$ref?.slice(1) ?? `${at}/responses/${status}`;
    const hasNoBody = !response.$ref && !response.content;
    if (hasNoBody) return answered === undefined ? [] : [`${method} ${found} ${status} has no body`];
    const responseErrors = errorsAt(`${pointer}/content/application~1json/schema`, answered);
    return status >= 400 ? responseErrors : [...requestErrors, ...responseErrors];
  };
}

const matches = (template: string, path: string): boolean =>
  new RegExp(`^${template.replaceAll(/\{[^}]+\}/g, '[^/]+')}$`).test(path);
