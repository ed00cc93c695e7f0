import { Fault, type FaultCode } from '../../core/faults.ts';

/** The parts of the SDK's exceptions that Curfew reads. */
type SdkError = Readonly<{
  name?: string;
  Code?: string;
  message?: string;
  $metadata?: { httpStatusCode?: number };
  $response?: { headers?: Record<string, string> };
}>;

// Error codes as IAM's API reference and the SDK write them. The suffix "Exception" is removed before the lookup.
const CODES: Readonly<Record<string, FaultCode>> = {
  Throttling: 'provider-throttled',
  Throttled: 'provider-throttled',
  RequestLimitExceeded: 'provider-throttled',
  TooManyRequests: 'provider-throttled',
  SlowDown: 'provider-throttled',
  AccessDenied: 'provider-forbidden',
  UnauthorizedOperation: 'provider-forbidden',
  InvalidClientTokenId: 'provider-forbidden',
  UnrecognizedClient: 'provider-forbidden',
  SignatureDoesNotMatch: 'provider-forbidden',
  IncompleteSignature: 'provider-forbidden',
  MissingAuthenticationToken: 'provider-forbidden',
  OptInRequired: 'provider-forbidden',
  ExpiredToken: 'provider-forbidden',
  CredentialsProviderError: 'provider-forbidden',
  LimitExceeded: 'no-room',
  MalformedPolicyDocument: 'provider-refused',
  InvalidInput: 'provider-refused',
  ValidationError: 'provider-refused',
  UnmodifiableEntity: 'provider-refused',
  ConcurrentModification: 'provider-unavailable',
  EntityTemporarilyUnmodifiable: 'provider-unavailable',
  ServiceFailure: 'provider-unavailable',
  ServiceUnavailable: 'provider-unavailable',
  InternalFailure: 'provider-unavailable',
};

const codeOf = ({ name, Code }: SdkError): string => (Code ?? name ?? '').replace(/Exception$/, '');

/**
 * True when IAM says that the user, group or policy does not exist. A status of 404 alone is no such answer, because a
 * gateway between Curfew and IAM can send it.
 */
export const isAbsent = (error: unknown): boolean => codeOf(Object(error) as SdkError) === 'NoSuchEntity';

/**
 * Converts an error of an SDK call to a `Fault`. An error that is not AWS's answer (a gateway's HTML page, a
 * closed connection, a timeout, an unknown code) is `provider-unavailable`: it does not say whether the write happened.
 */
export function toFault(error: unknown, action: string): Fault {
  if (error instanceof Fault) return error;
  const sdk = Object(error) as SdkError;
  const status = sdk.$metadata?.httpStatusCode;
  const known = Object.hasOwn(CODES, codeOf(sdk)) ? CODES[codeOf(sdk)] : undefined;
  const code = known ?? (status === 429 ? 'provider-throttled' : 'provider-unavailable');
  const answered = `${codeOf(sdk) || 'no code'}${status === undefined ? '' : ` ${status}`}`;
  const retryAfterMs = code === 'provider-throttled' ? retryAfterMsOf(sdk) : undefined;
  const detail = `aws-iam: ${action}: ${answered}: ${firstLine(sdk.message)}`;
  return new Fault(code, detail, retryAfterMs === undefined ? {} : { retryAfterMs });
}

/** `Retry-After` in seconds. IAM itself does not send it, but gateways in front of it do. */
function retryAfterMsOf({ $response }: SdkError): number | undefined {
  const seconds = Number($response?.headers?.['retry-after'] ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1_000 : undefined;
}

const firstLine = (message = ''): string => message.replace(/\n.*/s, '').slice(0, 200);
