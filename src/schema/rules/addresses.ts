// IP addresses, as the API server reads them.

const byte = /^(?:0|[1-9]\d{0,2})$/
const isV4 = (text: string): boolean => {
  const parts = text.split('.')
  return parts.length === 4 && parts.every(part => byte.test(part) && Number(part) <= 255)
}

/** @source RFC 4291, section 2.2: eight groups, and one run of zero groups may be left out */
const groups = 8

function isV6(text: string): boolean {
  const halves = text.split('::')
  if (halves.length > 2) return false
  const parts = halves.flatMap(half => (half === '' ? [] : half.split(':')))
  const last = parts.at(-1)
  const four = last !== undefined && last.includes('.')
  if (four && !isV4(last)) return false
  const count = parts.length + (four ? 1 : 0)
  return (
    parts.every(
      (part, index) => (four && index === parts.length - 1) || /^[0-9a-fA-F]{1,4}$/.test(part),
    ) && (halves.length === 2 ? count < groups : count === groups)
  )
}

export const isIP = (text: string): boolean => isV4(text) || isV6(text)

/** A range of addresses in CIDR form. */
export function isCidr(text: string): boolean {
  const [address = '', bits = '', ...rest] = text.split('/')
  return (
    rest.length === 0 &&
    /^(?:0|[1-9]\d{0,2})$/.test(bits) &&
    (isV4(address) ? Number(bits) <= 32 : isV6(address) && Number(bits) <= 128)
  )
}
