// Whether this host is the one that carries the policy's cluster, before anything on it is touched.
import type { Ask, Carrier, Policy, Runtime } from '#src/model/index.ts'
import { platforms } from './listed.ts'

const all = platforms.flatMap(({ carrier }) => (carrier === undefined ? [] : [carrier]))

/** Those that prove it best come first. */
const carriers: readonly Carrier[] = [
  ...all.filter(({ weak }) => weak !== true),
  ...all.filter(({ weak }) => weak === true),
]

/** What proves that this host carries the cluster; undefined: nothing does. */
export async function carrierOf(
  runtime: Runtime,
  policy: Policy,
  ask: Ask,
): Promise<string | undefined> {
  for (const carrier of carriers) {
    const proof = await carrier.proof(runtime, policy, ask)
    if (proof !== undefined) return proof
  }
  return undefined
}

/** What would have proved it and is missing. */
export const missingCarrier = (policy: Policy): string =>
  carriers.flatMap(carrier => carrier.missing(policy) ?? []).join(', and ')
