// The live runtime keeps the contract of every runtime: clock, files, connections.
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TLSSocket } from 'node:tls'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { request } from 'undici'
import { runtimeContract } from '#tests/runtime/contract.ts'
import { liveRuntime } from './index.ts'
import { api, ca, client, otherCa } from './fixtures/certificates.ts'
import { Tail } from './output.ts'

const home = mkdtempSync(join(tmpdir(), 'holdfast-home-'))
afterAll(() => rmSync(home, { recursive: true }))
const runtime = liveRuntime({
  home,
  seed: 7,
  description: 'a test',
  lacks: { talos: 'no Talos here' },
})

test('a live runtime says what it is and what it lacks, and has a home', () => {
  expect(runtime.target).toEqual({ kind: 'live', description: 'a test' })
  expect(runtime.lacks).toEqual({ talos: 'no Talos here' })
  expect(runtime.home).toBe(home)
})

test('chance follows from the seed', () => {
  const draws = (seed: number) => {
    const { random } = liveRuntime({ seed })
    return Array.from({ length: 3 }, () => random.next())
  }
  expect(draws(7)).toEqual(draws(7))
  expect(draws(7)).not.toEqual(draws(8))
  expect([...draws(7), ...draws(8)].every(draw => draw >= 0 && draw < 1)).toBe(true)
})

runtimeContract('the live runtime', () => ({ runtime, folder: join(home, 'contract') }))

test('its clock is the time of this host', () => {
  expect(Math.abs(runtime.clock.now() - Date.now())).toBeLessThan(60_000)
})

describe('files', () => {
  test('what would be below a file is not there either', async () => {
    writeFileSync(join(home, 'file'), '')
    expect(await runtime.files.read('~/file/deeper')).toBeUndefined()
  })

  test('what is there and cannot be read rejects', async () => {
    mkdirSync(join(home, 'folder'))
    await expect(runtime.files.read('~/folder')).rejects.toThrow('EISDIR')
  })

  test('creates a new file with its folders for its user only, and no other file', async () => {
    await runtime.files.write('~/a/b/config', 'text')
    expect(readFileSync(join(home, 'a/b/config'), 'utf8')).toBe('text')
    expect(statSync(join(home, 'a/b/config')).mode & 0o777).toBe(0o600)
    expect(readdirSync(join(home, 'a/b'))).toEqual(['config'])
  })

  test('a replaced file keeps its mode, and a link stays a link', async () => {
    writeFileSync(join(home, 'real'), 'old')
    chmodSync(join(home, 'real'), 0o640)
    symlinkSync(join(home, 'real'), join(home, 'link'))
    await runtime.files.write('~/link', 'new')
    expect(lstatSync(join(home, 'link')).isSymbolicLink()).toBe(true)
    expect(readFileSync(join(home, 'real'), 'utf8')).toBe('new')
    expect(statSync(join(home, 'real')).mode & 0o777).toBe(0o640)
  })

  test('who has the old file open goes on reading it: it is replaced, not changed', async () => {
    const path = join(home, 'open')
    writeFileSync(path, 'old')
    const before = statSync(path).ino
    await runtime.files.write(path, 'new')
    expect(statSync(path).ino).not.toBe(before)
  })

  test('a failed write leaves nothing behind', async () => {
    mkdirSync(join(home, 'busy/name'), { recursive: true })
    await expect(runtime.files.write('~/busy/name', 'x')).rejects.toThrow('EISDIR')
    expect(readdirSync(join(home, 'busy'))).toEqual(['name'])
  })

  test('the next write or removal removes the drafts of killed writers, no others', async () => {
    // No process has such a number. @source Linux, proc(5): pid_max is 4194304 at most
    const [dead, alive] = [
      '.draft.4999999.0123456789ab.new',
      `.draft.${process.pid}.0123456789ab.new`,
    ]
    for (const act of [
      () => runtime.files.write('~/drafts/draft', 'x'),
      () => runtime.files.remove('~/drafts/draft'),
    ]) {
      mkdirSync(join(home, 'drafts'), { recursive: true })
      for (const name of [dead, alive, '.other.4999999.0123456789ab.new'])
        writeFileSync(join(home, 'drafts', name), '')
      await act()
      expect(
        readdirSync(join(home, 'drafts'))
          .filter(name => name.endsWith('.new'))
          .toSorted(),
      ).toEqual([alive, '.other.4999999.0123456789ab.new'].toSorted())
    }
  })

  test('a folder is listed by name, with size and time', async () => {
    mkdirSync(join(home, 'backups'))
    for (const name of ['b.rdb', 'a.rdb']) {
      writeFileSync(join(home, 'backups', name), name === 'a.rdb' ? 'four' : '')
      utimesSync(join(home, 'backups', name), 1_700_000_000, 1_700_000_000)
    }
    symlinkSync(join(home, 'nowhere'), join(home, 'backups/dangling'))
    expect(await runtime.files.list('~/backups')).toEqual([
      { name: 'a.rdb', bytes: 4, modifiedAt: 1_700_000_000_000 },
      { name: 'b.rdb', bytes: 0, modifiedAt: 1_700_000_000_000 },
    ])
    await runtime.files.remove('~/backups/a.rdb')
    expect((await runtime.files.list('~/backups')).map(({ name }) => name)).toEqual(['b.rdb'])
  })
})

