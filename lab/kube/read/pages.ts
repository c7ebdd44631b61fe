// Versions and pages of lists: which moment a list shows, and where its next page starts.
import { badRequest, Refusal } from '#lab/kube/messages/status.ts'
import { isObject } from '#lab/kube/patch/json.ts'

/** Where the next page of a list starts, and at which version all its pages are. */
export interface Continue {
  rv: number
  /** The key of its first object. */
  start: string
}

/** A continue token as text. */
export const encodeToken = (token: Continue): string =>
  Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', ...token })).toString('base64url')

/** Parses a continue token. 400 for any other text. */
export function decodeToken(text: string): Continue {
  try {
    const token: unknown = JSON.parse(Buffer.from(text, 'base64url').toString())
    if (isObject(token) && typeof token['rv'] === 'number' && typeof token['start'] === 'string')
      return { rv: token['rv'], start: token['start'] }
  } catch {
    // The refusal below covers this text as well.
  }
  throw badRequest('continue key is not valid: encoded continue token is not valid')
}

/** The message for a continue token whose version is no longer in the history. */
export const tokenTooOld =
  'The provided continue parameter is too old to display a consistent list result. You can start ' +
  'a new list without the continue parameter, or use the continue token in this response to ' +
  'retrieve the remainder of the results. Continuing with the provided token results in an ' +
  'inconsistent list - objects that were created, modified, or deleted between the time the ' +
  'first chunk was returned and now may show up in the list.'

/** A version in the future. A real server waits for it before it answers this. */
export function versionTooLarge(version: number, current: number): Refusal {
  return new Refusal(
    504,
    'Timeout',
    `Too large resource version: ${version}, current: ${current}`,
    {
      causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
      retryAfterSeconds: 1,
    },
    { 'retry-after': '1' },
  )
}

/** The resourceVersion of a query, or undefined without one. `0` means any version. */
export function versionOf(query: URLSearchParams): number | undefined {
  const text = query.get('resourceVersion') ?? ''
  if (text === '') return undefined
  if (!/^\d+$/.test(text))
    throw badRequest(
      `resourceVersion: Invalid value: "${text}": strconv.ParseUint: parsing "${text}": ` +
        'invalid syntax',
    )
  return Number(text)
}
