// Errors of connections in the form that Node and undici give them.
import { errors } from 'undici'

/** Error numbers of Linux. @source errno(3) */
const errno = { ECONNREFUSED: -111, ECONNRESET: -104, EPROTO: -71 } as const

/** No process listens on the port. */
export const refused = (host: string, port: number): Error =>
  Object.assign(new Error(`connect ECONNREFUSED ${host}:${port}`), {
    errno: errno.ECONNREFUSED,
    code: 'ECONNREFUSED',
    syscall: 'connect',
    address: host,
    port,
  })

/** Accepted and then reset, as by a forwarded port without a process behind it. */
export const reset = (): Error =>
  Object.assign(new Error('read ECONNRESET'), {
    errno: errno.ECONNRESET,
    code: 'ECONNRESET',
    syscall: 'read',
  })

/** The server died while the request was under way. */
export const closedEarly = (): Error => new errors.SocketError('other side closed')

/** A failed TLS handshake: `code` is Node's, and some codes have fields of their own. */
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
