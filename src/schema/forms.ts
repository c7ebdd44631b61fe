// Forms of single values: quantities, times, base64 and the names that Kubernetes accepts.

/**
 * A number with a unit of Kubernetes. @source apimachinery resource.Quantity:
 * <sign><digits>[.<digits>]<suffix>
 */
const quantity = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[KMGTPE]i|[numkMGTPE]|[eE][+-]?\d+)?$/
/** @source RFC 3339, section 5.6; Go reads upper-case letters only */
const time = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/
const encoded = /^[A-Za-z0-9+/]*={0,2}$/

export const isQuantity = (text: string): boolean => quantity.test(text)

/** Whether a date exists: 30 February does not. */
export function isTime(text: string): boolean {
  const [, year, month, day, hour, minute, second] = time.exec(text)?.map(Number) ?? []
  if (
    year === undefined ||
    month === undefined ||
    day === undefined ||
    hour === undefined ||
    minute === undefined ||
    second === undefined
  )
    return false
  const made = new Date(Date.UTC(year, month - 1, day, hour, minute, second))
  return (
    made.getUTCMonth() === month - 1 &&
    made.getUTCDate() === day &&
    made.getUTCHours() === hour &&
    made.getUTCMinutes() === minute &&
    made.getUTCSeconds() === second
  )
}

/** Base64 as the API server reads it: it ignores line breaks and requires padding. */
export function isEncoded(text: string): boolean {
  const bare = text.replaceAll(/[\r\n]/g, '')
  return bare.length % 4 === 0 && encoded.test(bare)
}

/**
 * The quantity that an invalid text most likely means: `512MB`, `512 Mi`, `1gb`. Undefined where
 * nobody can tell.
 */
export function likelyQuantity(text: string): string | undefined {
  const [, amount, unit] = /^\s*(\d+(?:\.\d+)?)\s*([a-zA-Z]+)\s*$/.exec(text) ?? []
  if (amount === undefined || unit === undefined) return undefined
  const letter = /^([kmgtpe])(i?)b?$/i.exec(unit)
  if (letter?.[1] === undefined) return undefined
  return `${amount}${letter[1].toUpperCase()}i`
}
