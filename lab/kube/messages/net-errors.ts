// Errors of connections, as Node and undici make them.
import { errors } from 'undici'

/** ECONNREFUSED and ECONNRESET on Linux. @source errno(3) */
const errno = { ECONNREFUSED: -111, ECONNRESET: -104, EPROTO: -71 } as const

/** Nobody listens. */
export const refused = (host: string, port: number): Error =>
  Object.assign(new Error(`connect ECONNREFUSED ${host}:${port}`), {
    errno: errno.ECONNREFUSED,
    code: 'ECONNREFUSED',
    syscall: 'connect',
    address: host,
    port,
  })

/** Taken and thrown back, as by a port that is forwarded to nobody. */
export const reset = (): Error =>
  Object.assign(new Error('read ECONNRESET'), {
    errno: errno.ECONNRESET,
    code: 'ECONNRESET',
    syscall: 'read',
  })

/** The other side died in the middle. */
export const closedEarly = (): Error => new errors.SocketError('other side closed')

/** A handshake that failed: `code` as Node has it, with its fields where it has some. */
export function tlsFailure(code: string, message: string, host: string): Error {
  const error = Object.assign(new Error(message), { code })
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return Object.assign(error, {
      reason: message.replace(/^.*?does not match certificate's altnames: /, ''),
      host,
    })
  if (code === 'EPROTO') return Object.assign(error, { errno: errno.EPROTO, syscall: 'write' })
  return error
}
