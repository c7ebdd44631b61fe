// Real certificates for a served lab: a CA, a server and a client, encoded as X.509 here.
import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto'

/** PEM texts. The listeners use `server`, the cluster's administrator uses `client`. */
export interface Certificates {
  ca: string
  server: { cert: string; key: string }
  client: { cert: string; key: string }
}

/** How long they are valid, ms. @source a choice: a lab is served for less than a week */
const life = 7 * 86_400_000
/** How far a client's clock may be behind, ms. */
const leeway = 3_600_000

/** A length in DER, below 2^16. @source ITU-T X.690, 8.1.3 */
function lengthBytes(length: number): readonly number[] {
  if (length < 0x80) return [length]
  return length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
}

/** Tag, length, value. */
const tlv = (tag: number, ...parts: readonly Uint8Array[]): Buffer => {
  const body = Buffer.concat(parts)
  return Buffer.concat([Buffer.from([tag, ...lengthBytes(body.length)]), body])
}
const sequence = (...parts: readonly Uint8Array[]): Buffer => tlv(0x30, ...parts)
const boolean = (value: boolean): Buffer => tlv(0x01, Buffer.from([value ? 0xff : 0]))
const octets = (body: Uint8Array): Buffer => tlv(0x04, body)
const bits = (body: Uint8Array, unused = 0): Buffer => tlv(0x03, Buffer.from([unused]), body)

/** An object identifier, each part but the first two in base 128. */
function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  const base128 = (value: number): number[] =>
    value < 128 ? [value] : [...base128(value >> 7).map(byte => byte | 0x80), value & 0x7f]
  return tlv(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]))
}

/** @source RFC 5480, RFC 5758, RFC 5280 */
const ids = {
  ecdsaWithSha256: oid('1.2.840.10045.4.3.2'),
  commonName: oid('2.5.4.3'),
  organization: oid('2.5.4.10'),
  keyUsage: oid('2.5.29.15'),
  basicConstraints: oid('2.5.29.19'),
  extendedKeyUsage: oid('2.5.29.37'),
  subjectAltName: oid('2.5.29.17'),
  subjectKey: oid('2.5.29.14'),
  authorityKey: oid('2.5.29.35'),
  serverAuth: oid('1.3.6.1.5.5.7.3.1'),
  clientAuth: oid('1.3.6.1.5.5.7.3.2'),
} as const

interface Name {
  commonName: string
  organization?: string
}

const utf8 = (text: string): Buffer => tlv(0x0c, Buffer.from(text))
const nameOf = ({ commonName, organization }: Name): Buffer =>
  sequence(
    ...(organization === undefined
      ? []
      : [tlv(0x31, sequence(ids.organization, utf8(organization)))]),
    tlv(0x31, sequence(ids.commonName, utf8(commonName))),
  )

/** `YYMMDDhhmmssZ`; the years of a lab are before 2050. */
const timeOf = (ms: number): Buffer =>
  tlv(0x17, Buffer.from(`${new Date(ms).toISOString().slice(2, 19).replaceAll(/[-:T]/g, '')}Z`))
const extension = (id: Buffer, critical: boolean, value: Buffer): Buffer =>
  sequence(id, ...(critical ? [boolean(true)] : []), octets(value))

interface Pair {
  name: Name
  publicKey: KeyObject
  privateKey: KeyObject
}

const spkiOf = (key: KeyObject): Buffer => key.export({ type: 'spki', format: 'der' })
const keyId = (key: KeyObject): Buffer => createHash('sha1').update(spkiOf(key)).digest()

type Use = 'authority' | 'server' | 'client'

const names = (): Buffer =>
  sequence(
    ...['localhost', 'kubernetes', 'kubernetes.default.svc'].map(name =>
      tlv(0x82, Buffer.from(name)),
    ),
    tlv(0x87, Buffer.from([127, 0, 0, 1])),
    tlv(0x87, Buffer.from([10, 5, 0, 2])),
  )

function extensionsOf(use: Use, subject: Pair, issuer: Pair): Buffer[] {
  const all = [
    extension(ids.subjectKey, false, octets(keyId(subject.publicKey))),
    extension(ids.authorityKey, false, sequence(tlv(0x80, keyId(issuer.publicKey)))),
  ]
  // The CA signs certificates (keyCertSign), the others sign handshakes (digitalSignature).
  if (use === 'authority')
    return [
      ...all,
      extension(ids.basicConstraints, true, sequence(boolean(true))),
      extension(ids.keyUsage, true, bits(Buffer.from([0x04]), 2)),
    ]
  const leaf = [...all, extension(ids.keyUsage, true, bits(Buffer.from([0x80]), 7))]
  if (use === 'client')
    return [...leaf, extension(ids.extendedKeyUsage, false, sequence(ids.clientAuth))]
  return [
    ...leaf,
    extension(ids.extendedKeyUsage, false, sequence(ids.serverAuth)),
    extension(ids.subjectAltName, false, names()),
  ]
}

const pem = (kind: string, der: Uint8Array): string =>
  `-----BEGIN ${kind}-----\n${(
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  ).join('\n')}\n-----END ${kind}-----\n`

function certificate(use: Use, subject: Pair, issuer: Pair, now: number): string {
  const algorithm = sequence(ids.ecdsaWithSha256)
  // Positive and unique.
  const serial = Buffer.concat([Buffer.from([0x01]), randomBytes(15)])
  const body = sequence(
    tlv(0xa0, tlv(0x02, Buffer.from([2]))),
    tlv(0x02, serial),
    algorithm,
    nameOf(issuer.name),
    sequence(timeOf(now - leeway), timeOf(now + life)),
    nameOf(subject.name),
    spkiOf(subject.publicKey),
    tlv(0xa3, sequence(...extensionsOf(use, subject, issuer))),
  )
  return pem(
    'CERTIFICATE',
    sequence(body, algorithm, bits(sign('sha256', body, issuer.privateKey))),
  )
}

const pairOf = (name: Name): Pair => ({
  name,
  ...generateKeyPairSync('ec', { namedCurve: 'P-256' }),
})
const keyPem = ({ privateKey }: Pair): string => privateKey.export({ type: 'sec1', format: 'pem' })

/** Creates new keys and certificates at each call. `now` in ms since the epoch. */
export function makeCertificates(now: number): Certificates {
  const authority = pairOf({ commonName: 'holdfast lab' })
  const server = pairOf({ commonName: 'kube-apiserver' })
  const client = pairOf({ commonName: 'admin', organization: 'system:masters' })
  return {
    ca: certificate('authority', authority, authority, now),
    server: { cert: certificate('server', server, authority, now), key: keyPem(server) },
    client: { cert: certificate('client', client, authority, now), key: keyPem(client) },
  }
}
