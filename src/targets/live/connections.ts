// Connection pools to API servers, one for each TLS material.
import { Agent, type Dispatcher } from 'undici'
import type { Tls } from '#src/model/runtime.ts'

/** How long a connection may take, ms. @source joelclaw history, heal script: 5 s for curl */
const connectTimeout = 5_000

/** Returns pools. Idle connections close on their own and do not keep the process alive. */
export function connections(): (tls: Tls) => Dispatcher {
  const pools = new Map<string, Dispatcher>()
  return tls => {
    const key = JSON.stringify([tls.ca, tls.cert, tls.key, tls.verify, tls.serverName])
    const known = pools.get(key)
    if (known !== undefined) return known
    const made = new Agent({
      connect: {
        timeout: connectTimeout,
        rejectUnauthorized: tls.verify,
        ...(tls.ca === undefined ? {} : { ca: tls.ca }),
        ...(tls.cert === undefined ? {} : { cert: tls.cert }),
        ...(tls.key === undefined ? {} : { key: tls.key }),
        ...(tls.serverName === undefined ? {} : { servername: tls.serverName }),
      },
    })
    pools.set(key, made)
    return made
  }
}