describe('connections', () => {
  const server = createServer(
    { ca, cert: api.cert, key: api.key, requestCert: true, rejectUnauthorized: false },
    (incoming, response) => {
      // Over TLS, the socket is one.
      response.end((incoming.socket as TLSSocket).authorized ? 'holdfast is known' : 'somebody')
    },
  )
  let url = ''
  beforeAll(async () => {
    await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
    url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`
  })
  afterEach(() => server.closeAllConnections())
  afterAll(() => server.close())
  const ask = async (tls: Parameters<typeof runtime.dispatcher>[0]): Promise<string> =>
    (await request(url, { dispatcher: runtime.dispatcher(tls) })).body.text()

  test('other material gives another pool', () => {
    expect(runtime.dispatcher({ ca, verify: true })).not.toBe(
      runtime.dispatcher({ ca, verify: false }),
    )
    expect(runtime.dispatcher({ ca, verify: true })).not.toBe(
      runtime.dispatcher({ ca, cert: client.cert, key: client.key, verify: true }),
    )
  })

  test('a server is trusted by its CA and knows us by our certificate', async () => {
    expect(await ask({ ca, cert: client.cert, key: client.key, verify: true })).toBe(
      'holdfast is known',
    )
    expect(await ask({ ca, verify: true })).toBe('somebody')
  })

  test('trusts no server of another CA or under another name, unless asked to', async () => {
    await expect(ask({ ca: otherCa, verify: true })).rejects.toMatchObject({
      code: expect.stringMatching(/SIGNATURE|SELF_SIGNED|UNABLE_TO/),
    })
    await expect(ask({ ca, verify: true, serverName: 'example.test' })).rejects.toMatchObject({
      code: 'ERR_TLS_CERT_ALTNAME_INVALID',
    })
    expect(await ask({ ca: otherCa, verify: false })).toBe('somebody')
  })
})

describe('the tail of a stream', () => {
  const tailOf = (limit: number, ...chunks: readonly string[]): string => {
    const tail = new Tail(limit)
    for (const chunk of chunks) tail.add(Buffer.from(chunk))
    return tail.text()
  }

  test('is everything while it fits', () => {
    expect(tailOf(6, 'abc', 'def')).toBe('abcdef')
    expect(tailOf(6)).toBe('')
  })

  test('is its last bytes when it does not, whatever the chunks were', () => {
    expect(tailOf(6, 'abc', 'def', 'g')).toBe('[cut: the first 1 bytes are not kept]\nbcdefg')
    expect(tailOf(2, 'abcdefg')).toBe('[cut: the first 5 bytes are not kept]\nfg')
    expect(tailOf(2, 'a', 'b', 'c', 'd')).toBe('[cut: the first 2 bytes are not kept]\ncd')
  })

  test('does not begin within a character', () => {
    expect(tailOf(4, 'xyöab')).toBe('[cut: the first 2 bytes are not kept]\nöab')
    expect(tailOf(3, 'xyöab')).toBe('[cut: the first 4 bytes are not kept]\nab')
  })
})
