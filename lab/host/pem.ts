// Fake certificates: PEM texts that depend only on name and seed.
import { SeededRandom } from '#lab/kernel/random.ts'

/** A PEM text of random bytes from `seed` and `name`. No real program accepts it. */
export function fakePem(
  kind: 'CERTIFICATE' | 'EC PRIVATE KEY',
  name: string,
  seed: number,
): string {
  const random = new SeededRandom(seed).fork(`${kind}/${name}`)
  const bytes = Uint8Array.from({ length: 288 }, () => random.integer(0, 255))
  const lines =
    Buffer.from(bytes)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return `-----BEGIN ${kind}-----\n${lines.join('\n')}\n-----END ${kind}-----\n`
}

/** CA, client certificate and key of one generation of a cluster. */
export const fakeTls = (
  cluster: string,
  seed: number,
): { ca: string; cert: string; key: string } => ({
  ca: fakePem('CERTIFICATE', `${cluster} ca`, seed),
  cert: fakePem('CERTIFICATE', `${cluster} admin`, seed),
  key: fakePem('EC PRIVATE KEY', `${cluster} admin`, seed),
})
